// For CPUs that no other table is for: vectors of the compiler without intrinsics, 4 floats a register,
// in instructions that every CPU of the architecture has. On Arm those include fused multiply-adds.
#include "tables.h"

#define LANES 4
#define PANEL_VECTORS 4
#define EACH_DENSE_ROWS(DO) DO(1) DO(2) DO(3) DO(4)
#define EACH_MULTIPLY_ROWS(DO) EACH_DENSE_ROWS(DO)
#define KEEP_ORDER(SUM) ((void)(SUM))
#include "shared/float32.inc"
#include "shared/int8_operands.inc"

#define INT8_ROWS 4
#define EACH_INT8_ROWS(DO) DO(1) DO(2) DO(3) DO(4)

INLINE void int8_tile(const int rows, const int8_operands *o, const uint8_t *next,
                      i32x16 sums[INT8_ROWS]) {
  const uint8_t *weights = o->weights;
  UNROLL for (int r = 0; r < rows; r++) sums[r] = (i32x16){0};
  for (long i = 0; i < o->part; i += 4, weights += 64) {
    if (next && i % 16 == 0) __builtin_prefetch(next + 4 * i, 0, 2);
    // The 4 neighbours of a column are the 4 bytes of an integer, the first of them lowest.
    i32x16 line;
    __builtin_memcpy(&line, weights, 64);
    UNROLL for (int j = 0; j < 4; j++) {
      const i32x16 column = (line >> (8 * j)) & 255;
      UNROLL for (int r = 0; r < rows; r++) sums[r] += column * o->a[r * o->depth + i + j];
    }
  }
  take_off_offset(rows, o, sums);
}

#include "shared/int8.inc"

const ck_kernels_t ck_generic = {FLOAT_KERNELS, INT8_KERNELS};

bool ck_generic_is_fast(void) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  return true;
#else
  return false;
#endif
}
