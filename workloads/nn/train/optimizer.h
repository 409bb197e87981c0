/*
 * Optimizers: how parameters follow their gradients.
 *
 *     struct optimizer_options options = {.momentum = 0.9, .nesterov = true, .weight_decay = 5e-4};
 *     struct optimizer_state *state;
 *     if (optimizer_create(&state, &optimizer_sgd, &options, net, err) < 0) return -1;
 *     ... net_backward(net, n); optimizer_step(state, lr);
 *     optimizer_free(state);
 *
 * Weights decay (PARAMETER_WEIGHT); biases and batch norms do not. The net must outlive the state;
 * all memory is taken at creation. A kind of optimizer is one file of nn/ and one line in
 * optimizers.def.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_TRAIN_OPTIMIZER_H
#define SCALESTUDY_WORKLOADS_NN_TRAIN_OPTIMIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/nn/graph/graph.h"
#include "harness/base/err.h"
#include "workloads/nn/net/net.h"

#define OPTIMIZER_MAX_SLOTS 2

/* Of these an optimizer reads those for which it has a default. */
struct optimizer_options {
    double momentum, weight_decay;
    bool nesterov;
    double decay;        /* part of the running mean of squared gradients that is kept (rho) */
    double beta1, beta2; /* the same of the means of gradients and of their squares */
    double eps;
};

/* What a recipe that says nothing means; NaN: the optimizer has no such setting. All REQUIRED. */
struct optimizer_defaults {
    double lr, momentum, nesterov, weight_decay, decay, beta1, beta2, eps; /* nesterov: 0 or 1 */
};

/* A piece of one parameter: `count` elements. */
struct optimizer_piece {
    float *value;
    const float *grad;
    float *slot[OPTIMIZER_MAX_SLOTS]; /* memory of the optimizer, see slot_starts */
    size_t count;
    int64_t step; /* from 1 */
    float lr, momentum, weight_decay;
    bool nesterov;
    double decay, beta1, beta2, eps;
};

struct optimizer_kind {
    const char *name;                            /* REQUIRED, as in optimizers.def */
    const char *summary;                         /* REQUIRED, one line */
    int n_slots;                                 /* floats kept for each trained one */
    const char *slot_names[OPTIMIZER_MAX_SLOTS]; /* in checkpoints */
    float slot_starts[OPTIMIZER_MAX_SLOTS];      /* before the first step */
    struct optimizer_defaults defaults;
    void (*update)(const struct optimizer_piece *piece); /* REQUIRED */
};

#define OPTIMIZER(NAME, name) extern const struct optimizer_kind optimizer_##name;
#include "optimizers.def"
#undef OPTIMIZER

/* In the order of optimizers.def, ended by NULL. */
const struct optimizer_kind *const *optimizer_kinds(void);

struct optimizer_state;

/* Bytes that optimizer_create takes for a net of this graph. */
size_t optimizer_plan_bytes(const struct optimizer_kind *kind, const struct graph *graph);

int optimizer_create(struct optimizer_state **state, const struct optimizer_kind *kind,
    const struct optimizer_options *options, struct net *net, struct err *err) MUST_CHECK;
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
