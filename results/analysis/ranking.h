/*
 * The finished networks of a study from the best to the worst, and which of them differ significantly
 * from the best.
 *
 *     struct ranking ranking = RANKING_INIT;
 *     struct ranking_options options = RANKING_DEFAULTS;
 *     if (ranking_load(&ranking, store, "birds-grid", &options, err) < 0) goto done;
 *     for (int i = 0; i < ranking.n; i++)
 *         ... ranking.all[i].rank, ranking.runs.configs[ranking.all[i].config] ...
 * done:
 *     ranking_release(&ranking);
 *
 * Networks are ranked by their mean score: the accuracy, or with a target the objective of Tan et al. (2019,
 * MnasNet, Equation 2) and Tan & Le (2019, Section 4), ACC (FLOPS / target)^exponent, in per cent as
 * accuracies are. The best is the one with the highest; every other is tested against it (seeds that
 * both have as pairs), with Holm's correction for all tests of the list. The best of many is also the
 * luckiest: its score is likely to be less with new seeds.
 */
#ifndef SCALESTUDY_RESULTS_ANALYSIS_RANKING_H
#define SCALESTUDY_RESULTS_ANALYSIS_RANKING_H

#include <math.h>
#include <stdbool.h>

#include "results/query/runs.h"
#include "results/stats/statistics.h"

#define RANKING_LEVEL    0.05
#define RANKING_EXPONENT (-0.07) /* of both papers */

enum ranking_verdict {
    RANKING_BEST,
    RANKING_CANNOT_TELL,
    RANKING_WORSE,
};
extern const char *const ranking_verdict_names[];

struct ranked {
    int config;               /* of `runs` */
    int baseline;             /* configuration that it was scaled from; -1: there is none */
    int rank;                 /* from 1, within its list */
    int seeds;                /* with an accuracy */
    double top1, top1_ci95;   /* per cent; NaN with one seed: no interval */
    double score, score_ci95; /* the same as top1 without a target */
    struct mean_test test;    /* of scores: this one less the best */
    double p_holm;            /* NaN: no test */
    enum ranking_verdict verdict;
};

struct ranking_options {
    const char *model, *method; /* only those; NULL: all */
    bool by_baseline;           /* a list for each baseline, which is not in it; else one of all */
    double target, exponent;    /* multiply-adds, NaN: by accuracy alone */
};
#define RANKING_DEFAULTS                                                                           \
    {                                                                                              \
        .target = NAN, .exponent = RANKING_EXPONENT                                                \
    }

struct ranking {
    struct runs runs;
    struct ranked *all; /* by list, and in it by rank */
    int n, n_tests;
    int n_unfinished; /* networks that were chosen but have no finished job */
};
#define RANKING_INIT                                                                               \
    {                                                                                              \
        .runs = RUNS_INIT                                                                          \
    }

/* ERR_INPUT for a model or method that the study does not have. */
int ranking_load(struct ranking *ranking, struct store *store, const char *study,
    const struct ranking_options *options, struct err *err) MUST_CHECK;
void ranking_release(struct ranking *ranking);

#endif
