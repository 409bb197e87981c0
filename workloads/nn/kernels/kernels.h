/*
 * Inner loops of the layers, behind a table that is chosen once for this processor.
 *
 *     kernels()->add(n, a, b, y);
 *
 * Every kernel has a plain version (reference.c: simple loops, the definition) and a fast one, written
 * once in vectors of the machine and compiled for AVX2 with FMA and for AVX-512 (vector/, with flags
 * of the Makefile). They differ in rounding only; kernels.def says by how much at most. Kernels run in
 * the calling thread, allocate nothing and keep nothing.
 *
 * Letters: rows are pixels of any number of images, c channels, arrays [rows][c] unless said
 * otherwise, per-channel arrays [c]. An output may be one of the inputs of the same shape where it
 * says "in place".
 */
#ifndef SCALESTUDY_WORKLOADS_NN_KERNELS_KERNELS_H
#define SCALESTUDY_WORKLOADS_NN_KERNELS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "kernels_inference.h"
#include "activations.h"

/* y = act(x), n elements; in place. */
typedef void kernel_act_forward(enum activation act, int64_t n, const float *x, float *y);

/* dx = dy act'(x), or added to dx; in place of dy. */
typedef void kernel_act_backward(
    enum activation act, int64_t n, const float *x, const float *dy, float *dx, bool add);

/* y = a + b; in place. */
typedef void kernel_add(int64_t n, const float *a, const float *b, float *y);

/* y = factor x, or added to y; in place. */
typedef void kernel_scale(int64_t n, float factor, const float *x, float *y, bool add);

/* y = a b, or added to y; in place. */
typedef void kernel_multiply(int64_t n, const float *a, const float *b, float *y, bool add);

/* y = act(scale[c] x + shift[c]), or added to y; shift may be NULL for 0; in place. */
typedef void kernel_affine(int64_t rows, int c, const float *x, const float *scale,
    const float *shift, enum activation act, float *y, bool add);

/* y[row] = value[c] for every row, or added. */
typedef void kernel_spread(int64_t rows, int c, const float *value, float *y, bool add);

/* sums[c] += sum over rows of x. */
typedef void kernel_row_sums(int64_t rows, int c, const float *x, float *sums);

/* sums[c] += sum over rows of a b. */
typedef void kernel_product_sums(int64_t rows, int c, const float *a, const float *b, float *sums);

/* sums[0][c] and sums[1][c] += sum and sum of squares over rows of x, as exact as if a mean near
 * that of some rows had been taken off first. */
typedef void kernel_norm_sums(int64_t rows, int c, const float *x, double *sums);

/* sums[0][c] += sum of dy, sums[1][c] += sum of dy (x - mean). */
typedef void kernel_norm_grad_sums(
    int64_t rows, int c, const float *x, const float *dy, const float *mean, double *sums);

/* dx = of_dy[c] dy + of_x[c] x + constant[c], or added; in place of dy. */
typedef void kernel_norm_dx(int64_t rows, int c, const float *x, const float *dy,
    const float *of_dy, const float *of_x, const float *constant, float *dx, bool add);

/* dz = da act'(scale[c] x + shift[c]), or added to dz; scale NULL: act'(x); in place of da. Unless
 * sums is NULL: sums[0][c] += sum over rows of that, sums[1][c] += sum of it times (x - mean[c]). */
typedef void kernel_view_grad(int64_t rows, int c, const float *x, const float *scale,
    const float *shift, const float *mean, enum activation act, const float *da, float *dz,
    bool add, double *sums);

/*
 * Views with a gate: gate[c] act(z), z = scale[c] x + shift[c], rows of one image.
 */
struct kernel_gate {
    const float *scale, *shift, *gate;
    const float *mean;     /* of gate_sums alone */
    const float *constant; /* of gate_dx alone */
    enum activation act;
};

/* y = gate act(z); in place. */
typedef void kernel_gate_apply(
    int64_t rows, int c, const float *x, const struct kernel_gate *gate, float *y);

/* sums [5][c] += sums over rows, g being the gradient of gate act(z): of act(z) g, act'(z) g, act'(z),
 * act'(z) g (x - mean) and act'(z) (x - mean). */
#define KERNEL_GATE_SUMS 5
typedef void kernel_gate_sums(int64_t rows, int c, const float *x, const struct kernel_gate *gate,
    const float *g, double *sums);

/* dx = of_dy act'(z) (gate g + gate->constant) + of_x x + constant; in place of g. */
typedef void kernel_gate_dx(int64_t rows, int c, const float *x, const struct kernel_gate *gate,
    const float *g, const float *of_dy, const float *of_x, const float *constant, float *dx);

/* A window sliding over one image; depthwise weights are [kernel][kernel][c]. */
struct kernel_window {
    int h, w, c;      /* input */
    int out_h, out_w; /* output, of c channels */
    int kernel, stride;
    int before_h, before_w; /* pixels of padding above and to the left */
};

/*
 * Depthwise convolution goes by rows, which its caller keeps with their padding: a row of the input
 * has its column -before_w first and depthwise_columns of them, a row of dy its column
 * -depthwise_dy_lead first and depthwise_dy_columns of them, all padding 0.
 */
int depthwise_columns(const struct kernel_window *window);
int depthwise_dy_lead(const struct kernel_window *window);
int depthwise_dy_columns(const struct kernel_window *window);

/* One row of outputs y [out_w][c]; rows[kernel]: rows of the input under the window, NULL for
 * padding. */
typedef void kernel_depthwise_row(
    const struct kernel_window *window, const float *const *rows, const float *weight, float *y);

/* One row of dx [w][c]; rows[kernel]: the row of dy that meets this row of the input by that row of
 * taps, NULL if there is none. */
