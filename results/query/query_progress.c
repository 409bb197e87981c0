/* Reading what goes on: progress by model and method, jobs that run, a job's epochs. */
#include "query.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/base/str.h"
#include "results/store/store_sql.h"

/* So many jobs are named to who gives too few digits. */
#define LISTED_JOBS 4
#define ID_DIGITS   64

typedef int row_reader(struct store *store, sqlite3_stmt *rows, void *item, struct err *err);

/* Read all rows of a statement into an array, each by `read`. */
static int read_all(struct store *store, sqlite3_stmt *rows, size_t size, row_reader *read,
    void *items, int *n_items, struct err *err)
{
    char *list = NULL;
    int n = 0, got;

    while ((got = store_step(store, rows, err)) > 0) {
        if (!array_grow(&list, n, size)) {
            sqlite3_reset(rows);
            got = err_set(
                err, ERR_MEMORY, "no memory for %d rows of the database %s", n + 1, store->path);
            break;
        }
        memset(list + (size_t)n * size, 0, size);
        if (read(store, rows, list + (size_t)n++ * size, err) < 0) {
            sqlite3_reset(rows);
            got = -1;
            break;
        }
    }
    if (got < 0) {
        free(list);
        return -1;
    }
    *(void **)items = list;
    *n_items = n;
    return 0;
}

static int read_group(struct store *store, sqlite3_stmt *rows, void *item, struct err *err)
{
    struct progress_group *group = item;

    (void)store;
    (void)err;
    str_copy(group->study, sizeof(group->study), store_column_text(rows, 0));
    str_copy(group->model, sizeof(group->model), store_column_text(rows, 1));
    str_copy(group->method, sizeof(group->method), store_column_text(rows, 2));
    group->total = sqlite3_column_int(rows, 3);
    group->done = sqlite3_column_int(rows, 4);
    group->running = sqlite3_column_int(rows, 5);
    group->failed = sqlite3_column_int(rows, 6);
    group->waiting = sqlite3_column_int(rows, 7);
    group->stopped = sqlite3_column_int(rows, 8);
    group->images_per_second = store_column_real(rows, 9);
    group->macs_left = sqlite3_column_double(rows, 10);
    return 0;
}

int query_progress(struct store *store, const char *study, struct progress_group **groups,
    int *n_groups, struct err *err)
{
    return read_all(store,
        store_select(store,
            "SELECT study, model, method, total, done, running, failed, waiting, stopped, "
            "images_per_second, macs_left FROM study_progress WHERE ?1 IS NULL OR study = ?1",
            BIND(TEXT(study)), err),
        sizeof(**groups), read_group, groups, n_groups, err);
}

static int read_running(struct store *store, sqlite3_stmt *rows, void *item, struct err *err)
{
    struct running_job *job = item;

    str_copy(job->study, sizeof(job->study), store_column_text(rows, 0));
    if (store_take_id(store, rows, 1, job->job_id, err) < 0)
        return -1;
    str_copy(job->model, sizeof(job->model), store_column_text(rows, 2));
    str_copy(job->method, sizeof(job->method), store_column_text(rows, 3));
    str_copy(job->host, sizeof(job->host), store_column_text(rows, 4));
    job->input = sqlite3_column_int(rows, 5);
    job->seed = sqlite3_column_int64(rows, 6);
    job->attempt = sqlite3_column_int(rows, 7);
    job->progress = store_column_real(rows, 8);
    job->images_per_second = store_column_real(rows, 9);
    job->silent_seconds = store_column_real(rows, 10);
    return 0;
}

int query_running(
    struct store *store, const char *study, struct running_job **jobs, int *n_jobs, struct err *err)
{
    return read_all(store,
        store_select(store,
            "SELECT study, job_id, model, method, host, input, seed, attempt, progress, "
            "images_per_second, strftime('%s', 'now') - strftime('%s', heartbeat_utc) "
            "FROM running_job WHERE ?1 IS NULL OR study = ?1",
            BIND(TEXT(study)), err),
        sizeof(**jobs), read_running, jobs, n_jobs, err);
}

static int read_epoch(struct store *store, sqlite3_stmt *rows, void *item, struct err *err)
{
    struct epoch_metric *epoch = item;

    (void)store;
    (void)err;
    epoch->epoch = sqlite3_column_int(rows, 0);
    str_copy(epoch->split, sizeof(epoch->split), store_column_text(rows, 1));
    epoch->loss = store_column_real(rows, 2);
    epoch->top1 = store_column_real(rows, 3);
    epoch->top5 = store_column_real(rows, 4);
    epoch->lr = store_column_real(rows, 5);
    epoch->seconds = store_column_real(rows, 6);
    return 0;
}

