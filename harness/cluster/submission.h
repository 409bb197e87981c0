/*
 * What is sent to a queue: jobs of a run folder as the tasks of arrays, each array under a key that
 * is unique in the world and on the disk before anything is sent.
 *
 *     submission_plan(&plan, jobs, n, &cluster, &limits, threads, err)      who goes with whom
 *     for each array: submission_script(...), submission_send(...)
 *     submission_plan_release(&plan)
 *
 *     submissions/KEY/tasks      a line a task: its jobs, blanks between
 *     submissions/KEY/script.sh  exactly what was sent
 *     submissions/KEY/accepted   the queue's name of it, once that is known
 *     submissions/KEY/refused    why it is not in the queue
 */
#ifndef SCALESTUDY_HARNESS_CLUSTER_SUBMISSION_H
#define SCALESTUDY_HARNESS_CLUSTER_SUBMISSION_H

#include "launch.h"
#include "harness/shared_queue/run_folder.h"
#include "harness/shared_queue/run_program.h"

/* A job that is to be sent, and what it needs. */
struct submission_job {
    const char *id;
    double seconds; /* estimate */
    int64_t megabytes;
    int place; /* in the study's plan */
};

struct submission_array {
    int first_task, n_tasks;
    int n_jobs;
    int64_t seconds, megabytes; /* that each task asks for */
};

struct submission_plan {
    struct submission_job *jobs; /* in the order of tasks; owned */
    int n_jobs, left_out;        /* left out: more than the queue may hold */
    int *task_starts;            /* [n_tasks + 1], in jobs */
    int n_tasks;
    struct submission_array *arrays;
    int n_arrays;
};

int submission_plan(struct submission_plan *plan, const struct submission_job *jobs, int n_jobs,
    const struct cluster *cluster, const struct launch_limits *limits, struct err *err) MUST_CHECK;
void submission_plan_release(struct submission_plan *plan);

/* The script of an array. ERR_INPUT if a path, or what the cluster's file says, has a control character,
 * since a line of its own could be anything. */
int submission_script(const struct run_folder *run, const struct cluster *cluster,
    const struct submission_array *array, const struct run_program *program, const char *key,
    struct str *script, struct err *err) MUST_CHECK;

/* "scalestudy-1f2e3d4c5b6a": what all tasks of a run folder are called. */
#define SUBMISSION_NAME_BYTES 32
void submission_name(const struct run_folder *run, char to[SUBMISSION_NAME_BYTES]);

/* Write an array down under a new key, and send it. After an error the queue is asked for the key
 * before the array is sent again, or given up. remarks: what the queue said although it accepted. */
int submission_send(const struct run_folder *run, const struct cluster *cluster,
    const struct submission_plan *plan, const struct submission_array *array,
    const struct run_program *program, char key[RUN_ID_BYTES], char job[QUEUE_JOB_BYTES],
    struct str *remarks, struct err *err) MUST_CHECK;

/* Submissions whose end nobody wrote down, because the submitter died: the queue tells. *found and
 * *lost: how many were there, and were not. It is written down, if anything may be. */
int submission_settle(const struct run_folder *run, const struct queue *queue, int *found,
    int *lost, struct err *err) MUST_CHECK;

/* Whether a queue ever accepted something of the folder. */
bool submission_any_accepted(const struct run_folder *run);

/* The jobs of a task; free(). */
int submission_read_task(const struct run_folder *run, const char *key, int task,
    char (**ids)[SHA256_HEX_BYTES], int *n_ids, struct err *err) MUST_CHECK;

/* The ids of all jobs that tasks of the queue have, which wait or run; sorted; free(). */
int submission_queued(const struct run_folder *run, const struct queue *queue,
    char (**ids)[SHA256_HEX_BYTES], int *n_ids, struct err *err) MUST_CHECK;

#endif
