/*
 * A worker process (worker_main.h) as the scheduler sees it: started, read from, asked to stop,
 * reaped.
 *
 *     if (worker_process_start(&process, &options, err) < 0) return -1;
 *     poll process.fd for reading;
 *     while ((message = worker_process_read(&process)) != WORKER_NOTHING)
 *         if (message == WORKER_GONE) {
 *             status = worker_process_reap(&process);
 *             worker_process_ending(&process, status, log, "", text, sizeof(text));
 *         }
 */
#ifndef SCALESTUDY_HARNESS_RUN_WORKER_PROCESS_H
#define SCALESTUDY_HARNESS_RUN_WORKER_PROCESS_H

#include <stdio.h>
#include <sys/types.h>

#include "harness/base/sha256.h"
#include "worker_main.h"

#define WORKER_LINE_BYTES 1300

enum worker_message {
    WORKER_NOTHING, /* no whole line has come yet */
    WORKER_TOOK,    /* job_id and attempt are set */
    WORKER_STEP,    /* share and images_per_second are set */
    WORKER_ALIVE,
    WORKER_GONE, /* the process closed its end: reap it */
    /* Conclusions: nothing but WORKER_GONE follows. */
    WORKER_DONE,   /* top1 and seconds are set */
    WORKER_FAILED, /* text is why; the database has it */
    WORKER_STOPPED,
    WORKER_PRUNED, /* text is why; the database has it */
    WORKER_IDLE,
    WORKER_FULL,    /* jobs wait, but none fits into memory */
    WORKER_TROUBLE, /* text is what is wrong with the database */
};

struct worker_process {
    pid_t pid;
    int fd; /* its messages */
    char line[WORKER_LINE_BYTES];
    size_t length;
    bool took;                      /* it has taken a job */
    enum worker_message conclusion; /* what it said at last; WORKER_NOTHING: it has not yet */
    double heard;                   /* clock_seconds of its last message, or of its start */
    double
        stuck_seconds; /* the scheduler's: killed after so long without a message; 0: it was not */
    char job_id[SHA256_HEX_BYTES];
    int attempt;
    double first_share, share; /* of the job: when it was taken up, and now */
    bool has_share;
    double images_per_second;
    double top1, seconds;
    char text[WORKER_LINE_BYTES];
};

/* The options' progress_fd is not used: the process gets one of its own. */
int worker_process_start(struct worker_process *process, const struct worker_options *options,
    struct err *err) MUST_CHECK;
/* Never blocks. */
enum worker_message worker_process_read(struct worker_process *process);
/* Wait for its end, which is near once WORKER_GONE was read; returns waitpid's status. */
int worker_process_reap(struct worker_process *process);
void worker_process_signal(const struct worker_process *process, int signal_number);

/* A sentence on how a process ended that did not conclude, with the end of the job's log, which is
 * closed and may be NULL. `more` follows what killed it: "; `submit --memory` asks for more". */
void worker_process_ending(const struct worker_process *process, int status, const char *more,
    FILE *log, char *to, size_t size);

#endif
