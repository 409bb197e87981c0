/*
 * The loop that keeps a number of slots busy, each with one worker process (worker_process.h), until
 * a source has no job left. There are two sources: a database (source_database.h), and a folder that
 * many machines share (source_folder.h).
 *
 *     struct scheduler s = {.source = &source, .context = &mine, .stuck_seconds = 1800};
 *
 *     scheduler_jobs(&s, store, study, err)      labels of jobs, and what they cost
 *     scheduler_hold_signals(&s)                 from here on none ends this process
 *     scheduler_run(&s, n_slots, err)            0 also after an interruption: s.interrupted
 *     scheduler_release(&s)
 *
 * The first SIGINT, SIGTERM or SIGHUP asks all workers to save and end, and so does SIGUSR1, with
 * which a queue warns of its time limit. A second one that is not SIGUSR1 kills them, if
 * second_signal_kills. What goes wrong in the source stops the loop too, once the workers have saved.
 */
#ifndef SCALESTUDY_HARNESS_RUN_SCHEDULER_H
#define SCALESTUDY_HARNESS_RUN_SCHEDULER_H

#include <signal.h>

#include "harness/terminal/progress.h"
#include "results/store/store.h"
#include "worker_process.h"

#define SCHEDULER_MOST_SLOTS 256

enum slot_state {
    SLOT_FREE,
    SLOT_RUNNING,   /* its process lives */
    SLOT_RECORDING, /* its process has ended, and the source still has to record the result */
};

/* One job at a time. */
struct slot {
    int index;
    enum slot_state state;
    struct worker_process process;
    const struct planned_job *job; /* NULL: none was taken yet, or the study does not list it */
    char text[900];                /* why the job failed or is tried again */
};

/* How a slot's job ended. */
enum slot_ending {
    ENDING_TROUBLE = -1, /* the machine, the database or the folder failed: err is set */
    ENDING_OPEN,         /* not yet: the source goes on in tend() */
    ENDING_SILENT,       /* there is nothing to report */
    ENDING_DONE,         /* process.top1, process.seconds */
    ENDING_FAILED,       /* text */
    ENDING_PRUNED,       /* text */
    ENDING_RETRIED,      /* its process crashed, and it waits again: text */
    ENDING_RELEASED,     /* saved and given back */
    ENDING_SUPERSEDED,   /* another attempt has it, or it was stopped */
};

struct scheduler;

struct job_source {
    /* Once a turn, before free slots are filled: look again for jobs, if it is time. -1 stops all. */
    int (*look)(struct scheduler *s, struct err *err);
    /* Start a process for the next job: 1 started, 0 none can be started now, -1 stops all. */
    int (*start)(struct scheduler *s, struct slot *slot, struct err *err);
    /* OPTIONAL: the process has taken a job: slot->process.job_id. */
    int (*taken)(struct scheduler *s, struct slot *slot, struct err *err);
    /* The process has ended with this status of waitpid: what became of the job? process.conclusion
     * is what the process said of it. */
    enum slot_ending (*ended)(struct scheduler *s, struct slot *slot, int status, struct err *err);
    /* OPTIONAL: every turn for every busy slot: signs of life, and results that are still to be
     * recorded. Counts in SLOT_RECORDING only. */
    enum slot_ending (*tend)(struct scheduler *s, struct slot *slot, struct err *err);
    /* All slots are free, and none could be filled: whether to wait for jobs that others run. */
    bool (*waits)(struct scheduler *s);
};

struct scheduler {
    const struct job_source *source;
    void *context;            /* the source's */
    double stuck_seconds;     /* a worker without a message for so long is killed; 0: never */
    bool second_signal_kills; /* else a second signal changes nothing */
    struct progress progress; /* the source counts jobs; a work_total of 0: no work is counted */

    struct planned_job *jobs; /* of the study, in its order */
    int n_jobs;
    struct slot *slots;
    int n_slots;
    bool interrupted; /* by a signal */
    bool time_limit;  /* that signal was SIGUSR1 */
    bool stopping;    /* no job is started any more */
    bool killed;      /* the workers were killed at once */

    /* Private. */
    const struct planned_job **by_id; /* [n_jobs] */
    bool *weighed; /* [n_jobs]: what it had done before this run is in progress.work_before */
    double interrupted_at, last_turn, finished_work;
    int stops_obeyed, warnings_obeyed;
    sigset_t unblocked;
};

/* Read the jobs of a study. */
int scheduler_jobs(
    struct scheduler *s, struct store *store, const char *study, struct err *err) MUST_CHECK;
/* NULL: the study does not list it, which one that was changed meanwhile can cause. */
const struct planned_job *scheduler_find(const struct scheduler *s, const char *job_id);
/* "MODEL METHOD N px, seed N"; a job that the study does not list by its id. */
#define SCHEDULER_LABEL_BYTES 160
const char *scheduler_label(const struct slot *slot, char to[SCHEDULER_LABEL_BYTES]);

/* Signals are held back except while the loop waits, so that none comes between looking and
 * sleeping. */
void scheduler_hold_signals(struct scheduler *s);
/* Whether none has come since, as packed_copy_make asks. */
bool scheduler_no_signal(void *context);

/* Slots with a process that has taken a job, or that has not. */
int scheduler_count(const struct scheduler *s, bool with_job);
/* Slots that are not free. */
int scheduler_busy(const struct scheduler *s);

/* -1 is the source's error. */
int scheduler_run(struct scheduler *s, int n_slots, struct err *err) MUST_CHECK;
void scheduler_release(struct scheduler *s);

#endif
