/* Every optimizer against its definition, written out here in double precision. */
#include "tests/lib/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/net/net.h"
#include "workloads/nn/train/optimizer.h"
#include "workloads/nn/kernels/parallel.h"

#define STEPS    7
#define CHANNELS 130
#define INPUTS   300 /* the weight of the linear layer is cut into three pieces */

/* One weight or bias on its way. */
struct element {
    double value, first, second; /* slots */
};

typedef void step_rule(struct element *e, double grad, double lr, double decay, int step);

struct fixture {
    struct graph graph;
    struct net *net;
    struct optimizer_state *optimizer;
};

static double gradient_of(int parameter, size_t element, int step)
{
    return sin(0.7 * parameter + 0.37 * (double)element + 1.3 * step);
}

static double start_of(int parameter, size_t element)
{
    return cos(0.5 * parameter + 0.11 * (double)element);
}

static void open_fixture(
    struct fixture *f, const struct optimizer_kind *kind, const struct optimizer_settings *settings)
{
    const struct conv_config conv = {.channels = INPUTS, .kernel = 1, .stride = 1};
    const struct batch_norm_config norm = {.eps = 1e-5, .momentum = 0.1};
    const struct global_pool_config pool = {0};
    const struct linear_config linear = {.outputs = CHANNELS};
    const struct net_options net = {.batch = 1, .training = true, .seed = 1};
    struct err err = {0};
    int node;

    graph_init(&f->graph, (struct shape){2, 2, 3});
    node = graph_add(&f->graph, &layer_conv, &conv, "a", GRAPH_INPUT, GRAPH_NONE, &err);
    node = graph_add(&f->graph, &layer_batch_norm, &norm, "b", node, GRAPH_NONE, &err);
    node = graph_add(&f->graph, &layer_global_pool, &pool, "", node, GRAPH_NONE, &err);
    node = graph_add(&f->graph, &layer_linear, &linear, "c", node, GRAPH_NONE, &err);
    assert_true(node >= 0);
    assert_int_equal(net_create(&f->net, &f->graph, &net, &err), 0);
    assert_int_equal(optimizer_create(&f->optimizer, kind, settings, f->net, &err), 0);
    for (int p = 0; p < net_parameter_count(f->net); p++)
        for (size_t i = 0; i < net_parameter(f->net, p)->count; i++)
            net_parameter(f->net, p)->value[i] = (float)start_of(p, i);
}

static void close_fixture(struct fixture *f)
{
    optimizer_free(f->optimizer);
    net_free(f->net);
    graph_release(&f->graph);
}

static double lr_of(int step)
{
    return 0.05 / step;
}

static void run_steps(struct fixture *f, int from, int to)
{
    for (int step = from; step <= to; step++) {
        for (int p = 0; p < net_parameter_count(f->net); p++)
            for (size_t i = 0;
                 net_parameter(f->net, p)->grad && i < net_parameter(f->net, p)->count; i++)
                net_parameter(f->net, p)->grad[i] = (float)gradient_of(p, i, step);
        optimizer_step(f->optimizer, lr_of(step));
    }
}

static void check(const struct optimizer_kind *kind, const struct optimizer_settings *settings,
    step_rule *rule, double first, double second)
{
    struct fixture f;
    int n_weights = 0;

    open_fixture(&f, kind, settings);
    run_steps(&f, 1, STEPS);
    for (int p = 0; p < net_parameter_count(f.net); p++) {
        const struct parameter *parameter = net_parameter(f.net, p);
        bool weight = parameter->info->kind == PARAMETER_WEIGHT;

        n_weights += weight;
        for (size_t i = 0; i < parameter->count; i++) {
            struct element e = {start_of(p, i), first, second};

            for (int step = 1; parameter->grad && step <= STEPS; step++)
                rule(&e, gradient_of(p, i, step), lr_of(step), weight ? settings->weight_decay : 0,
                    step);
            if (fabs((double)parameter->value[i] - e.value) > 3e-6)
                fail_msg("%s: element %zu of %s is %.8g, by definition %.8g", kind->name, i,
                    parameter->name, (double)parameter->value[i], e.value);
        }
    }
    assert_int_equal(n_weights, 2);
    close_fixture(&f);
}

/* torch.optim.SGD */
static void nesterov_rule(struct element *e, double grad, double lr, double decay, int step)
{
    double g = grad + decay * e->value;

    e->first = step == 1 ? g : 0.9 * e->first + g;
    e->value -= lr * (g + 0.9 * e->first);
}

static void heavy_ball_rule(struct element *e, double grad, double lr, double decay, int step)
{
    e->first = 0.8 * e->first + grad + decay * e->value;
    e->value -= lr * e->first;
    (void)step;
}

static void plain_rule(struct element *e, double grad, double lr, double decay, int step)
{
    e->value -= lr * (grad + decay * e->value);
    (void)step;
}

