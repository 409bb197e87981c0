/*
 * 3x3 convolutions with stride 1 by Winograd's F(4x4, 3x3) (Lavin & Gray 2015, arXiv 1509.09308):
 * 36 multiplications for a tile of 4x4 outputs where the direct way takes 144.
 *
 * A patch of 6x6 inputs and the weights are transformed (kernels.h), multiplied element by element,
 * which over all channels and tiles makes 36 products of matrices, and the results transformed
 * back. The gradient of the input is such a convolution with the filter turned round; that of the
 * weights is the same sum differentiated: gradients of a tile are transformed and multiplied with
 * the patches.
 *
 *     if (winograd_pays(&shape))
 *         scratch = winograd_forward_scratch(&shape);               floats, on a cache line
 *     winograd_forward(&shape, &(struct winograd_run){...});
 *     winograd_dx(&shape, &(struct winograd_run){...});
 *     winograd_dw(&shape, &(struct winograd_dw_run){...});
 *
 * Maps are NHWC, float32, weights [3][3][C][K]; nothing is owned, allocated or kept between calls.
 * Work is split by shapes alone, so the bits do not depend on the number of threads. Rounding:
 * about 1e-6 of the root mean square of the results; of a plain sum in float, once (512 channels)
 * to twice (64) and three times (8) its error.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_CONV_WINOGRAD_H
#define SCALESTUDY_WORKLOADS_NN_CONV_WINOGRAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/nn/products/gemm.h"

/* The convolution; output is as large as input. */
struct winograd {
    int batch, h, w;        /* N, H, W */
    int c, k;               /* channels of input and output */
    int before_h, before_w; /* pixels of padding above and to the left: 0 .. 2, normally 1 */
};

/* Rows of a matrix [N H W][channels]: where they lie, or who fills them in: whole rows of an image,
 * some of them twice. */
struct winograd_rows {
    const float *data;
    gemm_fill *fill;     /* OPTIONAL, instead of data */
    const void *context; /* of fill */
};

struct winograd_run {
    struct winograd_rows in; /* x, or for dx the gradient of the output */
    const float *weight;     /* [3][3][C][K] */
    const float *packed;     /* OPTIONAL, instead of weight, forward only: winograd_pack */
    float *out;              /* y [N H W][K], or dx [N H W][C] */
    bool add;                /* out += instead of out = */
    gemm_finish *finish;     /* OPTIONAL: on rows of out that are ready, whole rows of an image */
    const void *context;     /* of finish */
    float *scratch;
    int64_t *macs; /* N H W 9 C K is added, as for the direct way */
};

/* y = x * w */
void winograd_forward(const struct winograd *shape, const struct winograd_run *run);
/* dx = dy * w turned round */
void winograd_dx(const struct winograd *shape, const struct winograd_run *run);

/* Weights that many runs use, transformed once, for any batch: packed and scratch on a cache line.
 */
size_t winograd_packed_floats(const struct winograd *shape);
size_t winograd_pack_scratch(void);
void winograd_pack(
    const struct winograd *shape, const float *weight, float *packed, float *scratch);
/* Of forward with them. */
size_t winograd_packed_scratch(const struct winograd *shape);

struct winograd_dw_run {
    struct winograd_rows x, dy;
    float *dw; /* [3][3][C][K], added to */
    float *scratch;
    int64_t *macs;
};
void winograd_dw(const struct winograd *shape, const struct winograd_dw_run *run);

/* Blocks that finish is called with, forward and dx: 0 .. count - 1, never fewer in a larger batch.
 */
int winograd_block_count(const struct winograd *shape);

/* Floats; functions of shape and parallel_threads(), never less for a larger batch. */
size_t winograd_forward_scratch(const struct winograd *shape);
size_t winograd_dx_scratch(const struct winograd *shape);
size_t winograd_dw_scratch(const struct winograd *shape);

/* Whether this is faster than gemm.h with gathered rows, for all three together: a function of the
 * shape, batch included, and of whether there are fast kernels. A net that is planned for a batch
 * may run a smaller one that does not pay: it needs room for either way. */
bool winograd_pays(const struct winograd *shape);

#endif
