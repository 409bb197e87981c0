/* Gradients in pieces, clipping, and the moving average, against their definitions. */
#include "tests/lib/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/nn/train/average.h"
#include "workloads/nn/train/gradients.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/kernels/parallel.h"

#define BATCH   7
#define PIXELS  6
#define CLASSES 5

static const int labels[BATCH] = {0, 4, 2, 1, 1, 3, 0};

struct fixture {
    struct graph graph;
    struct net *net;
};

/* norm: with a batch norm, which makes images see each other. */
static void open_fixture(struct fixture *f, bool norm)
{
    const struct conv_config conv = {.channels = 16, .kernel = 3, .stride = 1};
    const struct batch_norm_config batch_norm = {.eps = 1e-5, .momentum = 0.1};
    const struct activation_config act = {.act = ACT_SILU};
    const struct global_pool_config pool = {0};
    const struct linear_config linear = {.outputs = CLASSES, .init = INIT_UNIFORM_FAN_IN};
    const struct net_options options = {.batch = BATCH, .training = true, .seed = 3};
    struct err err = {0};
    int node;

    graph_init(&f->graph, (struct shape){PIXELS, PIXELS, 3});
    node = graph_add(&f->graph, &layer_conv, &conv, "a", GRAPH_INPUT, GRAPH_NONE, &err);
    if (norm)
        node = graph_add(&f->graph, &layer_batch_norm, &batch_norm, "b", node, GRAPH_NONE, &err);
    node = graph_add(&f->graph, &layer_activation, &act, "", node, GRAPH_NONE, &err);
    node = graph_add(&f->graph, &layer_global_pool, &pool, "", node, GRAPH_NONE, &err);
    node = graph_add(&f->graph, &layer_linear, &linear, "c", node, GRAPH_NONE, &err);
    assert_true(node >= 0);
    assert_int_equal(net_create(&f->net, &f->graph, &options, &err), 0);
}

static void close_fixture(struct fixture *f)
{
    net_free(f->net);
    graph_release(&f->graph);
}

static void backward(struct net *net, int from, int n)
{
    float images[BATCH * PIXELS * PIXELS * 3];

    for (int i = 0; i < BATCH * PIXELS * PIXELS * 3; i++)
        images[i] = (float)sin(1.7 * i + 0.01 * i * i);
    net_set_input(net, images + from * PIXELS * PIXELS * 3, n);
    net_forward(net, n, true, 0);
    net_loss(net, labels + from, n, 0.1);
    net_backward(net, n);
}

static void test_gradients__in_pieces_are_those_of_the_whole_batch(void **state)
{
    static const int pieces[] = {3, 3, 1};
    struct gradients *gradients;
    struct fixture whole, cut;
    struct err err = {0};

    (void)state;
    open_fixture(&whole, false);
    open_fixture(&cut, false);
    backward(whole.net, 0, BATCH);
    assert_int_equal(gradients_create(&gradients, cut.net, true, &err), 0);
    for (int repeat = 0; repeat < 2; repeat++) { /* a sum begins at 0 again */
        int from = 0;

        for (int i = 0; i < 3; i++) {
            backward(cut.net, from, pieces[i]);
            gradients_add(gradients, pieces[i] / (double)BATCH);
            from += pieces[i];
        }
        gradients_collect(gradients);
    }
    for (int p = 0; p < net_parameter_count(whole.net); p++)
        for (size_t i = 0; i < net_parameter(whole.net, p)->count; i++) {
            double a = (double)net_parameter(whole.net, p)->grad[i];
            double b = (double)net_parameter(cut.net, p)->grad[i];

            assert_true(fabs(a - b) <= 1e-6);
        }
    gradients_free(gradients);
    close_fixture(&whole);
    close_fixture(&cut);
}

static double norm_of(const struct net *net)
{
    double squares = 0;

    for (int p = 0; p < net_parameter_count(net); p++)
        for (size_t i = 0; net_parameter(net, p)->grad && i < net_parameter(net, p)->count; i++)
            squares += pow((double)net_parameter(net, p)->grad[i], 2);
    return sqrt(squares);
}

