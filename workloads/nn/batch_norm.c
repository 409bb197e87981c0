/*
 * Batch normalisation (Ioffe & Szegedy 2015, arXiv 1502.03167) over N, H, W:
 * y = weight (x - mean) / sqrt(var + eps) + bias. Running statistics as PyTorch's: the variance
 * that goes into them is unbiased, the one that normalises is not.
 */
#include <math.h>

#include "channel_sums.h"
#include "kernels/kernels.h"
#include "layer.h"
#include "layer_configs.h"
#include "parallel.h"
#include "window.h"

/* Blocks with sums of their own: enough for many threads, few enough that adding them up costs
 * nothing. */
#define MOST_SUMS   64
#define MOST_BLOCKS 256

enum { WEIGHT, BIAS, RUNNING_MEAN, RUNNING_VAR };

static int batch_norm_shape(
    const void *config, const struct shape *in, struct shape *out, struct err *err)
{
    const struct batch_norm_config *norm = config;

    if (!(norm->eps >= 0 && norm->momentum >= 0 && norm->momentum <= 1))
        return err_set(err, ERR_INPUT,
            "batch norm with eps %g and momentum %g; eps must be positive and momentum from 0 to 1",
            norm->eps, norm->momentum);
    *out = in[0];
    return 0;
}

static int batch_norm_parameters(
    const void *config, const struct shape *in, struct parameter_info *info)
{
    const struct batch_norm_config *norm = config;

    info[WEIGHT] = (struct parameter_info){.suffix = "weight",
        .kind = PARAMETER_NORM_SCALE,
        .init = norm->zero_init ? INIT_ZERO : INIT_ONE,
        .n_dims = 1,
        .dims = {in->c}};
    info[BIAS] = (struct parameter_info){.suffix = "bias",
        .kind = PARAMETER_NORM_SHIFT,
        .init = INIT_ZERO,
        .n_dims = 1,
        .dims = {in->c}};
    info[RUNNING_MEAN] = (struct parameter_info){.suffix = "running_mean",
        .kind = PARAMETER_RUNNING_MEAN,
        .init = INIT_ZERO,
        .n_dims = 1,
        .dims = {in->c}};
    info[RUNNING_VAR] = (struct parameter_info){.suffix = "running_var",
        .kind = PARAMETER_RUNNING_VAR,
        .init = INIT_ONE,
        .n_dims = 1,
        .dims = {in->c}};
    return 4;
}

/* Mean and 1 / sqrt(var + eps) of the batch. */
static size_t batch_norm_saved(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    (void)config;
    (void)in;
    (void)batch;
    return 2 * (size_t)out->c;
}

static struct parallel_split split_rows(const struct shape *shape, int batch, int most)
{
    return parallel_split((int64_t)batch * shape->h * shape->w, shape->c, most);
}

/* Sums of blocks (channel_sums.h), then floats [3][C] for what every element is computed with. */
static size_t sums_floats(const struct shape *shape, int batch)
{
    int64_t rows = (int64_t)batch * shape->h * shape->w;

    return channel_sums_floats(parallel_most_blocks(rows, shape->c, MOST_SUMS), shape->c);
}

static size_t batch_norm_scratch(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    (void)config;
    (void)in;
    return sums_floats(out, batch) + 3 * (size_t)out->c;
}

static float *factors_of(const struct layer_run *run)
{
    return run->scratch + sums_floats(&run->out_shape, run->batch);
}

static const double *total_sums(const struct layer_run *run)
{
    int blocks = split_rows(&run->out_shape, run->batch, MOST_SUMS).blocks;

    return channel_sums_total(run->scratch, blocks, run->out_shape.c);
}

static void sum_block(void *context, int block, int thread)
{
    const struct layer_run *run = context;
    int c = run->out_shape.c;
    struct parallel_split split = split_rows(&run->out_shape, run->batch, MOST_SUMS);
    int64_t from, to;

    (void)thread;
    parallel_range(&split, block, &from, &to);
    kernels()->norm_sums(
        to - from, c, run->in[0].data + from * c, channel_sums_block(run->scratch, block, c));
}

/* Statistics of the batch into saved and into the running ones. */
static void take_statistics(const struct layer_run *run)
{
    const struct batch_norm_config *config = run->config;
    int c = run->out_shape.c;
    double count = (double)run->batch * run->out_shape.h * run->out_shape.w;
    const double *sums = run->in_sums;

    if (!sums) {
        parallel_for(split_rows(&run->out_shape, run->batch, MOST_SUMS).blocks, sum_block,
            (void *)(uintptr_t)run);
        sums = total_sums(run);
    }
    for (int i = 0; i < c; i++) {
        double mean = sums[i] / count, var = sums[c + i] / count - mean * mean;
        float *running_mean = &run->parameter[RUNNING_MEAN][i],
              *running_var = &run->parameter[RUNNING_VAR][i];

        var = var > 0 ? var : 0;
        run->saved[i] = (float)mean;
        run->saved[c + i] = (float)(1 / sqrt(var + config->eps));
        var *= count > 1 ? count / (count - 1) : 1;
        *running_mean = (float)(*running_mean + config->momentum * (mean - *running_mean));
        *running_var = (float)(*running_var + config->momentum * (var - *running_var));
    }
}

