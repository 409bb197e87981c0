/*
 * The worker: one process that takes one job from a database, runs it, and writes down what came of
 * it.
 *
 * The process itself owns the job, so that whatever happens to anybody else the database tells the
 * truth: as long as the owner lives the job runs, and when it is gone the job can be taken again.
 * SIGTERM makes it save a checkpoint and give the job back; it is also what the kernel sends when
 * the scheduler dies. A process that does not manage that in two minutes is ended by an alarm.
 *
 * A checkpoint that cannot be read costs what it had saved, not the job: it is put aside as
 * ID.safetensors.damaged, and the job begins anew. A job that was cancelled meanwhile
 * (store_cancel) ends at the next sign of life, and nothing of it is written.
 *
 * Lines on `progress_fd` tell the scheduler what happens (messages below); before a job is
 * taken errors go to standard error, afterwards to the job's log.
 */
#ifndef SCALESTUDY_HARNESS_RUN_WORKER_MAIN_H
#define SCALESTUDY_HARNESS_RUN_WORKER_MAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"

struct worker_options {
    const char *database, *study;
    int threads, loader_threads;
    double checkpoint_seconds;
    int progress_fd; /* -1: none */
    /* Asynchronous successive halving among the jobs of `study`: see study.h. 0: none. */
    int prune_factor, prune_epochs;
    bool keep_best, keep_last; /* weights: STUDY_FILE_BEST, STUDY_FILE_LAST */
    int64_t memory_bytes; /* that jobs of this machine may take together by plan; 0: no limit */
    bool trust; /* files are written into folders whoever owns them (study_paths_prepare) */
    /* The descriptor of a folder that the job's files go to, in place of STUDY.db.d; -1: none. Metrics
     * go there too (STUDY_FILE_EPOCHS), from where they are known to whoever goes on from the checkpoint
     * with another database. */
    int attempt_fd;
    const char
        *packed; /* OPTIONAL: a copy, read in place of the job's packed set while it is there */
};

/*
 * Messages, a line each:
 *     job ID ATTEMPT                             taken
 *     step EPOCH EPOCHS STEP STEPS IMAGES/S      several times a second at most
 *     alive                                      between steps: it evaluates
 *     done TOP1 SECONDS                          finished, in the database
 *     failed SENTENCE                            failed, in the database
 *     pruned SENTENCE                            stopped early, in the database
 *     stopped                                    saved and given back, or cancelled
 *     idle                                       no job is waiting
 *     full                                       none of those that wait fits into memory now
 *     trouble SENTENCE                           the database failed, not the job
 */
int worker_main(const struct worker_options *options, struct err *err) MUST_CHECK;

#endif
