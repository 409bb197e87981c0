/*
 * How long the jobs of a plan take on this machine.
 *
 *     struct estimate estimate = ESTIMATE_INIT;
 *     if (estimate_make(&estimate, &plan, &options, err) < 0) goto done;
 *     estimate.seconds[i]                                    of each network, for one seed
 *     estimate_total(&estimate, &plan, is_left, workers)     of all jobs that are left
 * done:
 *     estimate_release(&estimate);
 *
 * At most ESTIMATE_MAX_PROBES networks are measured (speed.h), the cheapest and the dearest of each
 * model first, and only those that were not before. For the others the time of an image is
 * taken as s (m + k a), with multiply-adds m and activations a: k is what fits all measured
 * networks best, s is fitted for each model.
 */
#ifndef SCALESTUDY_HARNESS_STUDY_ESTIMATE_H
#define SCALESTUDY_HARNESS_STUDY_ESTIMATE_H

#include "plan.h"

#define ESTIMATE_MAX_PROBES 16

struct estimate_options {
    int threads;     /* of each job */
    bool only_known; /* measure nothing */
    /* OPTIONAL; before each measurement: how many are done, and will be. */
    void (*measuring)(int done, int all);
};

struct estimate {
    double *seconds;               /* [n_nets] of a job with every core busy; NaN: unknown */
    double *train_seconds;         /* [n_nets] of these in training steps */
    int measured;                  /* now */
    int train_images, test_images; /* of the data */
};

#define ESTIMATE_INIT                                                                              \
    {                                                                                              \
        0                                                                                          \
    }

int estimate_make(struct estimate *estimate, const struct plan *plan,
    const struct estimate_options *options, struct err *err) MUST_CHECK;

/* Until the last of the jobs ends, `workers` of them at a time in the plan's order; NaN: unknown.
 * left[n_jobs]; NULL: all. */
double estimate_total(
    const struct estimate *estimate, const struct plan *plan, const bool *left, int workers);

void estimate_release(struct estimate *estimate);

#endif
