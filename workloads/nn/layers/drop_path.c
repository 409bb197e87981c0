/* Stochastic depth (Huang et al. 2016, arXiv 1603.09382), image by image as torchvision's mode
 * "row". */
#include "harness/base/rng.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/kernels/parallel.h"
#include "view.h"

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

static size_t drop_path_scratch(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    (void)config;
    (void)out;
    return view_groups_scratch(in, batch);
}

static void forward_image(void *context, int image, int thread)
{
    const struct layer_run *run = context;
    int64_t pixels = (int64_t)run->out_shape.h * run->out_shape.w;
    int c = run->out_shape.c, step = view_block_rows(c);

    (void)thread;
    for (int64_t pixel = 0; pixel < pixels; pixel += step) {
        int64_t rows = pixels - pixel < step ? pixels - pixel : step;
        float *out = run->out + (image * pixels + pixel) * c;

        view_rows(&run->in[0], image * pixels + pixel, rows, c, out);
        if (run->training)
            kernels()->scale(rows * c, run->saved[image], out, out, false);
    }
}

static void drop_path_forward(const struct layer_run *run)
{
    double rate = ((const struct drop_path_config *)run->config)->rate;
    struct rng rng = rng_open(run->seed, RNG_DROP, run->step, (uint64_t)run->layer_index);

    for (int i = 0; i < run->batch && run->training; i++)
        run->saved[i] = rng_uniform(&rng) < rate ? 0 : (float)(1 / (1 - rate));
    parallel_for(run->batch, forward_image, (void *)(uintptr_t)run);
}

static void backward_image(const struct layer_run *run, int64_t image, float *block, double *sums)
{
    int64_t pixels = (int64_t)run->out_shape.h * run->out_shape.w;
    int c = run->out_shape.c, step = view_block_rows(c);

    for (int64_t pixel = 0; pixel < pixels; pixel += step) {
        int64_t rows = pixels - pixel < step ? pixels - pixel : step, row = image * pixels + pixel;

        kernels()->scale(rows * c, run->saved[image], run->out_grad + row * c, block, false);
        view_in_gradient(run, 0, row, rows, block, sums);
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

static void drop_path_backward(const struct layer_run *run)
{
    int groups = view_groups(run->in_shape, run->batch).blocks;

    if (!run->in_grad[0])
        return;
    parallel_for(groups, backward_group, (void *)(uintptr_t)run);
    view_sums_add(run, 0, run->scratch, groups);
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
    .only.reads_views = view_reads_all,
    .shape = drop_path_shape,
    .saved_floats = drop_path_saved,
    .only.scratch_floats = drop_path_scratch,
    .only.forward = drop_path_forward,
    .only.backward = drop_path_backward,
    .example = drop_path_example,
};
