// NEON: 4 floats a register, 32 registers, and the dot product of four signed bytes where the CPU has
// it (Armv8.2 onwards).
#if defined(__aarch64__)
#include "tables.h"

#include <arm_neon.h>
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#include "neon_shape.inc"
#include "float_kernels.inc"

#define INT8_ROWS 4
#define EACH_INT8_ROWS(DO) DO(1) DO(2) DO(3) DO(4)

static void int8_groups(const int8_t *values, long depth, int32_t *groups) {
  (void)values, (void)depth, (void)groups;
}

INLINE void int8_tile(const int rows, int digit, const ck_int8_rows *x, long row,
                      const ck_int8_weights *w, long column, long k, long part,
                      const uint8_t *next, i16 result[INT8_ROWS]) {
  const long depth = x->depth, index = digit * x->rows + row;
  const int8_t *a = x->values + index * depth + k;
  const uint8_t *values = w->values + column * depth + k * 16;
  int32x4_t sums[INT8_ROWS][4];
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int q = 0; q < 4; q++) sums[r][q] = vdupq_n_s32(0);
  // The instruction wants both sides signed: the offset is taken off here.
  const uint8x16_t offset = vdupq_n_u8((uint8_t)w->offset);
  for (long i = 0; i < part; i += 4, values += 64) {
    if (next && i % 16 == 0) __builtin_prefetch(next + 4 * i, 0, 2);
    int8x16_t weights[4];
    UNROLL for (int q = 0; q < 4; q++)
      weights[q] = vreinterpretq_s8_u8(vsubq_u8(vld1q_u8(values + 16 * q), offset));
    UNROLL for (int r = 0; r < rows; r++) {
      int32_t bits;
      __builtin_memcpy(&bits, a + r * depth + i, 4);
      int8x16_t v = vreinterpretq_s8_s32(vdupq_n_s32(bits));
      UNROLL for (int q = 0; q < 4; q++) sums[r][q] = vdotq_s32(sums[r][q], weights[q], v);
    }
  }
  UNROLL for (int r = 0; r < rows; r++) __builtin_memcpy(&result[r], sums[r], 64);
}

#include "int8_kernels.inc"

const ck_kernels_t ck_neon = {FLOAT_KERNELS, INT8_KERNELS};
#pragma clang attribute pop
#endif
