/*
 * The database of studies and jobs (SQLite, schema.sql): written here, read by query.h.
 *
 *     struct store *store;
 *     if (store_open(&store, "table3.db", STORE_CREATE, err) < 0) return -1;
 *     store_add_job(store, study, &job, &added, err);             a job that exists already is left
 * as it is while (store_claim(store, study, &owner, &claim, err) == 1)  one transaction: nobody
 * else gets it
 *             ... store_epoch(...), store_finish(...) or store_fail(...)
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
    STORE_READ, /* must exist, and stays as it is: one too old to be asked is copied into memory, and
                     the copy, which does not change, is brought to this version */
    STORE_AS_IT_IS, /* must exist; read whatever its version, which may lack what queries ask for:
                       for checks and copies */
    STORE_FROZEN,   /* must exist, and nobody changes it: read without locks, on any file system. No
                       link is followed in its path */
    STORE_WRITE,    /* must exist; an older version is brought to this one, a copy of it kept beside
                       it: ERR_BUSY while its own program runs jobs in it */
    STORE_OWN_COPY, /* the same, of a copy: nothing is kept of an older version */
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
/* From now on, a statement of any store that runs when asked() is true ends with ERR_INTERRUPTED, and
 * its transaction changes nothing. Set it before there are threads; it is called often. */
void store_stop_when(bool (*asked)(void));
/* ERR_INPUT if what is read is a copy of an older version's file, in which `option`, such as --watch,
 * would wait for changes in vain. */
int store_check_live(const struct store *store, const char *option, struct err *err) MUST_CHECK;

/*
 * One read by a command that reads again and again, such as --watch; only for stores that STORE_READ
 * opened. A process that may not write beside the database reads it as a file that does not change;
 * then it is reopened before the read, and read again if it changed meanwhile. `look` returns 0 or -1,
 * and may be called several times. After -1 the store can only be closed.
 */
typedef int store_look_at(void *context, struct err *err);
int store_look(struct store *store, store_look_at *look, void *context, struct err *err) MUST_CHECK;

/*
 * Many calls as one transaction, for speed: all between begin and end are kept if end is given 0,
 * and none if it is given -1, which it returns then. Others cannot write meanwhile: end it within a
 * second or so.
 */
int store_batch_begin(struct store *store, struct err *err) MUST_CHECK;
int store_batch_end(struct store *store, int result, struct err *err) MUST_CHECK;

/* Remember a study: its name, path and file text. Same name again: the texts are replaced, jobs are
 * kept. */
int store_put_study(struct store *store, const char *name, const char *source_path,
    const char *text, struct err *err) MUST_CHECK;

/* Add a job to a study; jobs are shared: one that another study has done already is linked, not run
 * again. `added`: the study did not have it. */
int store_add_job(struct store *store, const char *study, const struct job_record *job, bool *added,
    struct err *err) MUST_CHECK;

/* A study with all its jobs, as they were before they ran, from one database into another; or with
 * one of them. */
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

/* How long a job that is not done was thought to take here: all of it, and its training. */
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

/* Put back to waiting every running job whose owner is gone: on this host is_alive says so, on
 * another one half an hour without a heartbeat or an epoch does. */
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
/* Its process ended without a word: it waits again, with the reason, until that happened more than
 * `retries` times, when it has failed. *again: it waits. */
int store_crash(struct store *store, const char *job_id, int attempt, const char *message,
    int retries, bool *again, struct err *err) MUST_CHECK;
/* It is not worth going on (pruning): stopped, with the reason and the epoch it got to. */
int store_stop(struct store *store, const char *job_id, int attempt, const char *reason,
    struct err *err) MUST_CHECK;
/* Place of a job among those of a study by their top-1 on the test split after an epoch: 1 is the
 * best; *of: how many have come so far. */
int store_rank(struct store *store, const char *study, const char *job_id, int epoch, int *rank,
    int *of, struct err *err) MUST_CHECK;
/* Whether this attempt still holds the job: it may have been cancelled. */
int store_is_held(
    struct store *store, const char *job_id, int attempt, bool *held, struct err *err) MUST_CHECK;

/* ---- steering, from outside (store_steer.c) ---- */

/* A job that failed, or was stopped, waits again, its crashes forgotten; *changed is false if it is in
 * another state. */
int store_retry_job(
    struct store *store, const char *job_id, bool *changed, struct err *err) MUST_CHECK;
/* A job that waits or runs is stopped, whoever has it: its process finds out, or is told through its
 * owner's pid. *changed is false if it is in another state. */
int store_cancel(
    struct store *store, const char *job_id, bool *changed, struct err *err) MUST_CHECK;
/* The studies besides `study` that list a job: *n of them, their names appended to `names` ("a, b"),
 * each once. study NULL: none. */
int store_other_studies(struct store *store, const char *job_id, const char *study,
    struct str *names, int *n, struct err *err) MUST_CHECK;
/* A study no longer lists a job; the job and its result stay. */
int store_unlist_job(
    struct store *store, const char *job_id, const char *study, struct err *err) MUST_CHECK;
/* Remove a job that does not run, with its epochs, from all studies: even a finished one. */
int store_remove_job(struct store *store, const char *job_id, struct err *err) MUST_CHECK;

/* The process that has or had a job last; host empty: none had. */
struct job_owner {
    char state[16];
    struct owner process;
};
int store_job_owner(
    struct store *store, const char *job_id, struct job_owner *owner, struct err *err) MUST_CHECK;
int store_retry(struct store *store, const char *study, int *retried, struct err *err) MUST_CHECK;

/* What is known from elsewhere of a job that is not done: "waiting", "stopped", or "running" with the
 * claim of who runs it. */
struct mirrored_claim {
    const struct owner *owner;
    const char *started_utc;
    int attempt;
};
int store_mirror(struct store *store, const char *job_id, const char *state,
    const struct mirrored_claim *claim, struct err *err) MUST_CHECK;

/* What the result was computed on; kept once for each distinct environment. */
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
