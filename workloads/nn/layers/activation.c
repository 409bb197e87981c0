/* An activation (kernels/activations.def), element by element. */
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/graph/window.h"

#define MOST_BLOCKS 256

static int activation_shape(
    const void *config, const struct shape *in, struct shape *out, struct err *err)
{
    (void)config;
    (void)err;
    *out = in[0];
    return 0;
}

static struct parallel_split split_of(const struct layer_run *run)
{
    return parallel_split((int64_t)count_floats(&run->out_shape, run->batch), 1, MOST_BLOCKS);
}

static void forward_block(void *context, int block, int thread)
{
    const struct layer_run *run = context;
    const struct activation_config *config = run->config;
    struct parallel_split split = split_of(run);
    int64_t from, to;

    (void)thread;
    parallel_range(&split, block, &from, &to);
    kernels()->act_forward(config->act, to - from, run->in[0].data + from, run->out + from);
}

static void activation_forward(const struct layer_run *run)
{
    parallel_for(split_of(run).blocks, forward_block, (void *)(uintptr_t)run);
}

static void backward_block(void *context, int block, int thread)
{
    const struct layer_run *run = context;
    const struct activation_config *config = run->config;
    struct parallel_split split = split_of(run);
    int64_t from, to;

    (void)thread;
    parallel_range(&split, block, &from, &to);
    kernels()->act_backward(config->act, to - from, run->in[0].data + from, run->out_grad + from,
        run->in_grad[0] + from, run->add_grad[0]);
}

static void activation_backward(const struct layer_run *run)
{
    if (run->in_grad[0])
        parallel_for(split_of(run).blocks, backward_block, (void *)(uintptr_t)run);
}

static bool activation_example(int index, void *config, struct shape *in)
{
    if (index >= ACT_COUNT)
        return false;
    ((struct activation_config *)config)->act = (enum activation)index;
    in[0] = (struct shape){.h = 3, .w = 5, .c = 7};
    return true;
}

const struct layer layer_activation = {
    .name = "activation",
    .summary = "one of activations.def, of every element",
    .config_bytes = sizeof(struct activation_config),
    .n_inputs = 1,
    .keeps_input = true,
    .in_place = true,
    .shape = activation_shape,
    .only.forward = activation_forward,
    .only.backward = activation_backward,
    .example = activation_example,
};
