/*
 * Every layer of layers.def with every example it gives: gradients against central differences of
 * sum(r out), r random, and what layer.h promises of buffers, counts and threads.
 */
#include "tests/lib/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/kernels/parallel.h"

#define BATCH     3
#define GUARD     32      /* floats before and after every buffer */
#define GUARD_BIT 0x7fa1u /* a signalling NaN's high half: nothing computes it */
#define STEP      0.01f   /* inputs keep 0.025 from the kinks at 0 and 6, and from one another */
#define SAMPLES   120     /* elements of a tensor that are differentiated numerically */
#define TOLERANCE 4e-3    /* of the largest gradient in the tensor */

static const struct layer *const layers[] = {
#define LAYER(name) &layer_##name,
#include "workloads/nn/graph/layers.def"
#undef LAYER
    NULL,
};

/* Buffers that notice when somebody writes before or behind them. */
struct guarded {
    float *data;
    size_t count;
};

static struct guarded guarded_new(size_t count)
{
    float *block = malloc((count + 2 * GUARD) * sizeof(*block));
    struct guarded buffer = {.count = count};
    uint32_t bits = GUARD_BIT << 16;

    assert_non_null(block);
    for (size_t i = 0; i < count + 2 * GUARD; i++)
        memcpy(&block[i], &bits, sizeof(bits));
    buffer.data = block + GUARD;
    return buffer;
}

static bool guard_is_whole(const struct guarded *buffer)
{
    uint32_t bits;

    for (size_t i = 0; i < 2 * GUARD; i++) {
        memcpy(&bits, i < GUARD ? buffer->data - 1 - i : buffer->data + buffer->count + i - GUARD,
            sizeof(bits));
        if (bits != GUARD_BIT << 16)
            return false;
    }
    return true;
}

#define MAX_BUFFERS 20

/* A layer with one of its examples and all memory that a run wants. */
struct bench {
    const struct layer *layer;
    const struct layer_algorithm *algorithm;
    int index; /* of the example */
    _Alignas(8) unsigned char config[LAYER_CONFIG_BYTES];
    struct parameter_info info[LAYER_MAX_PARAMETERS];
    int n_parameters;
    struct guarded buffers[MAX_BUFFERS];
    int n_buffers;
    struct guarded in[LAYER_MAX_INPUTS], in_grad[LAYER_MAX_INPUTS], out, out_grad;
    struct guarded parameter[LAYER_MAX_PARAMETERS], parameter_grad[LAYER_MAX_PARAMETERS];
    struct layer_run run;
    int64_t macs;
};

static struct guarded bench_take(struct bench *bench, size_t count)
{
    assert_true(bench->n_buffers < MAX_BUFFERS);
    return bench->buffers[bench->n_buffers++] = guarded_new(count);
}

static size_t elements(const struct shape *shape, int batch)
{
    return (size_t)batch * (size_t)shape->h * (size_t)shape->w * (size_t)shape->c;
}

/* In one channel of one image all values differ, on a grid of 0.05 that leaves out 0 and 6. */
static void fill_input(struct guarded *buffer, const struct shape *shape, uint64_t stream)
{
    int pixels = shape->h * shape->w;
    struct rng rng = rng_open(1, RNG_TEST, stream, 0);

    for (int n = 0; n < (int)(buffer->count / (size_t)(pixels * shape->c)); n++)
        for (int c = 0; c < shape->c; c++) {
            int offset = (int)rng_below(&rng, 241), factor = 1 + (int)rng_below(&rng, 240);

            for (int p = 0; p < pixels; p++)
                buffer->data[((size_t)n * (size_t)pixels + (size_t)p) * (size_t)shape->c +
                             (size_t)c] =
                    0.025f + 0.05f * (float)((p * factor + offset) % 241 - 120);
        }
}

static void fill_random(struct guarded *buffer, uint64_t stream, double mean, double deviation)
{
    struct rng rng = rng_open(2, RNG_TEST, stream, 0);

    for (size_t i = 0; i < buffer->count; i++)
        buffer->data[i] = (float)(mean + deviation * rng_normal(&rng));
}

static bool is_trained(const struct parameter_info *info)
{
    return info->kind != PARAMETER_RUNNING_MEAN && info->kind != PARAMETER_RUNNING_VAR;
}

