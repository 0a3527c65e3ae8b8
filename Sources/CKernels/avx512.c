// AVX-512: 16 floats a register, 32 registers.
#if defined(__x86_64__)
#include "tables.h"

#include <immintrin.h>
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))), \
    apply_to = function)
#define LANES 16
#define DENSE_ROWS 6
#define DENSE_COLUMNS 4
#define MULTIPLY_ROWS 8
#define MULTIPLY_VECTORS 1
#include "float_kernels.inc"

const ck_kernels_t ck_avx512 = FLOAT_KERNELS;
#pragma clang attribute pop
#endif
