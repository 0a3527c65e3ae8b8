#include "tables.h"

#include <stddef.h>

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#if defined(__x86_64__)
static bool has_avx512vnni(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vnni");
}

// The registers of AMX are large, so on Linux a process has to ask for them: arch_prctl(
// ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA). Threads started later inherit the permission.
static bool may_use_amx(void) {
#if defined(__linux__)
  return syscall(SYS_arch_prctl, 0x1023, 18) == 0;
#else
  return false;
#endif
}
#endif

#if defined(__aarch64__)
#if defined(__linux__)
#include <sys/auxv.h>
static bool has_dot_product(void) { return getauxval(AT_HWCAP) & (1 << 20); }
static bool has_i8mm(void) { return getauxval(AT_HWCAP2) & (1 << 13); }
#elif defined(__APPLE__)
#include <sys/sysctl.h>
static bool has_dot_product(void) { return true; }
static bool has_i8mm(void) {
  int value = 0;
  size_t size = sizeof value;
  return sysctlbyname("hw.optional.arm.FEAT_I8MM", &value, &size, NULL, 0) == 0 && value;
}
#else
static bool has_dot_product(void) { return false; }
static bool has_i8mm(void) { return false; }
#endif
#endif

const ck_kernels_t *ck_kernels(ck_instruction_set set) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (set == CK_AVX2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return &ck_avx2;
  if (set == CK_AVX512VNNI && has_avx512vnni()) return &ck_avx512vnni;
  if (set == CK_AMX && has_avx512vnni() && __builtin_cpu_supports("amx-int8") && may_use_amx())
    return &ck_amx;
#elif defined(__aarch64__)
  if (set == CK_NEON && has_dot_product()) return &ck_neon;
  if (set == CK_NEON_I8MM && has_dot_product() && has_i8mm()) return &ck_neoni8mm;
#endif
  return set == CK_GENERIC ? &ck_generic : NULL;
}
