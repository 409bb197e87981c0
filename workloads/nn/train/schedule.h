/*
 * The learning rate at every step: pure functions.
 *
 *     struct schedule_plan plan = {.kind = &schedule_exponential, .lr = 0.256, .warmup_steps = 500,
 *         .steps = 35000, .steps_per_epoch = 100,
 *         .settings = {.decay_rate = 0.97, .decay_epochs = 2.4, .staircase = 1}};
 *     for (step = 0; step < 35000; step++)
 *         lr = schedule_lr(&plan, step);
 *
 * A kind of schedule is one file schedule_NAME.c of this folder, which describes its settings, and one line
 * in schedules.def; a setting that no other schedule has is a line in schedule_settings.def.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_TRAIN_SCHEDULE_H
#define SCALESTUDY_WORKLOADS_NN_TRAIN_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "settings.h"

struct schedule_kind;

struct schedule_plan {
    const struct schedule_kind *kind;
    double lr;               /* peak */
    int64_t warmup_steps;    /* linear from 0: lr * (step + 1) / warmup_steps */
    int64_t steps;           /* in all; at least 1 */
    int64_t steps_per_epoch; /* of those that decay by epochs */
    struct schedule_settings settings;
};

struct schedule_kind {
    const char *name;    /* REQUIRED, as in schedules.def */
    const char *summary; /* REQUIRED, one line */
    /* REQUIRED. Factor on the peak at a step after the warm-up; steps count from the start of the
     * run. */
    double (*factor)(const struct schedule_plan *plan, int64_t step);
    const struct setting *settings; /* OPTIONAL: what it takes */
    /* OPTIONAL: rules between settings that were given, before the others get their defaults; it may give
     * some their values itself. A contradiction is ERR_INPUT. */
    int (*settle)(struct schedule_settings *settings, struct err *err);
};

/* clang-format off */
/* Rows of settings that schedules share; each has its own default. */
#define SCHEDULE_DECAY_RATE(initial_) \
    {SETTING(schedule, decay_rate), .initial = (initial_), RANGE_ABOVE(0, 1), \
        .help = "factor on the learning rate every decay_epochs epochs"}
#define SCHEDULE_DECAY_EPOCHS(initial_) \
    {SETTING(schedule, decay_epochs), .initial = (initial_), RANGE_ABOVE(0, 1e6), .unit = "epochs", \
        .help = "epochs from one factor to the next"}
/* clang-format on */

#define SCHEDULE(NAME, name) extern const struct schedule_kind schedule_##name;
#include "schedules.def"
#undef SCHEDULE

/* In the order of schedules.def, ended by NULL. */
const struct schedule_kind *const *schedule_kinds(void);

/*
 * For kinds: decay_rate^(epochs so far / decay_epochs), the exponent cut to a whole number if it is a
 * staircase. Epochs count from the start of the run, warm-up included, as tf.train.exponential_decay
 * does in the EfficientNet authors' code.
 */
double schedule_decay(const struct schedule_plan *plan, int64_t step, bool staircase);

/* At step 0 .. steps - 1. */
double schedule_lr(const struct schedule_plan *plan, int64_t step);

#endif
