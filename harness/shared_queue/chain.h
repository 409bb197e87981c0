/*
 * The chain of a job of a run folder: what happened to it, and who may work on it, agreed on without
 * a server.
 *
 * What happens to a job is a chain of files, chain/XX/JOB.1, JOB.2, ...: claimed, released, claimed
 * again, done. Each is made whole under another name and then linked, which succeeds for one
 * machine only, however many try at once. The last one says how the job stands.
 *
 *     got = chain_claim(&run, job_id, &self, &claim, &last, err)    1: it is ours
 *     chain_heartbeat(&run, &claim)                                 again and again
 *     chain_publish(&run, &claim, shard, true, err)                 1: published, 0: too late
 *
 * A claim whose owner is silent for the folder's takeover_seconds may be claimed by another. Since
 * a result is itself the next link of the chain, an attempt that was given up on can not publish:
 * its place is taken. Silence is measured by the file system's own clock.
 */
#ifndef SCALESTUDY_HARNESS_SHARED_QUEUE_CHAIN_H
#define SCALESTUDY_HARNESS_SHARED_QUEUE_CHAIN_H

#include "harness/system/process.h"
#include "run_folder.h"

#define TASK_BYTES 128

enum entry_kind {
    ENTRY_NONE,     /* nothing has happened to the job */
    ENTRY_CLAIMED,  /* somebody runs it, or died over it */
    ENTRY_RELEASED, /* given back, with a checkpoint */
    ENTRY_CRASHED,  /* given back since its process crashed */
    ENTRY_RETRY,    /* failed or stopped, and wanted again */
    ENTRY_STOPPED,  /* nobody is to run it */
    ENTRY_DONE,
    ENTRY_FAILED,
};

/* Who claims: a process, and the task of the queue that it is, if any. */
struct chain_owner {
    struct owner process;
    char task[TASK_BYTES]; /* "KEY/INDEX JOB_TASK"; empty without a queue */
};

struct chain_entry {
    int number; /* 0: there is none */
    enum entry_kind kind;
    struct chain_owner owner; /* of a claim */
    char since_utc[24];
    char reason[256]; /* why it was released, stopped or wanted again */
    double changed;   /* its last sign of life, by the file system's clock */
};

struct chain_claim {
    char job_id[65];
    int number;
};

/* This process, as the owner of claims. */
int chain_self(struct chain_owner *owner, const char *task, struct err *err) MUST_CHECK;

/* How a job stands. */
int chain_last(const struct run_folder *run, const char *job_id, struct chain_entry *last,
    struct err *err) MUST_CHECK;

/* Whether the owner of a claim is known or taken to be dead; `now` from run_folder_now, `self` may
 * be NULL. The same task of the queue, started again, follows itself. */
bool chain_is_dead(const struct run_folder *run, const struct chain_entry *claim,
    const struct chain_owner *self, double now);

/* 1: claimed. 0: unavailable, *last says why. */
int chain_claim(const struct run_folder *run, const char *job_id, const struct chain_owner *self,
    struct chain_claim *claim, struct chain_entry *last, struct err *err) MUST_CHECK;

/* A sign of life; false if the claim is no longer the last entry. */
bool chain_heartbeat(const struct run_folder *run, const struct chain_claim *claim);

/* The shard of that name in the run folder, which goes from there, becomes the job's result: 1, or 0
 * if the claim is no longer the last entry. */
int chain_publish(const struct run_folder *run, const struct chain_claim *claim, const char *name,
    bool done, struct err *err) MUST_CHECK;

/* Add the entry that comes after entry `number`: released, crashed, retry or stopped. 1, or 0 if
 * there is one already. */
int chain_add(const struct run_folder *run, const char *job_id, int number, enum entry_kind kind,
    const char *reason, struct err *err) MUST_CHECK;

/* How many of the first `number` entries are crashes, since the job was last wanted again. */
int chain_crashes(const struct run_folder *run, const char *job_id, int number, int *crashes,
    struct err *err) MUST_CHECK;

/* The name of attempts/JOB.N. */
void attempt_folder(const char *job_id, int number, char to[RUN_NAME_BYTES]);
/* Remove what attempts of a job up to `number` left in attempts/. */
void attempt_folders_remove(const struct run_folder *run, const char *job_id, int number);

/* The last entries of all jobs. */
struct chain_index_entry {
    char job_id[65];
    int number;
    enum entry_kind kind; /* ENTRY_CLAIMED stands for anything but a result: ask chain_last */
};
struct chain_index {
    struct chain_index_entry *entries; /* sorted by job_id */
    int n;
};
/* A result whose publisher died before it was among the results gets there, if anything may be
 * written. */
int chain_index(
    const struct run_folder *run, struct chain_index *index, struct err *err) MUST_CHECK;
void chain_index_release(struct chain_index *index);
/* Remove what killed processes left: attempts of jobs that are done, and unfinished files older than
 * the time that a machine may be silent. What cannot be removed stays. */
void chain_sweep(const struct run_folder *run, const struct chain_index *index);
/* NULL: nothing has happened to it. */
const struct chain_index_entry *chain_index_find(
    const struct chain_index *index, const char *job_id);

/* The job and number that the name of a file among the results, or of a folder of attempts, says; false
 * if it is none. */
bool chain_parse(const char *name, struct chain_index_entry *entry);

/* The names of results/JOB.N.done or .failed, and of the same file as an entry of the chain. */
void chain_result_name(const char *job_id, int number, bool done, char to[RUN_NAME_BYTES]);
void chain_entry_name(const char *job_id, int number, char to[RUN_NAME_BYTES]);

#endif
