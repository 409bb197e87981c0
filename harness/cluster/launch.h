/*
 * Ways of starting tasks on other machines, each one file launch_NAME.c and one line in
 * launchers.def.
 *
 *     const struct launcher *via = launcher_find("sbatch", err);
 *     via->limits(&cluster, &limits, err)
 *     via->submit(&cluster, &array, job, err)      what is sent has a name and a key of its own
 *     via->poll(&cluster, &run, &queue, err)       all tasks of a run folder, in one call
 *     via->cancel(&cluster, "77_3", err)
 *
 * submit must be called only with an array whose key is on the disk already; after an error the
 * array may be in the queue all the same, and poll tells (submission.h does both).
 */
#ifndef SCALESTUDY_HARNESS_CLUSTER_LAUNCH_H
#define SCALESTUDY_HARNESS_CLUSTER_LAUNCH_H

#include "cluster.h"
#include "harness/shared_queue/run_folder.h"

#define QUEUE_JOB_BYTES 32

struct launch_limits {
    int max_array; /* tasks of one array */
    int max_jobs;  /* tasks in the queue, of everybody */
};

/* What is sent: n_tasks times the same script, which knows its number. */
struct launch_array {
    const char *name, *key, *script;
    const char *folder, *logs; /* working directory, and that of outputs: both exist */
    int n_tasks, cpus;
    int64_t seconds, megabytes;
    struct str *remarks; /* what the queue said although it accepted; OPTIONAL */
};

struct queue_task {
    char job[QUEUE_JOB_BYTES]; /* of the array, as the queue calls it */
    int task;                  /* index in the array */
    char key[RUN_ID_BYTES];    /* of its submission; empty: not known (queue_match.h) */
    char state[32], reason[128], node[64];
};

struct queue {
    struct queue_task *tasks;
    int n;
};

struct launcher {
    const char *name, *summary;
    bool needs_url; /* it asks a server at the cluster's url */
    /* All OPTIONAL: a launcher without submit is one that people are. */
    int (*limits)(const struct cluster *cluster, struct launch_limits *limits, struct err *err);
    int (*submit)(const struct cluster *cluster, const struct launch_array *array,
        char job[QUEUE_JOB_BYTES], struct err *err);
    int (*poll)(const struct cluster *cluster, const struct run_folder *run, struct queue *queue,
        struct err *err);
    int (*cancel)(const struct cluster *cluster, const char *const *tasks, int n, struct err *err);
};

const char *const *launcher_names(void);
const struct launcher *launcher_find(const char *name, struct err *err);

int queue_add(struct queue *queue, const struct queue_task *task, struct err *err) MUST_CHECK;
void queue_release(struct queue *queue);

/* By key and index: for qsort and bsearch over tasks. */
int queue_compare(const void *a, const void *b);

/* Whether a task in this state (PENDING, RUNNING, ...) waits or runs. */
bool queue_is_live(const char *state);

/* Whether a live task is on its way out: it was cancelled, or is done, and its machine cleans up. */
bool queue_is_ending(const char *state);

/* What is to be said of tasks that ended in a state (OUT_OF_MEMORY, ...); NULL: nothing. */
const char *queue_ending(const char *state);

/* Whether a task waits for nothing: Slurm holds what a machine that was dying could not start. */
bool queue_is_stranded(const struct queue_task *task);

/* Slurm's reason code for a task that waits, in words; the code itself if it is a rare one. */
const char *queue_reason(const char *code);

#endif
