/*
 * Optimizers: how parameters follow their gradients.
 *
 *     struct optimizer_settings settings = {.momentum = 0.9, .nesterov = 1, .weight_decay = 5e-4};
 *     struct optimizer_state *state;
 *     if (optimizer_create(&state, &optimizer_sgd, &settings, net, err) < 0) return -1;
 *     ... net_backward(net, n); optimizer_step(state, lr);
 *     optimizer_free(state);
 *
 * Weights decay (PARAMETER_WEIGHT); biases and batch norms do not. The net must outlive the state;
 * all memory is taken at creation. A kind of optimizer is one file of this folder, which describes its
 * settings, and one line in optimizers.def; a setting that no other optimizer has is a line in
 * optimizer_settings.def.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_TRAIN_OPTIMIZER_H
#define SCALESTUDY_WORKLOADS_NN_TRAIN_OPTIMIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/nn/graph/graph.h"
#include "harness/base/err.h"
#include "workloads/nn/net/net.h"
#include "settings.h"

#define OPTIMIZER_MAX_SLOTS 2

/* A piece of one parameter: `count` elements. */
struct optimizer_piece {
    float *value;
    const float *grad;
    float *slot[OPTIMIZER_MAX_SLOTS]; /* memory of the optimizer, see slot_starts */
    size_t count;
    int64_t step;       /* from 1 */
    float lr;           /* of this step */
    float weight_decay; /* 0 for what does not decay */
    const struct optimizer_settings *settings;
};

struct optimizer_kind {
    const char *name;                            /* REQUIRED, as in optimizers.def */
    const char *summary;                         /* REQUIRED, one line */
    int n_slots;                                 /* floats kept for each trained one */
    const char *slot_names[OPTIMIZER_MAX_SLOTS]; /* in checkpoints */
    float slot_starts[OPTIMIZER_MAX_SLOTS];      /* before the first step */
    const struct setting *settings;              /* REQUIRED: what it takes, lr among it */
    /* OPTIONAL: rules between settings that were given, before the others get their defaults; it may give
     * some their values itself. A contradiction is ERR_INPUT. */
    int (*settle)(struct optimizer_settings *settings, struct err *err);
    void (*update)(const struct optimizer_piece *piece); /* REQUIRED */
};

/* clang-format off */
/* Rows of settings that optimizers share; each has its own default. */
#define OPTIMIZER_LR(initial_) \
    {SETTING(optimizer, lr), .initial = (initial_), RANGE_ABOVE(0, 1000), \
        .help = "peak learning rate, after the warm-up"}
#define OPTIMIZER_MOMENTUM(initial_) \
    {SETTING(optimizer, momentum), .initial = (initial_), SETTING_PART, \
        .help = "part of the last update that is kept"}
#define OPTIMIZER_WEIGHT_DECAY(initial_) \
    {SETTING(optimizer, weight_decay), .initial = (initial_), RANGE_FROM(0, 10), \
        .help = "decay of weights, not of batch norm and biases"}
/* clang-format on */

#define OPTIMIZER(NAME, name) extern const struct optimizer_kind optimizer_##name;
#include "optimizers.def"
#undef OPTIMIZER

/* In the order of optimizers.def, ended by NULL. */
const struct optimizer_kind *const *optimizer_kinds(void);

struct optimizer_state;

/* Bytes that optimizer_create takes for a net of this graph. */
size_t optimizer_plan_bytes(const struct optimizer_kind *kind, const struct graph *graph);

int optimizer_create(struct optimizer_state **state, const struct optimizer_kind *kind,
    const struct optimizer_settings *settings, struct net *net, struct err *err) MUST_CHECK;
void optimizer_free(struct optimizer_state *state);

/* One step along the gradients of net_backward; pieces in parallel, the same bits with any number
 * of threads. */
void optimizer_step(struct optimizer_state *state, double lr);

/* Steps done so far, when a run goes on from a checkpoint: some kinds look at their number. */
void optimizer_set_steps(struct optimizer_state *state, int64_t steps);

/* For checkpoints: the kind, and slot `slot` of parameter `index` of the net; NULL for running
 * statistics. */
const struct optimizer_kind *optimizer_kind_of(const struct optimizer_state *state);
float *optimizer_slot(const struct optimizer_state *state, int index, int slot);

#endif
