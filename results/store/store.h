/*
 * The database of studies and jobs (SQLite, schema.sql): written here, read by query.h.
 *
 *     struct store *store;
 *     if (store_open(&store, "table3.db", STORE_CREATE, err) < 0) return -1;
 *     store_add_job(store, study, &job, &added, err);          leaves a job that exists unchanged
 *     while (store_claim(store, study, ..., &claim, err) == 1) {       nobody else gets this job
 *             ... store_epoch(...), then store_finish(...) or store_fail(...)
 *             claim_release(&claim);
 *     }
 *     store_close(store);
 *
 * Every call is one transaction; finished jobs never change; waiting for other writers is bounded
 * (ERR_BUSY). What was finished, failed or given back survives a power cut when the call returns.
 * Times are UTC text, durations seconds, sizes bytes, accuracies per cent. Several processes on one
 * machine may use a file at once; a store is used by one thread, and not across fork. A full disk,
 * a read-only file or a newer schema is a sentence and no loss.
 */
#ifndef SCALESTUDY_RESULTS_STORE_STORE_H
#define SCALESTUDY_RESULTS_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/base/str.h"
#include "harness/system/process.h"

struct store;

enum store_mode {
    STORE_READ, /* must exist, and is not changed; a file of an older version that queries cannot
                       read is copied into memory, and the copy is upgraded */
    STORE_AS_IT_IS, /* must exist; read whatever its version: for checks and copies, since queries may
                       need columns that it lacks */
    STORE_FROZEN, /* must exist, and nobody changes it: read without locks, on any file system; links
                       in its path are not followed */
    STORE_WRITE, /* must exist; a file of an older version is upgraded, and a copy of it kept beside
                       it; ERR_BUSY while an older program runs jobs in it */
    STORE_OWN_COPY, /* as STORE_WRITE, for a copy: no older version is kept */
    STORE_CREATE,   /* created if missing */
};

/* A job as the plan makes it. Pointers are the caller's. */
struct job_record {
    const char *id;        /* hash of everything that decides the result, 64 hexadecimal digits */
    const char *canonical; /* the text that was hashed: a JSON object */
    const char *model;
    const char *method;
    double depth, width, resolution; /* factors over the study's own baseline */
    int input;
    int64_t seed;
    int64_t params, macs, train_bytes;
    int position; /* in the study: order of running */
};

struct claim {
    char job_id[65];
    char *canonical; /* owned; free with claim_release */
    int attempt;     /* from 1 */
};

struct job_outcome {
    double loss, top1, top5; /* NaN where there is none */
    int epochs;
    double train_seconds, images_per_second;
    int64_t peak_bytes;
};

struct epoch_row {
    int epoch;
    const char *split;
    double loss, top1, top5, lr, seconds;
};

/* "SQLite 3.40.1"; static. */
const char *store_library(void);

int store_open(
    struct store **store, const char *path, enum store_mode mode, struct err *err) MUST_CHECK;
void store_close(struct store *store); /* may be NULL */
/* From now on, a statement of any store ends with ERR_INTERRUPTED as soon as asked() returns true, and
 * its transaction changes nothing. Call this before starting threads; asked() is called often. */
void store_stop_when(bool (*asked)(void));
/* ERR_INPUT if the store reads a copy of an older file, in which `option`, such as --watch, would never
 * see a change. */
int store_check_live(const struct store *store, const char *option, struct err *err) MUST_CHECK;

/*
 * One read by a command that reads repeatedly, such as --watch; only for stores opened with STORE_READ.
 * A process that cannot write beside the database reads it without locks; the file is then reopened
 * before the read, and read again if it changed meanwhile. `look` returns 0 or -1, and may be called
 * several times. After -1 the store can only be closed.
 */
typedef int store_look_at(void *context, struct err *err);
int store_look(struct store *store, store_look_at *look, void *context, struct err *err) MUST_CHECK;

/*
 * Many calls as one transaction, for speed: end commits them all if result is 0, and undoes them all and
 * returns -1 if result is -1. Other processes cannot write meanwhile: end it within about a second.
 */
int store_batch_begin(struct store *store, struct err *err) MUST_CHECK;
int store_batch_end(struct store *store, int result, struct err *err) MUST_CHECK;

/* Adds a study: its name, path and file text. If the name exists, the texts are replaced and the jobs
 * kept. */
int store_put_study(struct store *store, const char *name, const char *source_path,
    const char *text, struct err *err) MUST_CHECK;

/* Adds a job to a study. Jobs are shared: one that another study has finished is linked, not run again.
 * *added: whether it is new to the study. */
int store_add_job(struct store *store, const char *study, const struct job_record *job, bool *added,
    struct err *err) MUST_CHECK;

/* Copies a study with all its jobs, or with one of them, into another database; the jobs wait there. */
int store_copy_study(
    struct store *from, struct store *to, const char *study, struct err *err) MUST_CHECK;
int store_copy_job(struct store *from, struct store *to, const char *study, const char *job_id,
    struct err *err) MUST_CHECK;

/* The jobs of a study in its order; free(). */
struct planned_job {
    char id[65], model[64], method[32];
    int input;
    int64_t seed, macs, train_bytes;
};
int store_list_jobs(struct store *store, const char *study, struct planned_job **jobs, int *n_jobs,
    struct err *err) MUST_CHECK;

/* Sets the time that an unfinished job is estimated to take here: in all, and for training alone. */
int store_estimate(struct store *store, const char *job_id, double seconds, double train_seconds,
    struct err *err) MUST_CHECK;

