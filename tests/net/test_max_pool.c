/* Max pooling goes by pieces of rows, of a single image and across images: the plain kernel goes over each image as a
 * whole. */
#include "tests/lib/test.h"

#include <stdlib.h>

#include "harness/base/rng.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/graph/window.h"

static void check(const struct max_pool_config *config, const struct shape *in, int batch)
{
    const struct window window = {
        .kernel = config->kernel, .stride = config->stride, .padding = config->padding};
    struct layer_run run = {.config = config, .batch = batch, .training = true, .in_shape = {*in}};
    struct rng rng = rng_open(7, RNG_INIT, 0, 0);
    struct err err = {0};
    struct kernel_window whole;
    size_t count, inputs = count_floats(in, batch);
    float *x = malloc(inputs * sizeof(*x)), *y;
    int32_t *taps;

    assert_int_equal(layer_max_pool.shape(config, in, &run.out_shape, &err), 0);
    count = count_floats(&run.out_shape, batch);
    y = malloc(count * sizeof(*y));
    taps = malloc(count * sizeof(*taps));
    run.out = malloc(count * sizeof(*run.out));
    run.saved = malloc(count * sizeof(*run.saved));
    assert_true(x && y && taps && run.out && run.saved);
    for (size_t i = 0; i < inputs; i++)
        x[i] = (float)rng_between(&rng, -1, 1);
    run.in[0].data = x;
    layer_max_pool.only.forward(&run);
    whole = window_over(&window, in, &run.out_shape);
    kernels_find("reference")->max_pool_forward(&whole, batch, x, y, taps);
    assert_memory_equal(run.out, y, count * sizeof(*y));
    assert_memory_equal(run.saved, taps, count * sizeof(*taps));
    free(x);
    free(y);
    free(taps);
    free(run.out);
    free(run.saved);
}

static void test_max_pool__pieces_of_rows_are_the_whole(void **state)
{
    static const struct max_pool_config configs[] = {
        {.kernel = 3, .stride = 2, .padding = PADDING_TORCH},
        {.kernel = 3, .stride = 2, .padding = PADDING_SAME},
        {.kernel = 3, .stride = 1, .padding = PADDING_TORCH},
    };
    const struct shape large = {.h = 112, .w = 112, .c = 19}, small = {.h = 37, .w = 33, .c = 19};

    (void)state;
    for (int threads = 1; threads <= 3; threads++) {
        parallel_set_threads(threads);
        for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
            check(&configs[i], &large, 1);
            check(&configs[i], &small, 7);
        }
    }
    parallel_set_threads(1);
}