static void test_sgd__is_pytorchs(void **state)
{
    const struct optimizer_settings nesterov = {
        .momentum = 0.9, .nesterov = true, .weight_decay = 0.1};
    const struct optimizer_settings heavy_ball = {.momentum = 0.8, .weight_decay = 0.1};
    const struct optimizer_settings plain = {.weight_decay = 0.1};

    (void)state;
    check(&optimizer_sgd, &nesterov, nesterov_rule, 0, 0);
    check(&optimizer_sgd, &heavy_ball, heavy_ball_rule, 0, 0);
    check(&optimizer_sgd, &plain, plain_rule, 0, 0);
}

/* tf.train.RMSPropOptimizer: epsilon inside of the root, and a slot that begins as 1. */
static void rmsprop_rule(struct element *e, double grad, double lr, double decay, int step)
{
    double g = grad + decay * e->value;

    e->first = 0.9 * e->first + 0.1 * g * g;
    e->second = 0.8 * e->second + lr * g / sqrt(e->first + 0.001);
    e->value -= e->second;
    (void)step;
}

static void test_rmsprop__is_tensorflows(void **state)
{
    const struct optimizer_settings settings = {
        .momentum = 0.8, .decay = 0.9, .eps = 0.001, .weight_decay = 0.1};

    (void)state;
    check(&optimizer_rmsprop, &settings, rmsprop_rule, 1, 0);
}

/* torch.optim.AdamW */
static void adamw_rule(struct element *e, double grad, double lr, double decay, int step)
{
    e->value *= 1 - lr * decay;
    e->first = 0.7 * e->first + 0.3 * grad;
    e->second = 0.95 * e->second + 0.05 * grad * grad;
    e->value -=
        lr * (e->first / (1 - pow(0.7, step))) / (sqrt(e->second / (1 - pow(0.95, step))) + 1e-3);
}

static void test_adamw__is_pytorchs(void **state)
{
    const struct optimizer_settings settings = {
        .beta1 = 0.7, .beta2 = 0.95, .eps = 1e-3, .weight_decay = 0.1};

    (void)state;
    check(&optimizer_adamw, &settings, adamw_rule, 0, 0);
}

static const struct optimizer_settings some = {.momentum = 0.9,
    .nesterov = true,
    .weight_decay = 0.1,
    .decay = 0.9,
    .beta1 = 0.9,
    .beta2 = 0.99,
    .eps = 1e-3};

static void check_equal(const struct fixture *a, const struct fixture *b)
{
    for (int p = 0; p < net_parameter_count(a->net); p++)
        assert_memory_equal(net_parameter(a->net, p)->value, net_parameter(b->net, p)->value,
            net_parameter(a->net, p)->count * sizeof(float));
}

static void test_optimizers__threads_change_no_bit(void **state)
{
    (void)state;
    for (const struct optimizer_kind *const *kind = optimizer_kinds(); *kind; kind++) {
        struct fixture one, three;

        parallel_set_threads(1);
        open_fixture(&one, *kind, &some);
        run_steps(&one, 1, STEPS);
        parallel_set_threads(3);
        open_fixture(&three, *kind, &some);
        run_steps(&three, 1, STEPS);
        parallel_set_threads(1);
        check_equal(&one, &three);
        close_fixture(&one);
        close_fixture(&three);
    }
}

/* Values, slots and the number of steps are all that an optimizer knows. */
static void test_optimizers__go_on_from_their_slots_and_steps(void **state)
{
    (void)state;
    for (const struct optimizer_kind *const *kind = optimizer_kinds(); *kind; kind++) {
        struct fixture whole, begun, resumed;

        open_fixture(&whole, *kind, &some);
        run_steps(&whole, 1, STEPS);
        open_fixture(&begun, *kind, &some);
        run_steps(&begun, 1, 3);
        open_fixture(&resumed, *kind, &some);
        for (int p = 0; p < net_parameter_count(begun.net); p++) {
            size_t bytes = net_parameter(begun.net, p)->count * sizeof(float);

            memcpy(net_parameter(resumed.net, p)->value, net_parameter(begun.net, p)->value, bytes);
            for (int s = 0; s < (*kind)->n_slots; s++)
                if (optimizer_slot(begun.optimizer, p, s))
                    memcpy(optimizer_slot(resumed.optimizer, p, s),
                        optimizer_slot(begun.optimizer, p, s), bytes);
        }
        optimizer_set_steps(resumed.optimizer, 3);
        run_steps(&resumed, 4, STEPS);
        check_equal(&whole, &resumed);
        close_fixture(&whole);
        close_fixture(&begun);
        close_fixture(&resumed);
    }
}

/* The learning rate comes from there. */
static void test_optimizers__describe_their_settings(void **state)
{
    (void)state;
    for (const struct optimizer_kind *const *kind = optimizer_kinds(); *kind; kind++) {
        assert_non_null(setting_find((*kind)->settings, "lr"));
        for (const struct setting *its = (*kind)->settings; its->key; its++) {
            assert_true(setting_find((*kind)->settings, its->key) == its);
            assert_true(its->help && its->help[0]);
            assert_true(
                its->is_switch || range_has(its->initial, its->least, its->most, its->above_least));
        }
    }
}
