// AVX2 + FMA: 8 floats a register, 16 registers.
#if defined(__x86_64__)
#include "tables.h"

#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LANES 8
#define DENSE_ROWS 4
#define DENSE_COLUMNS 3
#define MULTIPLY_ROWS 6
#define MULTIPLY_VECTORS 2
#include "float_kernels.inc"

const ck_kernels_t ck_avx2 = FLOAT_KERNELS;
#pragma clang attribute pop
#endif
