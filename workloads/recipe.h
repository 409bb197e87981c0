/*
 * How a network is trained: plain data, every field a key of a study's recipe and an option of
 * `train`.
 *
 *     struct recipe recipe;
 *     recipe_init(&recipe);                                     the defaults
 *     if (recipe_schedule_find("cosine", &recipe.schedule, err) < 0) return -1;
 *     if (recipe_validate(&recipe, err) < 0) return -1;
 *     if (recipe_resolve(&recipe, err) < 0) return -1;          and those of its optimizer
 *
 * Names and enumerators come from nn/optimizers.def, nn/schedules.def and data/augments.def. All
 * texts are static. Thread-safe.
 */
#ifndef SCALESTUDY_WORKLOADS_RECIPE_H
#define SCALESTUDY_WORKLOADS_RECIPE_H

#include <stdbool.h>

#include "workloads/data/config/data_config.h"
#include "harness/base/err.h"

/* Not given: as the optimizer, the schedule or the model says, or they have no such setting. Nobody
 * types this number. */
#define RECIPE_DEFAULT        (-1e300)
#define RECIPE_MODEL_DEFAULT  RECIPE_DEFAULT /* dropout, drop_path: as the model's spec says */
#define RECIPE_SWITCH_DEFAULT (-1)

enum optimizer {
#define OPTIMIZER(NAME, name) OPTIMIZER_##NAME,
#include "workloads/nn/train/optimizers.def"
#undef OPTIMIZER
};

enum schedule {
#define SCHEDULE(NAME, name) SCHEDULE_##NAME,
#include "workloads/nn/train/schedules.def"
#undef SCHEDULE
};

struct recipe {
    int epochs;
    int batch; /* images a step */
    /* Images that are in memory at a time, a divisor of batch: the gradients of a step are then
     * averaged over such pieces. Batch norm sees a piece, not the batch; dropout and stochastic
     * depth draw for each piece separately; mixup and cutmix still mix within the whole batch. 0: the
     * whole batch. */
    int micro_batch;

    enum optimizer optimizer;
    /* Its settings, each RECIPE_DEFAULT for that of its file (nn/NAME.c); those that it has not
     * stay so, and cannot be given. */
    double lr; /* peak, after warm-up */
    double momentum;
    int nesterov;        /* 0, 1 or RECIPE_SWITCH_DEFAULT: 0 without momentum */
    double weight_decay; /* on weights; not on batch norm and biases */
    double decay;        /* of rmsprop's mean of squared gradients: rho */
    double beta1, beta2; /* of adamw's means of gradients and of their squares */
    double eps;

    enum schedule schedule;
    double warmup_epochs; /* linear from 0 */
    /* Its settings, RECIPE_DEFAULT as above: a factor every so many epochs, in steps or smoothly */
    double decay_rate, decay_epochs;
    int staircase; /* 0, 1 or RECIPE_SWITCH_DEFAULT */

    double clip_norm; /* of all gradients together at most; 0: not clipped */
    /* Evaluated and saved weights are a moving average of those that are trained, running
     * statistics included; 0: the weights themselves. See nn/average.h. */
    double ema_decay;
    double bn_momentum; /* weight of a batch in the running statistics, as PyTorch's: 0.01 is what
                           TensorFlow calls 0.99; or RECIPE_DEFAULT: the model's */
    double label_smoothing;
    double dropout; /* rate before the classifier, or RECIPE_MODEL_DEFAULT */
    /* Stochastic depth: rate of the last block (spec.h), or RECIPE_MODEL_DEFAULT. */
    double drop_path;
    /* Zero-initialise the last batch norm of each residual branch: its scale is 0 at first (Goyal
     * et al. 2017, arXiv 1706.02677, section 5.1). Deep networks then learn from the first steps.
     */
    bool zero_init_residual;
    unsigned augment; /* bits of enum augment */
    struct augment_settings settings;
};

/* 10 epochs of batch 128, all of it at a time; sgd with its own settings (lr 0.1, momentum 0.9,
 * Nesterov, weight decay 5e-4); cosine after one epoch of warm-up; no clipping, no average, no label
 * smoothing; dropout, drop path and batch norm's momentum as the model says; zero-initialised residual
 * branches; no augmentation.
 */
void recipe_init(struct recipe *recipe);

/* Fill settings that were not given from the optimizer and the schedule, and normalise equivalent
 * augmentation settings. A setting that the optimizer or schedule does not have is ERR_INPUT. Doing it
 * twice changes nothing. */
int recipe_resolve(struct recipe *recipe, struct err *err) MUST_CHECK;

/* Images of a step that are in memory at a time. */
int recipe_piece(const struct recipe *recipe);

/* Range checks on every field, as a sentence (ERR_INPUT) that names the recipe's key; resolved or
 * not. */
int recipe_validate(const struct recipe *recipe, struct err *err) MUST_CHECK;

/* Names as in studies and on the command line, each list ended by NULL; augmentations in the order
 * of their bits. */
const char *const *recipe_optimizer_names(void);
const char *const *recipe_schedule_names(void);
const char *const *recipe_augment_names(void);
const char *const *recipe_auto_augment_names(void);

const char *recipe_optimizer_name(enum optimizer optimizer);
const char *recipe_schedule_name(enum schedule schedule);

/* Unknown names are an ERR_INPUT that lists the valid ones. */
int recipe_optimizer_find(const char *name, enum optimizer *optimizer, struct err *err) MUST_CHECK;
int recipe_schedule_find(const char *name, enum schedule *schedule, struct err *err) MUST_CHECK;
/* Adds the bit of that augmentation to *augment. */
int recipe_auto_augment_find(
    const char *name, enum auto_augment *policy, struct err *err) MUST_CHECK;
int recipe_augment_add(const char *name, unsigned *augment, struct err *err) MUST_CHECK;
/* The bits of a comma-separated list; "none" or an empty text are 0. */
int recipe_augment_parse(const char *list, unsigned *augment, struct err *err) MUST_CHECK;

#endif
