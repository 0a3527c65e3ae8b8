// OpenBLAS as Swift sees it. Only what `Tensor` calls.
#pragma once

#include <cblas.h>

// A build with 64-bit integers has the same symbols and would read every dimension wrongly.
_Static_assert(sizeof(blasint) == 4, "OpenBLAS must be built with 32-bit integers");

// Exported by DYNAMIC_ARCH builds, declared in no public header. They drop and redo the choice of
// kernels, which reads OPENBLAS_CORETYPE.
void gotoblas_dynamic_quit(void);
void gotoblas_dynamic_init(void);
