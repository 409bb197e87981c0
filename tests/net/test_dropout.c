/* Dropout and stochastic depth against their definitions; the rates that networks give them. */
#include "tests/lib/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/models/model.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/net/net.h"
#include "net_inside.h"

#define BATCH 512

struct fixture {
    struct graph graph;
    struct net *net;
};

/* The layer alone, on images of 1. */
static void open_fixture(struct fixture *f, const struct layer *layer, double rate)
{
    const struct dropout_config dropout = {.rate = rate};
    const struct drop_path_config drop_path = {.rate = rate};
    const struct net_options options = {
        .batch = BATCH, .training = true, .seed = 5, .keep_outputs = true};
    struct err err = {0};
    int count = BATCH * 2 * 2 * 3;

    graph_init(&f->graph, (struct shape){2, 2, 3});
    assert_int_equal(
        graph_add(&f->graph, layer, layer == &layer_dropout ? (const void *)&dropout : &drop_path,
            "", GRAPH_INPUT, GRAPH_NONE, &err),
        0);
    assert_int_equal(net_create(&f->net, &f->graph, &options, &err), 0);
    for (int i = 0; i < count; i++)
        net_input(f->net)[i] = 1;
}

static void close_fixture(struct fixture *f)
{
    net_free(f->net);
    graph_release(&f->graph);
}

/* Values are 0 or 1 / (1 - rate); returns the part of groups of `group` elements that is 0. */
static double dropped(const float *out, int groups, int group, double rate)
{
    int zeros = 0;

    for (int g = 0; g < groups; g++) {
        float first = out[g * group];

        assert_true(first == 0 || fabs((double)first - 1 / (1 - rate)) < 1e-6);
        for (int i = 1; i < group; i++)
            assert_true(out[g * group + i] == first);
        zeros += first == 0;
    }
    return zeros / (double)groups;
}

static void check(const struct layer *layer, int group)
{
    int groups = BATCH * 12 / group;
    float first[BATCH * 12];
    struct fixture f;
    double most = 4 * sqrt(0.3 * 0.7 / groups); /* four deviations */

    open_fixture(&f, layer, 0.3);
    net_forward(f.net, BATCH, true, 1);
    memcpy(first, net_node_output(f.net, 0), sizeof(first));
    assert_true(fabs(dropped(first, groups, group, 0.3) - 0.3) < most);
    net_forward(f.net, BATCH, true, 2);
    assert_memory_not_equal(first, net_node_output(f.net, 0), sizeof(first));
    net_forward(f.net, BATCH, true, 1);
    assert_memory_equal(first, net_node_output(f.net, 0), sizeof(first));
    net_forward(f.net, BATCH, false, 1);
    for (int i = 0; i < BATCH * 12; i++)
        assert_true(net_node_output(f.net, 0)[i] == 1);
    close_fixture(&f);
}

static void test_dropout__drops_single_elements_and_scales_the_others(void **state)
{
    (void)state;
    check(&layer_dropout, 1);
}

static void test_drop_path__drops_whole_images_and_scales_the_others(void **state)
{
    (void)state;
    check(&layer_drop_path, 12);
}

static void test_efficientnet__dropout_grows_from_b0_to_b7(void **state)
{
    static const double rates[] = {0.2, 0.2, 0.3, 0.3, 0.4, 0.4, 0.5, 0.5};

    (void)state;
    for (int b = 0; b < 8; b++) {
        char name[] = "efficientnet_b0";
        struct err err = {0};
        struct spec spec;

        name[strlen(name) - 1] = (char)('0' + b);
        assert_int_equal(spec_find(name, &spec, &err), 0);
        assert_true(spec.dropout == rates[b]);
        assert_true(spec.drop_path == 0.2); /* survival 0.8 */
    }
}

/* The blocks that are dropped at all, and at which share of the network's rate. */
static void check_rates(const char *model, double rate, const int *blocks, int n_blocks, int last)
{
    struct graph graph = {0};
    struct err err = {0};
    struct spec spec;
    int n = 0;

    assert_int_equal(spec_find(model, &spec, &err), 0);
    spec.drop_path = rate;
    assert_int_equal(model_build(&spec, &graph, &err), 0);
    for (int i = 0; i < graph.n_nodes; i++) {
        const struct drop_path_config *config = (const void *)graph.nodes[i].config;

        if (graph.nodes[i].layer != &layer_drop_path)
            continue;
        assert_true(n < n_blocks);
        assert_true(fabs(config->rate - rate * blocks[n] / last) < 1e-12);
        n++;
    }
    assert_int_equal(n, n_blocks);
    graph_release(&graph);
}

/* Of B0's 16 blocks these have a skip; block i of n drops at i / n of the rate, as in the authors' code
 * and in torchvision: sd_prob = stochastic_depth_prob * stage_block_id / total_stage_blocks. */
static void test_efficientnet__stochastic_depth_grows_in_a_line(void **state)
{
    static const int blocks[] = {2, 4, 6, 7, 9, 10, 12, 13, 14};

    (void)state;
    check_rates("efficientnet_b0", 0.2, blocks, 9, 16);
}

/* timm's ResNets: block_dpr = drop_path_rate * net_block_idx / (net_num_blocks - 1). */
static void test_drop_path__the_last_block_has_the_rate(void **state)
{
    static const int resnet18[] = {1, 2, 3, 4, 5, 6, 7};
    static const int mobilenet_v2[] = {2, 4, 5, 7, 8, 9, 11, 12, 14, 15};

    (void)state;
    check_rates("resnet18", 0.8, resnet18, 7, 7);
    check_rates("mobilenet_v2", 0.3, mobilenet_v2, 10, 16);
}
