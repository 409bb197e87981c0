/*
 * Accuracies of finished runs by network, in the order of seeds, so that two networks can be compared
 * seed by seed.
 *
 *     struct seed_samples samples = SEED_SAMPLES_INIT;
 *     if (seed_samples_load(&samples, &runs, err) < 0) goto done;
 *     for (int i = samples.first[config]; i < samples.first[config + 1]; i++)
 *         ... samples.all[i].seed, samples.all[i].top1 ...
 * done:
 *     seed_samples_release(&samples);
 */
#ifndef SCALESTUDY_RESULTS_ANALYSIS_SEED_SAMPLES_H
#define SCALESTUDY_RESULTS_ANALYSIS_SEED_SAMPLES_H

#include <stdbool.h>

#include "results/query/runs.h"
#include "results/stats/statistics.h"

struct seed_sample {
    int64_t seed;
    double top1; /* per cent */
};

struct seed_samples {
    int *first; /* of each configuration, and one more: where the last one ends */
    struct seed_sample *all;
};

#define SEED_SAMPLES_INIT                                                                          \
    {                                                                                              \
        0                                                                                          \
    }

/* Runs without an accuracy are left out. */
int seed_samples_load(
    struct seed_samples *samples, const struct runs *runs, struct err *err) MUST_CHECK;
void seed_samples_release(struct seed_samples *samples);

int seed_samples_count(const struct seed_samples *samples, int config);
double seed_samples_mean(const struct seed_samples *samples, int config); /* NaN without any */

/* The difference of two networks, b less a. If they share at least two seeds, those are compared as pairs
 * (Student's test), and means and counts are of those alone; else all seeds of both (Welch's test). */
struct seed_test {
    bool paired;
    int n_a, n_b;
    double mean_a, mean_b; /* NaN without any */
    struct mean_test test;
};
/* `room` has place for n_a + n_b doubles. */
struct seed_test seed_samples_test(
    const struct seed_sample *a, int n_a, const struct seed_sample *b, int n_b, double *room);

/* Standard deviation over seeds of the same network, all networks together; NaN if none has two. */
double seed_samples_pooled_deviation(const struct seed_samples *samples, int n_configs);

#endif
