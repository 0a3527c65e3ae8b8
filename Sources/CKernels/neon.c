// NEON: 4 floats a register, 32 registers.
#if defined(__aarch64__)
#include "tables.h"

#define LANES 4
#define DENSE_ROWS 4
#define DENSE_COLUMNS 4
#define MULTIPLY_ROWS 4
#define MULTIPLY_VECTORS 4
#include "float_kernels.inc"

const ck_kernels_t ck_neon = FLOAT_KERNELS;
#endif
