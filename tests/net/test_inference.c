/* Compiled networks: the outputs of the ordinary net, for every model, whatever the machine. */
#include "tests/lib/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "scalers/scaler.h"
#include "workloads/models/model.h"
#include "workloads/nn/infer/inference.h"
#include "workloads/nn/infer/inference_private.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/net/net.h"
#include "workloads/nn/kernels/parallel.h"

#define MOST_BATCH 16
#define TOLERANCE  1e-4 /* of the largest output */

static void build(
    const char *model, double width, int input, enum padding padding, struct graph *graph)
{
    const struct scaling scaling = {"width", 1, width, 1};
    struct spec base, spec;
    struct err err = {0};

    assert_int_equal(spec_find(model, &base, &err), 0);
    assert_int_equal(scaling_apply(&base, &scaling, &spec, &err), 0);
    spec.input = input;
    spec.classes = 11;
    spec.padding = padding;
    spec.dropout = 0.2;
    spec.drop_path = 0.2;
    if (model_build(&spec, graph, &err) < 0)
        fail_msg("%s", err.message);
}

/* A net as training leaves it: every parameter away from its first value, and random images. */
static struct net *open_net(const struct graph *graph, int batch)
{
    const struct net_options options = {.batch = batch, .seed = 3};
    struct rng rng = rng_open(2, RNG_TEST, 0, 0);
    struct err err = {0};
    struct net *net;
    int count = batch * graph->input.h * graph->input.w * graph->input.c;

    if (net_create(&net, graph, &options, &err) < 0)
        fail_msg("%s", err.message);
    for (int i = 0; i < net_parameter_count(net); i++) {
        const struct parameter *p = net_parameter(net, i);

        for (size_t k = 0; k < p->count; k++)
            switch (p->info->kind) {
            case PARAMETER_NORM_SCALE:
            case PARAMETER_RUNNING_VAR:
                p->value[k] = (float)rng_between(&rng, 0.6, 1.2);
                break;
            case PARAMETER_NORM_SHIFT:
            case PARAMETER_RUNNING_MEAN:
            case PARAMETER_BIAS:
                p->value[k] = (float)rng_between(&rng, -0.5, 0.5);
                break;
            case PARAMETER_WEIGHT:
                break;
            }
    }
    for (int i = 0; i < count; i++)
        net_input(net)[i] = (float)rng_normal(&rng);
    return net;
}

static struct inference *compile(const struct graph *graph, const struct net *net, int batch)
{
    const struct inference_options options = {.batch = batch};
    struct err err = {0};
    struct inference *inference;

    if (inference_create(&inference, graph, &options, net, &err) < 0)
        fail_msg("%s", err.message);
    return inference;
}

static size_t image_floats(const struct graph *graph)
{
    return (size_t)graph->input.h * (size_t)graph->input.w * (size_t)graph->input.c;
}

static void run(struct inference *inference, const struct graph *graph, const float *images, int n)
{
    memcpy(inference_input(inference), images, (size_t)n * image_floats(graph) * sizeof(*images));
    inference_run(inference, n);
}

static void expect_near(const char *what, const float *got, const float *wanted, int count)
{
    double largest = 0;

    for (int i = 0; i < count; i++)
        largest = fmax(largest, fabs(wanted[i]));
    assert_true(largest > 0);
    for (int i = 0; i < count; i++)
        if (!(fabs((double)got[i] - wanted[i]) <= TOLERANCE * largest))
            fail_msg("%s: output %d is %.9g, should be %.9g", what, i, got[i], wanted[i]);
}

/* Batches below, at and above what the threads share evenly, on one compiled network. */
static void check_model(const char *model, double width, int input, enum padding padding)
{
    static const int batches[] = {3, 1, 2};
    struct graph graph;
    struct net *net;
    struct inference *inference;

    build(model, width, input, padding, &graph);
    net = open_net(&graph, 3);
    inference = compile(&graph, net, 3);
    for (int i = 0; i < 3; i++) {
        run(inference, &graph, net_input(net), batches[i]);
        net_forward(net, batches[i], false, 0);
        expect_near(model, inference_logits(inference), net_logits(net),
            batches[i] * inference_classes(inference));
    }
    inference_free(inference);
    net_free(net);
    graph_release(&graph);
}

