/*
 * Squeeze and excitation (Hu et al. 2018, arXiv 1709.01507), as torchvision's: the mean of each
 * channel goes through two 1x1 convolutions and a sigmoid, and scales the channel.
 *
 * Fused (fusion.h) it only reads the map once, for its means: the reader applies the gate to u =
 * act(z), z = scale x + shift, and leaves the gradient g of gate u and sums over each image. With k,
 * the gradient at the mean over the pixels, dz = act'(z) (gate g + k): the layer before works it out
 * as it needs it, and the two sums over n and pixels that the batch norm in between wants are
 *     sum dz         = sum_n gate sum(s g)         + k sum(s)              s = act'(z)
 *     sum dz (x - m) = sum_n gate sum(s g (x - m)) + k sum(s (x - m)).
 */
#include <stdio.h>
#include <string.h>

#include "bias.h"
#include "workloads/nn/products/gemm.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/graph/sizes.h"
#include "view.h"
#include "workloads/nn/graph/window.h"

enum { FC1_WEIGHT, FC1_BIAS, FC2_WEIGHT, FC2_BIAS };

static int se_shape(const void *config, const struct shape *in, struct shape *out, struct err *err)
{
    int squeezed = ((const struct squeeze_excitation_config *)config)->squeezed;

    if (in->h < 1 || in->w < 1 || in->c < 1 || squeezed < 1)
        return err_set(err, ERR_INPUT,
            "squeeze-excitation of a %d x %d x %d map through %d channels; all must be at least 1",
            in->h, in->w, in->c, squeezed);
    *out = *in;
    return 0;
}

static int se_parameters(const void *config, const struct shape *in, struct parameter_info *info)
{
    const struct squeeze_excitation_config *se = config;
    const char *const names[2] = {
        se->timm_names ? "conv_reduce" : "fc1", se->timm_names ? "conv_expand" : "fc2"};
    const int outputs[2] = {se->squeezed, in->c}, inputs[2] = {in->c, se->squeezed};

    for (int fc = 0; fc < 2; fc++) {
        struct parameter_info *weight = &info[fc == 0 ? FC1_WEIGHT : FC2_WEIGHT],
                              *bias = &info[fc == 0 ? FC1_BIAS : FC2_BIAS];

        *weight = (struct parameter_info){.kind = PARAMETER_WEIGHT,
            .init = INIT_KAIMING_FAN_OUT,
            .n_dims = 4,
            .dims = {outputs[fc], inputs[fc], 1, 1}};
        *bias = (struct parameter_info){
            .kind = PARAMETER_BIAS, .init = INIT_ZERO, .n_dims = 1, .dims = {outputs[fc]}};
        snprintf(weight->suffix, sizeof(weight->suffix), "%s.weight", names[fc]);
        snprintf(bias->suffix, sizeof(bias->suffix), "%s.bias", names[fc]);
    }
    return 4;
}

static int64_t se_macs(const void *config, const struct shape *in, const struct shape *out)
{
    int squeezed = ((const struct squeeze_excitation_config *)config)->squeezed;

    (void)out;
    return count_product(3, (const int64_t[]){2, in->c, squeezed});
}

/* Kept: the gates [N][C], the means [N][C], and fc1's output before its activation [N][S]. */
static size_t se_saved(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    int squeezed = ((const struct squeeze_excitation_config *)config)->squeezed;

    (void)out;
    return (size_t)batch * (2 * (size_t)in->c + (size_t)squeezed);
}

static size_t products_scratch(int batch, int c, int squeezed)
{
    size_t rows =
        max_size(gemm_rows_scratch(batch, squeezed, c), gemm_rows_scratch(batch, c, squeezed));

    return max_size(rows, max_size(gemm_reduce_scratch(batch, squeezed, c, false),
                              gemm_reduce_scratch(batch, c, squeezed, false)));
}

