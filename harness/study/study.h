/*
 * A study as its file states it: data, recipe, models, scalings, seeds.
 *
 *     struct study study = STUDY_INIT;
 *     if (study_load(&study, "table3.yaml", err) < 0) goto done;     checked, key by key
 *     if (plan_build(&plan, &study, classes, err) < 0) goto done;    what it means: plan.h
 * done:
 *     study_release(&study);
 *
 * Loading opens no data. Anchors, merge keys, files that are included (study_include.h), recipes
 * that a model overrides and grids are written out first: what is loaded has none of them.
 *
 * Paths of data are absolute or below ~/ then: what was relative in a file is relative to its folder
 * (yaml_folder_of).
 *
 * The tables that describe its keys are in study_schema.c and serve canonical jobs too.
 */
#ifndef SCALESTUDY_HARNESS_STUDY_STUDY_H
#define SCALESTUDY_HARNESS_STUDY_STUDY_H

#include "config.h"
#include "scalers/scaler.h"
#include "workloads/workload.h"

#define STUDY_NAME_BYTES 128

/* One scaling of a model. Fields that were not given are NaN, the input 0. */
struct study_scaling {
    struct config_place place;
    char method[SCALER_NAME_BYTES];
    double depth, width, resolution, factor;
    double phi, alpha, beta, gamma;
    struct config_budget flops;
    int input; /* pixels, instead of the rounded product; 0: that */
};

struct study_variant {
    struct config_place place;
    struct variant variant;
};

/* Networks beyond these are skipped; NaN: no limit. Plain data, for one image but for the memory. */
struct study_limits {
    double macs, params, train_bytes;
};

struct study_model {
    struct config_place place;
    char base[SPEC_NAME_BYTES];
    int input; /* pixels of the baseline; 0: the model's own */
    struct study_variant variant;
    bool has_recipe, has_limits; /* of its own; else the study's, which are copied here */
    struct recipe recipe;
    struct study_limits skip_over;
    struct config_list scalings; /* of struct study_scaling */
};

/* Which jobs are stopped before their last epoch. */
enum study_prune_method {
    PRUNE_NONE,
    PRUNE_ASHA, /* asynchronous successive halving: Li et al. 2020, arXiv 1810.05934 */
};
struct study_prune {
    enum study_prune_method method;
    int min_epochs; /* jobs are compared after min_epochs x factor^k epochs */
    int factor;     /* of `factor` jobs the best goes on */
};

struct study {
    const char *path; /* as given; the caller's */
    /* Of the file, those that it includes behind it as comments. */
    struct str text;
    struct yaml_tree tree; /* places point into it */
    char name[STUDY_NAME_BYTES];
    struct data_config data; /* as given: mean and deviation NaN where they were not */
    struct recipe recipe;
    struct study_limits skip_over;
    struct study_prune prune;
    struct config_list seeds;  /* of int64_t */
    struct config_list models; /* of struct study_model */
};

#define STUDY_INIT                                                                                 \
    {                                                                                              \
        .text = STR_INIT                                                                           \
    }

/* A scaling of which nothing is given. */
void study_scaling_init(struct study_scaling *scaling);

int study_load(struct study *study, const char *path, struct err *err) MUST_CHECK;
/* The same from memory; `path` is for messages. */
int study_parse(struct study *study, const char *path, const char *text, size_t length,
    struct err *err) MUST_CHECK;
void study_release(struct study *study);

extern const struct config_table study_table;
extern const struct config_table data_table;
extern const struct config_table recipe_table;

#endif
