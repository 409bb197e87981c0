/* Sum of two inputs of one shape: the end of a residual block (He et al. 2015). */
#include "channel_sums.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/kernels/parallel.h"
#include "view.h"

#define MOST_BLOCKS 64

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
    const struct shape *shape = &run->out_shape;

    return parallel_split((int64_t)run->batch * shape->h * shape->w, shape->c, MOST_BLOCKS);
}

/* The values of the second input, of a block for each thread; the sums of blocks in backward. */
static size_t add_scratch(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    int64_t rows = (int64_t)batch * out->h * out->w;
    int blocks = parallel_most_blocks(rows, out->c, MOST_BLOCKS);
    size_t forward = (size_t)parallel_threads() * (size_t)view_block_rows(out->c) * (size_t)out->c;
    size_t backward = 2 * channel_sums_floats(blocks, out->c);

    (void)config;
    (void)in;
    return forward > backward ? forward : backward;
}

static void forward_block(void *context, int block, int thread)
{
    const struct layer_run *run = context;
    struct parallel_split split = split_of(run);
    int c = run->out_shape.c, step = view_block_rows(c);
    float *second = run->scratch + (size_t)thread * (size_t)step * (size_t)c;
    int64_t from, to;

    parallel_range(&split, block, &from, &to);
    for (int64_t row = from; row < to; row += step) {
        int64_t rows = to - row < step ? to - row : step;
        float *out = run->out + row * c;

        view_rows(&run->in[0], row, rows, c, out);
        if (view_is_plain(&run->in[1])) {
            kernels()->add(rows * c, out, run->in[1].data + row * c, out);
        } else {
            view_rows(&run->in[1], row, rows, c, second);
            kernels()->add(rows * c, out, second, out);
        }
    }
}

static void add_forward(const struct layer_run *run)
{
    parallel_for(split_of(run).blocks, forward_block, (void *)(uintptr_t)run);
}

static float *sums_of(const struct layer_run *run, int input)
{
    return run->scratch +
           (size_t)input * channel_sums_floats(split_of(run).blocks, run->out_shape.c);
}

/* The second input first: the gradient of the first may go where out_grad is. */
static void backward_block(void *context, int block, int thread)
{
    const struct layer_run *run = context;
    struct parallel_split split = split_of(run);
    int64_t from, to;

    (void)thread;
    parallel_range(&split, block, &from, &to);
    for (int i = 1; i >= 0; i--)
        if (run->in_grad[i])
            view_in_gradient(run, i, from, to - from, run->out_grad + from * run->out_shape.c,
                view_sums_block(run, i, sums_of(run, i), block));
}

static void add_backward(const struct layer_run *run)
{
    int blocks = split_of(run).blocks;

    parallel_for(blocks, backward_block, (void *)(uintptr_t)run);
    for (int i = 0; i < 2; i++)
        view_sums_add(run, i, sums_of(run, i), blocks);
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
    .only.reads_views = view_reads_all,
    .shape = add_shape,
    .only.scratch_floats = add_scratch,
    .only.forward = add_forward,
    .only.backward = add_backward,
    .example = add_example,
};