/* Sums and blocks of view.h, then forward: act(fc1) [N][S]; backward: two of [N][C], two of [N][S]. */
static size_t se_scratch(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    int squeezed = ((const struct squeeze_excitation_config *)config)->squeezed;

    (void)out;
    return view_groups_scratch(in, batch) + (size_t)batch * 2 * ((size_t)in->c + (size_t)squeezed) +
           products_scratch(batch, in->c, squeezed);
}

/* The arrays of one run, cut from saved and scratch. */
struct se_run {
    const struct layer_run *run;
    int c, squeezed;
    int64_t pixels;
    int block;                   /* rows that are read at once */
    float *mean, *pre, *gate;    /* [N][C], [N][S], [N][C] */
    float *hidden;               /* [N][S], act(pre) */
    float *dgate, *dpre, *dmean; /* [N][C], [N][S], [N][C] */
    float *scratch;              /* of the products */
};

static struct se_run se_open(const struct layer_run *run)
{
    int squeezed = ((const struct squeeze_excitation_config *)run->config)->squeezed,
        c = run->out_shape.c;
    size_t wide = (size_t)run->batch * (size_t)c, narrow = (size_t)run->batch * (size_t)squeezed;
    float *scratch = run->scratch + view_groups_scratch(run->in_shape, run->batch);
    struct se_run se = {.run = run,
        .c = c,
        .squeezed = squeezed,
        .pixels = (int64_t)run->out_shape.h * run->out_shape.w,
        .block = view_block_rows(c)};

    se.gate = run->saved + SQUEEZE_EXCITATION_GATE;
    se.mean = se.gate + wide;
    se.pre = se.mean + wide;
    se.dgate = scratch;
    se.dmean = se.dgate + wide;
    se.dpre = se.dmean + wide;
    se.hidden = se.dpre + narrow;
    se.scratch = se.hidden + narrow;
    return se;
}

static int64_t rows_from(const struct se_run *se, int64_t pixel)
{
    return se->pixels - pixel < se->block ? se->pixels - pixel : se->block;
}

static void mean_image(void *context, int image, int thread)
{
    const struct se_run *se = context;
    float *mean = se->mean + (size_t)image * (size_t)se->c,
          *block = view_thread_block(se->run, thread);

    memset(mean, 0, (size_t)se->c * sizeof(*mean));
    for (int64_t pixel = 0; pixel < se->pixels; pixel += se->block) {
        view_rows(&se->run->in[0], image * se->pixels + pixel, rows_from(se, pixel), se->c, block);
        kernels()->row_sums(rows_from(se, pixel), se->c, block, mean);
    }
    kernels()->scale(se->c, 1.0f / (float)se->pixels, mean, mean, false);
}

static void scale_image(void *context, int image, int thread)
{
    const struct se_run *se = context;
    const float *gate = se->gate + (size_t)image * (size_t)se->c;

    (void)thread;
    for (int64_t pixel = 0; pixel < se->pixels; pixel += se->block) {
        int64_t row = image * se->pixels + pixel;
        float *out = se->run->out + row * se->c;

        view_rows(&se->run->in[0], row, rows_from(se, pixel), se->c, out);
        kernels()->affine(rows_from(se, pixel), se->c, out, gate, NULL, ACT_NONE, out, false);
    }
}

static void se_forward(const struct layer_run *run)
{
    const struct squeeze_excitation_config *config = run->config;
    struct se_run se = se_open(run);

    parallel_for(run->batch, mean_image, &se);
    gemm_rows(&(struct gemm_rows){.m = run->batch,
        .n = se.squeezed,
        .k = se.c,
        .a = se.mean,
        .lda = se.c,
        .b = run->parameter[FC1_WEIGHT],
        .c = se.pre,
        .ldc = se.squeezed,
        .scratch = se.scratch,
        .macs = run->macs});
    bias_add(run->batch, se.squeezed, run->parameter[FC1_BIAS], se.pre);
    kernels()->act_forward(config->act, (int64_t)run->batch * se.squeezed, se.pre, se.hidden);
    gemm_rows(&(struct gemm_rows){.m = run->batch,
        .n = se.c,
        .k = se.squeezed,
        .a = se.hidden,
        .lda = se.squeezed,
        .b = run->parameter[FC2_WEIGHT],
        .c = se.gate,
        .ldc = se.c,
        .scratch = se.scratch,
        .macs = run->macs});
    bias_add(run->batch, se.c, run->parameter[FC2_BIAS], se.gate);
    kernels()->act_forward(ACT_SIGMOID, (int64_t)run->batch * se.c, se.gate, se.gate);
    if (!run->gives_gate)
        parallel_for(run->batch, scale_image, &se);
}