static void test_inference__every_model_computes_what_the_net_does(void **state)
{
    (void)state;
    parallel_set_threads(2);
    for (const char *const *model = spec_names(); *model; model++)
        check_model(*model, 0.25, 64, PADDING_TORCH);
    parallel_set_threads(1);
}

static void test_inference__odd_inputs_and_both_paddings(void **state)
{
    static const char *const models[] = {
        "mobilenet_v1", "mobilenet_v2", "efficientnet_b0", "resnet18", "resnet50"};

    (void)state;
    for (int i = 0; i < 5; i++) {
        parallel_set_threads(1 + i % 3);
        check_model(models[i], 0.35, 77, PADDING_SAME);
        check_model(models[i], 0.6, 97, PADDING_TORCH);
        check_model(models[i], 1, 33, PADDING_SAME);
    }
    parallel_set_threads(1);
}

static void test_inference__full_sizes_are_cut_in_bands(void **state)
{
    (void)state;
    parallel_set_threads(2);
    check_model("mobilenet_v2", 1, 224, PADDING_TORCH);
    check_model("efficientnet_b0", 1, 161, PADDING_SAME);
    parallel_set_threads(1);
}

/* Last maps of 4 tiles: up to 1 image the direct way, in larger batches Winograd; one compiled
 * network runs both. */
static void test_inference__small_batches_of_a_network_for_large_ones(void **state)
{
    (void)state;
    parallel_set_threads(2);
    check_model("resnet18", 0.5, 224, PADDING_TORCH);
    check_model("resnet50", 0.25, 224, PADDING_SAME);
    parallel_set_threads(1);
}

static void test_inference__every_instruction_set(void **state)
{
    static const char *const isas[] = {"reference", "avx2", "avx512"};
    const struct kernels *best = kernels();

    (void)state;
    for (int i = 0; i < 3; i++) {
        const struct kernels *table = kernels_find(isas[i]);

        if (!table)
            continue;
        kernels_use(table);
        check_model("mobilenet_v2", 0.5, 64, PADDING_TORCH);
        check_model("efficientnet_b0", 0.5, 49, PADDING_SAME);
        check_model("resnet18", 0.5, 64, PADDING_TORCH);
        check_model("mobilenet_v1", 0.5, 64, PADDING_SAME);
    }
    kernels_use(best);
}

/* ---- bits ---- */

static void copy_logits(const struct inference *inference, int n, float *to)
{
    memcpy(
        to, inference_logits(inference), (size_t)(n * inference_classes(inference)) * sizeof(*to));
}

static void check_threads(const char *model, int input, int batch)
{
    static const int threads[] = {2, 3, 5};
    float first[MOST_BATCH * 11];
    struct graph graph;
    struct net *net;

    build(model, 0.5, input, PADDING_TORCH, &graph);
    net = open_net(&graph, batch);
    for (int i = -1; i < 3; i++) {
        struct inference *inference;

        parallel_set_threads(i < 0 ? 1 : threads[i]);
        inference = compile(&graph, net, batch);
        run(inference, &graph, net_input(net), batch);
        if (i < 0)
            copy_logits(inference, batch, first);
        else
            assert_memory_equal(
                first, inference_logits(inference), (size_t)(batch * 11) * sizeof(*first));
        inference_free(inference);
    }
    parallel_set_threads(1);
    net_free(net);
    graph_release(&graph);
}

static void test_inference__threads_change_no_bit(void **state)
{
    static const char *const models[] = {
        "mobilenet_v1", "mobilenet_v2", "efficientnet_b0", "resnet50"};

    (void)state;
    for (int i = 0; i < 4; i++) {
        check_threads(models[i], 96, 1);
        check_threads(models[i], 64, 7);
        check_threads(models[i], 64, MOST_BATCH);
    }
}

