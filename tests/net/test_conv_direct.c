/* Direct convolutions, whose windows lie in padded bands of rows, against gathered windows with OpenBLAS: values,
 * gradients and sums, through views and plain, on one band and on several, with one thread and with three. */
#include "tests/lib/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "workloads/nn/conv/conv_algorithm.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/graph/window.h"

#define TOLERANCE 3e-5 /* of the largest number of a tensor */

struct trial {
    struct conv_config config;
    struct shape in, out;
    int batch;
    bool through_view;
    size_t inputs, outputs, weights;
    float *x, *values, *grad, *weight, *before; /* before: what gradients are added to */
    float bias[64], scale[64], shift[64], mean[64], factors[3 * 64];
};

struct result {
    float *out, *dw, *dx;
    float db[64];
    double out_sums[2 * 64], in_sums[2 * 64];
};

static float *random_floats(size_t count, uint64_t stream)
{
    struct rng rng = rng_open(11, RNG_TEST, stream, 0);
    float *floats = malloc(count * sizeof(*floats));

    assert_non_null(floats);
    for (size_t i = 0; i < count; i++)
        floats[i] = (float)rng_between(&rng, -1, 1);
    return floats;
}

static struct view view_of(const struct trial *trial)
{
    return (struct view){.data = trial->x,
        .scale = trial->scale,
        .shift = trial->shift,
        .mean = trial->mean,
        .act = ACT_RELU6};
}

static void open_trial(struct trial *trial)
{
    struct err err = {0};
    struct view view = view_of(trial);

    assert_int_equal(layer_conv.shape(&trial->config, &trial->in, &trial->out, &err), 0);
    trial->inputs = count_floats(&trial->in, trial->batch);
    trial->outputs = count_floats(&trial->out, trial->batch);
    trial->weights =
        (size_t)(trial->config.kernel * trial->config.kernel * trial->in.c * trial->out.c);
    trial->x = random_floats(trial->inputs, 1);
    trial->values = random_floats(trial->inputs, 2);
    trial->grad = random_floats(trial->outputs, 3);
    trial->weight = random_floats(trial->weights, 4);
    trial->before = random_floats(trial->inputs, 5);
    for (int i = 0; i < 64; i++) {
        trial->bias[i] = 0.1f * (float)i;
        trial->scale[i] = 2.0f - 0.05f * (float)i;
        trial->shift[i] = 0.3f - 0.02f * (float)i;
        trial->mean[i] = 0.01f * (float)i;
    }
    for (int i = 0; i < 3 * 64; i++)
        trial->factors[i] = 0.5f + 0.01f * (float)i;
    if (trial->through_view)
        kernels_find("reference")
            ->affine((int64_t)trial->batch * trial->in.h * trial->in.w, trial->in.c, trial->x,
                view.scale, view.shift, view.act, trial->values, false);
    else
        memcpy(trial->x, trial->values, trial->inputs * sizeof(float));
}

static void close_trial(struct trial *trial)
{
    free(trial->x);
    free(trial->values);
    free(trial->grad);
    free(trial->weight);
    free(trial->before);
}

static void close_result(struct result *result)
{
    free(result->out);
    free(result->dw);
    free(result->dx);
}

/* Forward and backward with the kernels in use, reading `in`; dx NULL: nobody wants it. */
static void run_layer(
    struct trial *trial, struct view in, bool add, bool wants_dx, struct result *result)
{
    struct layer_run run = {.config = &trial->config,
        .batch = trial->batch,
        .training = true,
        .n_inputs = 1,
        .in_shape = {trial->in},
        .out_shape = trial->out,
        .in = {in},
        .out_sums = result->out_sums,
        .out_grad_factors = trial->factors,
        .add_grad = {add},
        .in_grad_sums = {trial->through_view ? result->in_sums : NULL},
        .parameter = {trial->weight, trial->bias},
        .parameter_grad = {NULL, result->db}};
    const struct layer_algorithm *algorithm =
        layer_conv.choose(&trial->config, &trial->in, &trial->out);
    size_t scratch =
        algorithm->scratch_floats(&trial->config, &trial->in, &trial->out, trial->batch);
    int64_t macs = 0, expected = layer_conv.macs(&trial->config, &trial->in, &trial->out);

    memset(result->db, 0, sizeof(result->db));
    memset(result->out_sums, 0, sizeof(result->out_sums));
    memset(result->in_sums, 0, sizeof(result->in_sums));
    result->out = malloc(trial->outputs * sizeof(float));
    result->dw = calloc(trial->weights, sizeof(float));
    result->dx = malloc(trial->inputs * sizeof(float));
    run.scratch = aligned_alloc(64, (scratch + 15) / 16 * 16 * sizeof(float));
    run.out_grad = malloc(trial->outputs * sizeof(float));
    assert_true(result->out && result->dw && result->dx && run.scratch && run.out_grad);
    memcpy(run.out_grad, trial->grad, trial->outputs * sizeof(float));
    memcpy(result->dx, trial->before, trial->inputs * sizeof(float));
    run.out = result->out;
    run.parameter_grad[0] = result->dw;
    run.in_grad[0] = wants_dx ? result->dx : NULL;
    run.macs = &macs;
    algorithm->forward(&run);
    algorithm->backward(&run);
    assert_int_equal(macs, trial->batch * expected * (wants_dx ? 3 : 2));
    free(run.scratch);
    free(run.out_grad);
}