int query_epochs(struct store *store, const char *job_id, struct epoch_metric **epochs,
    int *n_epochs, struct err *err)
{
    return read_all(store,
        store_select(store,
            "SELECT epoch, split, epoch.loss, epoch.top1, epoch.top5, lr, seconds FROM epoch "
            "JOIN job ON job.number = epoch.job WHERE job.id = ?1 ORDER BY epoch, split DESC",
            BIND(TEXT(job_id)), err),
        sizeof(**epochs), read_epoch, epochs, n_epochs, err);
}

int query_job(struct store *store, const char *job_id, struct job_detail *job, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT job.id, coalesce(study.name, former.name), "
        "coalesce(listed.model, was.model, json_extract(canonical, '$.spec.name')), "
        "coalesce(listed.method, was.method), job.state, host, started_utc, finished_utc, "
        "error, input, attempt, crashes, seed, pid FROM job "
        "LEFT JOIN study_job AS listed ON listed.job = job.number "
        "LEFT JOIN study ON study.number = listed.study "
        "LEFT JOIN main.study_job AS was ON was.job = job.number "
        "LEFT JOIN main.study AS former ON former.number = was.study WHERE job.id = ?1 LIMIT 1",
        BIND(TEXT(job_id)), err);
    int got = store_step(store, rows, err);

    if (got < 0)
        return -1;
    if (got == 0)
        return err_set(err, ERR_INPUT, "the database %s has no job %.64s", store->path, job_id);
    *job = (struct job_detail){.input = sqlite3_column_int(rows, 9),
        .attempt = sqlite3_column_int(rows, 10),
        .crashes = sqlite3_column_int(rows, 11),
        .seed = sqlite3_column_int64(rows, 12),
        .pid = sqlite3_column_int64(rows, 13)};
    if (store_take_id(store, rows, 0, job->job_id, err) < 0) {
        sqlite3_reset(rows);
        return -1;
    }
    str_copy(job->study, sizeof(job->study), store_column_text(rows, 1));
    str_copy(job->model, sizeof(job->model), store_column_text(rows, 2));
    str_copy(job->method, sizeof(job->method), store_column_text(rows, 3));
    str_copy(job->state, sizeof(job->state), store_column_text(rows, 4));
    str_copy(job->host, sizeof(job->host), store_column_text(rows, 5));
    str_copy(job->started_utc, sizeof(job->started_utc), store_column_text(rows, 6));
    str_copy(job->finished_utc, sizeof(job->finished_utc), store_column_text(rows, 7));
    str_copy(job->error, sizeof(job->error), store_column_text(rows, 8));
    sqlite3_reset(rows);
    return 0;
}

/* ---- a job by the beginning of its id ---- */

static int check_prefix(const char *prefix, struct err *err)
{
    if (!prefix[0] || strlen(prefix) > ID_DIGITS ||
        prefix[strspn(prefix, "0123456789abcdef")] != '\0')
        return err_set(err, ERR_INPUT,
            "'%.70s' is not the beginning of a job's id, which has digits from 0 to 9 and a to f; "
            "`scalestudy jobs` shows them",
            prefix);
    return 0;
}

int query_find_job(struct store *store, const char *prefix, char id[65], struct err *err)
{
    struct str list = STR_INIT;
    sqlite3_stmt *rows;
    int n = 0, got, result = -1;

    if (check_prefix(prefix, err) < 0)
        return -1;
    /* 'g' comes after every digit. */
    rows = store_select(store,
        "SELECT id FROM job WHERE id >= ?1 AND id < ?1 || 'g' ORDER BY id LIMIT 5",
        BIND(TEXT(prefix)), err);
    while ((got = store_step(store, rows, err)) > 0) {
        if (n++ == 0 && store_take_id(store, rows, 0, id, err) < 0) {
            sqlite3_reset(rows);
            goto done;
        }
        str_addf(&list, "%s%.16s", n > 1 ? ", " : "",
            n > LISTED_JOBS ? "..." : store_column_text(rows, 0));
    }
    if (got < 0)
        goto done;
    if (n == 0)
        err_set(err, ERR_INPUT,
            "the database %s has no job whose id begins with %s; `scalestudy jobs` shows them",
            store->path, prefix);
    else if (n > 1)
        err_set(err, ERR_INPUT, "%s is the beginning of several jobs: %s", prefix, list.text);
    else
        result = 0;
done:
    str_release(&list);
    return result;
}
