/*
 * The one seam to OpenBLAS, and the only file that includes cblas.h. The library is loaded when it is
 * first needed, with one thread: products are split among the threads of parallel.h. Otherwise it
 * would start a thread a core, and take memory for each, in every command.
 *
 *     if (blas_open(err) < 0) return -1;            where a sentence can be given: when a net is made
 *     blas_multiply(&(struct blas_product){.m = m, .n = n, .k = k, .a = a, .lda = k, ...});
 */
#ifndef SCALESTUDY_WORKLOADS_NN_PRODUCTS_BLAS_H
#define SCALESTUDY_WORKLOADS_NN_PRODUCTS_BLAS_H

#include <stdbool.h>

#include "harness/base/err.h"

/* ERR_IO: it cannot be loaded. */
int blas_open(struct err *err) MUST_CHECK;

/* C [m][n] = A [m][k] B [k][n], row-major; leading dimensions in elements. */
struct blas_product {
    int m, n, k;
    const float *a;
    int lda;
    bool a_transposed; /* A is [k][m] */
    const float *b;
    int ldb;
    bool b_transposed; /* B is [n][k] */
    float *c;
    int ldc;
    bool add; /* C += A B */
};

/* In the calling thread; any number of threads at a time. Without the library by plain loops. */
void blas_multiply(const struct blas_product *product);

/* What OpenBLAS says of itself: version, threads, kernels; static. NULL with the error set where it
 * cannot be loaded. */
const char *blas_library(struct err *err);

#endif