typedef void kernel_depthwise_dx_row(
    const struct kernel_window *window, const float *const *rows, const float *weight, float *dx);

/* dw[kernel][kernel][c] += the part of one row of outputs, dy [out_w][c]; rows as for forward. */
typedef void kernel_depthwise_dw_row(
    const struct kernel_window *window, const float *const *rows, const float *dy, float *dw);

/* Rows [row0, row0 + rows) of the matrix of windows: for each output pixel, counted through all
 * images, its kernel * kernel * c inputs with 0 for padding, one after the other. */
typedef void kernel_gather(
    const struct kernel_window *window, const float *x, int64_t row0, int rows, float *to);

/* Largest of each window, and in tap which (row * kernel + column) it was: the first of equals. */
typedef void kernel_max_pool_forward(
    const struct kernel_window *window, int images, const float *x, float *y, int32_t *tap);

/* dx gets dy where it was largest, 0 elsewhere; or added. */
typedef void kernel_max_pool_backward(const struct kernel_window *window, int images,
    const float *dy, const int32_t *tap, float *dx, bool add);

/* B [k][n], or [n][k] transposed, rows ldb apart, as this version's product_rows wants it: at most
 * PRODUCT_PACKED floats. Panels of 32 columns, or a last one, take k floats a column: pieces of a
 * multiple of 32 columns can be packed by themselves. */
#define PRODUCT_PACKED(n, k) ((size_t)(((n) + 31) / 32 * 32) * (size_t)(k))
typedef void kernel_product_pack(
    int n, int k, const float *b, int ldb, bool transposed, float *packed);

/* C [rows][n] = A [rows][k] B, or added to C; leading dimensions in floats. For small n k. */
typedef void kernel_product_rows(int64_t rows, int n, int k, const float *a, int lda,
    const float *packed, float *c, int ldc, bool add);

/* W [k][n] += A^T B, A [m][k], B [m][n]. For small n k. */
typedef void kernel_product_outer(
    int64_t m, int n, int k, const float *a, int lda, const float *b, int ldb, float *w, int ldw);

/* product_rows where a row of A lies in n lines of k numbers, their beginnings `pitch` floats apart,
 * as a window over a map does: B has n k rows. */
struct kernel_lines {
    int n, k;
    int64_t pitch;
};
typedef void kernel_product_lines(int64_t rows, int n, const struct kernel_lines *lines,
    const float *a, int lda, const float *packed, float *c, int ldc, bool add);

/* product_outer where rows of A and of B are the pixels of a map, lda and ldb floats apart, and rows
 * of the map a_pitch and b_pitch. */
struct kernel_map {
    int rows;
    int64_t columns, a_pitch, b_pitch;
};
typedef void kernel_product_outer_map(const struct kernel_map *map, int n, int k, const float *a,
    int lda, const float *b, int ldb, float *w, int ldw);

/*
 * Transforms of Winograd's F(4x4, 3x3) (winograd.h): 36 products in place of the 144 of a tile of
 * 4x4 outputs. Product p of anything is at p * plane, a tile or a row of weights at multiples of
 * its own distance. A line of tiles is read or written as pixels `pixel` floats and rows `pitch`
 * floats apart; the next tile begins 4 pixels to the right.
 *
 *          1    0   -5/2    0    1   0          1     0    0          1    1    1   1    1   0
 *          0   -r    -2    r/2   1   0        -2/3  -r/3 -1/3         0   r/2 -r/2  r   -r   0
 *   B^T =  0    r    -2   -r/2   1   0    G = -2/3   r/3 -1/3   A^T = 0   1/2  1/2  2    2   0
 *          0  -r/2  -1/2    r    1   0         1/6   r/6  1/3         0   r/4 -r/4  2r  -2r  1
 *          0   r/2  -1/2   -r    1   0         1/6  -r/6  1/3
 *          0    1     0   -5/2   0   1          0     0    1          r = sqrt 2
 */
#define WINOGRAD_PRODUCTS 36

/* v = B^T d B of the 6x6 inputs of each tile. */
typedef void kernel_winograd_patches(int tiles, int channels, const float *band, int pixel,
    int64_t pitch, float *v, int ldv, int64_t plane);

/* out = A^T m A, 4x4 of each tile, but only the first `rows` rows and the first `columns` columns
 * of the line; or added. */
typedef void kernel_winograd_tiles(int tiles, int channels, const float *m, int ldm, int64_t plane,
    float *out, int pixel, int64_t pitch, int rows, int columns, bool add);

/* u = G w G^T, w [3][3] with `tap` floats between taps, or turned by half a turn; of weights
 * [rows][columns]. */
typedef void kernel_winograd_weights(int rows, int columns, const float *weight, int64_t tap,
    int ldw, bool turned, float *u, int64_t plane);

/* d = A dy A^T of the 4x4 gradients of each tile. */
typedef void kernel_winograd_tile_grads(int tiles, int channels, const float *band, int pixel,
    int64_t pitch, float *d, int ldd, int64_t plane);

/* dw += G^T m G, m [rows][columns]. */
typedef void kernel_winograd_weight_grads(
    int rows, int columns, const float *m, int64_t plane, float *dw, int64_t tap, int ldw);

/* infer_...: see kernels_inference.h. */

struct kernels {
    const char *isa; /* "reference", "avx2", "avx512" */
#define KERNEL(name, tolerance) kernel_##name *name;
#include "kernels.def"
#undef KERNEL
};

/* The best that this processor can run, or what the environment variable SCALESTUDY_ISA names. */
const struct kernels *kernels(void);

/* The table of that name, or NULL if this build or this processor has none. */
const struct kernels *kernels_find(const char *isa);

/* From now on kernels() gives that table: for tests and for measurements, while nothing is running.
 */
void kernels_use(const struct kernels *table);

#endif
