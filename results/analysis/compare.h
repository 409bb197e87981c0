/*
 * Comparing scaling methods at equal FLOPs: every two methods of a baseline, wherever both have a network
 * of about the same multiply-adds, each the nearest to the other.
 *
 *     struct comparisons list = COMPARISONS_INIT;
 *     struct compare_options options = COMPARE_DEFAULTS;
 *     if (compare_load(&list, store, "table3", &options, err) < 0) goto done;
 *     for (int i = 0; i < list.n; i++)
 *         ... list.all[i].test.difference, compare_verdict_names[list.all[i].verdict] ...
 * done:
 *     compare_release(&list);
 *
 * Where their multiply-adds differ by more than `within`, the larger network is compared at those
 * of the smaller: its accuracy is interpolated, seed by seed and linearly in the logarithm of
 * multiply-adds, between it and the next smaller network of its method, or the baseline. Accuracy
 * grows ever more slowly, so the straight line lies below the curve, against the network that is
 * interpolated.
 *
 * With `with_baseline` the list holds gains instead: every network against the baseline that it was
 * scaled from, each at its own multiply-adds.
 *
 * Seeds that both have are compared as pairs (Student's test); with fewer than two such seeds it is
 * Welch's test. p-values are corrected for all comparisons of the list together (Holm). A
 * difference that is then significant at COMPARE_LEVEL is better or worse. All others are "cannot tell",
 * with the number of seeds that would be needed if the true difference and spread are the measured ones,
 * at a power of COMPARE_POWER and a level divided by the number of comparisons.
 */
#ifndef SCALESTUDY_RESULTS_ANALYSIS_COMPARE_H
#define SCALESTUDY_RESULTS_ANALYSIS_COMPARE_H

#include <stdbool.h>

#include "results/query/runs.h"
#include "results/stats/statistics.h"

#define COMPARE_LEVEL      0.05
#define COMPARE_POWER      0.8
#define COMPARE_MOST_SEEDS 1000
/* Networks whose multiply-adds are further apart are not neighbours. */
#define COMPARE_MOST_RATIO 2.0

enum compare_verdict {
    COMPARE_BETTER, /* b than a */
    COMPARE_WORSE,
    COMPARE_CANNOT_TELL,
    COMPARE_UNEQUAL, /* their FLOPs differ, and there is nothing to interpolate from */
};
extern const char *const compare_verdict_names[];

struct comparison {
    int a, b;              /* configurations */
    double macs;           /* at which they are compared; of b, where a is its baseline */
    int interpolated;      /* the one of a and b that is interpolated; -1: none */
    double top1_a, top1_b; /* per cent, at these macs */
    int n_a, n_b;          /* seeds */
    bool paired;
    struct mean_test test; /* b less a */
    double p_holm;         /* NaN: no test */
    int seeds_needed;      /* COMPARE_MOST_SEEDS: at least that many; 0: unknown */
    enum compare_verdict verdict;
};

struct compare_options {
    const char *model, *method, *against; /* only those; NULL: all. `method` is always b */
    double within;                        /* FLOPs that differ by less, relatively, are equal */
    bool with_baseline;                   /* not methods with each other; then no `against` */
};
#define COMPARE_DEFAULTS                                                                           \
    {                                                                                              \
        .within = 0.02                                                                             \
    }

struct comparisons {
    struct runs runs;
    struct comparison *all; /* in the study's order */
    int n, n_tests;
    double seed_deviation; /* over seeds of one network, in this study; NaN if none has two */
};
#define COMPARISONS_INIT                                                                           \
    {                                                                                              \
        .runs = RUNS_INIT                                                                          \
    }

/* ERR_INPUT for a model or method that the study does not have. */
int compare_load(struct comparisons *list, struct store *store, const char *study,
    const struct compare_options *options, struct err *err) MUST_CHECK;
void compare_release(struct comparisons *list);

#endif
