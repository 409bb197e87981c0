/* What bench makes of times, and what it measures of the machine. */
#include "tests/lib/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "workloads/nn/net/net.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/workload.h"

static const struct machine_peak machine = {.flops = 100e9, .bytes = 10e9};

#define assert_near(got, wanted) assert_true(fabs((got) - (wanted)) <= 1e-9 * fabs(wanted))

static struct bench_layer layer_of(const char *kind, double forward, double backward)
{
    struct bench_layer layer = {
        .forward = {.seconds = forward, .flops = 2e9, .bytes = 0.1e9},   /* at least 20 ms */
        .backward = {.seconds = backward, .flops = 1e9, .bytes = 0.4e9}, /* at least 40 ms */
    };

    str_copy(layer.cost.kind, sizeof(layer.cost.kind), kind);
    return layer;
}

static void test_bench_bound__is_the_slower_of_arithmetic_and_memory(void **state)
{
    const struct bench_layer layer = layer_of("conv", 1, 1);
    bool by_memory;

    (void)state;
    assert_near(bench_bound(&layer.forward, &machine, &by_memory), 0.02);
    assert_false(by_memory);
    assert_near(bench_bound(&layer.backward, &machine, &by_memory), 0.04);
    assert_true(by_memory);
}

static void test_bench_bound__knows_no_memory_that_was_not_measured(void **state)
{
    const struct machine_peak unknown = {.flops = 100e9};
    const struct bench_layer layer = layer_of("conv", 1, 1);
    bool by_memory;

    (void)state;
    assert_near(bench_bound(&layer.backward, &unknown, &by_memory), 0.01);
    assert_false(by_memory);
}

static void test_bench_lost__counts_only_what_was_timed(void **state)
{
    struct bench_layer layer = layer_of("conv", 0.05, 0.1);

    (void)state;
    assert_near(bench_lost(&layer, &machine), 0.03 + 0.06);
    layer.backward.seconds = NAN;
    assert_near(bench_lost(&layer, &machine), 0.03);
    layer.forward.seconds = 0.01; /* faster than memory allows: from the caches */
    assert_true(bench_lost(&layer, &machine) == 0);
}

static void test_bench_kinds__add_up_in_falling_order_of_time(void **state)
{
    struct bench_layer layers[] = {layer_of("conv", 0.05, NAN), layer_of("add", 0.5, 0.5),
        layer_of("conv", 0.07, 0.1), layer_of("batch_norm", NAN, NAN)};
    const struct bench_result result = {.layers = layers, .n_layers = 4, .peak = machine};
    struct bench_kind *kinds;
    struct err err = {0};
    int n;

    (void)state;
    assert_int_equal(bench_kinds(&result, &kinds, &n, &err), 0);
    assert_int_equal(n, 3);
    assert_string_equal(kinds[0].kind, "add");
    assert_string_equal(kinds[1].kind, "conv");
    assert_int_equal(kinds[1].layers, 2);
    assert_int_equal(kinds[1].without_time, 0);
    assert_near(kinds[1].forward.seconds, 0.12);
    assert_near(kinds[1].forward.flops, 4e9);
    assert_near(kinds[1].backward.seconds, 0.1);
    assert_near(kinds[1].backward.flops, 1e9); /* the other one had no time */
    assert_near(kinds[1].bound_seconds, 0.02 + 0.02 + 0.04);
    assert_near(kinds[1].lost_seconds, 0.03 + 0.05 + 0.06);
    assert_string_equal(kinds[2].kind, "batch_norm");
    assert_int_equal(kinds[2].without_time, 1);
    assert_true(isnan(kinds[2].forward.seconds));
    free(kinds);
}

static void bench_small(bool training, struct bench_result *result)
{
    const struct bench_options options = {
        .training = training, .batch = 2, .threads = 2, .steps = 3, .seconds = 1, .layers = true};
    struct err err = {0};
    struct spec spec;

    assert_int_equal(spec_find("mobilenet_v2", &spec, &err), 0);
    spec.input = 32;
    if (workload_bench(&spec, &options, result, &err) < 0)
        fail_msg("%s", err.message);
}

static void check_sums(const struct bench_result *result, double passes)
{
    double flops = 0, bound = 0;

    for (int i = 0; i < result->n_layers; i++) {
        const struct bench_layer *layer = &result->layers[i];

        flops += layer->forward.flops + layer->backward.flops;
        bound += bench_bound(&layer->forward, &result->peak, NULL);
        /* a layer inside another's step, in inference, has its work there */
        assert_true(layer->forward.bytes > 0 || layer->forward.flops == 0);
    }
    assert_true(bound > 0);
    assert_near(result->flops, passes * 2 * 2 * (double)result->macs);
    assert_true(flops <= result->flops); /* all but the gradient of the images */
    assert_true(flops > 0.9 * result->flops);
}

static void test_workload_bench__counts_the_work_of_training(void **state)
{
    struct bench_result result;

    (void)state;
    bench_small(true, &result);
    assert_int_equal(result.steps, 3);
    assert_int_equal(result.threads, 2);
    check_sums(&result, 3);
    assert_true(result.seconds_min > 0 && result.seconds_min <= result.seconds_median);
    assert_near(result.images_per_second, 2 / result.seconds_median);
    assert_near(result.share_of_peak, result.flops / result.seconds_median / result.peak.flops);
    bench_release(&result);
    assert_null(result.layers);
}

/* Batch norm and activation may be computed by their neighbours; what multiplies may not. */
static void test_workload_bench__times_every_layer_that_multiplies(void **state)
{
    struct bench_result result;
    double seconds = 0;

    (void)state;
    bench_small(true, &result);
    for (int i = 0; i < result.n_layers; i++) {
        const struct bench_layer *layer = &result.layers[i];

        if (layer->cost.macs > 0) {
            assert_true(layer->forward.seconds > 0);
            assert_true(layer->backward.seconds > 0);
            seconds += layer->forward.seconds + layer->backward.seconds;
        }
    }
    assert_true(seconds > 0.05 * result.seconds_median && seconds < 2 * result.seconds_median);
    bench_release(&result);
}

static void test_workload_bench__has_no_backward_in_inference(void **state)
{
    struct bench_result result;

    (void)state;
    bench_small(false, &result);
    check_sums(&result, 1);
    for (int i = 0; i < result.n_layers; i++) {
        assert_true(isnan(result.layers[i].backward.seconds));
        assert_true(result.layers[i].backward.flops == 0);
    }
    bench_release(&result);
}

static void test_machine_peak__is_no_less_than_what_it_is_made_of(void **state)
{
    struct machine_peak peak = {0};
    struct err err = {0};

    (void)state;
    parallel_set_threads(2);
    assert_int_equal(machine_peak_products(0.05, &peak, &err), 0);
    assert_true(peak.blas_flops > 0 && peak.own_flops > 0);
    assert_true(peak.flops >= peak.blas_flops && peak.flops >= peak.own_flops);
    assert_true(peak.bytes == 0); /* not measured, not made up */
    assert_int_equal(machine_peak_memory(0.05, &peak, &err), 0);
    assert_true(peak.read_bytes > 0 && peak.copy_bytes > 0 && peak.update_bytes > 0);
    assert_true(peak.bytes >= peak.read_bytes && peak.bytes >= peak.copy_bytes);
    assert_true(peak.bytes >= peak.update_bytes);
}
