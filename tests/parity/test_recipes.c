/*
 * Twenty steps of training by each optimizer against PyTorch's, as recorded in float64 by
 * make_training_references.py: every loss, and all weights, running statistics and averages at the
 * end. Each recipe also has what others have not: schedules, the average, clipping, pieces.
 */
#include "tests/lib/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formula.h"
#include "scalers/scaler.h"
#include "workloads/models/model.h"
#include "workloads/nn/train/average.h"
#include "workloads/nn/train/gradients.h"
#include "workloads/nn/train/optimizer.h"
#include "workloads/nn/train/schedule.h"

#define PIXELS  64
#define BATCH   8
#define CLASSES 10
#define STEPS   20
#define BATCHES 4
#define IMAGE   ((size_t)PIXELS * PIXELS * 3)

#define LOSS_TOLERANCE  2e-4
#define VALUE_TOLERANCE 1e-3 /* of a tensor's norm */
#define ROUNDING        1e-4

struct recording {
    const char *name;
    const struct optimizer_kind *kind;
    struct optimizer_settings options;
    struct schedule_plan schedule;
    double bn_momentum, average_decay, clip_norm;
    int pieces;
};

struct run {
    const struct recording *recording;
    struct graph graph;
    struct net *net;
    struct optimizer_state *optimizer;
    struct gradients *gradients;
    struct average *average;
    double losses[STEPS];
};

static void open_run(struct run *run, const struct recording *recording)
{
    const struct scaling scaling = {"width", 1, 0.25, 1};
    const struct net_options options = {
        .batch = BATCH / recording->pieces, .training = true, .seed = 1};
    struct err err = {0};
    struct spec base, spec;

    *run = (struct run){.recording = recording};
    assert_int_equal(spec_find("efficientnet_b0", &base, &err), 0);
    assert_int_equal(scaling_apply(&base, &scaling, &spec, &err), 0);
    spec.input = PIXELS;
    spec.classes = CLASSES;
    spec.dropout = spec.drop_path = 0;
    spec.bn_momentum = recording->bn_momentum;
    if (model_build(&spec, &run->graph, &err) < 0 ||
        net_create(&run->net, &run->graph, &options, &err) < 0)
        fail_msg("%s", err.message);
    formula_fill(run->net);
    assert_int_equal(
        optimizer_create(&run->optimizer, recording->kind, &recording->options, run->net, &err), 0);
    assert_int_equal(gradients_create(&run->gradients, run->net, true, &err), 0);
    assert_int_equal(average_create(&run->average, run->net, recording->average_decay, &err), 0);
}

static void close_run(struct run *run)
{
    average_free(run->average);
    gradients_free(run->gradients);
    optimizer_free(run->optimizer);
    net_free(run->net);
    graph_release(&run->graph);
}

/* Forward and backward of one piece of a step; returns its share of the loss. */
static double run_piece(struct run *run, int step, int piece)
{
    int n = BATCH / run->recording->pieces, labels[BATCH], which = step % BATCHES;
    char name[16];
    uint32_t hash;
    double loss;

    snprintf(name, sizeof(name), "images %d", which);
    hash = formula_hash("", name);
    for (size_t i = 0; i < (size_t)n * IMAGE; i++)
        net_input(run->net)[i] =
            4 * ((float)formula_uniform(hash, (size_t)piece * (size_t)n * IMAGE + i) - 0.5f);
    for (int i = 0; i < n; i++)
        labels[i] = (3 * (piece * n + i) + which) % CLASSES;
    net_forward(run->net, n, true, 0);
    loss = net_loss(run->net, labels, n, 0.1) / run->recording->pieces;
    net_backward(run->net, n);
    gradients_add(run->gradients, 1.0 / run->recording->pieces);
    return loss;
}

static void run_step(struct run *run, int step)
{
    for (int piece = 0; piece < run->recording->pieces; piece++)
        run->losses[step] += run_piece(run, step, piece);
    gradients_collect(run->gradients);
    if (run->recording->clip_norm > 0)
        gradients_clip(run->gradients, run->recording->clip_norm);
    optimizer_step(run->optimizer, schedule_lr(&run->recording->schedule, step));
    average_update(run->average, step + 1);
}

static int parameter_index(const struct net *net, const char *name)
{
    for (int p = 0; p < net_parameter_count(net); p++)
        if (strcmp(net_parameter(net, p)->name, name) == 0)
            return p;
    fail_msg("the network has no parameter %s", name);
    return -1;
}

