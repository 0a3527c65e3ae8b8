// OpenBLAS as Swift sees it. Only what `Tensor` calls.
#pragma once

#include <cblas.h>

// A build with 64-bit integers has the same symbols and would read every dimension wrongly.
_Static_assert(sizeof(blasint) == 4, "OpenBLAS must be built with 32-bit integers");


// LAPACK's Cholesky factorisation and the inverse from it, by columns.
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info);
