/* Dropout (Srivastava et al. 2014): each element kept with probability 1 - rate and divided by it.
 */
#include <string.h>

#include "harness/base/rng.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/graph/window.h"

static int dropout_shape(
    const void *config, const struct shape *in, struct shape *out, struct err *err)
{
    double rate = ((const struct dropout_config *)config)->rate;

    if (!(rate >= 0 && rate < 1))
        return err_set(
            err, ERR_INPUT, "a dropout rate of %g; it must be at least 0 and below 1", rate);
    *out = in[0];
    return 0;
}

/* The mask: 0 or 1 / (1 - rate). */
static size_t dropout_saved(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    (void)config;
    (void)in;
    return count_floats(out, batch);
}

/* Each image has a stream of its own, opened from a number of the layer's and step's stream. */
struct dropout_run {
    const struct layer_run *run;
    uint64_t seed;
    size_t image; /* elements of one */
};

static void forward_image(void *context, int image, int thread)
{
    const struct dropout_run *dropout = context;
    const struct layer_run *run = dropout->run;
    double rate = ((const struct dropout_config *)run->config)->rate;
    struct rng rng = rng_open(dropout->seed, RNG_DROP, (uint64_t)image, 0);
    size_t from = (size_t)image * dropout->image;
    float *mask = run->saved + from, factor = (float)(1 / (1 - rate));

    (void)thread;
    for (size_t i = 0; i < dropout->image; i++)
        mask[i] = rng_uniform(&rng) < rate ? 0 : factor;
    kernels()->multiply(
        (int64_t)dropout->image, run->in[0].data + from, mask, run->out + from, false);
}

static void dropout_forward(const struct layer_run *run)
{
    struct rng rng = rng_open(run->seed, RNG_DROP, run->step, (uint64_t)run->layer_index);
    struct dropout_run dropout = {
        .run = run, .seed = rng_u64(&rng), .image = count_floats(&run->out_shape, 1)};

    if (run->training)
        parallel_for(run->batch, forward_image, &dropout);
    else if (run->out != run->in[0].data)
        memcpy(run->out, run->in[0].data, (size_t)run->batch * dropout.image * sizeof(*run->out));
}

static void backward_image(void *context, int image, int thread)
{
    const struct dropout_run *dropout = context;
    const struct layer_run *run = dropout->run;
    size_t from = (size_t)image * dropout->image;

    (void)thread;
    kernels()->multiply((int64_t)dropout->image, run->out_grad + from, run->saved + from,
        run->in_grad[0] + from, run->add_grad[0]);
}

static void dropout_backward(const struct layer_run *run)
{
    struct dropout_run dropout = {.run = run, .image = count_floats(&run->out_shape, 1)};

    if (run->in_grad[0])
        parallel_for(run->batch, backward_image, &dropout);
}

static bool dropout_example(int index, void *config, struct shape *in)
{
    static const double rates[] = {0, 0.2, 0.5};

    if (index >= (int)(sizeof(rates) / sizeof(rates[0])))
        return false;
    ((struct dropout_config *)config)->rate = rates[index];
    in[0] = (struct shape){.h = 1, .w = 1, .c = 37};
    return true;
}

const struct layer layer_dropout = {
    .name = "dropout",
    .summary = "elements dropped at random in training",
    .config_bytes = sizeof(struct dropout_config),
    .n_inputs = 1,
    .in_place = true,
    .shape = dropout_shape,
    .saved_floats = dropout_saved,
    .only.forward = dropout_forward,
    .only.backward = dropout_backward,
    .example = dropout_example,
};
