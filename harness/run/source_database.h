/*
 * `scalestudy run`: the jobs of a study in a database, on this machine.
 *
 * Workers take jobs from the database themselves, one each, as long as the memory that jobs plan to
 * take has room. A worker that ends without having said what became of its job, or that is killed
 * since it sent no message within stuck_seconds, costs that job only: it is tried again `retries`
 * times, and then marked as failed, with how the worker ended and the end of its log. Signals are
 * those of scheduler.h; a second one kills. Several processes may run jobs of a database at once:
 * their jobs are waited for while they move.
 */
#ifndef SCALESTUDY_HARNESS_RUN_SOURCE_DATABASE_H
#define SCALESTUDY_HARNESS_RUN_SOURCE_DATABASE_H

#include <stdbool.h>

#include "harness/study/plan.h"
#include "results/query/query.h"
#include "results/store/store.h"

struct run_options {
    const char *database;
    int workers, threads; /* processes, threads of each */
    double checkpoint_seconds;
    double stuck_seconds;      /* 0: for ever */
    int retries;               /* of a job whose process crashed */
    int64_t memory_bytes;      /* 0: no limit */
    bool keep_best, keep_last; /* weights of jobs */
    bool trust;                /* as in worker_main.h */
    bool quiet, verbose;
};

/*
 * The jobs of the plan must be in the store. On success, and after an interruption
 * (ERR_INTERRUPTED), *status is what the database says at the end; failed jobs are no error here.
 */
int run_plan(struct store *store, const struct plan *plan, const struct run_options *options,
    struct study_status *status, struct err *err) MUST_CHECK;

#endif
