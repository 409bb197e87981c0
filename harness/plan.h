/*
 * A plan: what a study expands to, model x scaling x seed, every network resolved and counted.
 * Nothing is built, opened or written.
 *
 *     if (plan_load(&plan, &study, path, err) < 0) goto done;     file, nets, data, plan
 *     for (int i = 0; i < plan.n_jobs; i++) {
 *         const struct plan_net *net = plan_net(&plan, i);         plan.ids[i]
 *         plan_job(&plan, i, &job);
 *     }
 * done:
 *     plan_release(&plan);
 *     study_release(&study);
 *
 * Order: seeds outermost, so that first every network has one result; models as in the file; of
 * each its scalings as in the file, the baseline first. Impossible networks, and two scalings that
 * round to the same network, are an ERR_INPUT with the line and column of the scaling.
 */
#ifndef SCALESTUDY_HARNESS_PLAN_H
#define SCALESTUDY_HARNESS_PLAN_H

#include <stdint.h>

#include "job.h"
#include "study.h"

#define PLAN_MAX_JOBS 1000000

struct plan_net {
    struct config_place place; /* of its scaling */
    struct spec spec;
    struct scaling scaling; /* factors over the study's own baseline */
    struct cost cost;       /* memory at the recipe's batch */
};

struct plan {
    const struct study *study; /* the caller's, must live as long */
    struct data_config data;   /* mean and deviation resolved */
    struct recipe recipe;      /* the study's, with the defaults of its optimizer and schedule */
    struct plan_net *nets;
    int n_nets;
    int n_jobs;
    char (*ids)[SHA256_HEX_BYTES]; /* [n_jobs] */
};

#define PLAN_INIT                                                                                  \
    {                                                                                              \
        0                                                                                          \
    }

/* `classes` is the dataset's; 0 takes each model's own, which is enough to tell whether it can be
 * built, and leaves ids beyond the first seed empty. */
int plan_build(
    struct plan *plan, const struct study *study, int classes, struct err *err) MUST_CHECK;
void plan_release(struct plan *plan);

/* Load a study, check its networks, look at its data, and build the plan. */
int plan_load(struct plan *plan, struct study *study, const char *path, struct err *err) MUST_CHECK;

/* Job i of n_jobs. */
const struct plan_net *plan_net(const struct plan *plan, int i);
int64_t plan_seed(const struct plan *plan, int i);
void plan_job(const struct plan *plan, int i, struct job *job);

#endif