static void bench_parameters(struct bench *bench)
{
    struct layer_run *run = &bench->run;

    if (bench->layer->parameters)
        bench->n_parameters = bench->layer->parameters(bench->config, run->in_shape, bench->info);
    assert_true(bench->n_parameters <= LAYER_MAX_PARAMETERS);
    for (int i = 0; i < bench->n_parameters; i++) {
        const struct parameter_info *info = &bench->info[i];
        bool one = info->kind == PARAMETER_NORM_SCALE || info->kind == PARAMETER_RUNNING_VAR;
        size_t count = 1;

        for (int d = 0; d < info->n_dims; d++)
            count *= (size_t)info->dims[d];
        bench->parameter[i] = bench_take(bench, count);
        fill_random(&bench->parameter[i], 10 + (uint64_t)i, one ? 1 : 0,
            info->kind == PARAMETER_RUNNING_VAR ? 0 : 0.3);
        run->parameter[i] = bench->parameter[i].data;
        if (is_trained(info)) {
            bench->parameter_grad[i] = bench_take(bench, count);
            run->parameter_grad[i] = bench->parameter_grad[i].data;
        }
    }
}

/* False when the layer has no more examples. */
static bool bench_open(struct bench *bench, const struct layer *layer, int index, int batch)
{
    struct layer_run *run = &bench->run;
    struct err err = {0};
    size_t saved, scratch;

    *bench = (struct bench){.layer = layer, .index = index};
    if (!layer->example(index, bench->config, run->in_shape))
        return false;
    assert_int_equal(layer->shape(bench->config, run->in_shape, &run->out_shape, &err), 0);
    run->config = bench->config;
    run->batch = batch;
    run->training = true;
    run->n_inputs = layer->n_inputs;
    for (int i = 0; i < layer->n_inputs; i++) {
        bench->in[i] = bench_take(bench, elements(&run->in_shape[i], batch));
        bench->in_grad[i] = bench_take(bench, bench->in[i].count);
        fill_input(&bench->in[i], &run->in_shape[i], (uint64_t)i);
        run->in[i].data = bench->in[i].data;
        run->in_grad[i] = bench->in_grad[i].data;
    }
    bench->out = bench_take(bench, elements(&run->out_shape, batch));
    bench->out_grad = bench_take(bench, bench->out.count);
    fill_random(&bench->out_grad, 5, 0, 1);
    run->out = bench->out.data;
    run->out_grad = bench->out_grad.data;
    bench_parameters(bench);
    saved = layer->saved_floats
                ? layer->saved_floats(bench->config, run->in_shape, &run->out_shape, batch)
                : 0;
    bench->algorithm = layer_algorithm_of(layer, bench->config, run->in_shape, &run->out_shape);
    scratch = bench->algorithm->scratch_floats ? bench->algorithm->scratch_floats(bench->config,
                                                     run->in_shape, &run->out_shape, batch)
                                               : 0;
    run->saved = bench_take(bench, saved).data;
    run->scratch = bench_take(bench, scratch).data;
    run->seed = 7;
    run->step = 3;
    run->layer_index = 11;
    run->macs = &bench->macs;
    return true;
}

static void bench_close(struct bench *bench)
{
    for (int i = 0; i < bench->n_buffers; i++)
        free(bench->buffers[i].data - GUARD);
}

static void check_guards(const struct bench *bench)
{
    for (int i = 0; i < bench->n_buffers; i++)
        if (!guard_is_whole(&bench->buffers[i]))
            fail_msg(
                "%s, example %d: writes outside of buffer %d", bench->layer->name, bench->index, i);
}

static void clear_parameter_grads(struct bench *bench)
{
    for (int i = 0; i < bench->n_parameters; i++)
        if (bench->parameter_grad[i].data)
            memset(
                bench->parameter_grad[i].data, 0, bench->parameter_grad[i].count * sizeof(float));
}

static void forward_and_backward(struct bench *bench)
{
    clear_parameter_grads(bench);
    bench->algorithm->forward(&bench->run);
    bench->algorithm->backward(&bench->run);
}

typedef void bench_check(struct bench *bench);

