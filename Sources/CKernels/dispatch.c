#include "tables.h"

#include <stddef.h>

const ck_kernels_t *ck_kernels(ck_instruction_set set) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  if (set == CK_AVX2 && avx2) return &ck_avx2;
  if (set == CK_AVX512 && avx512) return &ck_avx512;
#elif defined(__aarch64__)
  if (set == CK_NEON) return &ck_neon;
#endif
  (void)set;
  return NULL;
}
