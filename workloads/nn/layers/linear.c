/* Fully connected layer on 1 x 1 maps, with bias: out = in W + b. */
#include "bias.h"
#include "workloads/nn/products/gemm.h"
#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/graph/sizes.h"
#include "workloads/nn/graph/window.h"

static int linear_shape(
    const void *config, const struct shape *in, struct shape *out, struct err *err)
{
    int outputs = ((const struct linear_config *)config)->outputs;

    if (in->h != 1 || in->w != 1 || in->c < 1 || outputs < 1)
        return err_set(err, ERR_INPUT,
            "a linear layer from %d x %d x %d to %d; it reads maps of one pixel and has at least "
            "one output",
            in->h, in->w, in->c, outputs);
    *out = (struct shape){.h = 1, .w = 1, .c = outputs};
    return 0;
}

static int linear_parameters(
    const void *config, const struct shape *in, struct parameter_info *info)
{
    const struct linear_config *linear = config;

    info[0] = (struct parameter_info){.suffix = "weight",
        .kind = PARAMETER_WEIGHT,
        .init = linear->init,
        .n_dims = 2,
        .dims = {linear->outputs, in->c}};
    info[1] = (struct parameter_info){.suffix = "bias",
        .kind = PARAMETER_BIAS,
        .init = INIT_ZERO,
        .n_dims = 1,
        .dims = {linear->outputs}};
    return 2;
}

static int64_t linear_macs(const void *config, const struct shape *in, const struct shape *out)
{
    (void)config;
    return count_product(2, (const int64_t[]){in->c, out->c});
}

static size_t linear_scratch(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    (void)config;
    return max_size(gemm_reduce_scratch(batch, out->c, in->c, false),
        max_size(gemm_rows_scratch(batch, out->c, in->c), gemm_rows_scratch(batch, in->c, out->c)));
}

static void add_bias(const void *context, int64_t row0, int rows, int block, float *c)
{
    const struct layer_run *run = context;

    (void)row0;
    (void)block;
    bias_add(rows, run->out_shape.c, run->parameter[1], c);
}

static void linear_forward(const struct layer_run *run)
{
    int c = run->in_shape[0].c, k = run->out_shape.c;

    gemm_rows(&(struct gemm_rows){.m = run->batch,
        .n = k,
        .k = c,
        .a = run->in[0].data,
        .lda = c,
        .b = run->parameter[0],
        .c = run->out,
        .ldc = k,
        .finish = add_bias,
        .context = run,
        .scratch = run->scratch,
        .macs = run->macs});
}

static void linear_backward(const struct layer_run *run)
{
    int c = run->in_shape[0].c, k = run->out_shape.c;

    bias_gradient(run->batch, k, run->out_grad, run->parameter_grad[1]);
    gemm_reduce(&(struct gemm_reduce){.m = run->batch,
        .n = k,
        .k = c,
        .a = run->in[0].data,
        .lda = c,
        .b = run->out_grad,
        .ldb = k,
        .w = run->parameter_grad[0],
        .scratch = run->scratch,
        .macs = run->macs});
    if (run->in_grad[0])
        gemm_rows(&(struct gemm_rows){.m = run->batch,
            .n = c,
            .k = k,
            .a = run->out_grad,
            .lda = k,
            .b = run->parameter[0],
            .b_transposed = true,
            .c = run->in_grad[0],
            .ldc = c,
            .add = run->add_grad[0],
            .scratch = run->scratch,
            .macs = run->macs});
}

static bool linear_example(int index, void *config, struct shape *in)
{
    static const struct {
        int inputs, outputs;
    } sizes[] = {{7, 5}, {130, 33}, {1, 1}};

    if (index >= (int)(sizeof(sizes) / sizeof(sizes[0])))
        return false;
    *(struct linear_config *)config = (struct linear_config){sizes[index].outputs, INIT_NORMAL_001};
    in[0] = (struct shape){.h = 1, .w = 1, .c = sizes[index].inputs};
    return true;
}

const struct layer layer_linear = {
    .name = "linear",
    .summary = "fully connected, with bias",
    .config_bytes = sizeof(struct linear_config),
    .n_inputs = 1,
    .keeps_input = true,
    .shape = linear_shape,
    .parameters = linear_parameters,
    .macs = linear_macs,
    .only.scratch_floats = linear_scratch,
    .only.forward = linear_forward,
    .only.backward = linear_backward,
    .backward_macs_factor = 2,
    .example = linear_example,
};