static void check_near(const char *what, const float *got, const float *expected, size_t count)
{
    double largest = 1;

    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs((double)expected[i]));
    for (size_t i = 0; i < count; i++)
        if (!(fabs((double)got[i] - (double)expected[i]) <= TOLERANCE * largest))
            fail_msg("%s[%zu] is %g, not %g", what, i, (double)got[i], (double)expected[i]);
}

static void check_sums(const char *what, const double *got, const double *expected, int count)
{
    double largest = 1;

    for (int i = 0; i < count; i++)
        largest = fmax(largest, fabs(expected[i]));
    for (int i = 0; i < count; i++)
        if (!(fabs(got[i] - expected[i]) <= TOLERANCE * largest))
            fail_msg("%s[%d] is %g, not %g", what, i, got[i], expected[i]);
}

/* Plain, from the values; then what the view makes of the gradient. */
static void run_expected(struct trial *trial, bool add, bool wants_dx, struct result *result)
{
    struct view view = view_of(trial);
    bool through = trial->through_view;

    trial->through_view = false;
    kernels_use(kernels_find("reference"));
    run_layer(trial, (struct view){.data = trial->values}, add && !through, wants_dx, result);
    trial->through_view = through;
    if (through && wants_dx) {
        float *dz = malloc(trial->inputs * sizeof(float));

        assert_non_null(dz);
        memcpy(dz, trial->before, trial->inputs * sizeof(float));
        kernels()->view_grad((int64_t)trial->batch * trial->in.h * trial->in.w, trial->in.c,
            trial->x, view.scale, view.shift, view.mean, view.act, result->dx, dz, add,
            result->in_sums);
        free(result->dx);
        result->dx = dz;
    }
}

static void compare(struct trial *trial, const struct kernels *table, bool add, bool wants_dx)
{
    struct result expected, got;

    run_expected(trial, add, wants_dx, &expected);
    kernels_use(table);
    assert_true(layer_conv.choose(&trial->config, &trial->in, &trial->out) == &conv_direct);
    run_layer(trial, trial->through_view ? view_of(trial) : (struct view){.data = trial->x}, add,
        wants_dx, &got);
    check_near("out", got.out, expected.out, trial->outputs);
    check_near("dw", got.dw, expected.dw, trial->weights);
    check_near("db", got.db, expected.db, 64);
    check_near("dx", got.dx, expected.dx, trial->inputs);
    check_sums("out_sums", got.out_sums, expected.out_sums, 2 * trial->out.c);
    check_sums("in_sums", got.in_sums, expected.in_sums, wants_dx ? 2 * trial->in.c : 0);
    close_result(&expected);
    close_result(&got);
}

static void test_conv_direct__is_the_gathered_one(void **state)
{
    static const char *const isas[] = {"avx2", "avx512"};
    struct trial trials[] = {
        {.config = {16, 7, 1, PADDING_TORCH, false}, .in = {32, 32, 3}, .batch = 3},
        {.config = {64, 7, 2, PADDING_TORCH, true}, .in = {75, 70, 3}, .batch = 2},
        {.config = {32, 3, 2, PADDING_SAME, false}, .in = {96, 96, 3}, .batch = 2},
        {.config = {33, 3, 2, PADDING_TORCH, false}, .in = {17, 18, 16}, .batch = 3},
        {.config = {40, 3, 2, PADDING_SAME, false}, .in = {19, 20, 48}, .batch = 2},
        {.config = {13, 5, 1, PADDING_SAME, true}, .in = {41, 43, 16}, .batch = 2},
        {.config = {9, 5, 1, PADDING_TORCH, false},
            .in = {37, 40, 15},
            .batch = 2,
            .through_view = true},
    };
    const struct kernels *best = kernels();

    (void)state;
    for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++) {
        struct trial *trial = &trials[i];

        open_trial(trial);
        for (size_t isa = 0; isa < sizeof(isas) / sizeof(isas[0]); isa++)
            for (int threads = 1; threads <= 3; threads += 2) {
                if (!kernels_find(isas[isa]))
                    continue;
                parallel_set_threads(threads);
                compare(trial, kernels_find(isas[isa]), false, true);
                compare(trial, kernels_find(isas[isa]), true, true);
                compare(trial, kernels_find(isas[isa]), false, false);
            }
        close_trial(trial);
    }
    kernels_use(best);
    parallel_set_threads(1);
}
