/* Sum of two inputs of one shape: the end of a residual block (He et al. 2015). */
#include <string.h>

#include "kernels/kernels.h"
#include "layer.h"
#include "layer_configs.h"
#include "parallel.h"
#include "window.h"

#define MOST_BLOCKS 256

static int add_shape(const void *config, const struct shape *in, struct shape *out, struct err *err)
{
    (void)config;
    if (in[0].h != in[1].h || in[0].w != in[1].w || in[0].c != in[1].c)
        return err_set(err, ERR_INPUT,
            "a sum of %d x %d x %d and %d x %d x %d; the shapes must be equal", in[0].h, in[0].w,
            in[0].c, in[1].h, in[1].w, in[1].c);
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
    struct parallel_split split = split_of(run);
    int64_t from, to;

    (void)thread;
    parallel_range(&split, block, &from, &to);
    kernels()->add(to - from, run->in[0].data + from, run->in[1].data + from, run->out + from);
}

static void add_forward(const struct layer_run *run)
{
    parallel_for(split_of(run).blocks, forward_block, (void *)(uintptr_t)run);
}

static void backward_block(void *context, int block, int thread)
{
    const struct layer_run *run = context;
    struct parallel_split split = split_of(run);
    int64_t from, to;

    (void)thread;
    parallel_range(&split, block, &from, &to);
    for (int i = 0; i < 2; i++) {
        const float *dy = run->out_grad + from;
        float *dx = run->in_grad[i] ? run->in_grad[i] + from : NULL;

        if (dx && run->add_grad[i])
            kernels()->add(to - from, dx, dy, dx);
        else if (dx && dx != dy)
            memcpy(dx, dy, (size_t)(to - from) * sizeof(*dx));
    }
}

static void add_backward(const struct layer_run *run)
{
    parallel_for(split_of(run).blocks, backward_block, (void *)(uintptr_t)run);
}

static bool add_example(int index, void *config, struct shape *in)
{
    (void)config;
    in[0] = in[1] = (struct shape){.h = 4, .w = 3, .c = 5};
    return index < 1;
}

const struct layer layer_add = {
    .name = "add",
    .summary = "sum of two inputs, as at the end of a residual block",
    .config_bytes = sizeof(struct add_config),
    .n_inputs = 2,
    .in_place = true,
    .shape = add_shape,
    .forward = add_forward,
    .backward = add_backward,
    .example = add_example,
};
