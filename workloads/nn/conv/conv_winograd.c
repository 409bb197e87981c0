/*
 * 3x3 convolutions with stride 1 by Winograd's algorithm (winograd.h): input read through a view, output
 * and gradients summed while in cache.
 */
#include "conv_algorithm.h"

#include <string.h>

#include "workloads/nn/layers/bias.h"
#include "workloads/nn/layers/channel_sums.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/sizes.h"
#include "workloads/nn/layers/view.h"
#include "winograd.h"

/* What pays depends on the batch, but a layer must go one way for all: reading views is decided
 * before batches are known, and the last batch of an epoch may be small. */
#define NOMINAL_BATCH 16

static struct winograd winograd_of(
    const struct conv_config *config, const struct shape *in, const struct shape *out, int batch)
{
    struct window window = {
        .kernel = config->kernel, .stride = config->stride, .padding = config->padding};

    return (struct winograd){.batch = batch,
        .h = in->h,
        .w = in->w,
        .c = in->c,
        .k = out->c,
        .before_h = window_before(&window, in->h),
        .before_w = window_before(&window, in->w)};
}

static struct winograd winograd_of_run(const struct layer_run *run)
{
    return winograd_of(run->config, run->in_shape, &run->out_shape, run->batch);
}

static bool winograd_fits(const void *config, const struct shape *in, const struct shape *out)
{
    const struct conv_config *conv = config;
    struct winograd shape = winograd_of(config, in, out, NOMINAL_BATCH);

    return conv->kernel == 3 && conv->stride == 1 && winograd_pays(&shape);
}

/* The sums of blocks, then the gradient of the input's values where it cannot go to in_grad as it
 * is, then what winograd.h wants. */
struct areas {
    size_t values, work;
};

static struct areas areas_of(const struct winograd *shape)
{
    int c = shape->c > shape->k ? shape->c : shape->k;
    struct areas areas = {
        .values = whole_lines(channel_sums_floats(winograd_block_count(shape), c))};
    size_t map = (size_t)shape->batch * (size_t)shape->h * (size_t)shape->w * (size_t)shape->c;

    areas.work = areas.values + whole_lines(map);
    return areas;
}

static size_t scratch_floats(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    struct winograd shape = winograd_of(config, in, out, batch);
    size_t work = max_size(winograd_forward_scratch(&shape),
        max_size(winograd_dx_scratch(&shape), winograd_dw_scratch(&shape)));

    return areas_of(&shape).work + work;
}

/* ---- rows ---- */

static void fill_input(const void *context, int64_t row0, int rows, float *block)
{
    const struct layer_run *run = context;

    view_rows(&run->in[0], row0, rows, run->in_shape[0].c, block);
}

static void fill_gradient(const void *context, int64_t row0, int rows, float *block)
{
    const struct layer_run *run = context;
    const float *rows_of = view_out_gradient(run, row0, rows, block);

    if (rows_of != block)
        memcpy(block, rows_of, (size_t)rows * (size_t)run->out_shape.c * sizeof(*block));
}

static struct winograd_rows input_of(const struct layer_run *run)
{
    return (struct winograd_rows){.data = run->in[0].data,
        .fill = view_is_plain(&run->in[0]) ? NULL : fill_input,
        .context = run};
}

static struct winograd_rows gradient_of(const struct layer_run *run)
{
    return (struct winograd_rows){.data = run->out_grad,
        .fill = run->out_grad_factors ? fill_gradient : NULL,
        .context = run};
}

/* ---- forward ---- */

static void finish_output(const void *context, int64_t row0, int rows, int block, float *out)
{
    const struct layer_run *run = context;
    int k = run->out_shape.c;

    (void)row0;
    if (((const struct conv_config *)run->config)->bias)
        bias_add(rows, k, run->parameter[1], out);
    if (run->out_sums)
        kernels()->norm_sums(rows, k, out, channel_sums_block(run->scratch, block, k));
}

static void forward(const struct layer_run *run)
{
    struct winograd shape = winograd_of_run(run);
    int blocks = winograd_block_count(&shape);

    if (run->out_sums)
        memset(run->scratch, 0, channel_sums_floats(blocks, shape.k) * sizeof(float));
    winograd_forward(&shape, &(struct winograd_run){.in = input_of(run),
                                 .weight = run->parameter[0],
                                 .out = run->out,
                                 .finish = finish_output,
                                 .context = run,
                                 .scratch = run->scratch + areas_of(&shape).work,
                                 .macs = run->macs});
    if (run->out_sums) {
        const double *total = channel_sums_total(run->scratch, blocks, shape.k);

        for (int i = 0; i < 2 * shape.k; i++)
            run->out_sums[i] += total[i];
    }
}

/* ---- backward ---- */

/* Through the view, from wherever the product put the gradient of the values. */
static void finish_gradient(const void *context, int64_t row0, int rows, int block, float *da)
{
    const struct layer_run *run = context;
    double *sums =
        run->in_grad_sums[0] ? channel_sums_block(run->scratch, block, run->in_shape[0].c) : NULL;

    view_in_gradient(run, 0, row0, rows, da, sums);
}

static void input_gradient(const struct layer_run *run, const struct winograd *shape)
{
    struct areas areas = areas_of(shape);
    bool plain = view_is_plain(&run->in[0]), apart = !plain && run->add_grad[0];
    int blocks = winograd_block_count(shape);

    memset(run->scratch, 0, channel_sums_floats(blocks, shape->c) * sizeof(float));
    winograd_dx(shape, &(struct winograd_run){.in = gradient_of(run),
                           .weight = run->parameter[0],
                           .out = apart ? run->scratch + areas.values : run->in_grad[0],
                           .add = plain && run->add_grad[0],
                           .finish = plain ? NULL : finish_gradient,
                           .context = run,
                           .scratch = run->scratch + areas.work,
                           .macs = run->macs});
    view_sums_add(run, 0, run->scratch, blocks);
}

static void backward(const struct layer_run *run)
{
    struct winograd shape = winograd_of_run(run);
    struct layer_run settled = *run;

    if (((const struct conv_config *)run->config)->bias) {
        view_settle_out_gradient(run);
        settled.out_grad_factors = NULL;
        bias_gradient((int64_t)shape.batch * shape.h * shape.w, shape.k, run->out_grad,
            run->parameter_grad[1]);
    }
    winograd_dw(&shape, &(struct winograd_dw_run){.x = input_of(run),
                            .dy = gradient_of(&settled),
                            .dw = run->parameter_grad[0],
                            .scratch = run->scratch + areas_of(&shape).work,
                            .macs = run->macs});
    if (run->in_grad[0])
        input_gradient(&settled, &shape);
}

const struct layer_algorithm conv_winograd = {
    .name = "winograd",
    .fits = winograd_fits,
    .reads_views = view_reads_all,
    .scratch_floats = scratch_floats,
    .forward = forward,
    .backward = backward,
};
