/*
 * The jobs of one study as plain records, with the networks that they share, for the report and for
 * figures that show single jobs.
 *
 *     struct runs runs = RUNS_INIT;
 *     if (runs_load(&runs, store, "table3", err) < 0) goto done;
 *     for (int i = 0; i < runs.n_runs; i++)
 *         ... runs.runs[i], runs.configs[runs.runs[i].config] ...
 *     if (runs_epochs(store, runs.runs[0].number, &epochs, &n_epochs, err) < 0) goto done;
 * done:
 *     free(epochs);
 *     runs_release(&runs);
 *
 * Accuracies in per cent, durations in seconds, moments in seconds since 1970 UTC; a value
 * that does not exist is NaN. A hundred thousand jobs take about 30 MB.
 */
#ifndef SCALESTUDY_RESULTS_QUERY_RUNS_H
#define SCALESTUDY_RESULTS_QUERY_RUNS_H

#include <stdint.h>

#include "groups.h"
#include "harness/base/err.h"
#include "harness/base/str.h"
#include "results/store/store.h"

enum run_state {
    RUN_WAITING,
    RUN_RUNNING,
    RUN_DONE,
    RUN_FAILED,
    RUN_STOPPED,
    RUN_STATES,
};
const char *run_state_name(enum run_state state);

/* A network with its recipe, whatever the seed: a group of groups.h. */
struct run_config {
    char model[64], method[32];
    double depth, width, resolution; /* factors over the study's own baseline */
    int input;
    int64_t params, macs;
    struct canonical_keys keys;
    int64_t job;                   /* number of its first one */
    int baseline;                  /* index of its baseline; its own if it is one; -1: none */
    char label[GROUP_LABEL_BYTES]; /* of configurations that look alike; else "" */
    int states[RUN_STATES];        /* how many jobs are in each state */
    int n_runs;
};

struct job_result {
    int64_t number; /* of the job in the database */
    char id[65];
    int config;
    int64_t seed;
    enum run_state state;
    double loss, top1, top5, train_seconds, images_per_second;
    int epochs;            /* 0: none */
    int host;              /* in `hosts`; -1: it was never claimed */
    double started, ended; /* the last attempt; `ended` is NaN while it runs */
};

struct runs {
    struct run_config *configs; /* in the study's order */
    int n_configs;
    struct job_result *runs; /* in the study's order */
    int n_runs;
    char (*hosts)[64];
    int n_hosts;
};

#define RUNS_INIT                                                                                  \
    {                                                                                              \
        0                                                                                          \
    }

int runs_load(
    struct runs *runs, struct store *store, const char *study, struct err *err) MUST_CHECK;
void runs_release(struct runs *runs);

/* The study to show. ERR_INPUT with a list if the file has several and none was chosen. */
int runs_choose_study(
    struct store *store, const char *asked, char *study, size_t size, struct err *err) MUST_CHECK;

/* A job's measurements after each epoch, in order; is_train: on training images. */
struct run_epoch {
    int epoch;
    bool is_train;
    double loss, top1;
};
int runs_epochs(struct store *store, int64_t job, struct run_epoch **epochs, int *n_epochs,
    struct err *err) MUST_CHECK; /* free() */

/* Appends a job's canonical text. */
int runs_canonical(struct store *store, int64_t job, struct str *text, struct err *err) MUST_CHECK;

/* Appends why a job failed to `why`; nothing if it did not fail. */
int runs_error(struct store *store, int64_t job, struct str *why, struct err *err) MUST_CHECK;

/* The study's file when it was last run. */
struct study_source {
    struct str text, path;
    char created_utc[24], updated_utc[24];
};
#define STUDY_SOURCE_INIT                                                                          \
    {                                                                                              \
        .text = STR_INIT, .path = STR_INIT                                                         \
    }
int runs_source(struct study_source *source, struct store *store, const char *study,
    struct err *err) MUST_CHECK;
void study_source_release(struct study_source *source);

/* The environments of the finished jobs, with the number of jobs in each. */
struct run_environment {
    char host[64], cpu[128], isa[32], version[256], blas[128];
    int cores, threads, n_jobs;
};
int runs_environments(struct store *store, const char *study, struct run_environment **rows,
    int *n_rows, struct err *err) MUST_CHECK; /* free() */

#endif