static const double *gate_sums(const struct se_run *se, int image, int which)
{
    return se->run->gate_sums + ((size_t)image * KERNEL_GATE_SUMS + (size_t)which) * (size_t)se->c;
}

/* Gradient at fc2's output: through the scaling and the sigmoid, whose slope is gate (1 - gate). */
static void gate_gradient_image(void *context, int image, int thread)
{
    const struct se_run *se = context;
    float *dgate = se->dgate + (size_t)image * (size_t)se->c,
          *block = view_thread_block(se->run, thread);
    const float *gate = se->gate + (size_t)image * (size_t)se->c;

    if (se->run->gives_gate) {
        const double *given = gate_sums(se, image, 0);

        for (int i = 0; i < se->c; i++)
            dgate[i] = (float)given[i] * gate[i] * (1 - gate[i]);
        return;
    }
    memset(dgate, 0, (size_t)se->c * sizeof(*dgate));
    for (int64_t pixel = 0; pixel < se->pixels; pixel += se->block) {
        int64_t row = image * se->pixels + pixel;

        view_rows(&se->run->in[0], row, rows_from(se, pixel), se->c, block);
        kernels()->product_sums(
            rows_from(se, pixel), se->c, block, se->run->out_grad + row * se->c, dgate);
    }
    for (int i = 0; i < se->c; i++)
        dgate[i] *= gate[i] * (1 - gate[i]);
}

static void dx_image(const struct se_run *se, int64_t image, float *block, double *sums)
{
    const struct layer_run *run = se->run;
    size_t channels = (size_t)image * (size_t)se->c;
    float *dmean = se->dmean + channels;

    kernels()->scale(se->c, 1.0f / (float)se->pixels, dmean, dmean, false);
    for (int64_t pixel = 0; pixel < se->pixels; pixel += se->block) {
        int64_t row = image * se->pixels + pixel;

        kernels()->affine(rows_from(se, pixel), se->c, run->out_grad + row * se->c,
            se->gate + channels, dmean, ACT_NONE, block, false);
        view_in_gradient(run, 0, row, rows_from(se, pixel), block, sums);
    }
}

static void dx_group(void *context, int group, int thread)
{
    const struct se_run *se = context;
    const struct layer_run *run = se->run;
    struct parallel_split split = view_groups(run->in_shape, run->batch);
    double *sums = view_sums_block(run, 0, run->scratch, group);
    int64_t from, to;

    parallel_range(&split, group, &from, &to);
    for (int64_t image = from; image < to; image++)
        dx_image(se, image, view_thread_block(run, thread), sums);
}

/* What the layer before needs of the gradient at the mean, and the sums for the batch norm. */
static void give_constant(const struct se_run *se)
{
    double *totals = se->run->in_grad_sums[0];

    kernels()->scale((int64_t)se->run->batch * se->c, 1.0f / (float)se->pixels, se->dmean,
        se->run->gate_constant, false);
    for (int n = 0; n < se->run->batch; n++) {
        const float *gate = se->gate + (size_t)n * (size_t)se->c,
                    *k = se->run->gate_constant + (size_t)n * (size_t)se->c;
        const double *sg = gate_sums(se, n, 1), *s = gate_sums(se, n, 2),
                     *sgx = gate_sums(se, n, 3), *sx = gate_sums(se, n, 4);

        for (int i = 0; i < se->c; i++) {
            totals[i] += gate[i] * sg[i] + k[i] * s[i];
            totals[se->c + i] += gate[i] * sgx[i] + k[i] * sx[i];
        }
    }
}

