// AVX-512 with VNNI: 16 floats a register, 32 registers, and vpdpbusd, which multiplies four unsigned
// with four signed bytes and adds them in int32 without saturation.
#if defined(__x86_64__)
#include "tables.h"

#include <immintrin.h>
#pragma clang attribute push(                                                                  \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma"))),         \
    apply_to = function)
#include "shared/avx512_shape.inc"
#include "shared/float32.inc"
#include "shared/int8_operands.inc"

#define INT8_ROWS 12
#define EACH_INT8_ROWS(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) \
  DO(7) DO(8) DO(9) DO(10) DO(11) DO(12)

INLINE void int8_tile(const int rows, const int8_operands *o, const uint8_t *next,
                      i32x16 sums[INT8_ROWS]) {
  const uint8_t *weights = o->weights;
  __m512i tile[INT8_ROWS];
  UNROLL for (int r = 0; r < rows; r++) tile[r] = _mm512_setzero_si512();
  for (long i = 0; i < o->part; i += 16) {
    if (next) __builtin_prefetch(next + 4 * i, 0, 2);
    UNROLL for (int j = 0; j < 16; j += 4, weights += 64) {
      __m512i line = _mm512_loadu_si512(weights);
      UNROLL for (int r = 0; r < rows; r++) {
        int32_t bits;
        __builtin_memcpy(&bits, o->a + r * o->depth + i + j, 4);
        tile[r] = _mm512_dpbusd_epi32(tile[r], line, _mm512_set1_epi32(bits));
      }
    }
  }
  UNROLL for (int r = 0; r < rows; r++) sums[r] = (i32x16)tile[r];
  take_off_offset(rows, o, sums);
}

#include "shared/int8.inc"

const ck_kernels_t ck_avx512vnni = {FLOAT_KERNELS, INT8_KERNELS};
#pragma clang attribute pop
#endif