static void check_tensor(
    const struct run *run, const char *kind, const char *name, double norm, double dot)
{
    int p = parameter_index(run->net, name);
    const struct parameter *parameter = net_parameter(run->net, p);
    double ours, our_dot;

    formula_norm_and_dot(parameter,
        strcmp(kind, "average") == 0 ? average_values(run->average, p) : parameter->value, &ours,
        &our_dot);
    if (fabs(ours - norm) > VALUE_TOLERANCE * norm + ROUNDING ||
        fabs(our_dot - dot) > VALUE_TOLERANCE * norm + ROUNDING)
        fail_msg("%s: %s of %s: norm %.7g and dot %.7g, PyTorch has %.7g and %.7g",
            run->recording->name, kind, name, ours, our_dot, norm, dot);
}

/* averages: whether the recording has them. */
static void compare(const struct recording *recording, bool averages)
{
    char path[128], line[256], kind[16], name[96];
    int n_losses = 0, n_values = 0, n_averages = 0, n_parameters;
    double norm, dot;
    struct run run;
    FILE *file;

    snprintf(path, sizeof(path), "tests/parity/references/training_%s.tsv", recording->name);
    file = fopen(path, "r");
    if (!file)
        fail_msg("cannot open %s (tests run from the top folder)", path);
    open_run(&run, recording);
    for (int step = 0; step < STEPS; step++)
        run_step(&run, step);
    while (fgets(line, sizeof(line), file)) {
        if (sscanf(line, "%15s %95s %lf %lf", kind, name, &norm, &dot) != 4 || line[0] == '#')
            continue;
        if (strcmp(kind, "loss") == 0) {
            assert_true(n_losses < STEPS);
            if (fabs(run.losses[n_losses] - norm) > LOSS_TOLERANCE)
                fail_msg("%s: the loss of step %d is %.7g, PyTorch has %.7g", recording->name,
                    n_losses + 1, run.losses[n_losses], norm);
            n_losses++;
        } else {
            check_tensor(&run, kind, name, norm, dot);
            *(strcmp(kind, "average") == 0 ? &n_averages : &n_values) += 1;
        }
    }
    n_parameters = net_parameter_count(run.net);
    assert_int_equal(n_losses, STEPS);
    assert_int_equal(n_values, n_parameters);
    assert_int_equal(n_averages, averages ? n_parameters : 0);
    fclose(file);
    close_run(&run);
}

static void test_sgd__trains_as_pytorch_does(void **state)
{
    const struct recording recording = {.name = "sgd",
        .kind = &optimizer_sgd,
        .options = {.momentum = 0.9, .nesterov = true, .weight_decay = 5e-4},
        .schedule = {.kind = &schedule_cosine, .lr = 0.004, .warmup_steps = 4, .steps = STEPS},
        .bn_momentum = 0.1,
        .pieces = 1};

    (void)state;
    compare(&recording, false);
}

static void test_rmsprop__trains_as_pytorch_does_with_tensorflows_definition(void **state)
{
    const struct recording recording = {.name = "rmsprop",
        .kind = &optimizer_rmsprop,
        .options = {.momentum = 0.9, .decay = 0.9, .eps = 1e-3, .weight_decay = 1e-5},
        .schedule = {.kind = &schedule_exponential,
            .lr = 0.004,
            .warmup_steps = 3,
            .steps = STEPS,
            .steps_per_epoch = 2,
            .settings = {.decay_rate = 0.9, .decay_epochs = 1.5, .staircase = 1}},
        .bn_momentum = 0.01,
        .average_decay = 0.5,
        .pieces = 1};

    (void)state;
    compare(&recording, true);
}

static void test_adamw__trains_as_pytorch_does_clipped_and_in_pieces(void **state)
{
    const struct recording recording = {.name = "adamw",
        .kind = &optimizer_adamw,
        .options = {.beta1 = 0.9, .beta2 = 0.999, .eps = 1e-4, .weight_decay = 0.05},
        .schedule = {.kind = &schedule_constant, .lr = 0.001, .warmup_steps = 2, .steps = STEPS},
        .bn_momentum = 0.1,
        .clip_norm = 1,
        .pieces = 2};

    (void)state;
    compare(&recording, false);
}
