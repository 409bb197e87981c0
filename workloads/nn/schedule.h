/*
 * The learning rate at every step: pure functions.
 *
 *     struct schedule_plan plan = {
 *         .kind = schedule_find("cosine"), .lr = 0.1, .warmup_steps = 100, .steps = 1000};
 *     for (step = 0; step < 1000; step++)
 *         lr = schedule_lr(&plan, step);
 *
 * A kind of schedule is one struct in schedule.c and one line in schedules.def.
 */
#ifndef SCALESTUDY_NN_SCHEDULE_H
#define SCALESTUDY_NN_SCHEDULE_H

#include <stdint.h>

struct schedule_kind {
    const char *name;    /* REQUIRED, as in schedules.def */
    const char *summary; /* REQUIRED, one line */
    /* REQUIRED. Factor on the peak after warm-up; progress 0 .. 1 is the part of the remaining
     * steps done. */
    double (*factor)(double progress);
};

#define SCHEDULE(NAME, name) extern const struct schedule_kind schedule_##name;
#include "schedules.def"
#undef SCHEDULE

/* In the order of schedules.def, ended by NULL. */
const struct schedule_kind *const *schedule_kinds(void);

struct schedule_plan {
    const struct schedule_kind *kind;
    double lr;            /* peak */
    int64_t warmup_steps; /* linear from 0: lr * (step + 1) / warmup_steps */
    int64_t steps;        /* in all; at least 1 */
};

/* At step 0 .. steps - 1. */
double schedule_lr(const struct schedule_plan *plan, int64_t step);

#endif
