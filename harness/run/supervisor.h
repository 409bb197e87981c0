/*
 * The supervisor: keeps worker processes (runner.h) busy until no job of a study is left.
 *
 * Workers are children of this process that take jobs themselves, one each, as long as the memory
 * that jobs plan to take has room. A worker that ends by a signal or without having said what became
 * of its job, or that is killed because nothing was heard of it for `stuck_seconds`, costs that job
 * only: it is tried again `retries` times, and then marked as failed, with how the worker ended and
 * the end of its log. The first SIGINT, SIGTERM or SIGHUP asks all
 * workers to save and give their jobs back, a second one ends them. Several supervisors may work on
 * a database at once.
 */
#ifndef SCALESTUDY_HARNESS_RUN_SUPERVISOR_H
#define SCALESTUDY_HARNESS_RUN_SUPERVISOR_H

#include <stdbool.h>

#include "harness/study/plan.h"
#include "results/query/query.h"
#include "results/store/store.h"

struct supervisor_options {
    const char *database;
    int workers, threads; /* processes, threads of each */
    double checkpoint_seconds;
    double stuck_seconds;      /* 0: for ever */
    int retries;               /* of a job whose process ended without a word */
    int64_t memory_bytes;      /* 0: no limit */
    bool keep_best, keep_last; /* weights of jobs */
    bool trust;                /* as in runner.h */
    bool quiet, verbose;
};

/*
 * The jobs of the plan must be in the store. On success, and after an interruption
 * (ERR_INTERRUPTED), *status is what the database says at the end; failed jobs are no error here.
 */
int supervise(struct store *store, const struct plan *plan,
    const struct supervisor_options *options, struct study_status *status,
    struct err *err) MUST_CHECK;

#endif
