/* A study from one database into another, and what is known of it from elsewhere: what a run folder
 * carries, and what is collected into. */
#include "store_sql.h"

#include <stdlib.h>

#include "harness/base/array.h"
#include "harness/base/str.h"
#include "store_images.h"

#define BATCH 500 /* jobs that are added in one transaction */

#define SELECT_JOB                                                                                 \
    "SELECT job.id, canonical, model, method, depth, width, resolution, input, seed, params, "     \
    "macs, train_bytes, position FROM study_job JOIN job ON job.number = study_job.job "

static int copy_text(struct store *from, struct store *to, const char *study, struct err *err)
{
    sqlite3_stmt *rows = store_select(
        from, "SELECT source_path, text FROM study WHERE name = ?1", BIND(TEXT(study)), err);
    int got = store_step(from, rows, err);
    int result;

    if (got < 0)
        return -1;
    if (got == 0)
        return err_set(err, ERR_INPUT, "the database %s has no study '%.128s'", from->path, study);
    result =
        store_put_study(to, study, store_column_text(rows, 0), store_column_text(rows, 1), err);
    sqlite3_reset(rows);
    return result;
}

static int copy_job(
    struct store *from, struct store *to, const char *study, sqlite3_stmt *rows, struct err *err)
{
    char id[SHA256_HEX_BYTES];
    const struct job_record job = {.id = id,
        .canonical = store_column_text(rows, 1),
        .model = store_column_text(rows, 2),
        .method = store_column_text(rows, 3),
        .depth = sqlite3_column_double(rows, 4),
        .width = sqlite3_column_double(rows, 5),
        .resolution = sqlite3_column_double(rows, 6),
        .input = sqlite3_column_int(rows, 7),
        .seed = sqlite3_column_int64(rows, 8),
        .params = sqlite3_column_int64(rows, 9),
        .macs = sqlite3_column_int64(rows, 10),
        .train_bytes = sqlite3_column_int64(rows, 11),
        .position = sqlite3_column_int(rows, 12)};
    bool added;

    if (store_take_id(from, rows, 0, id, err) < 0)
        return -1;
    if (store_check_text(id, job.canonical, err) < 0)
        return err_context(err, "%s", from->path);
    return store_add_job(to, study, &job, &added, err);
}

/* The next jobs, at most a batch, as one transaction. 1: there may be more. */
static int copy_batch(
    struct store *from, struct store *to, const char *study, sqlite3_stmt *rows, struct err *err)
{
    int got = 1, result = 0;

    if (store_batch_begin(to, err) < 0)
        return -1;
    for (int i = 0; i < BATCH && got > 0 && result == 0; i++) {
        got = store_step(from, rows, err);
        result = got > 0 ? copy_job(from, to, study, rows, err) : got;
    }
    if (store_batch_end(to, result, err) < 0)
        return -1;
    return got;
}

int store_copy_study(struct store *from, struct store *to, const char *study, struct err *err)
{
    sqlite3_stmt *rows;
    int got;

    if (copy_text(from, to, study, err) < 0 || store_copy_images(from, to, err) < 0)
        return -1;
    rows = store_select(from,
        SELECT_JOB
        "WHERE study_job.study = (SELECT number FROM study WHERE name = ?1) ORDER BY position",
        BIND(TEXT(study)), err);
    if (!rows)
        return -1;
    do
        got = copy_batch(from, to, study, rows, err);
    while (got > 0);
    sqlite3_reset(rows);
    return got;
}

int store_copy_job(
    struct store *from, struct store *to, const char *study, const char *job_id, struct err *err)
{
    sqlite3_stmt *rows;
    int got, result;

    if (copy_text(from, to, study, err) < 0 || store_copy_images(from, to, err) < 0)
        return -1;
    rows = store_select(from,
        SELECT_JOB "WHERE job.id = ?2 AND study_job.study = (SELECT number FROM study WHERE name "
                   "= ?1)",
        BIND(TEXT(study), TEXT(job_id)), err);
    got = store_step(from, rows, err);
    if (got < 0)
        return -1;
    if (got == 0)
        return err_set(
            err, ERR_INPUT, "the study '%.128s' in %s has no job %.64s", study, from->path, job_id);
    result = copy_job(from, to, study, rows, err);
    sqlite3_reset(rows);
    return result;
}

static int take_planned(
    struct store *store, sqlite3_stmt *rows, struct planned_job *job, struct err *err)
{
    if (store_take_id(store, rows, 0, job->id, err) < 0)
        return -1;
    str_copy(job->model, sizeof(job->model), store_column_text(rows, 1));
    str_copy(job->method, sizeof(job->method), store_column_text(rows, 2));
    job->input = sqlite3_column_int(rows, 3);
    job->seed = sqlite3_column_int64(rows, 4);
    job->macs = sqlite3_column_int64(rows, 5);
    job->train_bytes = sqlite3_column_int64(rows, 6);
    return 0;
}

int store_list_jobs(
    struct store *store, const char *study, struct planned_job **jobs, int *n_jobs, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT job.id, model, method, input, seed, macs, train_bytes FROM study_job "
        "JOIN job ON job.number = study_job.job "
        "WHERE study = (SELECT number FROM study WHERE name = ?1) ORDER BY position",
        BIND(TEXT(study)), err);
    int got;

    *jobs = NULL;
    *n_jobs = 0;
    while ((got = store_step(store, rows, err)) > 0) {
        if (!array_grow(jobs, *n_jobs, sizeof(**jobs))) {
            sqlite3_reset(rows);
            got = err_set(err, ERR_MEMORY, "no memory for the jobs of %s", study);
            break;
        }
        if (take_planned(store, rows, &(*jobs)[(*n_jobs)++], err) < 0) {
            sqlite3_reset(rows);
            got = -1;
            break;
        }
    }
    if (got < 0) {
        free(*jobs);
        *jobs = NULL;
        *n_jobs = 0;
    }
    return got;
}

int store_mirror(struct store *store, const char *job_id, const char *state,
    const struct mirrored_claim *claim, struct err *err)
{
    int result;

    if (store_begin(store, STORE_LAZY, err) < 0)
        return -1;
    if (claim)
        result = store_run(store,
            "UPDATE job SET state = ?2, host = ?3, pid = ?4, started_utc = ?5, attempt = ?6, "
            "error = NULL, finished_utc = NULL WHERE id = ?1 AND state <> 'done'",
            BIND(TEXT(job_id), TEXT(state), TEXT(claim->owner->host), INT(claim->owner->pid),
                TEXT(claim->started_utc), INT(claim->attempt)),
            err);
    else
        result = store_run(store,
            "UPDATE job SET state = ?2, error = NULL, finished_utc = NULL "
            "WHERE id = ?1 AND state <> 'done'",
            BIND(TEXT(job_id), TEXT(state)), err);
    return store_end(store, result, err);
}
