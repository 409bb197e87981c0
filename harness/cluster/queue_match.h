/*
 * Which tasks of a queue belong to a run folder, and to which submission. A site's plugins may rewrite
 * a job's comment, name or folder, so none of these decides alone. A task belongs to a submission if
 * the submission's key stands in any of them, or if it is of an array that the queue accepted and one
 * of them shows that it is of this folder.
 *
 *     if (queue_match_open(&match, &run, err) < 0) goto done;
 *     if (queue_match(&match, &sight, task.key)) ...      it is ours
 * done:
 *     queue_match_close(&match);
 */
#ifndef SCALESTUDY_HARNESS_CLUSTER_QUEUE_MATCH_H
#define SCALESTUDY_HARNESS_CLUSTER_QUEUE_MATCH_H

#include "harness/shared_queue/run_folder.h"

/* What a queue shows of a task; "" where it shows nothing. */
struct queue_sight {
    const char *job;  /* the number of its array */
    const char *name; /* of the job */
    const char *text; /* comment, command and so on, in any order */
    const char *folder;
};

struct queue_match {
    const struct run_folder *run;
    struct known_submission *known; /* sorted by key */
    int n_known;
    bool accepted_read;      /* known[].job */
    char last[RUN_ID_BYTES]; /* the key found last: tasks of an array follow each other */
};

int queue_match_open(
    struct queue_match *match, const struct run_folder *run, struct err *err) MUST_CHECK;
void queue_match_close(struct queue_match *match);

/* key: the submission's; "" if only the name says that the task is ours. */
bool queue_match(
    struct queue_match *match, const struct queue_sight *sight, char key[RUN_ID_BYTES]);

#endif
