// The tables that the files of this target fill.
#pragma once

#include "include/CKernels.h"

extern const ck_kernels_t ck_generic;
extern const ck_kernels_t ck_avx2;
extern const ck_kernels_t ck_avx512vnni;
extern const ck_kernels_t ck_amx;
extern const ck_kernels_t ck_neon;
extern const ck_kernels_t ck_neoni8mm;
