/* Studies and their jobs: what is to be done. */
#include "store_sql.h"

#include "harness/base/clock.h"
#include "harness/base/str.h"

/* So many names are listed to who asks for a study that there is not. */
#define LISTED_STUDIES 8

static void list_studies(struct store *store, struct str *names, struct err *err)
{
    sqlite3_stmt *rows =
        store_select(store, "SELECT name FROM study ORDER BY number", BIND_NONE, err);
    int n = 0;

    while (store_step(store, rows, err) > 0 && ++n <= LISTED_STUDIES)
        str_addf(names, "%s%.128s", n > 1 ? ", " : "", store_column_text(rows, 0));
    if (n > LISTED_STUDIES)
        str_add(names, ", ...");
    sqlite3_reset(rows);
}

int store_study_number(struct store *store, const char *study, int64_t *number, struct err *err)
{
    sqlite3_stmt *rows =
        store_select(store, "SELECT number FROM study WHERE name = ?1", BIND(TEXT(study)), err);
    int got = store_step(store, rows, err);
    struct str names = STR_INIT;

    if (got < 0)
        return -1;
    if (got > 0) {
        *number = sqlite3_column_int64(rows, 0);
        sqlite3_reset(rows);
        return 0;
    }
    list_studies(store, &names, err);
    if (names.length == 0)
        err_set(err, ERR_INPUT, "the database %s has no study '%.128s', and no other yet",
            store->path, study);
    else
        err_set(err, ERR_INPUT, "the database %s has no study '%.128s'; it has %s", store->path,
            study, names.text);
    str_release(&names);
    return -1;
}

int store_put_study(struct store *store, const char *name, const char *source_path,
    const char *text, struct err *err)
{
    char now[CLOCK_UTC_BYTES];
    int result;

    clock_utc(now);
    if (store_begin(store, STORE_LAZY, err) < 0)
        return -1;
    result = store_run(store,
        "INSERT INTO study (name, source_path, text, created_utc, updated_utc) VALUES (?1, ?2, ?3, "
        "?4, ?4) "
        "ON CONFLICT (name) DO UPDATE SET source_path = ?2, text = ?3, updated_utc = ?4 "
        "WHERE source_path <> ?2 OR text <> ?3",
        BIND(TEXT(name), TEXT(source_path), TEXT(text), TEXT(now)), err);
    return store_end(store, result, err);
}

static int put_job(struct store *store, const struct job_record *job, struct err *err)
{
    char now[CLOCK_UTC_BYTES];

    clock_utc(now);
    return store_run(store,
        "INSERT INTO job (id, canonical, input, seed, params, macs, train_bytes, added_utc) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        BIND(TEXT(job->id), TEXT(job->canonical), INT(job->input), INT(job->seed), INT(job->params),
            INT(job->macs), INT(job->train_bytes), TEXT(now)),
        err);
}

/* A study that was edited may give a job another place or scaling; what is as it was is not
 * written. */
static int link_job(
    struct store *store, int64_t study, const struct job_record *job, bool *added, struct err *err)
{
    const struct bind *values =
        BIND(INT(study), TEXT(job->id), INT(job->position), TEXT(job->model), TEXT(job->method),
            REAL(job->depth), REAL(job->width), REAL(job->resolution));
    int result = store_run(store,
        "INSERT INTO study_job (study, job, position, model, method, depth, width, resolution, "
        "state) "
        "SELECT ?1, number, ?3, ?4, ?5, ?6, ?7, ?8, state FROM job WHERE id = ?2 ON CONFLICT DO "
        "NOTHING",
        values, err);

    if (result < 0)
        return -1;
    *added = sqlite3_changes(store->db) > 0;
    if (*added)
        return 0;
    return store_run(store,
        "UPDATE study_job SET position = ?3, model = ?4, method = ?5, depth = ?6, width = ?7, "
        "resolution = ?8 "
        "WHERE study = ?1 AND job = (SELECT number FROM job WHERE id = ?2) "
        "AND (position, model, method, depth, width, resolution) <> (?3, ?4, ?5, ?6, ?7, ?8)",
        values, err);
}

int store_add_job(struct store *store, const char *study, const struct job_record *job, bool *added,
    struct err *err)
{
    int64_t number;
    int result;

    *added = false;
    if (store_begin(store, STORE_LAZY, err) < 0)
        return -1;
    result = store_study_number(store, study, &number, err);
    if (result == 0)
        result = put_job(store, job, err);
    if (result == 0)
        result = link_job(store, number, job, added, err);
    return store_end(store, result, err);
}

int store_estimate(
    struct store *store, const char *job_id, double seconds, double train_seconds, struct err *err)
{
    int result;

    if (store_begin(store, STORE_LAZY, err) < 0)
        return -1;
    result = store_run(store,
        "UPDATE job SET estimated_seconds = ?2, estimated_train_seconds = ?3 "
        "WHERE id = ?1 AND state <> 'done' AND (estimated_seconds, estimated_train_seconds) IS NOT "
        "(?2, ?3)",
        BIND(TEXT(job_id), REAL(seconds), REAL(train_seconds)), err);
    return store_end(store, result, err);
}

static int drop_jobs(struct store *store, const char *study, const char *const *ids, int n_ids,
    int *dropped, struct err *err)
{
    int64_t number;

    if (store_study_number(store, study, &number, err) < 0 ||
        store_run(store,
            "CREATE TEMP TABLE IF NOT EXISTS kept (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
            BIND_NONE, err) < 0 ||
        store_run(store, "DELETE FROM temp.kept", BIND_NONE, err) < 0)
        return -1;
    for (int i = 0; i < n_ids; i++)
        if (store_run(store, "INSERT INTO temp.kept VALUES (?1) ON CONFLICT DO NOTHING",
                BIND(TEXT(ids[i])), err) < 0)
            return -1;
    if (store_run(store,
            "DELETE FROM study_job WHERE study = ?1 "
            "AND (SELECT id FROM job WHERE number = study_job.job) NOT IN (SELECT id FROM "
            "temp.kept)",
            BIND(INT(number)), err) < 0)
        return -1;
    *dropped = sqlite3_changes(store->db);
    return store_run(store, "DELETE FROM temp.kept", BIND_NONE, err);
}

int store_drop_other_jobs(struct store *store, const char *study, const char *const *ids, int n_ids,
    int *dropped, struct err *err)
{
    *dropped = 0;
    if (store_begin(store, STORE_LAZY, err) < 0)
        return -1;
    return store_end(store, drop_jobs(store, study, ids, n_ids, dropped, err), err);
}

int store_retry(struct store *store, const char *study, int *retried, struct err *err)
{
    int64_t number;
    int result;

    *retried = 0;
    if (store_begin(store, STORE_DURABLE, err) < 0)
        return -1;
    result = store_study_number(store, study, &number, err);
    if (result == 0)
        result = store_run(store,
            "UPDATE job SET state = 'waiting', error = NULL, finished_utc = NULL, crashes = 0 "
            "WHERE state = 'failed' "
            "AND number IN (SELECT job FROM study_job WHERE study = ?1 AND state = 'failed')",
            BIND(INT(number)), err);
    if (result == 0)
        *retried = sqlite3_changes(store->db);
    return store_end(store, result, err);
}
