/* Stochastic depth (Huang et al. 2016, arXiv 1603.09382), image by image as torchvision's mode
 * "row". */
#include <string.h>

#include "harness/base/rng.h"
#include "kernels/kernels.h"
#include "layer.h"
#include "layer_configs.h"
#include "parallel.h"
#include "window.h"

static int drop_path_shape(
    const void *config, const struct shape *in, struct shape *out, struct err *err)
{
    double rate = ((const struct drop_path_config *)config)->rate;

    if (!(rate >= 0 && rate < 1))
        return err_set(err, ERR_INPUT,
            "a stochastic depth rate of %g; it must be at least 0 and below 1", rate);
    *out = in[0];
    return 0;
}

/* Of each image the factor 0 or 1 / (1 - rate). */
static size_t drop_path_saved(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    (void)config;
    (void)in;
    (void)out;
    return (size_t)batch;
}

static void forward_image(void *context, int image, int thread)
{
    const struct layer_run *run = context;
    size_t elements = count_floats(&run->out_shape, 1), from = (size_t)image * elements;

    (void)thread;
    kernels()->scale(
        (int64_t)elements, run->saved[image], run->in[0].data + from, run->out + from, false);
}

static void drop_path_forward(const struct layer_run *run)
{
    double rate = ((const struct drop_path_config *)run->config)->rate;
    struct rng rng = rng_open(run->seed, RNG_DROP, run->step, (uint64_t)run->layer_index);

    if (!run->training) {
        if (run->out != run->in[0].data)
            memcpy(run->out, run->in[0].data,
                count_floats(&run->out_shape, run->batch) * sizeof(*run->out));
        return;
    }
    for (int i = 0; i < run->batch; i++)
        run->saved[i] = rng_uniform(&rng) < rate ? 0 : (float)(1 / (1 - rate));
    parallel_for(run->batch, forward_image, (void *)(uintptr_t)run);
}

static void backward_image(void *context, int image, int thread)
{
    const struct layer_run *run = context;
    size_t elements = count_floats(&run->out_shape, 1), from = (size_t)image * elements;

    (void)thread;
    kernels()->scale((int64_t)elements, run->saved[image], run->out_grad + from,
        run->in_grad[0] + from, run->add_grad[0]);
}

static void drop_path_backward(const struct layer_run *run)
{
    if (run->in_grad[0])
        parallel_for(run->batch, backward_image, (void *)(uintptr_t)run);
}

static bool drop_path_example(int index, void *config, struct shape *in)
{
    static const double rates[] = {0, 0.3};

    if (index >= (int)(sizeof(rates) / sizeof(rates[0])))
        return false;
    ((struct drop_path_config *)config)->rate = rates[index];
    in[0] = (struct shape){.h = 3, .w = 2, .c = 5};
    return true;
}

const struct layer layer_drop_path = {
    .name = "drop_path",
    .summary = "stochastic depth: whole images' branches dropped at random in training",
    .config_bytes = sizeof(struct drop_path_config),
    .n_inputs = 1,
    .in_place = true,
    .shape = drop_path_shape,
    .saved_floats = drop_path_saved,
    .forward = drop_path_forward,
    .backward = drop_path_backward,
    .example = drop_path_example,
};