static void test_inference__images_do_not_see_each_other(void **state)
{
    static const char *const models[] = {"mobilenet_v2", "efficientnet_b0", "resnet18"};

    (void)state;
    parallel_set_threads(2);
    for (int i = 0; i < 3; i++) {
        float first[MOST_BATCH * 11];
        struct graph graph;
        struct net *net;
        struct inference *inference;
        size_t floats;

        build(models[i], 0.5, 64, PADDING_TORCH, &graph);
        net = open_net(&graph, 5);
        inference = compile(&graph, net, 5);
        floats = image_floats(&graph);
        run(inference, &graph, net_input(net), 5);
        copy_logits(inference, 5, first);
        for (size_t k = 0; k < floats; k++)
            net_input(net)[k] = net_input(net)[floats * 4 + k] = NAN;
        run(inference, &graph, net_input(net), 5);
        assert_memory_equal(first + 11, inference_logits(inference) + 11, 3 * 11 * sizeof(float));
        assert_true(isnan(inference_logits(inference)[0]));
        assert_true(isnan(inference_logits(inference)[4 * 11]));
        inference_free(inference);
        net_free(net);
        graph_release(&graph);
    }
    parallel_set_threads(1);
}

/* ---- what it takes ---- */

/* Multiply-adds executed since it was created. */
static int64_t macs_executed(const struct inference *inference)
{
    return atomic_load(inference->macs);
}

/* What a step is: a kind of fused step, or the one layer that it runs. */
static const char *kind_of(const struct inference *inference, int i)
{
    const struct step *step = &inference->steps[i];

    return step->kind == &step_layer ? inference->graph->nodes[step->node].layer->name
                                     : step->kind->name;
}

static void test_inference__executes_the_multiply_adds_that_are_counted(void **state)
{
    (void)state;
    for (const char *const *model = spec_names(); *model; model++) {
        struct graph graph;
        struct net *net;
        struct inference *inference;

        build(*model, 0.25, 64, PADDING_TORCH, &graph); /* small maps: a band is an image */
        net = open_net(&graph, 2);
        inference = compile(&graph, net, 2);
        run(inference, &graph, net_input(net), 2);
        assert_int_equal(macs_executed(inference), 2 * graph.macs);
        inference_free(inference);
        net_free(net);
        graph_release(&graph);
    }
}

static void test_inference__bands_compute_few_rows_twice(void **state)
{
    struct graph graph;
    struct net *net;
    struct inference *inference;

    (void)state;
    build("mobilenet_v2", 1, 224, PADDING_TORCH, &graph);
    net = open_net(&graph, 1);
    inference = compile(&graph, net, 1);
    run(inference, &graph, net_input(net), 1);
    assert_true(macs_executed(inference) > graph.macs);
    assert_true((double)macs_executed(inference) < 1.04 * (double)graph.macs);
    inference_free(inference);
    net_free(net);
    graph_release(&graph);
}

static void test_inference__steps_do_the_counted_work_between_them(void **state)
{
    (void)state;
    for (const char *const *model = spec_names(); *model; model++) {
        struct graph graph;
        struct net *net;
        struct inference *inference;
        int64_t macs = 0;

        build(*model, 0.25, 64, PADDING_TORCH, &graph);
        net = open_net(&graph, 1);
        inference = compile(&graph, net, 1);
        for (int i = 0; i < inference->n_steps; i++)
            macs += inference->steps[i].macs;
        assert_int_equal(macs, graph.macs);
        /* Nothing that could be folded has stayed a step: batch norms, activations, sums. */
        for (int i = 0; i < inference->n_steps; i++) {
            const char *kind = kind_of(inference, i);

            if (strcmp(kind, "conv") != 0 && strcmp(kind, "block") != 0 &&
                strcmp(kind, "max_pool") != 0 && strcmp(kind, "global_pool") != 0)
                fail_msg("%s runs a layer of its own: %s", *model, kind);
        }
        inference_free(inference);
        net_free(net);
        graph_release(&graph);
    }
}

static void test_inference__takes_less_memory_than_the_net(void **state)
{
    static const char *const models[] = {"mobilenet_v1", "mobilenet_v2", "efficientnet_b0"};

    (void)state;
    for (int i = 0; i < 3; i++) {
        const struct inference_options options = {.batch = MOST_BATCH};
        const struct net_options net_options = {.batch = MOST_BATCH};
        struct err err = {0};
        struct graph graph;
        size_t bytes, net_bytes;

        build(models[i], 1, 224, PADDING_TORCH, &graph);
        assert_int_equal(inference_plan_bytes(&graph, &options, &bytes, &err), 0);
        assert_int_equal(net_plan_bytes(&graph, &net_options, &net_bytes, &err), 0);
        assert_true(bytes < net_bytes);
        graph_release(&graph);
    }
}
