// Kernels that need instructions Swift cannot name. `Tensor` is the only caller; each of them has a
// readable Swift twin there, which is its oracle in the tests.
//
// One file per instruction set fills one table; `ck_kernels` hands it out when this CPU can run it.
// Matrices are row-major; a `stride` is the distance between rows, counted in elements.
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  CK_NONE = 0,
  CK_RELU = 1,
  CK_GELU = 2,  // the exact one, with erf
  CK_TANH = 3,
  CK_LOGISTIC = 4,
  CK_SILU = 6,
  CK_GELU_TANH = 5,  // the approximation with tanh
} ck_activation;

typedef enum {
  CK_AVX2 = 1,
  CK_AVX512 = 2,
  CK_NEON = 3,
} ck_instruction_set;

typedef struct {
  // y[r, c] = activation(x[r, ·] · w[c, ·] + bias[c]) + residual[r, c], r < rows, c < columns.
  // `bias` and `residual` may be null. An element's sum has one order, whatever `rows` and `columns`.
  void (*dense)(const float *x, long x_stride, const float *w, long w_stride, const float *bias,
                const float *residual, long residual_stride, float *y, long y_stride, long rows,
                long columns, long depth, ck_activation activation);

  // c[r, n] = scale · Σ_k a[r, k] b[k, n], k rising. Rows of `b` are readable, and rows of `c`
  // writable, up to the next multiple of 16 columns.
  void (*multiply)(const float *a, long a_stride, const float *b, long b_stride, float *c,
                   long c_stride, long rows, long columns, long depth, float scale);

  // y = (x + residual − mean) / √(variance + ε) · gain + bias, row by row. `residual` may be null.
  void (*layer_norm)(const float *x, const float *residual, const float *gain, const float *bias,
                     float epsilon, float *y, long rows, long columns);

  // Softmax of each row in place.
  void (*softmax)(float *x, long stride, long rows, long columns);

  // activation(x) in place.
  void (*activate)(float *x, long count, ck_activation activation);

  // y += x
  void (*add)(const float *x, float *y, long count);

  // y[c, r] (+)= x[r, c]
  void (*transpose)(const float *x, long x_stride, float *y, long y_stride, long rows,
                    long columns, bool accumulate);
} ck_kernels_t;

// The table of an instruction set, or null where this CPU (or this build) cannot run it.
const ck_kernels_t *ck_kernels(ck_instruction_set set);

// One breath inside a spinning wait.
static inline void ck_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
