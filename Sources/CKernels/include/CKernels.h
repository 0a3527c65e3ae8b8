// Kernels that need instructions Swift cannot name. `Tensor` is the only caller; each of them has a
// readable Swift twin there, which is its oracle in the tests.
//
// One file per instruction set fills one table; `ck_kernels` hands it out when this CPU can run it.
// Matrices are row-major; a `stride` is the distance between rows, counted in elements.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Rows that `dense64` packs together.
enum { CK_DENSE64_ROWS = 80 };

typedef enum {
  CK_NONE = 0,
  CK_RELU = 1,
  CK_GELU = 2,       // the exact one, with erf
  CK_GELU_TANH = 3,  // the approximation with tanh
  CK_TANH = 4,
  CK_SILU = 5,
  CK_LOGISTIC = 6,
} ck_activation;

typedef enum {
  CK_GENERIC = 0,  // vectors of the compiler, without intrinsics
  CK_AVX2 = 1,
  CK_AVX512VNNI = 2,
  CK_AMX = 3,
  CK_NEON = 4,      // with dot products
  CK_NEON_I8MM = 5,
} ck_instruction_set;

// Rows of an activation in int8, rotated: row r is scales[r] · Σ values. With two digits there is a
// second plane behind the first, and a value is 128 · first + second.
typedef struct {
  int8_t *values;   // [digits, rows, depth], zero beyond the columns
  int32_t *sums;    // [digits, rows]: Σ values of a row
  int32_t *groups;  // [digits, rows, depth / 16]: for `int8_dense` of the same table
  float *scales;    // [rows]
  long rows;        // of the allocation: the distance between planes in rows
  long depth;       // columns rounded up to 64
  int digits;       // 1 or 2
} ck_int8_rows;

// Weights [columns, depth] in int8, each plus `offset`, so that none is negative. Laid out
// [columns / 16, depth / 4, 16, 4]: a line of 64 bytes has four neighbours in depth of 16 columns,
// as every dot-product instruction wants them.
typedef struct {
  const uint8_t *values;
  const float *scales;  // [columns rounded up to 16]
  const float *bias;    // likewise
  long columns;
  long depth;
  int offset;   // 64: |w| ≤ 63; 128: |w| ≤ 127
  bool narrow;  // offset 64, and sums of |w| over the groups of 8 that AVX2 adds in int16 ≤ 258
} ck_int8_weights;

typedef struct {
  // Columns of a panel of weights; 0: `dense` reads them as a checkpoint has them, [columns, depth].
  long panel;

  // y[r, c] = activation(x[r, ·] · w[c, ·] + bias[c]) + residual[r, c], r < rows, c < columns; there is
  // a row at least. `panels` is w laid out [columns / panel, depth, panel]; it and `bias` go on to the
  // next multiple of `panel` columns. `bias` and `residual` may be null. A sum begins with the bias and
  // takes depth in turn.
  void (*dense)(const float *x, long x_stride, const float *panels, const float *bias,
                const float *residual, long residual_stride, float *y, long y_stride, long rows,
                long columns, long depth, ck_activation activation);

  // c[r, n] = scale · Σ_k a[r, k] b[k, n], k rising. Rows of `b` are readable, and rows of `c`
  // writable, up to the next multiple of 16 columns.
  void (*multiply)(const float *a, long a_stride, const float *b, long b_stride, float *c,
                   long c_stride, long rows, long columns, long depth, float scale);

  // y = (x + residual − mean) / √(variance + ε) · gain + bias, row by row. `residual` may be null.
  void (*layer_norm)(const float *x, long x_stride, const float *residual, long residual_stride,
                     const float *gain, const float *bias, float epsilon, float *y, long y_stride,
                     long rows, long columns);

  // y = x / √(mean of x² + ε) · gain, row by row. `y` may be `x`.
  void (*rms_norm)(const float *x, long x_stride, const float *gain, float epsilon, float *y,
                   long y_stride, long rows, long columns);

  // Softmax of each row in place.
  void (*softmax)(float *x, long stride, long rows, long columns);

  // activation(x) in place.
  void (*activate)(float *x, long count, ck_activation activation);

  // y = activation(x) · factors, element by element. `y` may be `x` or `factors`.
  void (*gate)(const float *x, const float *factors, float *y, long count,
               ck_activation activation);

  // Turns the pairs of each head in place: columns i and i + columns / 2 of it by the angle whose cosine
  // and sine are cosines[r, i] and sines[r, i]. Heads lie side by side in a row, `columns` each, an even
  // number.
  void (*rotate_pairs)(float *x, long x_stride, const float *cosines, const float *sines, long stride,
                       long rows, long heads, long columns);

  // y += x
  void (*add)(const float *x, float *y, long count);

  // y[c, r] (+)= x[r, c]
  void (*transpose)(const float *x, long x_stride, float *y, long y_stride, long rows,
                    long columns, bool accumulate);

  // y[r, c] = Σ_k x[r, k] w[k, c] + bias[c] in float64, k rising, by fused multiply-adds; rows lie close.
  // `panels` is w laid out [columns / 8, depth, 8], rounded up. `packed` has room for rows + 7 rows
  // of x, or for CK_DENSE64_ROWS if those are fewer; for a single row or up to 8 columns it is not read.
  void (*dense64)(const double *x, const double *panels, const double *bias, double *y,
                  double *packed, long rows, long columns, long depth);

  // Rotates each row of x [rows, columns]: signs, Hadamard matrices (blocks of the greatest power of two
  // that divides `columns`, without the factor 1/√block), then mixes the p blocks by the reflection
  // 1 − 2/p, and quantises it by its greatest magnitude into row `first + r` of `result`. A row with
  // NaN or infinity gets the scale NaN and zeros.
  // `scratch` has `columns` floats.
  void (*int8_quantize)(const float *x, long x_stride, long rows, long columns, float *scratch,
                        const ck_int8_rows *result, long first);

  // y[r, c] = activation(x[first + r, ·] · w[c, ·] + bias[c]) + residual[r, c]. The sum of integers is
  // exact, and the float operations behind it have one order: the same bits on every instruction set.
  void (*int8_dense)(const ck_int8_rows *x, long first, long rows, const ck_int8_weights *w,
                     const float *residual, long residual_stride, float *y, long y_stride,
                     ck_activation activation);
} ck_kernels_t;

// The table of an instruction set, or null where this CPU (or this build) cannot run it.
const ck_kernels_t *ck_kernels(ck_instruction_set set);

// Replaces the products of float32 in a table by OpenBLAS's, which run on the calling thread.
void ck_use_openblas(ck_kernels_t *table);

// Whether CK_GENERIC has an instruction for a fused multiply-add. Without one each of them is a call of
// the C library.
bool ck_generic_is_fast(void);

// One breath inside a spinning wait.
static inline void ck_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
