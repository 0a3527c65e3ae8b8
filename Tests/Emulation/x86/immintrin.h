// Stands before the compiler's header of this name: what the AVX-512 and AMX kernels call is here in
// plain C, so that a CPU that has neither runs them as they are written. An intrinsic that is missing
// here does not compile.
#pragma once

#include_next <immintrin.h>

#include "amx.h"
#include "avx512.h"

// A vector of 512 bits has no register here.
#define KEEP_ORDER(SUM)

// The kernels' own vectors of 512 bits become two of AVX2.
#define target(...) target("avx2,fma")
