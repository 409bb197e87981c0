/*
 * Batch normalisation (Ioffe & Szegedy 2015, arXiv 1502.03167) over N, H, W:
 * y = weight (x - mean) / sqrt(var + eps) + bias. Running statistics as PyTorch's: the variance
 * that goes into them is unbiased, the one that normalises is not.
 *
 * Fused (fusion.h) it makes no pass of its own over the map: forward only works out scale and shift,
 * which its readers apply; backward gets the sums it needs from them, and only works out the factors
 * by which the layer before turns what they wrote into the gradient of its output. Where a reader
 * wants the values themselves, norm and activation are one pass each way.
 */
#include <math.h>
#include <string.h>

#include "channel_sums.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/graph/window.h"

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

/* [4][C]: mean and 1 / sqrt(var + eps) of the batch, scale and shift; then the factors of fused
 * backward, [3][C]. */
static size_t batch_norm_saved(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    (void)config;
    (void)in;
    (void)batch;
    return BATCH_NORM_SAVED(out->c);
}

static struct parallel_split split_rows(const struct shape *shape, int batch, int most)
{
    return parallel_split((int64_t)batch * shape->h * shape->w, shape->c, most);
}

static size_t batch_norm_scratch(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    int64_t rows = (int64_t)batch * out->h * out->w;

    (void)config;
    (void)in;
    return channel_sums_floats(parallel_most_blocks(rows, out->c, MOST_SUMS), out->c);
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

    double *sums = channel_sums_block(run->scratch, block, c);

    (void)thread;
    parallel_range(&split, block, &from, &to);
    memset(sums, 0, 2 * (size_t)c * sizeof(*sums));
    kernels()->norm_sums(to - from, c, run->in[0].data + from * c, sums);
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
    int c = run->out_shape.c;
    const float *scale = run->saved + BATCH_NORM_SCALE(c),
                *shift = run->saved + BATCH_NORM_SHIFT(c);
    struct parallel_split split = split_rows(&run->out_shape, run->batch, MOST_BLOCKS);
    int64_t from, to;

    (void)thread;
    parallel_range(&split, block, &from, &to);
    kernels()->affine(to - from, c, run->in[0].data + from * c, scale, shift, run->act,
        run->out + from * c, false);
}

static void batch_norm_forward(const struct layer_run *run)
{
    const struct batch_norm_config *config = run->config;
    int c = run->out_shape.c;
    float *scale = run->saved + BATCH_NORM_SCALE(c), *shift = run->saved + BATCH_NORM_SHIFT(c);

    if (run->training && !run->again)
        take_statistics(run);
    for (int i = 0; i < c; i++) {
        float mean = run->training ? run->saved[i] : run->parameter[RUNNING_MEAN][i];
        float inv_std = run->training
                            ? run->saved[c + i]
                            : (float)(1 / sqrt(run->parameter[RUNNING_VAR][i] + config->eps));

        scale[i] = run->parameter[WEIGHT][i] * inv_std;
        shift[i] = run->parameter[BIAS][i] - mean * scale[i];
    }
    if (run->out)
        parallel_for(split_rows(&run->out_shape, run->batch, MOST_BLOCKS).blocks, normalise_block,
            (void *)(uintptr_t)run);
}

/* The gradient before the activation, where it is or in in_grad, and its sums. */
static void grad_sum_block(void *context, int block, int thread)
{
    const struct layer_run *run = context;
    int c = run->out_shape.c;
    struct parallel_split split = split_rows(&run->out_shape, run->batch, MOST_SUMS);
    double *sums = channel_sums_block(run->scratch, block, c);
    int64_t from, to;

    (void)thread;
    parallel_range(&split, block, &from, &to);
    memset(sums, 0, 2 * (size_t)c * sizeof(*sums));
    if (run->gives_factors)
        kernels()->view_grad(to - from, c, run->in[0].data + from * c,
            run->saved + BATCH_NORM_SCALE(c), run->saved + BATCH_NORM_SHIFT(c), run->saved,
            run->act, run->out_grad + from * c, run->in_grad[0] + from * c, false, sums);
    else
        kernels()->norm_grad_sums(
            to - from, c, run->in[0].data + from * c, run->out_grad + from * c, run->saved, sums);
}

static void dx_block(void *context, int block, int thread)
{
    const struct layer_run *run = context;
    int c = run->out_shape.c;
    const float *factors = run->saved + BATCH_NORM_FACTORS(c);
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
 * statistics. sums: of dy, and of dy (x - mean).
 */
static void find_factors(const struct layer_run *run, const double *sums)
{
    int c = run->out_shape.c;
    float *factors = run->saved + BATCH_NORM_FACTORS(c);
    double count = (double)run->batch * run->out_shape.h * run->out_shape.w;

    for (int i = 0; i < c; i++) {
        double mean = run->saved[i], inv_std = run->saved[c + i],
               factor = run->parameter[WEIGHT][i] * inv_std;
        double slope = -factor * inv_std * inv_std * sums[c + i] / count;

        run->parameter_grad[WEIGHT][i] += (float)(sums[c + i] * inv_std);
        run->parameter_grad[BIAS][i] += (float)sums[i];
        factors[i] = (float)factor;
        factors[c + i] = (float)slope;
        factors[2 * c + i] = (float)(-factor * sums[i] / count - slope * mean);
    }
}

static void batch_norm_backward(const struct layer_run *run)
{
    const double *sums = run->out_grad_sums;

    if (!sums) {
        parallel_for(split_rows(&run->out_shape, run->batch, MOST_SUMS).blocks, grad_sum_block,
            (void *)(uintptr_t)run);
        sums = total_sums(run);
    }
    find_factors(run, sums);
    if (run->in_grad[0] && !run->gives_factors)
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
    .only.scratch_floats = batch_norm_scratch,
    .only.forward = batch_norm_forward,
    .only.backward = batch_norm_backward,
    .example = batch_norm_example,
};