static void for_every_example(bench_check *check, int batch)
{
    for (const struct layer *const *layer = layers; *layer; layer++) {
        struct bench bench;

        for (int index = 0; bench_open(&bench, *layer, index, batch); index++) {
            check(&bench);
            check_guards(&bench);
            bench_close(&bench);
        }
    }
}

/* ---- gradients ---- */

static double slope(struct bench *bench, float *at, float *outputs)
{
    size_t n = bench->out.count;
    float before = *at, high, low;
    double sum = 0;

    high = before + STEP;
    *at = high;
    bench->algorithm->forward(&bench->run);
    memcpy(outputs, bench->out.data, n * sizeof(*outputs));
    low = before - STEP;
    *at = low;
    bench->algorithm->forward(&bench->run);
    *at = before;
    for (size_t i = 0; i < n; i++)
        sum += (double)bench->out_grad.data[i] * ((double)outputs[i] - (double)bench->out.data[i]);
    return sum / ((double)high - (double)low);
}

static void compare_gradient(
    struct bench *bench, struct guarded *value, const struct guarded *grad, const char *what)
{
    float *outputs = malloc(bench->out.count * sizeof(*outputs));
    size_t stride = value->count / SAMPLES + 1;
    double largest = 1e-2;

    assert_non_null(outputs);
    for (size_t i = 0; i < grad->count; i++) {
        if (!isfinite(grad->data[i]))
            fail_msg("%s, example %d: gradient %zu of %s is not finite", bench->layer->name,
                bench->index, i, what);
        largest = fmax(largest, fabs(grad->data[i]));
    }
    for (size_t i = 0; i < value->count; i += stride) {
        double expected = slope(bench, &value->data[i], outputs);

        if (!(fabs(expected - grad->data[i]) <= TOLERANCE * largest))
            fail_msg("%s, example %d: gradient %zu of %s is %g, by differences %g",
                bench->layer->name, bench->index, i, what, (double)grad->data[i], expected);
    }
    free(outputs);
}

static void check_gradients(struct bench *bench)
{
    forward_and_backward(bench);
    for (int i = 0; i < bench->run.n_inputs; i++)
        compare_gradient(bench, &bench->in[i], &bench->in_grad[i], i ? "input 1" : "input 0");
    for (int i = 0; i < bench->n_parameters; i++)
        if (is_trained(&bench->info[i]))
            compare_gradient(
                bench, &bench->parameter[i], &bench->parameter_grad[i], bench->info[i].suffix);
}

static void test_layers__gradients_match_finite_differences(void **state)
{
    (void)state;
    for_every_example(check_gradients, BATCH);
}

static void test_layers__gradients_match_finite_differences_with_reference_kernels(void **state)
{
    const struct kernels *best = kernels();

    (void)state;
    kernels_use(kernels_find("reference"));
    for_every_example(check_gradients, BATCH);
    kernels_use(best);
}

static void check_near(const struct bench *bench, const char *what, const float *a, const float *b,
    float offset, size_t count)
{
    double largest = 1;

    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(b[i]));
    for (size_t i = 0; i < count; i++)
        if (!(fabs((double)a[i] - b[i] - offset) <= 1e-5 * largest))
            fail_msg("%s, example %d: %s[%zu] is %g, expected %g", bench->layer->name, bench->index,
                what, i, (double)a[i], (double)(b[i] + offset));
}

static float *copy_of(const struct guarded *buffer)
{
    float *copy = malloc(buffer->count * sizeof(*copy) + 1);

    assert_non_null(copy);
    if (buffer->count)
        memcpy(copy, buffer->data, buffer->count * sizeof(*copy));
    return copy;
}

/* A second backward over gradients of 2 that are to be added to. */
static void check_adding(struct bench *bench)
{
    float *in_grad[LAYER_MAX_INPUTS], *parameter_grad[LAYER_MAX_PARAMETERS] = {NULL};

    forward_and_backward(bench);
    for (int i = 0; i < bench->run.n_inputs; i++) {
        in_grad[i] = copy_of(&bench->in_grad[i]);
        bench->run.add_grad[i] = true;
        for (size_t j = 0; j < bench->in_grad[i].count; j++)
            bench->in_grad[i].data[j] = 2;
    }
    for (int i = 0; i < bench->n_parameters; i++)
        if (is_trained(&bench->info[i])) {
            parameter_grad[i] = copy_of(&bench->parameter_grad[i]);
            for (size_t j = 0; j < bench->parameter_grad[i].count; j++)
                bench->parameter_grad[i].data[j] = 2;
        }
    bench->algorithm->backward(&bench->run);
    for (int i = 0; i < bench->run.n_inputs; i++) {
        check_near(
            bench, "in_grad", bench->in_grad[i].data, in_grad[i], 2, bench->in_grad[i].count);
        free(in_grad[i]);
    }
    for (int i = 0; i < bench->n_parameters; i++)
        if (parameter_grad[i]) {
            check_near(bench, bench->info[i].suffix, bench->parameter_grad[i].data,
                parameter_grad[i], 2, bench->parameter_grad[i].count);
            free(parameter_grad[i]);
        }
}

