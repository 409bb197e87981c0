/*
 * Every model against PyTorch: logits in inference, loss, every parameter's gradient and every
 * running statistic in training, as recorded by make_references.py (float64) for weights that both
 * sides compute from one formula.
 */
#include "tests/lib/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "scalers/scaler.h"
#include "workloads/models/model.h"
#include "workloads/nn/net/net.h"

#define PIXELS    64
#define BATCH     4
#define CLASSES   10
#define SMOOTHING 0.1

#define MAX_PARAMETERS 2048

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

/* What weights are like: see make_references.py. */
enum values { NATURAL, DECIDED, CALM };

static double value_of(
    const struct parameter *parameter, enum values values, uint32_t hash, size_t i)
{
    const struct parameter_info *info = parameter->info;
    double u = uniform(hash, i), fan_in = 1;

    switch (info->kind) {
    case PARAMETER_RUNNING_VAR:
        return (values == CALM ? 4 : 1) * (0.5 + u);
    case PARAMETER_NORM_SCALE:
        return values == DECIDED ? 0.25 + 0.5 * u : 0.5 + u;
    case PARAMETER_RUNNING_MEAN:
        return 0.2 * (u - 0.5);
    case PARAMETER_NORM_SHIFT:
    case PARAMETER_BIAS:
        if (values == DECIDED)
            return u < 0.25 ? -2 - u : 2 + u;
        return 0.4 * (u - 0.5);
    case PARAMETER_WEIGHT:
        break;
    }
    for (int d = 1; d < info->n_dims; d++)
        fan_in *= info->dims[d];
    return (2 * u - 1) * (double)(float)sqrt(6.0 / fan_in);
}

static void fill_parameters(struct net *net, enum values values)
{
    for (int p = 0; p < net_parameter_count(net); p++) {
        const struct parameter *parameter = net_parameter(net, p);
        uint32_t hash = fnv1a("", parameter->name);

        for (size_t i = 0; i < parameter->count; i++)
            parameter->value[position_of(parameter->info, i)] =
                (float)value_of(parameter, values, hash, i);
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
    char kind[16];
    double norm, dot;
};

static int read_expectation(FILE *file, struct expectation *row)
{
    char line[256];

    while (fgets(line, sizeof(line), file))
        if (line[0] != '#')
            return sscanf(line, "%15s %lf %lf", row->kind, &row->norm, &row->dot) == 3;
    return 0;
}

/* The net's parameters in the order of their names, which is the order of a reference's rows. */
struct sorted {
    const struct parameter *trained[MAX_PARAMETERS], *running[MAX_PARAMETERS];
    int n_trained, n_running;
};

static int by_name(const void *a, const void *b)
{
    const struct parameter *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

static void sort_parameters(struct net *net, struct sorted *sorted)
{
    *sorted = (struct sorted){0};
    assert_true(net_parameter_count(net) <= MAX_PARAMETERS);
    for (int p = 0; p < net_parameter_count(net); p++) {
        const struct parameter *parameter = net_parameter(net, p);

        if (parameter->grad)
            sorted->trained[sorted->n_trained++] = parameter;
        else
            sorted->running[sorted->n_running++] = parameter;
    }
    qsort(sorted->trained, (size_t)sorted->n_trained, sizeof(sorted->trained[0]), by_name);
    qsort(sorted->running, (size_t)sorted->n_running, sizeof(sorted->running[0]), by_name);
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
            parameter->name, norm, dot, row->norm, row->dot);
}

static struct net *create(const char *model, double width, struct graph *graph)
{
    const struct scaling scaling = {"width", 1, width, 1};
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
    return net;
}

static FILE *open_reference(const char *reference)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof(path), "tests/parity/references/%s.tsv", reference);
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

/* What the net computed, to be held against the rows of a reference. */
struct computed {
    float logits[BATCH * CLASSES];
    double loss, scale; /* of the logits: the largest */
    struct sorted parameters;
    int n_logits, n_losses, n_gradients, n_running; /* rows so far */
};

static void compute(struct net *net, FILE *reference, struct computed *computed)
{
    struct expectation images, values;
    int labels[BATCH];

    assert_true(read_expectation(reference, &images) && strcmp(images.kind, "images") == 0);
    assert_true(read_expectation(reference, &values) && strcmp(values.kind, "values") == 0);
    fill_parameters(net, (enum values)values.norm);
    fill_images(net, (int)images.norm);
    for (int i = 0; i < BATCH; i++)
        labels[i] = i % CLASSES;
    net_forward(net, BATCH, false, 0);
    memcpy(computed->logits, net_logits(net), sizeof(computed->logits));
    computed->scale = largest(computed->logits, BATCH * CLASSES);
    net_forward(net, BATCH, true, 0);
    computed->loss = net_loss(net, labels, BATCH, SMOOTHING);
    net_backward(net, BATCH);
    sort_parameters(net, &computed->parameters);
}

static void check_row(struct computed *computed, const struct expectation *row)
{
    const struct sorted *parameters = &computed->parameters;

    if (strcmp(row->kind, "logit") == 0) {
        int i = computed->n_logits++;

        assert_true(i < BATCH * CLASSES);
        if (!(fabs((double)computed->logits[i] - row->norm) <= LOGIT_TOLERANCE * computed->scale))
            fail_msg(
                "logit %d is %.7g, PyTorch has %.7g", i, (double)computed->logits[i], row->norm);
    } else if (strcmp(row->kind, "loss") == 0) {
        computed->n_losses++;
        if (!(fabs(computed->loss - row->norm) <= LOSS_TOLERANCE * row->norm))
            fail_msg("the loss is %.9g, PyTorch has %.9g", computed->loss, row->norm);
    } else if (strcmp(row->kind, "gradient") == 0) {
        const struct parameter *parameter = parameters->trained[computed->n_gradients++];

        assert_true(computed->n_gradients <= parameters->n_trained);
        check_tensor(parameter, parameter->grad, row, GRADIENT_TOLERANCE);
    } else {
        const struct parameter *parameter = parameters->running[computed->n_running++];

        assert_string_equal(row->kind, "running");
        assert_true(computed->n_running <= parameters->n_running);
        check_tensor(parameter, parameter->value, row, RUNNING_TOLERANCE);
    }
}

static void compare(const char *reference, const char *model, double width)
{
    struct computed computed = {0};
    FILE *file = open_reference(reference);
    struct expectation row;
    struct graph graph;
    struct net *net = create(model, width, &graph);

    print_message("    %s\n", reference);
    compute(net, file, &computed);
    while (read_expectation(file, &row))
        check_row(&computed, &row);
    assert_int_equal(computed.n_logits, BATCH * CLASSES);
    assert_int_equal(computed.n_losses, 1);
    assert_int_equal(computed.n_gradients, computed.parameters.n_trained);
    assert_int_equal(computed.n_running, computed.parameters.n_running);
    fclose(file);
    net_free(net);
    graph_release(&graph);
}

static void test_every_model__computes_what_pytorch_does(void **state)
{
    (void)state;
    for (const char *const *model = spec_names(); *model; model++)
        compare(*model, *model, 0.25);
}

static void test_mobilenets__compute_what_pytorch_does_at_other_widths(void **state)
{
    (void)state;
    compare("mobilenet_v1-0.5", "mobilenet_v1", 0.5);
    compare("mobilenet_v1-0.75", "mobilenet_v1", 0.75);
    compare("mobilenet_v2-0.5", "mobilenet_v2", 0.5);
    compare("mobilenet_v2-1.4", "mobilenet_v2", 1.4);
}
