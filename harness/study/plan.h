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
 * Order: seeds outermost, so that first every network has one result; within a seed as enum
 * plan_order says. Impossible networks, and two scalings of one model that round to the same network,
 * are an ERR_INPUT with the line and column of the scaling. Networks beyond the study's limits are
 * skipped, and so are those that a grid or another model of the study has already.
 */
#ifndef SCALESTUDY_HARNESS_STUDY_PLAN_H
#define SCALESTUDY_HARNESS_STUDY_PLAN_H

#include <stdint.h>

#include "job.h"
#include "study.h"

#define PLAN_MAX_JOBS 1000000

enum plan_order {
    PLAN_TELLING, /* baselines as in the file, then scalings, cheap ones first: what tells most for its
                     time comes first */
    PLAN_FILE,    /* models as in the file, of each the baseline first */
    PLAN_CHEAP, /* what costs least first */
    PLAN_LONG,  /* what costs most first: the last hour has no long job left */
};

struct plan_net {
    struct config_place place;         /* of its scaling */
    const struct study_scaling *asked; /* the study's */
    const struct recipe *recipe;       /* of its model, the plan's */
    struct spec spec;
    struct scaling scaling; /* factors over the study's own baseline */
    struct cost cost;       /* memory at the recipe's batch */
};

/* A network that is not in the plan, and why, as in "macs 2,000,000 over 1,000,000". */
struct plan_skip {
    struct plan_net net;
    bool is_twin; /* the study has it elsewhere */
    char reason[128];
};

struct plan {
    const struct study *study; /* the caller's, must live as long */
    struct data_config data;   /* mean and deviation resolved */
    struct recipe recipe;      /* the study's, with the defaults of its optimizer and schedule */
    struct recipe *recipes;    /* the same of each model */
    struct plan_net *nets;
    int n_nets;
    struct plan_skip *skipped;
    int n_skipped;
    int n_jobs;
    char (*ids)[SHA256_HEX_BYTES]; /* [n_jobs] */
    struct job_series *texts;      /* [n_nets]; NULL before ids are final */
    struct data_notes notes;       /* of plan_load */
    struct fingerprint print;      /* of the images, plan_load's */
    bool unseen;                   /* the images are missing: the ids are those of no job */
};

#define PLAN_INIT                                                                                  \
    {                                                                                              \
        0                                                                                          \
    }

/* `classes` is the dataset's; 0 takes each model's own, which is enough to tell whether it can be
 * built, and leaves ids beyond the first seed empty. */
int plan_build(struct plan *plan, const struct study *study, int classes, enum plan_order order,
    struct err *err) MUST_CHECK;
void plan_release(struct plan *plan);

/* Load a study, check its networks, look at its data, and build the plan; study->data.images is what
 * the images are. */
int plan_load(struct plan *plan, struct study *study, const char *path, enum plan_order order,
    struct err *err) MUST_CHECK;

/* The same for commands that only read: if the images are missing, the plan is built without them,
 * `unseen`, with the number of classes that the study or its dataset's name says, or each model's
 * own. */
int plan_load_anyway(struct plan *plan, struct study *study, const char *path,
    enum plan_order order, struct err *err) MUST_CHECK;
/* Build an unseen plan again as if these were its images. */
int plan_suppose(struct plan *plan, struct study *study, const struct fingerprint *print,
    int classes, enum plan_order order, struct err *err) MUST_CHECK;

/* The study as a file that needs no other, grids written out and every default filled in: YAML with
 * a mark at what is a default, or JSON. Loading that gives the same jobs, and showing it the same
 * text. Changes the study, whose plan it must be. */
int plan_show(const struct plan *plan, struct study *study, bool json, struct str *to,
    struct err *err) MUST_CHECK;

/* "telling", "file", "cheap" or "long"; NULL is the first. */
int plan_order_find(const char *name, enum plan_order *order, struct err *err) MUST_CHECK;
#define PLAN_ORDERS "telling|file|cheap|long"

/* Multiply-adds of all training of a network with one seed: what its time goes by. */
double plan_work(const struct plan_net *net);

/* Job i of n_jobs. */
const struct plan_net *plan_net(const struct plan *plan, int i);
int64_t plan_seed(const struct plan *plan, int i);
void plan_job(const struct plan *plan, int i, struct job *job);
/* Its canonical text, as job_canonical. */
void plan_canonical(const struct plan *plan, int i, struct str *text);

#endif
