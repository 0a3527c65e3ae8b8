// AVX-512 with VNNI: 16 floats a register, 32 registers, and vpdpbusd, which multiplies four unsigned
// with four signed bytes and adds them in int32 without saturation.
#if defined(__x86_64__)
#include "tables.h"

#include <immintrin.h>
#pragma clang attribute push(                                                                  \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma"))),         \
    apply_to = function)
#include "avx512_shape.inc"
#include "float_kernels.inc"

#define INT8_ROWS 12
#define EACH_INT8_ROWS(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) \
  DO(7) DO(8) DO(9) DO(10) DO(11) DO(12)

static void int8_groups(const int8_t *values, long depth, int32_t *groups) {
  (void)values, (void)depth, (void)groups;
}

INLINE void int8_tile(const int rows, int digit, const ck_int8_rows *x, long row,
                      const ck_int8_weights *w, long column, long k, long part,
                      const uint8_t *next, i16 result[INT8_ROWS]) {
  const long depth = x->depth, index = digit * x->rows + row;
  const int8_t *a = x->values + index * depth + k;
  const uint8_t *values = w->values + column * depth + k * 16;
  __m512i sums[INT8_ROWS];
  UNROLL for (int r = 0; r < rows; r++) sums[r] = _mm512_setzero_si512();
  for (long i = 0; i < part; i += 16) {
    if (next) __builtin_prefetch(next + 4 * i, 0, 2);
    UNROLL for (int j = 0; j < 16; j += 4, values += 64) {
      __m512i weights = _mm512_loadu_si512(values);
      UNROLL for (int r = 0; r < rows; r++) {
        int32_t bits;
        __builtin_memcpy(&bits, a + r * depth + i + j, 4);
        sums[r] = _mm512_dpbusd_epi32(sums[r], weights, _mm512_set1_epi32(bits));
      }
    }
  }
  UNROLL for (int r = 0; r < rows; r++)
    result[r] = (i16)sums[r] - (k == 0 ? w->offset * x->sums[index + r] : 0);
}

#include "int8_kernels.inc"

const ck_kernels_t ck_avx512vnni = {FLOAT_KERNELS, INT8_KERNELS};
#pragma clang attribute pop
#endif
