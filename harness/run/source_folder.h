/*
 * `scalestudy work`: the jobs of a folder that many machines share, on one of them, by hand or as a
 * task of a queue.
 *
 *     struct work_options options = {.workers = 2, .checkpoint_seconds = 60};
 *     result = work_on(&run, &options, &summary, err);
 *
 * Every job runs in a process of its own on a database in this machine's scratch folder, with its
 * checkpoint in the run folder; the result goes into the run folder as a shard. Signals are those of
 * scheduler.h: jobs save and are given back (ERR_INTERRUPTED). A second one kills, but not in a task
 * of a queue, which may send several. After SIGUSR1, which a queue sends before its time limit, the
 * task is put back into the queue, or, if that is not possible, the error is ERR_REQUEUE.
 */
#ifndef SCALESTUDY_HARNESS_RUN_SOURCE_FOLDER_H
#define SCALESTUDY_HARNESS_RUN_SOURCE_FOLDER_H

#include "harness/shared_queue/chain.h"
#include "harness/shared_queue/packed_copy.h"

struct work_options {
    int workers;               /* jobs at the same time; 0: as cores and memory allow */
    double checkpoint_seconds; /* below 0: as the folder says */
    const char *scratch;       /* NULL: $SLURM_TMPDIR, $TMPDIR or /tmp */
    enum packed_policy packed; /* whether a packed set is copied there */
    const char *submission;    /* KEY: only the jobs of a task of this submission; NULL: all */
    int task;                  /* its index */
    const char *queue_job;     /* "JOB_TASK", as the queue calls it; NULL outside of one */
    bool quiet;
};

struct work_summary {
    int done, failed; /* by this process */
    int open;         /* jobs that were asked for and are not done, failed or stopped */
    int failed_in_all;
};

int work_on(const struct run_folder *run, const struct work_options *options,
    struct work_summary *summary, struct err *err) MUST_CHECK;

#endif
