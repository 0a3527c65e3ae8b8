// Runs kernels on the arguments of a file and writes what they leave: how the tests reach an
// instruction set that their own process cannot run.
//
//   driver <instruction set> <requests> <replies>
//
// Both files are arrays (a count, then so many words of 32 bits). A request is an array of numbers,
// the kernel first, and the kernel's arrays in the order of its parameters; the reply, the arrays it
// has written. An empty array is a null pointer. Ends with 3 where this CPU has no such table.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

typedef struct {
  void *data;
  long count;
} array;

static FILE *requests, *replies;

static _Noreturn void fail(const char *reason) {
  fprintf(stderr, "%s\n", reason);
  exit(1);
}

// Memory as Tensor hands it to the kernels: aligned, and readable `slack` words past its end. What
// stands there is NaN, or −1 in integers: whoever lets it into a result is found out.
static array allocate(long count, long slack) {
  const size_t bytes = ((count + slack) * 4 + 63) / 64 * 64;
  array result = {aligned_alloc(64, bytes), count};
  if (!result.data) fail("no memory");
  memset(result.data, 0xff, bytes);
  return result;
}

static bool read_array(array *result, long slack) {
  uint32_t count;
  if (fread(&count, 4, 1, requests) != 1) return false;
  *result = allocate(count, slack);
  if (fread(result->data, 4, count, requests) != count) fail("the request ends early");
  if (count == 0) free(result->data), result->data = NULL;
  return true;
}

static void write_array(array x) {
  const uint32_t count = x.count;
  fwrite(&count, 4, 1, replies);
  if (count) fwrite(x.data, 4, count, replies);
}

// Rows behind the last that a kernel may read, whole tiles at a time.
#define ROW_SLACK 32

enum {
  DENSE, MULTIPLY, LAYER_NORM, SOFTMAX, ACTIVATE, ADD, TRANSPOSE, QUANTIZE, INT8_DENSE, DENSE64,
  RMS_NORM, GATE, ROTATE_PAIRS
};
static const int parameters[] = {
    [DENSE] = 5,    [MULTIPLY] = 3, [LAYER_NORM] = 5, [SOFTMAX] = 1,    [ACTIVATE] = 1,
    [ADD] = 2,      [TRANSPOSE] = 2, [QUANTIZE] = 1,  [INT8_DENSE] = 8,
    [DENSE64] = 4,  [RMS_NORM] = 3, [GATE] = 3,       [ROTATE_PAIRS] = 3,
};

