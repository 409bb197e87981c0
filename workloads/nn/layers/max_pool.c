/* Largest element of each window; padding never wins. */
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/graph/window.h"

#define MOST_BLOCKS 64

static struct window window_of(const struct max_pool_config *config)
{
    return (struct window){
        .kernel = config->kernel, .stride = config->stride, .padding = config->padding};
}

static int max_pool_shape(
    const void *config, const struct shape *in, struct shape *out, struct err *err)
{
    struct window window = window_of(config);

    return window_shape(&window, in, in->c, out, err);
}

/* Of each output, which tap of the window it came from, as int32. */
static size_t max_pool_saved(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    (void)config;
    (void)in;
    return count_floats(out, batch);
}

/* The kernels write the taps always; in inference they go to scratch. */
static size_t max_pool_scratch(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    (void)config;
    (void)in;
    return count_floats(out, batch);
}

static struct kernel_window kernel_window_of(const struct layer_run *run)
{
    struct window window = window_of(run->config);

    return window_over(&window, run->in_shape, &run->out_shape);
}

/* By rows of outputs, so that a single image has work for every thread. */
static struct parallel_split split_rows(const struct layer_run *run)
{
    const struct shape *out = &run->out_shape;

    return parallel_split((int64_t)run->batch * out->h, (int64_t)out->w * out->c, MOST_BLOCKS);
}

/* Rows [first, first + rows) of an image's outputs are those of a window that begins further down. */
static void forward_rows(const struct layer_run *run, int64_t image, int first, int rows)
{
    struct kernel_window window = kernel_window_of(run);
    size_t in = count_floats(run->in_shape, 1);
    size_t at = ((size_t)image * window.out_h + first) * window.out_w * window.c;
    int32_t *taps = (int32_t *)(void *)(run->training ? run->saved : run->scratch);

    window.before_h -= first * window.stride;
    window.out_h = rows;
    kernels()->max_pool_forward(
        &window, 1, run->in[0].data + (size_t)image * in, run->out + at, taps + at);
}

static void forward_block(void *context, int block, int thread)
{
    const struct layer_run *run = context;
    struct parallel_split split = split_rows(run);
    int64_t from, to, out_h = run->out_shape.h;

    (void)thread;
    parallel_range(&split, block, &from, &to);
    for (int64_t rows; from < to; from += rows) {
        int64_t first = from % out_h, left = out_h - first;

        rows = left < to - from ? left : to - from;
        forward_rows(run, from / out_h, (int)first, (int)rows);
    }
}

static void max_pool_forward(const struct layer_run *run)
{
    parallel_for(split_rows(run).blocks, forward_block, (void *)(uintptr_t)run);
}

static void backward_image(void *context, int image, int thread)
{
    const struct layer_run *run = context;
    struct kernel_window window = kernel_window_of(run);
    size_t in = count_floats(run->in_shape, 1), out = count_floats(&run->out_shape, 1);
    const int32_t *taps = (const int32_t *)(const void *)run->saved;

    (void)thread;
    kernels()->max_pool_backward(&window, 1, run->out_grad + (size_t)image * out,
        taps + (size_t)image * out, run->in_grad[0] + (size_t)image * in, run->add_grad[0]);
}

static void max_pool_backward(const struct layer_run *run)
{
    if (run->in_grad[0])
        parallel_for(run->batch, backward_image, (void *)(uintptr_t)run);
}

static bool max_pool_example(int index, void *config, struct shape *in)
{
    static const struct max_pool_config configs[] = {
        {.kernel = 3, .stride = 2, .padding = PADDING_TORCH},
        {.kernel = 3, .stride = 2, .padding = PADDING_SAME},
        {.kernel = 2, .stride = 2, .padding = PADDING_SAME},
        {.kernel = 3, .stride = 1, .padding = PADDING_TORCH},
    };

    if (index >= (int)(sizeof(configs) / sizeof(configs[0])))
        return false;
    *(struct max_pool_config *)config = configs[index];
    in[0] = (struct shape){.h = 6, .w = 5, .c = 19};
    return true;
}

const struct layer layer_max_pool = {
    .name = "max_pool",
    .summary = "largest element of each window",
    .config_bytes = sizeof(struct max_pool_config),
    .n_inputs = 1,
    .shape = max_pool_shape,
    .saved_floats = max_pool_saved,
    .only.scratch_floats = max_pool_scratch,
    .only.forward = max_pool_forward,
    .only.backward = max_pool_backward,
    .example = max_pool_example,
};
