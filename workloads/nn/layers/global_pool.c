/* Mean over H and W. */
#include <string.h>

#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/kernels/parallel.h"
#include "view.h"

static int global_pool_shape(
    const void *config, const struct shape *in, struct shape *out, struct err *err)
{
    (void)config;
    if (in->h < 1 || in->w < 1 || in->c < 1)
        return err_set(err, ERR_INPUT,
            "a feature map of %d x %d pixels has no mean; use larger images", in->h, in->w);
    *out = (struct shape){.h = 1, .w = 1, .c = in->c};
    return 0;
}

static size_t global_pool_scratch(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    (void)config;
    (void)out;
    return view_groups_scratch(in, batch);
}

static void forward_image(void *context, int image, int thread)
{
    const struct layer_run *run = context;
    int64_t pixels = (int64_t)run->in_shape[0].h * run->in_shape[0].w;
    int c = run->in_shape[0].c, step = view_block_rows(c);
    float *out = run->out + (size_t)image * (size_t)c, *block = view_thread_block(run, thread);

    memset(out, 0, (size_t)c * sizeof(*out));
    for (int64_t pixel = 0; pixel < pixels; pixel += step) {
        int64_t rows = pixels - pixel < step ? pixels - pixel : step;

        view_rows(&run->in[0], image * pixels + pixel, rows, c, block);
        kernels()->row_sums(rows, c, block, out);
    }
    kernels()->scale(c, 1.0f / (float)pixels, out, out, false);
}

static void global_pool_forward(const struct layer_run *run)
{
    parallel_for(run->batch, forward_image, (void *)(uintptr_t)run);
}

static void backward_image(const struct layer_run *run, int64_t image, float *block, double *sums)
{
    int64_t pixels = (int64_t)run->in_shape[0].h * run->in_shape[0].w;
    int c = run->in_shape[0].c, step = view_block_rows(c);
    for (int64_t pixel = 0; pixel < pixels; pixel += step) {
        int64_t rows = pixels - pixel < step ? pixels - pixel : step;

        kernels()->spread(rows, c, run->out_grad + image * c, block, false);
        kernels()->scale(rows * c, 1.0f / (float)pixels, block, block, false);
        view_in_gradient(run, 0, image * pixels + pixel, rows, block, sums);
    }
}

static void backward_group(void *context, int group, int thread)
{
    const struct layer_run *run = context;
    struct parallel_split split = view_groups(run->in_shape, run->batch);
    double *sums = view_sums_block(run, 0, run->scratch, group);
    int64_t from, to;

    parallel_range(&split, group, &from, &to);
    for (int64_t image = from; image < to; image++)
        backward_image(run, image, view_thread_block(run, thread), sums);
}

static void global_pool_backward(const struct layer_run *run)
{
    int groups = view_groups(run->in_shape, run->batch).blocks;

    if (!run->in_grad[0])
        return;
    parallel_for(groups, backward_group, (void *)(uintptr_t)run);
    view_sums_add(run, 0, run->scratch, groups);
}

static bool global_pool_example(int index, void *config, struct shape *in)
{
    static const struct shape shapes[] = {{1, 1, 40}, {2, 2, 19}, {7, 5, 3}};

    (void)config;
    if (index >= (int)(sizeof(shapes) / sizeof(shapes[0])))
        return false;
    in[0] = shapes[index];
    return true;
}

const struct layer layer_global_pool = {
    .name = "global_pool",
    .summary = "mean over all pixels of a channel",
    .config_bytes = sizeof(struct global_pool_config),
    .n_inputs = 1,
    .only.reads_views = view_reads_all,
    .shape = global_pool_shape,
    .only.scratch_floats = global_pool_scratch,
    .only.forward = global_pool_forward,
    .only.backward = global_pool_backward,
    .example = global_pool_example,
};