static float as_float(int32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

static void quantize(const ck_kernels_t *kernels, const int32_t *n, const float *x) {
  const long rows = n[1], columns = n[2], capacity = n[4], depth = n[5], digits = n[6];
  array values = allocate(digits * capacity * depth / 4, ROW_SLACK * depth / 4);
  array sums = allocate(digits * capacity, 0), scales = allocate(capacity, 0);
  array groups = allocate(digits * capacity * (depth / 16), 0), scratch = allocate(columns, 64);
  memset(values.data, 0, values.count * 4);
  memset(sums.data, 0, sums.count * 4);
  memset(scales.data, 0, scales.count * 4);
  ck_int8_rows result = {
      .values = values.data, .sums = sums.data,  .groups = groups.data, .scales = scales.data,
      .rows = capacity,      .depth = depth,     .digits = (int)digits,
  };
  kernels->int8_quantize(x, n[3], rows, columns, scratch.data, &result, n[7]);
  write_array(values);
  write_array(sums);
  write_array(scales);
  free(values.data), free(sums.data), free(scales.data), free(groups.data), free(scratch.data);
}

static void int8_dense(const ck_kernels_t *kernels, const int32_t *n, const array *a) {
  const long rows = n[1], first = n[2], capacity = n[3], depth = n[4], digits = n[5];
  ck_int8_rows x = {
      .values = a[0].data, .sums = a[1].data, .scales = a[2].data,
      .rows = capacity,    .depth = depth,    .digits = (int)digits,
  };
  ck_int8_weights w = {
      .values = a[3].data, .scales = a[4].data, .bias = a[5].data,
      .columns = n[6],     .depth = depth,      .offset = n[7],    .narrow = n[8],
  };
  kernels->int8_dense(&x, first, rows, &w, a[6].data, n[9], a[7].data, n[10],
                      (ck_activation)n[11]);
}

// The weights come as a checkpoint has them, and are laid out as this instruction set wants them.
static void dense(const ck_kernels_t *kernels, const int32_t *n, const array *a) {
  const long columns = n[2], depth = n[3], stride = n[5], panel = kernels->panel;
  const long width = (columns + panel - 1) / panel * panel;
  array panels = allocate(width * depth, 64), bias = allocate(width, 0);
  float *laid_out = panels.data, *padded = bias.data;
  const float *w = a[1].data, *given = a[2].data;
  for (long c = 0; c < columns; c++) {
    if (given) padded[c] = given[c];
    for (long k = 0; k < depth; k++)
      laid_out[(c / panel * depth + k) * panel + c % panel] = w[c * stride + k];
  }
  kernels->dense(a[0].data, n[4], panels.data, given ? padded : NULL, a[3].data, n[6], a[4].data,
                 n[7], n[1], columns, depth, (ck_activation)n[8]);
  write_array(a[4]);
  free(panels.data), free(bias.data);
}

// One call. `n` are the numbers behind the kernel, from 1 on.
static void run(const ck_kernels_t *k, const int32_t *n, array *a) {
  switch (n[0]) {
    case DENSE:
      return dense(k, n, a);
    case MULTIPLY:
      k->multiply(a[0].data, n[4], a[1].data, n[5], a[2].data, n[6], n[1], n[2], n[3],
                  as_float(n[7]));
      return write_array(a[2]);
    case LAYER_NORM:
      k->layer_norm(a[0].data, n[3], a[1].data, n[4], a[2].data, a[3].data, as_float(n[6]),
                    a[4].data, n[5], n[1], n[2]);
      return write_array(a[4]);
    case SOFTMAX:
      k->softmax(a[0].data, n[3], n[1], n[2]);
      return write_array(a[0]);
    case ACTIVATE:
      k->activate(a[0].data, a[0].count, (ck_activation)n[1]);
      return write_array(a[0]);
    case ADD:
      k->add(a[0].data, a[1].data, a[1].count);
      return write_array(a[1]);
    case TRANSPOSE:
      k->transpose(a[0].data, n[3], a[1].data, n[4], n[1], n[2], n[5]);
      return write_array(a[1]);
    case QUANTIZE:
      return quantize(k, n, a[0].data);
    case INT8_DENSE:
      int8_dense(k, n, a);
      return write_array(a[7]);
    case DENSE64: {
      const long rows = n[1] + 7 < CK_DENSE64_ROWS ? n[1] + 7 : CK_DENSE64_ROWS;
      double *packed = malloc(rows * n[3] * sizeof *packed);
      k->dense64(a[0].data, a[1].data, a[2].data, a[3].data, packed, n[1], n[2], n[3]);
      free(packed);
      return write_array(a[3]);
    }
    case RMS_NORM:
      k->rms_norm(a[0].data, n[3], a[1].data, as_float(n[5]), a[2].data, n[4], n[1], n[2]);
      return write_array(a[2]);
    case GATE:
      k->gate(a[0].data, a[1].data, a[2].data, a[2].count, (ck_activation)n[1]);
      return write_array(a[2]);
    case ROTATE_PAIRS:
      k->rotate_pairs(a[0].data, n[4], a[1].data, a[2].data, n[5], n[1], n[2], n[3]);
      return write_array(a[0]);
  }
}

static ck_instruction_set instruction_set(const char *name) {
  if (!strcmp(name, "generic")) return CK_GENERIC;
  if (!strcmp(name, "avx512vnni")) return CK_AVX512VNNI;
  if (!strcmp(name, "amx")) return CK_AMX;
  if (!strcmp(name, "neon")) return CK_NEON;
  if (!strcmp(name, "neoni8mm")) return CK_NEON_I8MM;
  fail("no such instruction set");
}

int main(int count, char **arguments) {
  if (count != 4) fail("usage: driver <instruction set> <requests> <replies>");
  const ck_kernels_t *kernels = ck_kernels(instruction_set(arguments[1]));
  if (!kernels) return 3;
  requests = fopen(arguments[2], "rb");
  replies = fopen(arguments[3], "wb");
  if (!requests || !replies) fail("a file cannot be opened");
  array numbers, arrays[8];
  while (read_array(&numbers, 16)) {
    const int32_t kernel = ((int32_t *)numbers.data)[0];
    if (kernel < DENSE || kernel > ROTATE_PAIRS) fail("no such kernel");
    // The rows of int8 are read by tiles; elsewhere a vector may reach past the end.
    const long slack = kernel == INT8_DENSE ? ROW_SLACK * ((int32_t *)numbers.data)[4] / 4 : 64;
    for (int i = 0; i < parameters[kernel]; i++)
      if (!read_array(&arrays[i], i == 0 ? slack : 64)) fail("the request ends early");
    run(kernels, numbers.data, arrays);
    for (int i = 0; i < parameters[kernel]; i++) free(arrays[i].data);
    free(numbers.data);
  }
  return fclose(replies) != 0;
}
