/* Temporary views that show a study with the jobs of its present file only. */
#include "store_narrow.h"

#include <string.h>

#include "harness/base/str.h"
#include "store_sql.h"

/* Names without a schema mean those of `temp` first: views here hide the tables of the file. */
static const char tables_sql[] =
    "CREATE TEMP TABLE own_study (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
    "CREATE TEMP TABLE own_job (job INTEGER PRIMARY KEY, position INTEGER NOT NULL, "
    "model TEXT NOT NULL, method TEXT NOT NULL, depth REAL NOT NULL, width REAL NOT NULL, "
    "resolution REAL NOT NULL) STRICT;";

static const char views_sql[] =
    "CREATE TEMP VIEW study AS SELECT s.number, name, source_path, "
    "coalesce(own.text, s.text) AS text, created_utc, updated_utc "
    "FROM main.study AS s LEFT JOIN temp.own_study AS own ON own.number = s.number;"
    "CREATE TEMP VIEW study_job AS SELECT own.number AS study, job.number AS job, position, model, "
    "method, depth, width, resolution, job.state "
    "FROM temp.own_study AS own, temp.own_job JOIN main.job ON job.number = own_job.job "
    "UNION ALL SELECT study, job, position, model, method, depth, width, resolution, state "
    "FROM main.study_job WHERE study NOT IN (SELECT number FROM temp.own_study);"
    "CREATE TEMP VIEW study_group AS SELECT study, model, method, "
    "sum(study_job.state = 'waiting') AS n_waiting, sum(study_job.state = 'running') AS n_running, "
    "sum(study_job.state = 'done') AS n_done, sum(study_job.state = 'failed') AS n_failed, "
    "sum(study_job.state = 'stopped') AS n_stopped, "
    "sum((study_job.state IN ('waiting', 'running')) * macs) AS macs_left, "
    "sum((study_job.state = 'done') * macs) AS macs_done, "
    "total((study_job.state = 'done') * train_seconds) AS seconds_done, "
    "total((study_job.state = 'done') * images_per_second) AS speeds_done, "
    "sum(study_job.state = 'done' AND images_per_second IS NOT NULL) AS n_speeds, "
    "sum(study_job.state = 'done' AND estimated_train_seconds IS NOT NULL AND "
    "train_seconds IS NOT NULL) AS n_estimated, "
    "total(iif(study_job.state = 'done' AND train_seconds IS NOT NULL, estimated_train_seconds, "
    "0)) "
    "AS estimated_done, "
    "total(iif(study_job.state = 'done' AND estimated_train_seconds IS NOT NULL, train_seconds, "
    "0)) AS taken_done "
    "FROM study_job JOIN main.job ON job.number = study_job.job GROUP BY 1, 2, 3;";

/* The program's views again, over these. */
static int copy_views(struct store *store, struct err *err)
{
    static const char *const views[] = {
        "job_result", "epoch_metric", "study_status", "study_progress", "running_job"};
    static const char create[] = "CREATE ";
    int result = 0;

    for (size_t i = 0; i < sizeof(views) / sizeof(views[0]) && result == 0; i++) {
        struct str own = STR_INIT, sql = STR_INIT;

        result = store_own_statement("VIEW", views[i], &own, err);
        if (result == 0) {
            str_addf(&sql, "CREATE TEMP %s", own.text + sizeof(create) - 1);
            result = str_check(&sql, err);
        }
        if (result == 0)
            result = store_execute(store, sql.text, err);
        str_release(&own);
        str_release(&sql);
    }
    return result;
}

static int fill(struct store *store, const char *study, const char *text,
    const struct own_job *jobs, int n, struct err *err)
{
    int64_t number;

    if (store_study_number(store, study, &number, err) < 0 ||
        store_execute(store, tables_sql, err) < 0 ||
        store_run(store, "INSERT INTO temp.own_study VALUES (?1, ?2)",
            BIND(INT(number), TEXT(text)), err) < 0)
        return -1;
    for (int i = 0; i < n; i++)
        if (store_run(store,
                "INSERT INTO temp.own_job VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO "
                "NOTHING",
                BIND(INT(jobs[i].job), INT(jobs[i].position), TEXT(jobs[i].model),
                    TEXT(jobs[i].method), REAL(jobs[i].depth), REAL(jobs[i].width),
                    REAL(jobs[i].resolution)),
                err) < 0)
            return -1;
    if (store_execute(store, views_sql, err) < 0)
        return -1;
    return copy_views(store, err);
}

int store_narrow(struct store *store, const char *study, const char *text,
    const struct own_job *jobs, int n, struct err *err)
{
    int result;

    if (!store_only_reads(store->mode))
        return err_set(err, ERR_BUG, "the database %s is open for more than a look", store->path);
    if (store_execute(store, "PRAGMA query_only = OFF; BEGIN", err) < 0)
        return -1;
    result = fill(store, study, text, jobs, n, err);
    if (sqlite3_exec(store->db, result == 0 ? "COMMIT" : "ROLLBACK", NULL, NULL, NULL) !=
            SQLITE_OK &&
        result == 0)
        result = store_error(store, err);
    if (store_execute(store, "PRAGMA query_only = ON", err) < 0)
        return -1;
    return result;
}

int store_job_number(struct store *store, const char *job_id, int64_t *number, struct err *err)
{
    sqlite3_stmt *rows =
        store_select(store, "SELECT number FROM job WHERE id = ?1", BIND(TEXT(job_id)), err);
    int got = store_step(store, rows, err);

    *number = got > 0 ? sqlite3_column_int64(rows, 0) : 0;
    if (got > 0)
        sqlite3_reset(rows);
    return got < 0 ? -1 : 0;
}
