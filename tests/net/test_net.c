/* Whole nets: gradients against differences of the loss, and the same bits whatever the plan. */
#include "tests/lib/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "scalers/scaler.h"
#include "workloads/models/model.h"
#include "workloads/nn/net/net.h"
#include "net_inside.h"
#include "workloads/nn/kernels/parallel.h"

#define INPUT   64 /* smaller, and batch norm over six last pixels bends the loss too much */
#define BATCH   6
#define CLASSES 7

static const int labels[BATCH] = {0, 6, 3, 3, 1, 5};

struct fixture {
    struct graph graph;
    struct net *net;
};

static void build_scaled(const char *model, double width, int input, struct graph *graph)
{
    const struct scaling scaling = {"width", 1, width, 1};
    struct spec base, spec;
    struct err err = {0};

    assert_int_equal(spec_find(model, &base, &err), 0);
    assert_int_equal(scaling_apply(&base, &scaling, &spec, &err), 0);
    spec.input = input;
    spec.classes = CLASSES;
    spec.dropout = 0.3;
    spec.drop_path = 0.3;
    if (model_build(&spec, graph, &err) < 0)
        fail_msg("%s", err.message);
}

static void build_graph(const char *model, struct graph *graph)
{
    build_scaled(model, 0.25, INPUT, graph);
}

static struct net *create_as(const struct graph *graph, struct net_options options)
{
    struct rng rng = rng_open(1, RNG_TEST, 0, 0);
    struct err err = {0};
    struct net *net;

    options.batch = BATCH;
    options.seed = 5;
    if (net_create(&net, graph, &options, &err) < 0)
        fail_msg("%s", err.message);
    for (int i = 0; i < BATCH * graph->input.h * graph->input.w * 3; i++)
        net_input(net)[i] = (float)rng_normal(&rng);
    return net;
}

static struct net *create(const struct graph *graph, bool training, bool keep_outputs)
{
    return create_as(
        graph, (struct net_options){.training = training, .keep_outputs = keep_outputs});
}

static void open_fixture(struct fixture *f, const char *model)
{
    build_graph(model, &f->graph);
    f->net = create(&f->graph, true, false);
}

static void close_fixture(struct fixture *f)
{
    net_free(f->net);
    graph_release(&f->graph);
}

static double step_loss(struct net *net)
{
    net_forward(net, BATCH, true, 9);
    return net_loss(net, labels, BATCH, 0.1);
}

static size_t gradient_size(const struct net *net)
{
    size_t size = 0;

    for (int i = 0; i < net_parameter_count(net); i++)
        if (net_parameter(net, i)->grad)
            size += net_parameter(net, i)->count;
    return size;
}

static float *copy_gradient(const struct net *net)
{
    float *copy = malloc(gradient_size(net) * sizeof(*copy)), *at = copy;

    for (int i = 0; i < net_parameter_count(net); i++) {
        const struct parameter *p = net_parameter(net, i);

        if (!p->grad)
            continue;
        memcpy(at, p->grad, p->count * sizeof(*at));
        at += p->count;
    }
    return copy;
}

static void move(struct net *net, const float *direction, double by)
{
    for (int i = 0; i < net_parameter_count(net); i++) {
        const struct parameter *p = net_parameter(net, i);

        if (!p->grad)
            continue;
        for (size_t k = 0; k < p->count; k++)
            p->value[k] += (float)(by * direction[k]);
        direction += p->count;
    }
}

/* Along its gradient g a loss changes by |g|^2 for a unit step. Dropout and stochastic depth take
 * part: the same step number draws the same numbers. */
static void check_gradient(const char *model, double tolerance)
{
    struct fixture f;
    double squares = 0, difference, length;
    float *gradient;
    size_t n;

    open_fixture(&f, model);
    step_loss(f.net);
    net_backward(f.net, BATCH);
    n = gradient_size(f.net);
    gradient = copy_gradient(f.net);
    for (size_t i = 0; i < n; i++)
        squares += (double)gradient[i] * gradient[i];
    assert_true(squares > 0);
    length = 1e-5 / sqrt(squares); /* gradients of first weights are large: up to 700 long */
    move(f.net, gradient, length);
    difference = step_loss(f.net);
    move(f.net, gradient, -2 * length);
    difference = (difference - step_loss(f.net)) / (2 * length);
    if (fabs(difference - squares) > tolerance * squares)
        fail_msg("%s: the loss changes by %g, its gradient says %g", model, difference, squares);
    free(gradient);
    close_fixture(&f);
}

