/*
 * Kernels of the inference path, part of the table of kernels.h: a product and a depthwise
 * convolution that finish their outputs (bias, residual, activation) while these are in registers.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_KERNELS_KERNELS_INFERENCE_H
#define SCALESTUDY_WORKLOADS_NN_KERNELS_KERNELS_INFERENCE_H

#include <stddef.h>
#include <stdint.h>

#include "activations.h"

/*
 * B [k][n] as this version's infer_product wants it. Columns are packed in order, so that the
 * product with columns j .. n - 1 alone, j a multiple of INFER_COLUMNS, reads packed + j * k; a
 * product with fewer columns may end at any other multiple, if INFER_COLUMNS or more are left
 * behind it.
 */
#define INFER_COLUMNS      32
#define INFER_PADDED(n)    ((size_t)(((n) + INFER_COLUMNS - 1) / INFER_COLUMNS * INFER_COLUMNS))
#define INFER_PACKED(n, k) (INFER_PADDED(n) * (size_t)(k))
typedef void kernel_infer_pack(int n, int k, const float *b, float *packed);

/* The same matrix with row l times gate[l]: of the columns that a product may have. */
typedef void kernel_infer_gate(int n, int k, const float *packed, const float *gate, float *gated);

/* C [rows][n] = act(A [rows][k] B + bias + residual); leading dimensions in floats. */
struct infer_product {
    int64_t rows;
    int n, k;
    const float *a;
    int64_t lda;
    int run;               /* a row of A is runs of so many floats (0: one of k), */
    int64_t run_stride;    /* so far apart; rows may overlap: windows of a map with padding */
    const float *packed;   /* infer_pack */
    const float *bias;     /* [INFER_PADDED(n)] */
    const float *residual; /* [rows][n], or NULL; may be c */
    int64_t ldr;
    enum activation act;
    float *c;
    int64_t ldc;
    int64_t line, gap; /* after each `line` rows of C so many floats are left out; line 0: never */
};
typedef void kernel_infer_product(const struct infer_product *product);

/*
 * y = act(depthwise convolution of x + bias) on a map that has its padding around it: output
 * (i, j) is made of the kernel * kernel pixels from (i stride, j stride) on. Distances of rows and
 * pixels in floats.
 */
struct infer_depthwise {
    int kernel, stride;
    int rows, columns, c; /* of the output */
    const float *x;
    int64_t x_row, x_pixel;
    const float *weight; /* [kernel * kernel], ldw apart */
    int64_t ldw;
    const float *bias; /* [c] */
    enum activation act;
    float *y;
    int64_t y_row, y_pixel;
    float *sums; /* [c] += sums of y, or NULL */
};
typedef void kernel_infer_depthwise(const struct infer_depthwise *depthwise);

#endif
