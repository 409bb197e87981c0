/*
 * Matrix products.
 *
 * All matrices are row-major, float32, leading dimensions in elements. Products of nets run on our
 * own kernels where there are fast ones (kernels.h): they read A where it is, take their blocks of
 * rows while these are in cache, and use AVX-512 where OpenBLAS may not. Elsewhere they run on
 * OpenBLAS (blas.h), single-threaded under our own row blocks (its own threads halve the speed, measured).
 * The split depends on shapes alone.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_PRODUCTS_GEMM_H
#define SCALESTUDY_WORKLOADS_NN_PRODUCTS_GEMM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

/* Called by a thread that is about to multiply rows row0 .. row0 + rows - 1: fills block [rows][k]
 * (leading dimension k) with those rows of A. This is where im2col, batch norm and activation of
 * the input go. */
typedef void gemm_fill(const void *context, int64_t row0, int rows, float *block);

/* Called when rows row0 .. of C [rows][n] are ready and still in cache: bias, activation, channel
 * sums, or where they are to go if gemm_rows.c is NULL (their leading dimension is n then).
 * `block` numbers the row block, from 0, for partial sums that are added in order later. */
typedef void gemm_finish(const void *context, int64_t row0, int rows, int block, float *c);

struct gemm_rows {
    int64_t m; /* rows of A and C */
    int n, k;
    const float *a; /* [m][k], read where it is if fill is NULL */
    int lda;
    const float *b; /* [k][n], or [n][k] with b_transposed */
    bool b_transposed;
    float *c; /* [m][n], or NULL: only finish sees the rows */
    int ldc;
    bool add;            /* C += A B instead of C = A B */
    gemm_fill *fill;     /* OPTIONAL */
    gemm_finish *finish; /* OPTIONAL */
    const void *context; /* of both */
    float *scratch;      /* gemm_rows_scratch floats, on a cache line */
    int64_t *macs;       /* m * n * k is added */
};

/* C = A B in blocks of rows, blocks in parallel. */
void gemm_rows(const struct gemm_rows *product);

/* Row blocks of such a product: a function of the shapes alone. */
int gemm_block_count(int64_t m, int n, int k);

/* At least the blocks of any product of up to m rows: what scratch is planned by. */
int gemm_most_blocks(int64_t m, int n, int k);

/* Never less for more rows, so that room for a batch is room for a smaller one. */
size_t gemm_rows_scratch(int64_t m, int n, int k);

/*
 * W += A^T B, A [m][k], B [m][n], W [k][n]: the gradient of weights. Long in m, so it is split in
 * chunks of rows whose sums are added in order. `fill` gives rows of A as above.
 */
struct gemm_reduce {
    int64_t m;
    int n, k;
    const float *a;
    int lda;
    const float *b;
    int ldb;
    float *w;
    gemm_fill *fill;
    const void *context;
    float *scratch; /* gemm_reduce_scratch floats, a function of parallel_threads() too */
    int64_t *macs;
};
void gemm_reduce(const struct gemm_reduce *product);
size_t gemm_reduce_scratch(int64_t m, int n, int k, bool with_fill);

/*
 * For work that is inside parallel_for already: blocks of rows against one B, in the calling thread.
 *
 *     struct gemm_factor factor = {.n = n, .k = k, .b = b, .transposed = true};
 *     gemm_factor_pack(&factor, scratch);       once, threads inside; gemm_factor_floats of scratch
 *     gemm_block(&factor, rows, a, lda, c, ldc);
 *
 * Count nothing.
 */
struct gemm_factor {
    int n, k;
    const float *b; /* [k][n], or [n][k] transposed */
    bool transposed;
    const float *packed; /* set by gemm_factor_pack */
};
size_t gemm_factor_floats(int n, int k);
void gemm_factor_pack(struct gemm_factor *factor, float *scratch);
void gemm_block(
    const struct gemm_factor *factor, int rows, const float *a, int lda, float *c, int ldc);

/* W [k][n] += A^T B, A [rows][k], B [rows][n]. */
void gemm_outer(
    int rows, int n, int k, const float *a, int lda, const float *b, int ldb, float *w, int ldw);

/* Once, before products that may run on OpenBLAS: ERR_IO where they would, and it cannot be loaded. */
int gemm_open(struct err *err) MUST_CHECK;

/* What products run on: "own kernels", or OpenBLAS's description of itself; static. */
const char *gemm_library(void);

#endif