static void test_layers__gradients_are_added_where_asked(void **state)
{
    (void)state;
    for_every_example(check_adding, BATCH);
}

/* ---- promises ---- */

static void check_macs(struct bench *bench)
{
    const struct layer *layer = bench->layer;
    int64_t macs =
        layer->macs ? layer->macs(bench->config, bench->run.in_shape, &bench->run.out_shape) : 0;

    bench->algorithm->forward(&bench->run);
    if (bench->macs != macs * bench->run.batch)
        fail_msg("%s, example %d: forward ran %lld multiply-adds, declared %lld", layer->name,
            bench->index, (long long)bench->macs, (long long)macs * bench->run.batch);
    bench->macs = 0;
    clear_parameter_grads(bench);
    bench->algorithm->backward(&bench->run);
    if (bench->macs != macs * bench->run.batch * layer->backward_macs_factor)
        fail_msg("%s, example %d: backward ran %lld multiply-adds, declared %d times %lld",
            layer->name, bench->index, (long long)bench->macs, layer->backward_macs_factor,
            (long long)macs * bench->run.batch);
}

static void test_layers__execute_the_multiply_adds_that_they_declare(void **state)
{
    (void)state;
    for_every_example(check_macs, BATCH);
}

/* The same run with one and with three threads, in a bench of its own each, since scratch may
 * differ. */
static void check_threads(struct bench *bench)
{
    struct bench other;

    forward_and_backward(bench);
    parallel_set_threads(3);
    assert_true(bench_open(&other, bench->layer, bench->index, bench->run.batch));
    forward_and_backward(&other);
    check_guards(&other);
    parallel_set_threads(1);
    assert_memory_equal(bench->out.data, other.out.data, bench->out.count * sizeof(float));
    for (int i = 0; i < bench->run.n_inputs; i++)
        assert_memory_equal(
            bench->in_grad[i].data, other.in_grad[i].data, bench->in_grad[i].count * sizeof(float));
    for (int i = 0; i < bench->n_parameters; i++) {
        assert_memory_equal(bench->parameter[i].data, other.parameter[i].data,
            bench->parameter[i].count * sizeof(float));
        if (is_trained(&bench->info[i]))
            assert_memory_equal(bench->parameter_grad[i].data, other.parameter_grad[i].data,
                bench->parameter_grad[i].count * sizeof(float));
    }
    bench_close(&other);
}

static void test_layers__bits_do_not_depend_on_threads(void **state)
{
    (void)state;
    for_every_example(check_threads, 37);
}

/* Inference over the input, and the input's gradient over the output's. */
static void check_in_place(struct bench *bench)
{
    float *expected;

    if (!bench->layer->in_place)
        return;
    forward_and_backward(bench);
    expected = copy_of(&bench->in_grad[0]);
    bench->run.in_grad[0] = bench->out_grad.data;
    clear_parameter_grads(bench);
    bench->algorithm->backward(&bench->run);
    check_near(
        bench, "in_grad in place", bench->out_grad.data, expected, 0, bench->in_grad[0].count);
    free(expected);
    bench->run.training = false;
    bench->algorithm->forward(&bench->run);
    expected = copy_of(&bench->out);
    bench->run.out = bench->in[0].data;
    bench->algorithm->forward(&bench->run);
    check_near(bench, "out in place", bench->in[0].data, expected, 0, bench->out.count);
    free(expected);
}

static void test_layers__work_in_place_if_they_say_so(void **state)
{
    (void)state;
    for_every_example(check_in_place, BATCH);
}

