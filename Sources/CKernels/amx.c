// AMX int8: a tile of 16 rows × 64 values times one of 64 values × 16 columns, added to 16 × 16 sums
// in one instruction. The packed weights are such tiles as they lie. The float part is AVX-512's.
#if defined(__x86_64__)
#include "tables.h"

#include <string.h>
#include <immintrin.h>
#pragma clang attribute push(                                                                  \
    __attribute__((                                                                            \
        target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,amx-tile,amx-int8"))),             \
    apply_to = function)
#include "shared/avx512_shape.inc"
#include "shared/float32.inc"

#include "shared/int8.inc"

// All eight tiles at their full size, 16 rows of 64 bytes.
typedef struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} tile_configuration;

// Sums of up to 32 rows and 32 columns of one digit, as 2 × 2 tiles: each operand is loaded once for
// two products. Rows behind the last are computed and not used; `ck_int8_rows` has room for them.
INLINE void tiles(const bool two_rows, const bool two_columns, const int8_t *a, long depth,
                  const uint8_t *w, int32_t sums[2][2][16][16]) {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (long k = 0; k < depth; k += 64) {
    _tile_loadd(4, a + k, depth);
    _tile_loadd(6, w + 16 * k, 64);
    _tile_dpbsud(0, 4, 6);
    if (two_columns) {
      _tile_loadd(7, w + 16 * (depth + k), 64);
      _tile_dpbsud(1, 4, 7);
    }
    if (two_rows) {
      _tile_loadd(5, a + 16 * depth + k, depth);
      _tile_dpbsud(2, 5, 6);
      if (two_columns) _tile_dpbsud(3, 5, 7);
    }
  }
  _tile_stored(0, sums[0][0], 64);
  if (two_columns) _tile_stored(1, sums[0][1], 64);
  if (two_rows) _tile_stored(2, sums[1][0], 64);
  if (two_rows && two_columns) _tile_stored(3, sums[1][1], 64);
}

static void int8_sums(const ck_int8_rows *x, int digit, long row, long rows,
                      const ck_int8_weights *w, long column, int32_t sums[2][2][16][16]) {
  const int8_t *a = x->values + (digit * x->rows + row) * x->depth;
  const uint8_t *values = w->values + column * w->depth;
  bool two_rows = rows > 16, two_columns = w->columns - column > 16;
  if (two_rows && two_columns) tiles(true, true, a, x->depth, values, sums);
  else if (two_columns) tiles(false, true, a, x->depth, values, sums);
  else if (two_rows) tiles(true, false, a, x->depth, values, sums);
  else tiles(false, false, a, x->depth, values, sums);
}

static void int8_dense(const ck_int8_rows *x, long first, long rows, const ck_int8_weights *w,
                       const float *residual, long residual_stride, float *y, long ys,
                       ck_activation activation) {
  tile_configuration configuration = {.palette = 1};
  for (int i = 0; i < 8; i++) configuration.row_bytes[i] = 64, configuration.rows[i] = 16;
  _tile_loadconfig(&configuration);
  int32_t sums[2][2][16][16], low[2][2][16][16];
  for (long column = 0; column < w->columns; column += 32)
    for (long row = 0; row < rows; row += 32) {
      int8_sums(x, 0, first + row, rows - row, w, column, sums);
      if (x->digits == 2) int8_sums(x, 1, first + row, rows - row, w, column, low);
      for (long r = row; r < rows && r < row + 32; r++)
        for (long half = 0; half < 2 && column + 16 * half < w->columns; half++) {
          i32x16 sum, second;
          memcpy(&sum, sums[(r - row) / 16][half][(r - row) % 16], 64);
          sum -= w->offset * x->sums[first + r];
          if (x->digits == 2) {
            memcpy(&second, low[(r - row) / 16][half][(r - row) % 16], 64);
            second -= w->offset * x->sums[x->rows + first + r];
          }
          const long place = column + 16 * half;
          int8_finish(sum, x->digits == 2 ? &second : 0, x->scales[first + r],
                      load16(w->scales + place), load16(w->bias + place), y + r * ys + place,
                      w->columns - place);
        }
    }
  _tile_release();
  int8_activate(w, residual, residual_stride, y, ys, rows, activation);
}

const ck_kernels_t ck_amx = {FLOAT_KERNELS, INT8_KERNELS};
#pragma clang attribute pop
#endif
