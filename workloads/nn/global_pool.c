/* Mean over H and W. */
#include <string.h>

#include "kernels/kernels.h"
#include "layer.h"
#include "layer_configs.h"
#include "parallel.h"
#include "window.h"

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
    (void)in;
    return count_floats(out, batch);
}

static void forward_image(void *context, int image, int thread)
{
    const struct layer_run *run = context;
    int pixels = run->in_shape[0].h * run->in_shape[0].w, c = run->in_shape[0].c;
    float *out = run->out + (size_t)image * (size_t)c;

    (void)thread;
    memset(out, 0, (size_t)c * sizeof(*out));
    kernels()->row_sums(
        pixels, c, run->in[0].data + (size_t)image * count_floats(run->in_shape, 1), out);
    kernels()->scale(c, 1.0f / (float)pixels, out, out, false);
}

static void global_pool_forward(const struct layer_run *run)
{
    parallel_for(run->batch, forward_image, (void *)(uintptr_t)run);
}

static void backward_image(void *context, int image, int thread)
{
    const struct layer_run *run = context;
    int pixels = run->in_shape[0].h * run->in_shape[0].w, c = run->in_shape[0].c;
    float *share = run->scratch + (size_t)image * (size_t)c;

    (void)thread;
    kernels()->scale(
        c, 1.0f / (float)pixels, run->out_grad + (size_t)image * (size_t)c, share, false);
    kernels()->spread(pixels, c, share,
        run->in_grad[0] + (size_t)image * count_floats(run->in_shape, 1), run->add_grad[0]);
}

static void global_pool_backward(const struct layer_run *run)
{
    if (run->in_grad[0])
        parallel_for(run->batch, backward_image, (void *)(uintptr_t)run);
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
    .shape = global_pool_shape,
    .scratch_floats = global_pool_scratch,
    .forward = global_pool_forward,
    .backward = global_pool_backward,
    .example = global_pool_example,
};