static void test_net__gradient_is_the_slope_of_the_loss(void **state)
{
    (void)state;
    check_gradient("mobilenet_v1", 0.02);
    check_gradient("mobilenet_v2", 0.02);
    check_gradient("resnet18", 0.02);
    check_gradient("resnet50", 0.04);
    check_gradient("efficientnet_b0", 0.02);
}

static void check_plan_independence(const char *model)
{
    struct graph graph;
    struct net *thrifty, *lavish;
    float *a, *b;

    build_graph(model, &graph);
    thrifty = create(&graph, true, false);
    lavish = create(&graph, true, true);
    assert_true(step_loss(thrifty) == step_loss(lavish));
    net_backward(thrifty, BATCH);
    net_backward(lavish, BATCH);
    a = copy_gradient(thrifty);
    b = copy_gradient(lavish);
    assert_memory_equal(a, b, gradient_size(thrifty) * sizeof(*a));
    free(a);
    free(b);
    net_free(thrifty);
    net_free(lavish);
    graph_release(&graph);
}

static void test_net__memory_used_again_changes_no_bit(void **state)
{
    (void)state;
    check_plan_independence("mobilenet_v1");
    check_plan_independence("mobilenet_v2");
    check_plan_independence("resnet18");
    check_plan_independence("resnet50");
    check_plan_independence("efficientnet_b0");
}

/* Relative to the norm of each parameter's gradient, or where that is rounding alone to 1. */
static void check_fusion(const char *model, double width, int input)
{
    struct graph graph;
    struct net *fused, *plain;
    double a, b;

    build_scaled(model, width, input, &graph);
    fused = create(&graph, true, false);
    plain = create_as(&graph, (struct net_options){.training = true, .no_fusion = true});
    a = step_loss(fused);
    b = step_loss(plain);
    if (fabs(a - b) > 1e-5 * b)
        fail_msg("%s: the loss is %.9g fused, %.9g layer by layer", model, a, b);
    net_backward(fused, BATCH);
    net_backward(plain, BATCH);
    for (int i = 0; i < net_parameter_count(fused); i++) {
        const struct parameter *p = net_parameter(fused, i), *q = net_parameter(plain, i);
        double difference = 0, norm = 0;

        for (size_t k = 0; p->grad && k < p->count; k++) {
            difference += pow((double)p->grad[k] - q->grad[k], 2);
            norm += pow(q->grad[k], 2);
        }
        if (sqrt(difference) > 2e-3 * fmax(sqrt(norm), 0.5))
            fail_msg("%s: the gradient of %s, of norm %g, is %g off", model, p->name, sqrt(norm),
                sqrt(difference));
    }
    net_forward(fused, BATCH, false, 0);
    net_forward(plain, BATCH, false, 0);
    for (int k = 0; k < BATCH * CLASSES; k++)
        assert_true(fabs((double)net_logits(fused)[k] - net_logits(plain)[k]) <=
                    1e-4 * (1 + fabs(net_logits(plain)[k])));
    net_free(fused);
    net_free(plain);
    graph_release(&graph);
}

static void test_net__fused_layers_compute_what_they_do_by_themselves(void **state)
{
    (void)state;
    check_fusion("mobilenet_v1", 0.25, INPUT);
    check_fusion("mobilenet_v2", 0.25, INPUT);
    check_fusion("resnet18", 0.25, INPUT);
    check_fusion("resnet50", 0.25, INPUT);
    check_fusion("efficientnet_b0", 0.25, INPUT);
    /* wide enough that gates are read by products one after the other, not by chunks */
    check_fusion("efficientnet_b0", 1, 128);
}

