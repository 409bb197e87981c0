/* The memory plan, on the real networks: nothing overlaps, nothing is forgotten. */
#include "tests/lib/test.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "scalers/scaler.h"
#include "workloads/models/model.h"
#include "workloads/nn/net/net.h"
#include "workloads/nn/net/net_plan.h"
#include "workloads/nn/net/net_private.h"

static size_t no_fixed_bytes(int n_nodes, int n_parameters)
{
    (void)n_nodes;
    (void)n_parameters;
    return 64;
}

static void build(const char *model, double width, int input, struct graph *graph)
{
    const struct scaling scaling = {"width", 1, width, 1};
    struct spec base, spec;
    struct err err = {0};

    assert_int_equal(spec_find(model, &base, &err), 0);
    assert_int_equal(scaling_apply(&base, &scaling, &spec, &err), 0);
    spec.input = input;
    spec.classes = 10;
    if (model_build(&spec, graph, &err) < 0)
        fail_msg("%s", err.message);
}

static bool overlap(const struct plan_buffer *a, const struct plan_buffer *b)
{
    bool in_time = a->first <= b->last && b->first <= a->last;
    bool in_space = a->offset < b->offset + b->bytes && b->offset < a->offset + a->bytes;

    return in_time && in_space;
}

static void check_no_overlap(const char *model, bool training, bool recompute)
{
    const struct net_options options = {.batch = 3, .training = training, .recompute = recompute};
    struct net_plan plan;
    struct graph graph;
    struct err err = {0};

    build(model, 0.5, 64, &graph);
    assert_int_equal(net_plan_make(&plan, &graph, &options, no_fixed_bytes, &err), 0);
    for (int i = 0; i < plan.n_buffers; i++) {
        assert_true(plan.buffers[i].offset + plan.buffers[i].bytes <= plan.bytes);
        assert_int_equal(plan.buffers[i].offset % ARENA_ALIGN, 0);
        for (int j = 0; j < i; j++)
            if (overlap(&plan.buffers[i], &plan.buffers[j]))
                fail_msg("%s: buffers %d and %d share memory while both are needed", model, i, j);
    }
    net_plan_release(&plan);
    graph_release(&graph);
}

static void test_plan__buffers_needed_at_once_never_share_memory(void **state)
{
    static const char *const models[] = {
        "mobilenet_v1", "mobilenet_v2", "resnet18", "resnet50", "efficientnet_b0"};

    (void)state;
    for (size_t m = 0; m < sizeof(models) / sizeof(models[0]); m++) {
        check_no_overlap(models[m], false, false);
        check_no_overlap(models[m], true, false);
        check_no_overlap(models[m], true, true);
    }
}

static void test_plan__bytes_are_what_creating_takes(void **state)
{
    struct graph graph;
    struct err err = {0};

    (void)state;
    build("mobilenet_v2", 0.25, 32, &graph);
    for (int training = 0; training < 2; training++) {
        const struct net_options options = {.batch = 4, .training = training};
        struct net *net;
        size_t bytes;

        assert_int_equal(net_plan_bytes(&graph, &options, &bytes, &err), 0);
        assert_int_equal(net_create(&net, &graph, &options, &err), 0);
        assert_int_equal(net->arena.size, bytes);
        net_free(net);
    }
    graph_release(&graph);
}

/* The most that is needed at one moment: no plan can be below, greedy placing should be near. */
static size_t lower_bound(const struct net_plan *plan)
{
    size_t most = 0;

    for (int moment = 0; moment <= plan->end; moment++) {
        size_t bytes = 0;

        for (int i = 0; i < plan->n_buffers; i++)
            if (plan->buffers[i].first <= moment && moment <= plan->buffers[i].last)
                bytes += plan->buffers[i].bytes;
        most = bytes > most ? bytes : most;
    }
    return most;
}

static void test_plan__is_within_a_tenth_of_the_least_possible(void **state)
{
    static const char *const models[] = {
        "mobilenet_v1", "mobilenet_v2", "resnet50", "efficientnet_b0"};

    (void)state;
    for (size_t m = 0; m < sizeof(models) / sizeof(models[0]); m++)
        for (int training = 0; training < 2; training++) {
            const struct net_options options = {.batch = 2, .training = training};
            struct net_plan plan;
            struct graph graph;
            struct err err = {0};
            size_t least;

            build(models[m], 1, 224, &graph);
            assert_int_equal(net_plan_make(&plan, &graph, &options, no_fixed_bytes, &err), 0);
            least = lower_bound(&plan);
            assert_true(plan.bytes >= least);
            if (plan.bytes > least + least / 10)
                fail_msg("%s: %zu bytes, the least possible is %zu", models[m], plan.bytes, least);
            net_plan_release(&plan);
            graph_release(&graph);
        }
}

static void test_plan__a_net_beyond_memory_is_refused_with_the_batch_that_fits(void **state)
{
    const struct net_options options = {.batch = 60000, .training = true};
    struct graph graph;
    struct err err = {0};
    struct net *net;

    (void)state;
    build("resnet50", 1, 224, &graph);
    assert_int_equal(net_create(&net, &graph, &options, &err), -1);
    assert_null(net);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "batches of 60000"));
    assert_non_null(strstr(err.message, "would fit"));
    graph_release(&graph);
}

static void test_plan__a_net_beyond_memory_at_any_batch_says_so(void **state)
{
    const struct net_options options = {.batch = 8, .training = true};
    struct graph graph;
    struct err err = {0};

    (void)state;
    build("resnet18", 1, 64, &graph);
    assert_int_equal(net_check_memory(&graph, &options, (size_t)1 << 60, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "not even a batch of 1"));
    graph_release(&graph);
}
