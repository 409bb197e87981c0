/*
 * The four baselines against PyTorch: logits in inference, loss, every parameter's gradient and
 * every running statistic in training, as recorded by make_references.py (float64) for weights that
 * both sides compute from one formula.
 */
#include "tests/lib/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "scalers/scaler.h"
#include "workloads/models/model.h"
#include "workloads/nn/net.h"

#define PIXELS    64
#define BATCH     4
#define CLASSES   10
#define SMOOTHING 0.1

/* Relative to the norm of what is compared. */
#define LOGIT_TOLERANCE    1e-4
#define LOSS_TOLERANCE     1e-5
#define GRADIENT_TOLERANCE 1e-3
#define RUNNING_TOLERANCE  1e-4
/* A shift before a batch norm has no effect: its gradient is 0 but for rounding. */
#define ROUNDING 1e-5

static uint32_t fnv1a(const char *prefix, const char *name)
{
    uint32_t h = 2166136261u;

    for (; *prefix; prefix++)
        h = (h ^ (unsigned char)*prefix) * 16777619u;
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 16777619u;
    return h;
}

/* `uniform` of make_references.py: element i of the sequence that a name has. */
static double uniform(uint32_t hash, size_t i)
{
    uint32_t x = hash + (uint32_t)i * 2654435761u;

    x ^= x >> 16;
    x *= 0x85EBCA6Bu;
    x ^= x >> 13;
    x *= 0xC2B2AE35u;
    x ^= x >> 16;
    return (x >> 8) / 16777216.0;
}

/* Our position of PyTorch's element i: [K][C/G][R][S] against [R][S][C/G][K]. */
static size_t position_of(const struct parameter_info *info, size_t i)
{
    size_t dims[4] = {1, 1, 1, 1}, at[4];

    for (int d = 0; d < info->n_dims; d++)
        dims[d] = (size_t)info->dims[d];
    for (int d = 3; d >= 0; d--) {
        at[d] = i % dims[d];
        i /= dims[d];
    }
    return ((at[2] * dims[3] + at[3]) * dims[1] + at[1]) * dims[0] + at[0];
}

static double value_of(const struct parameter *parameter, uint32_t hash, size_t i)
{
    const struct parameter_info *info = parameter->info;
    double u = uniform(hash, i), fan_in = 1;

    switch (info->kind) {
    case PARAMETER_RUNNING_VAR:
    case PARAMETER_NORM_SCALE:
        return 0.5 + u;
    case PARAMETER_RUNNING_MEAN:
        return 0.2 * (u - 0.5);
    case PARAMETER_NORM_SHIFT:
    case PARAMETER_BIAS:
        return 0.4 * (u - 0.5);
    case PARAMETER_WEIGHT:
        break;
    }
    for (int d = 1; d < info->n_dims; d++)
        fan_in *= info->dims[d];
    return (2 * u - 1) * (double)(float)sqrt(6.0 / fan_in);
}

static void fill_parameters(struct net *net)
{
    for (int p = 0; p < net_parameter_count(net); p++) {
        const struct parameter *parameter = net_parameter(net, p);
        uint32_t hash = fnv1a("", parameter->name);

        for (size_t i = 0; i < parameter->count; i++)
            parameter->value[position_of(parameter->info, i)] = (float)value_of(parameter, hash, i);
    }
}

static void fill_images(struct net *net, int set)
{
    char name[32];
    uint32_t hash;
    float *images = net_input(net);

    snprintf(name, sizeof(name), "images %d", set);
    hash = fnv1a("", name);
    for (size_t i = 0; i < (size_t)BATCH * PIXELS * PIXELS * 3; i++)
        images[i] = 4 * ((float)uniform(hash, i) - 0.5f);
}

struct expectation {
    char kind[16], name[96];
    double norm, dot;
};

static int read_expectation(FILE *file, struct expectation *row)
{
    char line[256];

    while (fgets(line, sizeof(line), file))
        if (line[0] != '#')
            return sscanf(line, "%15s %95s %lf %lf", row->kind, row->name, &row->norm, &row->dot) ==
                   4;
    return 0;
}

static const struct parameter *find_parameter(struct net *net, const char *name)
{
    for (int p = 0; p < net_parameter_count(net); p++)
        if (strcmp(net_parameter(net, p)->name, name) == 0)
            return net_parameter(net, p);
    fail_msg("the network has no parameter %s", name);
    return NULL;
}

