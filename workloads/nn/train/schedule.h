/*
 * The learning rate at every step: pure functions.
 *
 *     struct schedule_plan plan = {.kind = &schedule_exponential, .lr = 0.256, .warmup_steps = 500,
 *         .steps = 35000, .steps_per_epoch = 100,
 *         .decay_rate = 0.97, .decay_epochs = 2.4, .staircase = true};
 *     for (step = 0; step < 35000; step++)
 *         lr = schedule_lr(&plan, step);
 *
 * A kind of schedule is one struct in schedule.c and one line in schedules.def.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_TRAIN_SCHEDULE_H
#define SCALESTUDY_WORKLOADS_NN_TRAIN_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

struct schedule_kind;

struct schedule_plan {
    const struct schedule_kind *kind;
    double lr;               /* peak */
    int64_t warmup_steps;    /* linear from 0: lr * (step + 1) / warmup_steps */
    int64_t steps;           /* in all; at least 1 */
    int64_t steps_per_epoch; /* of those that decay by epochs */
    double decay_rate, decay_epochs;
    bool staircase;
};

/* What a recipe that says nothing means; NaN: the schedule has no such setting. All REQUIRED. */
struct schedule_defaults {
    double decay_rate, decay_epochs, staircase; /* staircase: 0 or 1 */
};

struct schedule_kind {
    const char *name;    /* REQUIRED, as in schedules.def */
    const char *summary; /* REQUIRED, one line */
    /* REQUIRED. Factor on the peak at a step after the warm-up; steps count from the start of the
     * run. */
    double (*factor)(const struct schedule_plan *plan, int64_t step);
    struct schedule_defaults defaults;
};

#define SCHEDULE(NAME, name) extern const struct schedule_kind schedule_##name;
#include "schedules.def"
#undef SCHEDULE

/* In the order of schedules.def, ended by NULL. */
const struct schedule_kind *const *schedule_kinds(void);

/* At step 0 .. steps - 1. */
double schedule_lr(const struct schedule_plan *plan, int64_t step);

#endif
