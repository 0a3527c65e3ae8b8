// OpenBLAS: products of float32 by the library, everything else by `generic.c`. A product runs on the
// thread that calls. The caller shares out the columns of a layer among its threads, as with every
// table.
#include "tables.h"

#include <cblas.h>

// OpenBLAS wants rows to be an element apart at least.
static blasint distance(long stride) { return (blasint)(stride > 0 ? stride : 1); }

static void dense(const float *x, long xs, const float *w, const float *bias, const float *residual,
                  long residual_stride, float *y, long ys, long rows, long columns, long depth,
                  ck_activation activation) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)rows, (blasint)columns,
              (blasint)depth, 1, x, distance(xs), w, distance(depth), 0, y, distance(ys));
  for (long r = 0; r < rows; r++, y += ys) {
    if (bias) ck_generic.add(bias, y, columns);
    ck_generic.activate(y, columns, activation);
    if (residual) ck_generic.add(residual + r * residual_stride, y, columns);
  }
}

static void multiply(const float *a, long as, const float *b, long bs, float *c, long cs, long rows,
                     long columns, long depth, float scale) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)rows, (blasint)columns,
              (blasint)depth, scale, a, distance(as), b, distance(bs), 0, c, distance(cs));
}

void ck_use_openblas(ck_kernels_t *table) {
  table->panel = 0;
  table->dense = dense;
  table->multiply = multiply;
}
