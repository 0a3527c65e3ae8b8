// NEON with i8mm: products of matrices of unsigned with signed bytes, 2 × 8 times 8 × 2, added to four
// sums in one instruction.
#if defined(__aarch64__)
#include "tables.h"

#include <arm_neon.h>
#pragma clang attribute push(__attribute__((target("dotprod,i8mm"))), apply_to = function)
#include "shared/neon_shape.inc"
#include "shared/float32.inc"
#include "shared/int8_operands.inc"

#define INT8_ROWS 4
#define EACH_INT8_ROWS(DO) DO(1) DO(2) DO(3) DO(4)

// The neighbours in depth of four rows, as two matrices of 2 rows × 8; one of 2 × 2 sums for each two
// columns and two rows.
INLINE void int8_matrices(const int pairs, const int8_t *a, long depth, const uint8_t *values,
                          long part, const uint8_t *next, i32x16 result[INT8_ROWS]) {
  int32x4_t sums[2][8];
  UNROLL for (int p = 0; p < pairs; p++)
    UNROLL for (int c = 0; c < 8; c++) sums[p][c] = vdupq_n_s32(0);
  for (long i = 0; i < part; i += 8, values += 128) {
    if (next && i % 16 == 0) __builtin_prefetch(next + 4 * i, 0, 2);
    // A line has 4 neighbours of 16 columns: two lines are 8 neighbours, column by column.
    uint8x16_t weights[8];
    UNROLL for (int q = 0; q < 4; q++) {
      uint32x4_t near = vreinterpretq_u32_u8(vld1q_u8(values + 16 * q));
      uint32x4_t far = vreinterpretq_u32_u8(vld1q_u8(values + 64 + 16 * q));
      weights[2 * q] = vreinterpretq_u8_u32(vzip1q_u32(near, far));
      weights[2 * q + 1] = vreinterpretq_u8_u32(vzip2q_u32(near, far));
    }
    UNROLL for (int p = 0; p < pairs; p++) {
      const int8_t *row = a + 2 * p * depth + i;
      int8x16_t v = vcombine_s8(vld1_s8(row), vld1_s8(row + depth));
      UNROLL for (int c = 0; c < 8; c++) sums[p][c] = vusmmlaq_s32(sums[p][c], weights[c], v);
    }
  }
  UNROLL for (int p = 0; p < pairs; p++)
    UNROLL for (int q = 0; q < 4; q++) {
      int32x4_t first = vuzp1q_s32(sums[p][2 * q], sums[p][2 * q + 1]);
      int32x4_t second = vuzp2q_s32(sums[p][2 * q], sums[p][2 * q + 1]);
      __builtin_memcpy((int32_t *)&result[2 * p] + 4 * q, &first, 16);
      __builtin_memcpy((int32_t *)&result[2 * p + 1] + 4 * q, &second, 16);
    }
}

// One row: dot products.
INLINE void int8_row(const int8_t *a, const uint8_t *values, long part, i32x16 *result) {
  int32x4_t sums[4];
  UNROLL for (int q = 0; q < 4; q++) sums[q] = vdupq_n_s32(0);
  for (long i = 0; i < part; i += 4, values += 64) {
    int32_t bits;
    __builtin_memcpy(&bits, a + i, 4);
    int8x16_t v = vreinterpretq_s8_s32(vdupq_n_s32(bits));
    UNROLL for (int q = 0; q < 4; q++)
      sums[q] = vusdotq_s32(sums[q], vld1q_u8(values + 16 * q), v);
  }
  __builtin_memcpy(result, sums, 64);
}

INLINE void int8_tile(const int rows, const int8_operands *o, const uint8_t *next,
                      i32x16 sums[INT8_ROWS]) {
  if (rows > 1) int8_matrices(rows / 2, o->a, o->depth, o->weights, o->part, next, sums);
  if (rows % 2) int8_row(o->a + (rows - 1) * o->depth, o->weights, o->part, sums + rows - 1);
  take_off_offset(rows, o, sums);
}

#include "shared/int8.inc"

const ck_kernels_t ck_neoni8mm = {FLOAT_KERNELS, INT8_KERNELS};
#pragma clang attribute pop
#endif