static void check_inference(const char *model)
{
    struct graph graph;
    struct net *training, *inference;

    build_graph(model, &graph);
    training = create(&graph, true, false);
    inference = create(&graph, false, false);
    net_forward(training, BATCH, false, 0);
    net_forward(inference, BATCH, false, 0);
    assert_memory_equal(
        net_logits(training), net_logits(inference), BATCH * CLASSES * sizeof(float));
    net_free(training);
    net_free(inference);
    graph_release(&graph);
}

static void test_net__inference_net_gives_the_bits_of_the_training_net(void **state)
{
    (void)state;
    check_inference("mobilenet_v2");
    check_inference("resnet18");
    check_inference("efficientnet_b0");
}

static void test_net__images_do_not_see_each_other_in_inference(void **state)
{
    float alone[CLASSES];
    struct graph graph;
    struct net *net;

    (void)state;
    build_graph("efficientnet_b0", &graph);
    net = create(&graph, false, false);
    net_forward(net, 1, false, 0);
    memcpy(alone, net_logits(net), sizeof(alone));
    net_forward(net, BATCH, false, 0);
    for (int k = 0; k < CLASSES; k++)
        assert_true(fabsf(alone[k] - net_logits(net)[k]) <= 1e-4f * (1 + fabsf(alone[k])));
    net_free(net);
    graph_release(&graph);
}

static void check_threads(const char *model)
{
    struct fixture f;
    float *one, *three;
    double loss;

    parallel_set_threads(3);
    open_fixture(&f, model);
    loss = step_loss(f.net);
    net_backward(f.net, BATCH);
    three = copy_gradient(f.net);
    close_fixture(&f);
    parallel_set_threads(1);
    open_fixture(&f, model);
    assert_true(loss == step_loss(f.net));
    net_backward(f.net, BATCH);
    one = copy_gradient(f.net);
    assert_memory_equal(one, three, gradient_size(f.net) * sizeof(*one));
    free(one);
    free(three);
    close_fixture(&f);
}

static void test_net__threads_change_no_bit(void **state)
{
    (void)state;
    check_threads("mobilenet_v2");
    check_threads("efficientnet_b0");
}

static void test_net__kernels_execute_the_multiply_adds_that_are_counted(void **state)
{
    static const char *const models[] = {
        "mobilenet_v1", "mobilenet_v2", "resnet18", "efficientnet_b0"};

    (void)state;
    for (int m = 0; m < 4; m++) {
        struct graph graph;
        struct net *net;

        build_graph(models[m], &graph);
        net = create(&graph, false, false);
        net_forward(net, BATCH, false, 0);
        assert_int_equal(net_macs_executed(net), BATCH * graph.macs);
        net_free(net);
        graph_release(&graph);
    }
}

static void test_net__outputs_that_are_kept_are_given_and_others_are_not(void **state)
{
    struct graph graph;
    struct net *net;
    int kept = 0;

    (void)state;
    build_graph("mobilenet_v1", &graph);
    net = create(&graph, false, false);
    for (int i = 0; i < graph.n_nodes; i++)
        kept += net_node_output(net, i) != NULL;
    assert_int_equal(kept, 1);
    assert_ptr_equal(net_node_output(net, graph.n_nodes - 1), net_logits(net));
    net_free(net);
    net = create_as(&graph, (struct net_options){.keep_outputs = true, .no_fusion = true});
    for (int i = 0; i < graph.n_nodes; i++)
        assert_non_null(net_node_output(net, i));
    net_free(net);
    graph_release(&graph);
}

static void test_net__first_weights_are_a_function_of_the_seed(void **state)
{
    struct graph graph;
    struct net *a, *b;

    (void)state;
    build_graph("resnet18", &graph);
    a = create(&graph, true, false);
    b = create(&graph, false, true);
    for (int i = 0; i < net_parameter_count(a); i++)
        assert_memory_equal(net_parameter(a, i)->value, net_parameter(b, i)->value,
            net_parameter(a, i)->count * sizeof(float));
    net_free(b);
    b = NULL;
    {
        const struct net_options other = {.batch = 1, .seed = 6};
        struct err err = {0};

        assert_int_equal(net_create(&b, &graph, &other, &err), 0);
    }
    assert_memory_not_equal(
        net_parameter(a, 0)->value, net_parameter(b, 0)->value, sizeof(float) * 8);
    net_free(a);
    net_free(b);
    graph_release(&graph);
}
