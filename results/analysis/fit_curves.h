/*
 * The networks of a study as curves of accuracy against compute, each with its fitted law.
 *
 *     struct fit_curves curves = FIT_CURVES_INIT;
 *     struct fit_options options = FIT_DEFAULTS;
 *     if (fit_curves_load(&curves, store, "table3", &options, err) < 0) goto done;
 *     for (int i = 0; i < curves.n; i++)
 *         if (curves.all[i].fitted)
 *             ... fit_top1(&curves.all[i].fit.law, 1e9) ...
 * done:
 *     fit_curves_release(&curves);
 *
 * A network's accuracy is the mean over its seeds. By FIT_BY_METHOD a curve is a baseline with
 * the networks that one method scaled from it; by FIT_BY_MODEL all networks of a model that were trained alike; by
 * FIT_BY_STUDY all that were trained alike: on the same data, by the same recipe.
 */
#ifndef SCALESTUDY_RESULTS_ANALYSIS_FIT_CURVES_H
#define SCALESTUDY_RESULTS_ANALYSIS_FIT_CURVES_H

#include "results/stats/fit.h"
#include "results/query/runs.h"

enum fit_by {
    FIT_BY_METHOD,
    FIT_BY_MODEL,
    FIT_BY_STUDY,
};
/* "method", "model" or "study"; otherwise an ERR_INPUT that lists them. */
int fit_by_find(const char *name, enum fit_by *by, struct err *err) MUST_CHECK;

struct fit_options {
    const char *model, *method; /* only those; NULL: all */
    enum fit_by by;
    int resamples;
    uint64_t seed; /* of the bootstrap */
};
#define FIT_DEFAULTS                                                                               \
    {                                                                                              \
        .resamples = FIT_RESAMPLES                                                                 \
    }

struct fit_network {
    int config; /* of `runs` */
    int seeds;
    double macs, top1; /* mean over seeds, per cent */
};

struct fit_curve {
    const char *model, *method;    /* NULL: all */
    char label[GROUP_LABEL_BYTES]; /* of curves of one model and method; else "" */
    int head;                      /* its first configuration */
    struct fit_network *networks;  /* by multiply-adds, ascending */
    int n, sizes;                  /* networks; different multiply-adds */
    bool fitted;                   /* false: fewer than FIT_PARAMETERS sizes */
    struct fit fit;
};

struct fit_curves {
    struct runs runs;
    struct fit_curve *all;
    int n;
};
#define FIT_CURVES_INIT                                                                            \
    {                                                                                              \
        .runs = RUNS_INIT                                                                          \
    }

/* ERR_INPUT for a model or method that the study does not have. No finished networks: no curves. */
int fit_curves_load(struct fit_curves *curves, struct store *store, const char *study,
    const struct fit_options *options, struct err *err) MUST_CHECK;
void fit_curves_release(struct fit_curves *curves);

#endif