/* Jobs that the study no longer asks for leave it (their results stay in the file). */
int store_drop_other_jobs(struct store *store, const char *study, const char *const *ids, int n_ids,
    int *dropped, struct err *err) MUST_CHECK;

/* Take the next waiting job, of all studies if `study` is NULL, that fits into memory_bytes beside the
 * jobs that run on the owner's host (INT64_MAX: no limit). 1 and the claim; 0 if no job waits;
 * STORE_CLAIM_FULL if jobs wait, and none of them fits. */
#define STORE_CLAIM_FULL 2
int store_claim(struct store *store, const char *study, const struct owner *owner,
    int64_t memory_bytes, struct claim *claim, struct err *err) MUST_CHECK;
void claim_release(struct claim *claim);
/* ERR_INPUT if the id of a claimed job is not the SHA-256 of its text: another job's files would be
 * taken for its own. */
int claim_check(const struct claim *claim, struct err *err) MUST_CHECK;

/* Puts every running job whose owner is gone back to waiting: on this host as is_alive says, on other
 * hosts after half an hour without a sign of life. */
int store_recover(struct store *store, bool (*is_alive)(const struct owner *owner), int *recovered,
    struct err *err) MUST_CHECK;

/* A sign of life that says how far it is (0 to 1) and how fast. */
int store_progress(struct store *store, const char *job_id, int attempt, double progress,
    double images_per_second, struct err *err) MUST_CHECK;
/* Replaces the row of the same epoch and split, so that a resumed run may repeat one. */
int store_epoch(struct store *store, const char *job_id, int attempt, const struct epoch_row *row,
    struct err *err) MUST_CHECK;
/* Only the attempt that holds the job may end it; a stale one gets ERR_BUSY. */
int store_finish(struct store *store, const char *job_id, int attempt,
    const struct job_outcome *outcome, struct err *err) MUST_CHECK;
int store_fail(struct store *store, const char *job_id, int attempt, const char *message,
    struct err *err) MUST_CHECK;
int store_give_back(struct store *store, const char *job_id, int attempt,
    struct err *err) MUST_CHECK; /* interrupted: waiting again */
/* The job's process crashed: the job waits again, or has failed after more than `retries` crashes, with
 * `message` as the reason. *again: whether it waits. */
int store_crash(struct store *store, const char *job_id, int attempt, const char *message,
    int retries, bool *again, struct err *err) MUST_CHECK;
/* Stops a pruned job, with the reason; it keeps its last epoch. */
int store_stop(struct store *store, const char *job_id, int attempt, const char *reason,
    struct err *err) MUST_CHECK;
/* Rank of a job in its study by top-1 on the test split after an epoch, 1 being the best; *of: how many
 * jobs have reached that epoch. */
int store_rank(struct store *store, const char *study, const char *job_id, int epoch, int *rank,
    int *of, struct err *err) MUST_CHECK;
/* Whether this attempt still holds the job, which may have been cancelled. */
int store_is_held(
    struct store *store, const char *job_id, int attempt, bool *held, struct err *err) MUST_CHECK;

/* ---- retrying, cancelling and removing jobs (store_steer.c) ---- */

/* Makes a failed or stopped job wait again and resets its count of crashes; *changed is false if it is
 * in another state. */
int store_retry_job(
    struct store *store, const char *job_id, bool *changed, struct err *err) MUST_CHECK;
/* Stops a job that waits or runs. The process that runs it notices, or is signalled by its owner's pid.
 * *changed is false if the job is in another state. */
int store_cancel(
    struct store *store, const char *job_id, bool *changed, struct err *err) MUST_CHECK;
/* Counts the studies other than `study` (NULL: all) that list a job, and appends their names to `names`,
 * as "a, b". */
int store_other_studies(struct store *store, const char *job_id, const char *study,
    struct str *names, int *n, struct err *err) MUST_CHECK;
/* Takes a job off a study's list; the job and its result stay. */
int store_unlist_job(
    struct store *store, const char *job_id, const char *study, struct err *err) MUST_CHECK;
/* Removes a job that is not running, even a finished one, and its epochs, from all studies. */
int store_remove_job(struct store *store, const char *job_id, struct err *err) MUST_CHECK;

/* The process that has or last had a job; host is empty if none had it. */
struct job_owner {
    char state[16];
    struct owner process;
};
int store_job_owner(
    struct store *store, const char *job_id, struct job_owner *owner, struct err *err) MUST_CHECK;
int store_retry(struct store *store, const char *study, int *retried, struct err *err) MUST_CHECK;

/* Sets the state of an unfinished job as a shared folder shows it: "waiting", "stopped", or "running"
 * with the claim of the process that runs it. */
struct mirrored_claim {
    const struct owner *owner;
    const char *started_utc;
    int attempt;
};
int store_mirror(struct store *store, const char *job_id, const char *state,
    const struct mirrored_claim *claim, struct err *err) MUST_CHECK;

/* The machine and program that computed a result; each distinct environment is stored once. */
struct environment {
    const char *host, *cpu, *isa, *version, *blas;
    int cores, threads;
};
int store_environment(struct store *store, const char *job_id, int attempt,
    const struct environment *environment, struct err *err) MUST_CHECK;

/* One measurement of `bench`, on an environment: the columns of the table benchmark. */
struct benchmark_record {
    const char *model, *mode; /* "train" or "infer" */
    const char *setting;      /* "recompute", or NULL */
    double width, depth;
    int input, batch, steps;
    double images_per_second, step_ms_median, step_ms_min;
    int64_t peak_bytes, plan_bytes, macs;
    double peak_flops;
};
int store_benchmark(struct store *store, const struct benchmark_record *record,
    const struct environment *environment, struct err *err) MUST_CHECK;

#endif
