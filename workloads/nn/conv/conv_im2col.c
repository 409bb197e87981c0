/*
 * Dense convolution as products of matrices, whatever the shapes. A row of the left matrix is an output
 * pixel with its R x S x C inputs (im2col); rows are gathered block by block as the product wants them,
 * never all at once.
 *
 * Gradient of the input: with stride 1 it is a convolution of the output's gradient with the rotated
 * filter, gathered likewise; else conv_scatter.h.
 */
#include "conv_algorithm.h"

#include <string.h>

#include "conv_rotated.h"
#include "conv_scatter.h"
#include "workloads/nn/graph/sizes.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/layers/bias.h"
#include "workloads/nn/layers/channel_sums.h"
#include "workloads/nn/layers/view.h"
#include "workloads/nn/products/gemm.h"

/* Where rows come from: windows over maps [N][h][w][c]. */
struct gather {
    const float *x;
    struct kernel_window window;
    int channels;      /* of the output, for finish_rows: */
    const float *bias; /* [channels], or NULL */
    float *sums;       /* scratch of channel_sums.h, or NULL */
};

static void gather_rows(const void *context, int64_t row0, int rows, float *block)
{
    const struct gather *gather = context;

    kernels()->gather(&gather->window, gather->x, row0, rows, block);
}

/* On rows of the output that are still in cache: the bias, and the sums for a batch norm. */
static void finish_rows(const void *context, int64_t row0, int rows, int block, float *out)
{
    const struct gather *gather = context;

    (void)row0;
    if (gather->bias)
        bias_add(rows, gather->channels, gather->bias, out);
    if (gather->sums) {
        double *sums = channel_sums_block(gather->sums, block, gather->channels);

        memset(sums, 0, 2 * (size_t)gather->channels * sizeof(*sums));
        kernels()->norm_sums(rows, gather->channels, out, sums);
    }
}

struct sizes {
    int64_t m; /* output pixels of the batch */
    int taps;  /* R S C */
    int k;
};

static struct sizes sizes_of(
    const struct conv_config *config, const struct shape *in, const struct shape *out, int batch)
{
    return (struct sizes){
        .m = (int64_t)batch * out->h * out->w,
        .taps = config->kernel * config->kernel * in->c,
        .k = out->c,
    };
}

static bool im2col_fits(const void *config, const struct shape *in, const struct shape *out)
{
    (void)config, (void)in, (void)out;
    return true;
}

/* What the largest of forward and the two gradients takes. */
static size_t im2col_scratch(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    const struct conv_config *conv = config;
    struct sizes sizes = sizes_of(conv, in, out, batch);
    struct kernel_window window = conv_window(conv, in, out);
    size_t forward = gemm_rows_scratch(sizes.m, sizes.k, sizes.taps) +
                     channel_sums_floats(gemm_most_blocks(sizes.m, sizes.k, sizes.taps), sizes.k);
    size_t dw = gemm_reduce_scratch(sizes.m, sizes.k, sizes.taps, true), dx;

    if (conv_has_rotated_gradient(conv, in, out))
        dx = conv_rotated_floats(&window, sizes.k) +
             gemm_rows_scratch(sizes.m, in->c, conv->kernel * conv->kernel * out->c);
    else
        dx = conv_scatter_scratch(conv, in, out);
    return max_size(forward, max_size(dw, dx));
}

static void im2col_forward(const struct layer_run *run)
{
    const struct conv_config *config = run->config;
    struct sizes sizes = sizes_of(config, run->in_shape, &run->out_shape, run->batch);
    struct gather gather = {
        .x = run->in[0].data,
        .window = conv_window(config, run->in_shape, &run->out_shape),
        .channels = sizes.k,
        .bias = config->bias ? run->parameter[1] : NULL,
        .sums =
            run->out_sums ? run->scratch + gemm_rows_scratch(sizes.m, sizes.k, sizes.taps) : NULL,
    };
    const double *total;

    gemm_rows(&(struct gemm_rows){.m = sizes.m,
        .n = sizes.k,
        .k = sizes.taps,
        .b = run->parameter[0],
        .c = run->out,
        .ldc = sizes.k,
        .fill = gather_rows,
        .finish = gather.bias || gather.sums ? finish_rows : NULL,
        .context = &gather,
        .scratch = run->scratch,
        .macs = run->macs});
    if (!gather.sums)
        return;
    total =
        channel_sums_total(gather.sums, gemm_block_count(sizes.m, sizes.k, sizes.taps), sizes.k);
    for (int i = 0; i < 2 * sizes.k; i++)
        run->out_sums[i] += total[i];
}

/* in_grad as a convolution of out_grad. */
static void rotated_dx(const struct layer_run *run, const struct sizes *sizes)
{
    struct kernel_window window = conv_window(run->config, run->in_shape, &run->out_shape);
    struct gather gather = {.x = run->out_grad, .window = conv_rotated_window(&window, sizes->k)};

    conv_rotate(&window, sizes->k, run->parameter[0], run->scratch);
    gemm_rows(&(struct gemm_rows){.m = sizes->m,
        .n = window.c,
        .k = window.kernel * window.kernel * sizes->k,
        .b = run->scratch,
        .b_transposed = true,
        .c = run->in_grad[0],
        .ldc = window.c,
        .add = run->add_grad[0],
        .fill = gather_rows,
        .context = &gather,
        .scratch = run->scratch + conv_rotated_floats(&window, sizes->k),
        .macs = run->macs});
}

static void im2col_backward(const struct layer_run *run)
{
    const struct conv_config *config = run->config;
    struct sizes sizes = sizes_of(config, run->in_shape, &run->out_shape, run->batch);
    struct gather gather = {
        .x = run->in[0].data, .window = conv_window(config, run->in_shape, &run->out_shape)};

    view_settle_out_gradient(run);
    if (config->bias)
        bias_gradient(sizes.m, sizes.k, run->out_grad, run->parameter_grad[1]);
    gemm_reduce(&(struct gemm_reduce){.m = sizes.m,
        .n = sizes.k,
        .k = sizes.taps,
        .b = run->out_grad,
        .ldb = sizes.k,
        .w = run->parameter_grad[0],
        .fill = gather_rows,
        .context = &gather,
        .scratch = run->scratch,
        .macs = run->macs});
    if (!run->in_grad[0])
        return;
    if (conv_has_rotated_gradient(config, run->in_shape, &run->out_shape))
        rotated_dx(run, &sizes);
    else
        conv_scatter(run);
}

const struct layer_algorithm conv_im2col = {
    .name = "im2col",
    .fits = im2col_fits,
    .scratch_floats = im2col_scratch,
    .forward = im2col_forward,
    .backward = im2col_backward,
};
