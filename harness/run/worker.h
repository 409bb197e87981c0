/*
 * A worker process as its supervisor sees it: started, listened to, asked to stop, buried.
 *
 *     if (worker_start(&worker, database, study, options..., err) < 0) return -1;
 *     poll worker.fd for reading;
 *     while ((kind = worker_read(&worker)) != WORKER_NOTHING)
 *         if (kind == WORKER_GONE) worker_reap(&worker)
 */
#ifndef SCALESTUDY_HARNESS_RUN_WORKER_H
#define SCALESTUDY_HARNESS_RUN_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "harness/base/err.h"
#include "harness/base/sha256.h"

#define WORKER_LINE_BYTES 1300

enum worker_message {
    WORKER_NOTHING, /* no whole line has come yet */
    WORKER_TOOK,    /* job_id and attempt are set */
    WORKER_STEP,    /* share and images_per_second are set */
    WORKER_ALIVE,
    WORKER_DONE,   /* top1 and seconds are set */
    WORKER_FAILED, /* text is why; the database has it */
    WORKER_STOPPED,
    WORKER_PRUNED, /* text is why; the database has it */
    WORKER_IDLE,
    WORKER_FULL,    /* jobs wait, but none fits into memory */
    WORKER_TROUBLE, /* text is what is wrong with the database */
    WORKER_GONE,    /* the process closed its end: reap it */
};

struct worker {
    pid_t pid; /* 0: no process */
    int fd;    /* its messages */
    char line[WORKER_LINE_BYTES];
    size_t length;
    bool took, concluded; /* it has a job; it said what became of it */
    double heard;         /* clock_seconds of its last message, or of its start */
    bool stuck;           /* the supervisor's: killed for want of those */
    char job_id[SHA256_HEX_BYTES];
    int attempt;
    double first_share, share; /* of the job: when it was taken up, and now */
    bool has_share;
    double images_per_second;
    double top1, seconds;
    char text[WORKER_LINE_BYTES];
};

struct worker_options {
    const char *database, *study;
    int threads, loader_threads;
    double checkpoint_seconds;
    int64_t memory_bytes; /* 0: no limit */
    bool trust;           /* as in runner.h */
    int attempt_fd;       /* the same */
    int prune_factor, prune_epochs;
    bool keep_best, keep_last;
    const char *packed; /* OPTIONAL: as in runner.h */
};

int worker_start(
    struct worker *worker, const struct worker_options *options, struct err *err) MUST_CHECK;
/* Never blocks. */
enum worker_message worker_read(struct worker *worker);
/* Wait for its end, which is near once WORKER_GONE was read; returns waitpid's status and clears
 * the worker. */
int worker_reap(struct worker *worker);
void worker_signal(const struct worker *worker, int signal_number);

#endif