/* The two recorded numbers of a tensor, each relative to its norm. */
static void check_tensor(const struct parameter *parameter, const float *values,
    const struct expectation *row, double tolerance)
{
    uint32_t hash = fnv1a("dot ", parameter->name);
    double squares = 0, dot = 0, norm;

    for (size_t i = 0; i < parameter->count; i++) {
        double value = values[position_of(parameter->info, i)];

        squares += value * value;
        dot += value * (uniform(hash, i) - 0.5);
    }
    norm = sqrt(squares);
    tolerance = tolerance * row->norm + ROUNDING;
    if (fabs(norm - row->norm) > tolerance || fabs(dot - row->dot) > tolerance)
        fail_msg("%s of %s: norm %.7g and dot %.7g, PyTorch has %.7g and %.7g", row->kind,
            row->name, norm, dot, row->norm, row->dot);
}

static struct net *create(const char *model, struct graph *graph)
{
    const struct scaling scaling = {"width", 1, 0.25, 1};
    const struct net_options options = {.batch = BATCH, .training = true, .seed = 1};
    struct err err = {0};
    struct spec base, spec;
    struct net *net = NULL;

    assert_int_equal(spec_find(model, &base, &err), 0);
    assert_int_equal(scaling_apply(&base, &scaling, &spec, &err), 0);
    spec.input = PIXELS;
    spec.classes = CLASSES;
    spec.dropout = spec.drop_path = 0;
    if (model_build(&spec, graph, &err) < 0 || net_create(&net, graph, &options, &err) < 0)
        fail_msg("%s", err.message);
    fill_parameters(net);
    return net;
}

static FILE *open_reference(const char *model)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof(path), "tests/parity/references/%s.tsv", model);
    file = fopen(path, "r");
    if (!file)
        fail_msg("cannot open %s (tests run from the top folder)", path);
    return file;
}

static double largest(const float *values, int count)
{
    double most = 0;

    for (int i = 0; i < count; i++)
        most = fmax(most, fabs((double)values[i]));
    return most;
}

static void compare(const char *model)
{
    int labels[BATCH], n_logits = 0, n_gradients = 0, trained = 0;
    float logits[BATCH * CLASSES];
    FILE *file = open_reference(model);
    struct expectation row;
    struct graph graph;
    struct net *net = create(model, &graph);
    double loss, scale;

    for (int i = 0; i < BATCH; i++)
        labels[i] = i % CLASSES;
    assert_true(read_expectation(file, &row) && strcmp(row.kind, "images") == 0);
    fill_images(net, (int)row.norm);
    net_forward(net, BATCH, false, 0);
    memcpy(logits, net_logits(net), sizeof(logits));
    scale = largest(logits, BATCH * CLASSES);
    net_forward(net, BATCH, true, 0);
    loss = net_loss(net, labels, BATCH, SMOOTHING);
    net_backward(net, BATCH);
    while (read_expectation(file, &row)) {
        if (strcmp(row.kind, "logit") == 0) {
            assert_true(n_logits < BATCH * CLASSES);
            if (fabs((double)logits[n_logits] - row.norm) > LOGIT_TOLERANCE * scale)
                fail_msg("logit %d is %.7g, PyTorch has %.7g", n_logits, (double)logits[n_logits],
                    row.norm);
            n_logits++;
        } else if (strcmp(row.kind, "loss") == 0) {
            if (fabs(loss - row.norm) > LOSS_TOLERANCE * row.norm)
                fail_msg("the loss is %.9g, PyTorch has %.9g", loss, row.norm);
        } else {
            const struct parameter *parameter = find_parameter(net, row.name);
            bool gradient = strcmp(row.kind, "gradient") == 0;

            check_tensor(parameter, gradient ? parameter->grad : parameter->value, &row,
                gradient ? GRADIENT_TOLERANCE : RUNNING_TOLERANCE);
            n_gradients += gradient;
        }
    }
    for (int p = 0; p < net_parameter_count(net); p++)
        trained += net_parameter(net, p)->grad != NULL;
    assert_int_equal(n_logits, BATCH * CLASSES);
    assert_int_equal(n_gradients, trained);
    fclose(file);
    net_free(net);
    graph_release(&graph);
}

static void test_mobilenet_v1__computes_what_pytorch_does(void **state)
{
    (void)state;
    compare("mobilenet_v1");
}

static void test_mobilenet_v2__computes_what_pytorch_does(void **state)
{
    (void)state;
    compare("mobilenet_v2");
}

static void test_resnet50__computes_what_pytorch_does(void **state)
{
    (void)state;
    compare("resnet50");
}

static void test_efficientnet_b0__computes_what_pytorch_does(void **state)
{
    (void)state;
    compare("efficientnet_b0");
}
