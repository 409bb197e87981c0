/*
 * One attempt at a job of a shared folder: claimed, run by a worker process on a database of its own
 * in this machine's scratch folder, and its result published. For source_folder.c.
 *
 *     got = folder_attempt_start(&attempt, &setting, slot, job, &last, err)    1: claimed and started
 *     folder_attempt_tend(...)       several times a second: signs of life, and publishing
 *     folder_attempt_ended(...)      its process has ended
 *
 * Both return what became of the job, ENDING_OPEN until that is known; then nothing of the attempt
 * is left on this machine.
 */
#ifndef SCALESTUDY_HARNESS_RUN_FOLDER_ATTEMPT_H
#define SCALESTUDY_HARNESS_RUN_FOLDER_ATTEMPT_H

#include "harness/shared_queue/chain.h"
#include "scheduler.h"

/* What all attempts share. */
struct attempt_setting {
    const struct run_folder *run;
    struct store *plan;
    const struct chain_owner *self;
    const char *scratch, *packed; /* packed: the copy of the packed set, or NULL */
    double checkpoint_seconds;
};

struct folder_attempt {
    struct chain_claim claim;
    char database[PATH_BYTES + 128];
    struct dir folder; /* attempts/JOB.N, where its process writes; closed if there is none */
    bool superseded;   /* another attempt goes on, or somebody stopped the job */
    bool done;         /* the result says so */
    double next_heartbeat, next_try, give_up; /* clock_seconds */
    struct err problem;                       /* of the last try to publish */
};

/* 0: the job is unavailable, *last says why. -1: trouble of the machine or the folder. */
int folder_attempt_start(struct folder_attempt *attempt, const struct attempt_setting *setting,
    struct slot *slot, const struct planned_job *job, struct chain_entry *last,
    struct err *err) MUST_CHECK;
/* `stopping`: its process was asked to save and end. */
enum slot_ending folder_attempt_tend(struct folder_attempt *attempt,
    const struct attempt_setting *setting, struct slot *slot, bool stopping, struct err *err);
enum slot_ending folder_attempt_ended(struct folder_attempt *attempt,
    const struct attempt_setting *setting, struct slot *slot, int status, bool stopping,
    struct err *err);

#endif