static void normalise_block(void *context, int block, int thread)
{
    const struct layer_run *run = context;
    const float *scale = factors_of(run);
    int c = run->out_shape.c;
    struct parallel_split split = split_rows(&run->out_shape, run->batch, MOST_BLOCKS);
    int64_t from, to;

    (void)thread;
    parallel_range(&split, block, &from, &to);
    kernels()->affine(to - from, c, run->in[0].data + from * c, scale, scale + c, ACT_NONE,
        run->out + from * c, false);
}

static void batch_norm_forward(const struct layer_run *run)
{
    const struct batch_norm_config *config = run->config;
    int c = run->out_shape.c;
    float *scale = factors_of(run), *shift = scale + c;

    if (run->training)
        take_statistics(run);
    for (int i = 0; i < c; i++) {
        float mean = run->training ? run->saved[i] : run->parameter[RUNNING_MEAN][i];
        float inv_std = run->training
                            ? run->saved[c + i]
                            : (float)(1 / sqrt(run->parameter[RUNNING_VAR][i] + config->eps));

        scale[i] = run->parameter[WEIGHT][i] * inv_std;
        shift[i] = run->parameter[BIAS][i] - mean * scale[i];
    }
    parallel_for(split_rows(&run->out_shape, run->batch, MOST_BLOCKS).blocks, normalise_block,
        (void *)(uintptr_t)run);
}

static void grad_sum_block(void *context, int block, int thread)
{
    const struct layer_run *run = context;
    int c = run->out_shape.c;
    struct parallel_split split = split_rows(&run->out_shape, run->batch, MOST_SUMS);
    int64_t from, to;

    (void)thread;
    parallel_range(&split, block, &from, &to);
    kernels()->norm_grad_sums(to - from, c, run->in[0].data + from * c, run->out_grad + from * c,
        run->saved, run->saved + c, channel_sums_block(run->scratch, block, c));
}

static void dx_block(void *context, int block, int thread)
{
    const struct layer_run *run = context;
    const float *factors = factors_of(run);
    int c = run->out_shape.c;
    struct parallel_split split = split_rows(&run->out_shape, run->batch, MOST_BLOCKS);
    int64_t from, to;

    (void)thread;
    parallel_range(&split, block, &from, &to);
    kernels()->norm_dx(to - from, c, run->in[0].data + from * c, run->out_grad + from * c, factors,
        factors + c, factors + 2 * c, run->in_grad[0] + from * c, run->add_grad[0]);
}

/*
 * With z = (x - mean) inv_std and M elements a channel, section 3 of the paper, gathered by powers
 * of x: dx = weight inv_std (dy - sum(dy) / M - z sum(dy z) / M). Always with the batch's
 * statistics.
 */
static void batch_norm_backward(const struct layer_run *run)
{
    int c = run->out_shape.c;
    double count = (double)run->batch * run->out_shape.h * run->out_shape.w;
    float *of_dy = factors_of(run), *of_x = of_dy + c, *constant = of_x + c;
    const double *sums;

    parallel_for(split_rows(&run->out_shape, run->batch, MOST_SUMS).blocks, grad_sum_block,
        (void *)(uintptr_t)run);
    sums = total_sums(run);
    for (int i = 0; i < c; i++) {
        double mean = run->saved[i], inv_std = run->saved[c + i],
               factor = run->parameter[WEIGHT][i] * inv_std;
        double slope = -factor * inv_std * sums[c + i] / count;

        run->parameter_grad[WEIGHT][i] += (float)sums[c + i];
        run->parameter_grad[BIAS][i] += (float)sums[i];
        of_dy[i] = (float)factor;
        of_x[i] = (float)slope;
        constant[i] = (float)(-factor * sums[i] / count - slope * mean);
    }
    if (run->in_grad[0])
        parallel_for(split_rows(&run->out_shape, run->batch, MOST_BLOCKS).blocks, dx_block,
            (void *)(uintptr_t)run);
}

static bool batch_norm_example(int index, void *config, struct shape *in)
{
    static const struct shape shapes[] = {{4, 4, 5}, {1, 1, 33}, {3, 2, 16}, {12, 11, 24}};

    if (index >= (int)(sizeof(shapes) / sizeof(shapes[0])))
        return false;
    *(struct batch_norm_config *)config =
        (struct batch_norm_config){.eps = index ? 1e-5 : 1e-3, .momentum = 0.1};
    in[0] = shapes[index];
    return true;
}

const struct layer layer_batch_norm = {
    .name = "batch_norm",
    .summary = "batch normalisation over N, H, W",
    .config_bytes = sizeof(struct batch_norm_config),
    .n_inputs = 1,
    .keeps_input = true,
    .takes_sums = true,
    .in_place = true,
    .shape = batch_norm_shape,
    .parameters = batch_norm_parameters,
    .saved_floats = batch_norm_saved,
    .scratch_floats = batch_norm_scratch,
    .forward = batch_norm_forward,
    .backward = batch_norm_backward,
    .example = batch_norm_example,
};
