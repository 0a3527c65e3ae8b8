// The tables that the files of this target fill.
#pragma once

#include "include/CKernels.h"

#if defined(__x86_64__)
extern const ck_kernels_t ck_avx2;
extern const ck_kernels_t ck_avx512;
#elif defined(__aarch64__)
extern const ck_kernels_t ck_neon;
#endif