static void test_gradients__clipped_have_the_norm_and_their_direction(void **state)
{
    struct gradients *gradients;
    struct err err = {0};
    struct fixture f;
    double norm;
    float first;

    (void)state;
    open_fixture(&f, true);
    backward(f.net, 0, BATCH);
    norm = norm_of(f.net);
    first = net_parameter(f.net, 0)->grad[0];
    assert_true(norm > 0 && first != 0);
    assert_int_equal(gradients_create(&gradients, f.net, false, &err), 0);
    assert_true(fabs(gradients_clip(gradients, 2 * norm) - norm) < 1e-9 * norm);
    assert_true(net_parameter(f.net, 0)->grad[0] == first);
    assert_true(fabs(gradients_clip(gradients, norm / 4) - norm) < 1e-9 * norm);
    assert_true(fabs(norm_of(f.net) - norm / 4) < 1e-5 * norm);
    assert_true(fabsf(net_parameter(f.net, 0)->grad[0] - first / 4) <= 1e-5f * fabsf(first));
    gradients_free(gradients);
    close_fixture(&f);
}

static float value_after(int p, size_t i, int step)
{
    return (float)sin(p + 0.1 * (double)i + step);
}

static void set_values(struct net *net, int step)
{
    for (int p = 0; p < net_parameter_count(net); p++)
        for (size_t i = 0; i < net_parameter(net, p)->count; i++)
            net_parameter(net, p)->value[i] = value_after(p, i, step);
}

/* tf.train.ExponentialMovingAverage(0.6, num_updates): (1 + t) / (10 + t) is below it until t = 13. */
static double average_by_definition(int p, size_t i, int steps)
{
    double average = (double)value_after(p, i, 0);

    for (int t = 1; t <= steps; t++) {
        double decay = fmin(0.6, (1.0 + t) / (10.0 + t));

        average = decay * average + (1 - decay) * (double)value_after(p, i, t);
    }
    return average;
}

static void test_average__is_tensorflows_and_covers_running_statistics(void **state)
{
    struct average *average;
    struct err err = {0};
    struct fixture f;
    int running = 0;

    (void)state;
    open_fixture(&f, true);
    set_values(f.net, 0);
    assert_int_equal(average_create(&average, f.net, 0.6, &err), 0);
    for (int t = 1; t <= 20; t++) {
        set_values(f.net, t);
        average_update(average, t);
    }
    average_swap(average);
    for (int p = 0; p < net_parameter_count(f.net); p++) {
        const struct parameter *parameter = net_parameter(f.net, p);

        running += parameter->grad == NULL;
        for (size_t i = 0; i < parameter->count; i++) {
            assert_true(fabs((double)parameter->value[i] - average_by_definition(p, i, 20)) < 1e-6);
            assert_true(average_values(average, p)[i] == value_after(p, i, 20));
        }
    }
    assert_int_equal(running, 2);
    average_swap(average);
    for (int p = 0; p < net_parameter_count(f.net); p++)
        for (size_t i = 0; i < net_parameter(f.net, p)->count; i++)
            assert_true(net_parameter(f.net, p)->value[i] == value_after(p, i, 20));
    average_free(average);
    close_fixture(&f);
}

static void test_gradients_and_average__threads_change_no_bit(void **state)
{
    float *copies[2] = {NULL, NULL};
    size_t bytes = 0;

    (void)state;
    for (int run = 0; run < 2; run++) {
        struct gradients *gradients;
        struct average *average;
        struct err err = {0};
        struct fixture f;

        parallel_set_threads(run ? 3 : 1);
        open_fixture(&f, true);
        assert_int_equal(gradients_create(&gradients, f.net, true, &err), 0);
        assert_int_equal(average_create(&average, f.net, 0.9, &err), 0);
        backward(f.net, 0, 4);
        gradients_add(gradients, 0.5);
        backward(f.net, 3, 4);
        gradients_add(gradients, 0.5);
        gradients_collect(gradients);
        gradients_clip(gradients, 0.01);
        average_update(average, 1);
        average_swap(average);
        bytes = net_parameter(f.net, 0)->count * sizeof(float);
        copies[run] = malloc(2 * bytes);
        memcpy(copies[run], net_parameter(f.net, 0)->grad, bytes);
        memcpy((char *)copies[run] + bytes, net_parameter(f.net, 0)->value, bytes);
        gradients_free(gradients);
        average_free(average);
        close_fixture(&f);
    }
    parallel_set_threads(1);
    assert_memory_equal(copies[0], copies[1], 2 * bytes);
    free(copies[0]);
    free(copies[1]);
}

static void test_gradients_and_average__take_the_memory_that_is_planned(void **state)
{
    struct fixture f;

    (void)state;
    open_fixture(&f, true);
    assert_true(gradients_plan_bytes(&f.graph, true) >
                gradients_plan_bytes(&f.graph, false) + (size_t)f.graph.parameters * sizeof(float));
    assert_true(average_plan_bytes(&f.graph) > (size_t)f.graph.parameters * sizeof(float));
    close_fixture(&f);
}