/* What a net does: the sums that a layer gives start at zero; those that a layer takes are of its
 * input. */
static void check_given_sums(struct bench *bench)
{
    int c = bench->run.out_shape.c;
    double *sums = calloc(2 * (size_t)c, sizeof(*sums)),
           *expected = calloc(2 * (size_t)c, sizeof(*sums));

    assert_true(sums && expected);
    bench->run.out_sums = sums;
    if (bench->layer->gives_sums) {
        bench->algorithm->forward(&bench->run);
        for (size_t i = 0; i < bench->out.count; i++) {
            expected[i % (size_t)c] += bench->out.data[i];
            expected[(size_t)c + i % (size_t)c] += (double)bench->out.data[i] * bench->out.data[i];
        }
        for (int i = 0; i < 2 * c; i++)
            if (!(fabs(sums[i] - expected[i]) <= 1e-5 * (1 + fabs(expected[c + i % c]))))
                fail_msg("%s, example %d: sum %d is %g, expected %g", bench->layer->name,
                    bench->index, i, sums[i], expected[i]);
    }
    free(sums);
    free(expected);
}

static void test_layers__give_the_sums_of_their_output_if_they_say_so(void **state)
{
    (void)state;
    for_every_example(check_given_sums, 70);
}

static void check_taken_sums(struct bench *bench)
{
    int c = bench->run.in_shape[0].c;
    double *sums = calloc(2 * (size_t)c, sizeof(*sums));
    float *expected;

    assert_non_null(sums);
    if (bench->layer->takes_sums) {
        bench->algorithm->forward(&bench->run);
        expected = copy_of(&bench->out);
        for (size_t i = 0; i < bench->in[0].count; i++) {
            sums[i % (size_t)c] += bench->in[0].data[i];
            sums[(size_t)c + i % (size_t)c] += (double)bench->in[0].data[i] * bench->in[0].data[i];
        }
        bench->run.in_sums = sums;
        bench->algorithm->forward(&bench->run);
        check_near(bench, "out from given sums", bench->out.data, expected, 0, bench->out.count);
        free(expected);
    }
    free(sums);
}

static void test_layers__take_the_sums_of_their_input_if_they_say_so(void **state)
{
    (void)state;
    for_every_example(check_taken_sums, BATCH);
}

/* A net planned for a batch also runs smaller ones, such as the last of an epoch. */
static void test_layers__room_for_a_batch_is_room_for_a_smaller_one(void **state)
{
    (void)state;
    for (const struct layer *const *layer = layers; *layer; layer++) {
        struct bench bench;

        for (int index = 0; bench_open(&bench, *layer, index, 1); index++) {
            size_t before = 0;

            for (int batch = 1; bench.algorithm->scratch_floats && batch < 700; batch++) {
                size_t floats = bench.algorithm->scratch_floats(
                    bench.config, bench.run.in_shape, &bench.run.out_shape, batch);

                if (floats < before)
                    fail_msg(
                        "%s, example %d: %zu floats of scratch for %d images, %zu for one less",
                        (*layer)->name, index, floats, batch, before);
                before = floats;
            }
            bench_close(&bench);
        }
    }
}

/* ... and with every size of batch they stay within what they asked for. */
static void test_layers__write_within_their_buffers_at_any_batch(void **state)
{
    static const int batches[] = {1, 2, 8, 33, 65};

    (void)state;
    for (int i = 0; i < 5; i++)
        for_every_example(forward_and_backward, batches[i]);
}

static void check_no_input_gradient(struct bench *bench)
{
    for (int i = 0; i < bench->run.n_inputs; i++)
        bench->run.in_grad[i] = NULL;
    forward_and_backward(bench);
}

static void test_layers__do_without_the_gradient_of_the_input(void **state)
{
    (void)state;
    for_every_example(check_no_input_gradient, BATCH);
}

static void test_layers__give_at_least_one_example_and_their_names(void **state)
{
    (void)state;
    for (const struct layer *const *layer = layers; *layer; layer++) {
        struct bench bench;

        assert_non_null((*layer)->name);
        assert_non_null((*layer)->summary);
        assert_true((*layer)->config_bytes <= LAYER_CONFIG_BYTES);
        assert_true(bench_open(&bench, *layer, 0, 1));
        bench_close(&bench);
    }
}
