/* Nets that forget outputs and compute them again: the same bits, in less memory, for known work. */
#include "tests/lib/test.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "scalers/scaler.h"
#include "workloads/models/model.h"
#include "workloads/nn/net/net.h"
#include "net_inside.h"

#define INPUT 64
#define BATCH 4
#define STEPS 2

static const char *const models[] = {
    "mobilenet_v1", "mobilenet_v2", "resnet18", "resnet50", "efficientnet_b0"};
#define N_MODELS (sizeof(models) / sizeof(models[0]))

static void build_graph(const char *model, struct graph *graph)
{
    const struct scaling scaling = {"width", 1, 0.25, 1};
    struct spec base, spec;
    struct err err = {0};

    assert_int_equal(spec_find(model, &base, &err), 0);
    assert_int_equal(scaling_apply(&base, &scaling, &spec, &err), 0);
    spec.input = INPUT;
    spec.classes = 7;
    spec.dropout = 0.3;
    spec.drop_path = 0.3;
    assert_int_equal(model_build(&spec, graph, &err), 0);
}

static struct net *create(const struct graph *graph, bool recompute, bool no_fusion)
{
    const struct net_options options = {.batch = BATCH,
        .training = true,
        .seed = 5,
        .recompute = recompute,
        .no_fusion = no_fusion};
    struct rng rng = rng_open(1, RNG_TEST, 0, 0);
    struct err err = {0};
    struct net *net;

    if (net_create(&net, graph, &options, &err) < 0)
        fail_msg("%s", err.message);
    for (int i = 0; i < BATCH * INPUT * INPUT * 3; i++)
        net_input(net)[i] = (float)rng_normal(&rng);
    return net;
}

static double train_step(struct net *net, int step)
{
    static const int labels[BATCH] = {0, 6, 3, 1};
    double loss;

    net_forward(net, BATCH, true, (uint64_t)step);
    loss = net_loss(net, labels, BATCH, 0.1);
    net_backward(net, BATCH);
    for (int i = 0; i < net_parameter_count(net); i++) {
        const struct parameter *parameter = net_parameter(net, i);

        for (size_t k = 0; parameter->grad && k < parameter->count; k++)
            parameter->value[k] -= 0.05f * parameter->grad[k];
    }
    return loss;
}

static void check_same_bits(const char *model, bool no_fusion)
{
    struct graph graph;
    struct net *kept, *again;

    build_graph(model, &graph);
    kept = create(&graph, false, no_fusion);
    again = create(&graph, true, no_fusion);
    for (int step = 0; step < STEPS; step++) {
        double loss = train_step(kept, step);

        assert_true(train_step(again, step) == loss);
    }
    for (int i = 0; i < net_parameter_count(kept); i++) {
        const struct parameter *a = net_parameter(kept, i), *b = net_parameter(again, i);

        if (memcmp(a->value, b->value, a->count * sizeof(float)) != 0)
            fail_msg("%s: %s differs", model, a->name);
    }
    net_free(kept);
    net_free(again);
    graph_release(&graph);
}

static void test_recompute__gives_the_same_bits(void **state)
{
    (void)state;
    for (size_t m = 0; m < N_MODELS; m++)
        check_same_bits(models[m], false);
}

static void test_recompute__gives_the_same_bits_layer_by_layer(void **state)
{
    (void)state;
    for (size_t m = 0; m < N_MODELS; m++)
        check_same_bits(models[m], true);
}

/* At full size, where outputs are most of the memory. */
static void test_recompute__saves_a_fifth_of_the_memory_or_more(void **state)
{
    (void)state;
    for (size_t m = 0; m < N_MODELS; m++) {
        struct net_options options = {.batch = 16, .training = true};
        struct spec spec;
        struct graph graph;
        struct err err = {0};
        size_t kept, again;

        assert_int_equal(spec_find(models[m], &spec, &err), 0);
        assert_int_equal(model_build(&spec, &graph, &err), 0);
        assert_int_equal(net_plan_bytes(&graph, &options, &kept, &err), 0);
        options.recompute = true;
        assert_int_equal(net_plan_bytes(&graph, &options, &again, &err), 0);
        if (again > kept / 5 * 4)
            fail_msg("%s: %zu bytes, recomputing %zu", models[m], kept, again);
        graph_release(&graph);
    }
}

/* Backward is at most twice forward, so forward once more is a third of a step. */
static void test_recompute__runs_forward_at_most_once_more(void **state)
{
    (void)state;
    for (size_t m = 0; m < N_MODELS; m++) {
        struct graph graph;
        struct net *kept, *again;
        int64_t forward;

        build_graph(models[m], &graph);
        kept = create(&graph, false, false);
        again = create(&graph, true, false);
        net_forward(kept, BATCH, true, 0);
        forward = net_macs_executed(kept);
        net_backward(kept, BATCH);
        train_step(again, 0);
        assert_true(net_macs_executed(again) > net_macs_executed(kept));
        assert_true(net_macs_executed(again) <= net_macs_executed(kept) + forward);
        net_free(kept);
        net_free(again);
        graph_release(&graph);
    }
}
