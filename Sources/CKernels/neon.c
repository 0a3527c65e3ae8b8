// NEON: 4 floats a register, 32 registers, and the dot product of four signed bytes where the CPU has
// it (Armv8.2 onwards).
#if defined(__aarch64__)
#include "tables.h"

#include <arm_neon.h>
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#include "shared/neon_shape.inc"
#include "shared/float32.inc"
#include "shared/int8_operands.inc"

#define INT8_ROWS 4
#define EACH_INT8_ROWS(DO) DO(1) DO(2) DO(3) DO(4)

INLINE void int8_tile(const int rows, const int8_operands *o, const uint8_t *next,
                      i32x16 sums[INT8_ROWS]) {
  const uint8_t *weights = o->weights;
  int32x4_t tile[INT8_ROWS][4];
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int q = 0; q < 4; q++) tile[r][q] = vdupq_n_s32(0);
  // The instruction wants both sides signed: the offset is taken off here.
  const uint8x16_t offset = vdupq_n_u8((uint8_t)o->offset);
  for (long i = 0; i < o->part; i += 4, weights += 64) {
    if (next && i % 16 == 0) __builtin_prefetch(next + 4 * i, 0, 2);
    int8x16_t line[4];
    UNROLL for (int q = 0; q < 4; q++)
      line[q] = vreinterpretq_s8_u8(vsubq_u8(vld1q_u8(weights + 16 * q), offset));
    UNROLL for (int r = 0; r < rows; r++) {
      int32_t bits;
      __builtin_memcpy(&bits, o->a + r * o->depth + i, 4);
      int8x16_t v = vreinterpretq_s8_s32(vdupq_n_s32(bits));
      UNROLL for (int q = 0; q < 4; q++) tile[r][q] = vdotq_s32(tile[r][q], line[q], v);
    }
  }
  UNROLL for (int r = 0; r < rows; r++) __builtin_memcpy(&sums[r], tile[r], 64);
}

#include "shared/int8.inc"

const ck_kernels_t ck_neon = {FLOAT_KERNELS, INT8_KERNELS};
#pragma clang attribute pop
#endif