static void se_backward(const struct layer_run *run)
{
    const struct squeeze_excitation_config *config = run->config;
    struct se_run se = se_open(run);
    int64_t narrow = (int64_t)run->batch * se.squeezed;

    parallel_for(run->batch, gate_gradient_image, &se);
    kernels()->act_forward(config->act, narrow, se.pre, se.hidden);
    bias_gradient(run->batch, se.c, se.dgate, run->parameter_grad[FC2_BIAS]);
    gemm_reduce(&(struct gemm_reduce){.m = run->batch,
        .n = se.c,
        .k = se.squeezed,
        .a = se.hidden,
        .lda = se.squeezed,
        .b = se.dgate,
        .ldb = se.c,
        .w = run->parameter_grad[FC2_WEIGHT],
        .scratch = se.scratch,
        .macs = run->macs});
    gemm_rows(&(struct gemm_rows){.m = run->batch,
        .n = se.squeezed,
        .k = se.c,
        .a = se.dgate,
        .lda = se.c,
        .b = run->parameter[FC2_WEIGHT],
        .b_transposed = true,
        .c = se.dpre,
        .ldc = se.squeezed,
        .scratch = se.scratch,
        .macs = run->macs});
    kernels()->act_backward(config->act, narrow, se.pre, se.dpre, se.dpre, false);
    bias_gradient(run->batch, se.squeezed, se.dpre, run->parameter_grad[FC1_BIAS]);
    gemm_reduce(&(struct gemm_reduce){.m = run->batch,
        .n = se.squeezed,
        .k = se.c,
        .a = se.mean,
        .lda = se.c,
        .b = se.dpre,
        .ldb = se.squeezed,
        .w = run->parameter_grad[FC1_WEIGHT],
        .scratch = se.scratch,
        .macs = run->macs});
    gemm_rows(&(struct gemm_rows){.m = run->batch,
        .n = se.c,
        .k = se.squeezed,
        .a = se.dpre,
        .lda = se.squeezed,
        .b = run->parameter[FC1_WEIGHT],
        .b_transposed = true,
        .c = se.dmean,
        .ldc = se.c,
        .scratch = se.scratch,
        .macs = run->macs});
    if (run->gives_gate) {
        give_constant(&se);
    } else if (run->in_grad[0]) {
        int groups = view_groups(run->in_shape, run->batch).blocks;

        parallel_for(groups, dx_group, &se);
        view_sums_add(run, 0, run->scratch, groups);
    }
}

static bool se_example(int index, void *config, struct shape *in)
{
    static const struct {
        struct squeeze_excitation_config config;
        struct shape in;
    } examples[] = {
        {{3, ACT_SILU, false}, {4, 3, 12}},
        {{8, ACT_RELU, false}, {2, 2, 32}},
        {{1, ACT_SILU, false}, {1, 1, 5}},
    };

    if (index >= (int)(sizeof(examples) / sizeof(examples[0])))
        return false;
    *(struct squeeze_excitation_config *)config = examples[index].config;
    in[0] = examples[index].in;
    return true;
}

const struct layer layer_squeeze_excitation = {
    .name = "squeeze_excitation",
    .summary = "channels scaled by a small network's view of their means",
    .config_bytes = sizeof(struct squeeze_excitation_config),
    .n_inputs = 1,
    .keeps_input = true,
    .in_place = true,
    .only.reads_views = view_reads_all,
    .shape = se_shape,
    .parameters = se_parameters,
    .macs = se_macs,
    .saved_floats = se_saved,
    .only.scratch_floats = se_scratch,
    .only.forward = se_forward,
    .only.backward = se_backward,
    .backward_macs_factor = 2,
    .example = se_example,
};
