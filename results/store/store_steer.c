/* Steering jobs from outside of their processes: trying again, stopping, removing. */
#include "store_sql.h"

#include <string.h>

#include "harness/base/clock.h"
#include "harness/base/str.h"

static int no_such_job(struct store *store, const char *job_id, struct err *err)
{
    return err_set(err, ERR_INPUT, "the database %s has no job %.64s", store->path, job_id);
}

int store_job_owner(
    struct store *store, const char *job_id, struct job_owner *owner, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT state, host, boot_id, pid, process_start FROM job WHERE id = ?1",
        BIND(TEXT(job_id)), err);
    int got = store_step(store, rows, err);

    if (got < 0)
        return -1;
    if (got == 0)
        return no_such_job(store, job_id, err);
    *owner = (struct job_owner){.process.pid = sqlite3_column_int64(rows, 3),
        .process.process_start = sqlite3_column_int64(rows, 4)};
    str_copy(owner->state, sizeof(owner->state), store_column_text(rows, 0));
    str_copy(owner->process.host, sizeof(owner->process.host), store_column_text(rows, 1));
    str_copy(owner->process.boot_id, sizeof(owner->process.boot_id), store_column_text(rows, 2));
    sqlite3_reset(rows);
    return 0;
}

/* One UPDATE of the job ?1 in a transaction; *changed: it was in a state that allows it. */
static int update(
    struct store *store, const char *sql, const struct bind *values, bool *changed, struct err *err)
{
    int result;

    *changed = false;
    if (store_begin(store, STORE_DURABLE, err) < 0)
        return -1;
    result = store_run(store, sql, values, err);
    if (result == 0)
        *changed = sqlite3_changes(store->db) > 0;
    return store_end(store, result, err);
}

int store_retry_job(struct store *store, const char *job_id, bool *changed, struct err *err)
{
    return update(store,
        "UPDATE job SET state = 'waiting', error = NULL, finished_utc = NULL, epochs = NULL, "
        "crashes = 0 WHERE id = ?1 AND state IN ('failed', 'stopped')",
        BIND(TEXT(job_id)), changed, err);
}

int store_cancel(struct store *store, const char *job_id, bool *changed, struct err *err)
{
    char now[CLOCK_UTC_BYTES];

    clock_utc(now);
    return update(store,
        "UPDATE job SET state = 'stopped', finished_utc = ?2, error = 'cancelled', "
        "epochs = (SELECT max(epoch) FROM epoch WHERE job = number) "
        "WHERE id = ?1 AND state IN ('waiting', 'running')",
        BIND(TEXT(job_id), TEXT(now)), changed, err);
}

/* ---- jobs that several studies list ---- */

/* Whether names, "a, b", has one. */
static bool has_name(const struct str *names, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = names->text; (at = strstr(at, name)); at += length)
        if ((at == names->text || at[-1] == ' ') && (at[length] == '\0' || at[length] == ','))
            return true;
    return false;
}

int store_other_studies(struct store *store, const char *job_id, const char *study,
    struct str *names, int *n, struct err *err)
{
    sqlite3_stmt *rows;
    int got;

    *n = 0;
    if (!study)
        return 0;
    rows = store_select(store,
        "SELECT study.name FROM job JOIN study_job ON study_job.job = job.number "
        "JOIN study ON study.number = study_job.study WHERE job.id = ?1 AND study.name <> ?2 "
        "ORDER BY study.number",
        BIND(TEXT(job_id), TEXT(study)), err);
    while ((got = store_step(store, rows, err)) > 0) {
        const char *name = store_column_text(rows, 0);

        ++*n;
        if (!has_name(names, name))
            str_addf(names, "%s%s", names->length ? ", " : "", name);
    }
    return got < 0 ? -1 : str_check(names, err);
}

int store_unlist_job(struct store *store, const char *job_id, const char *study, struct err *err)
{
    if (store_begin(store, STORE_DURABLE, err) < 0)
        return -1;
    return store_end(store,
        store_run(store,
            "DELETE FROM study_job WHERE job = (SELECT number FROM job WHERE id = ?1) "
            "AND study = (SELECT number FROM study WHERE name = ?2)",
            BIND(TEXT(job_id), TEXT(study)), err),
        err);
}

/* ---- removing ---- */

/* Triggers keep everybody from finished jobs. This is the one who may: they are away for the length
 * of a transaction, and come back as the program has them. */
static const char *const guards[] = {"job_done_stays", "epoch_done_delete"};
enum { N_GUARDS = sizeof(guards) / sizeof(guards[0]) };

static int drop_guards(struct store *store, struct err *err)
{
    return store_execute(store,
        "DROP TRIGGER IF EXISTS job_done_stays; DROP TRIGGER IF EXISTS epoch_done_delete", err);
}

static int put_guards(struct store *store, struct err *err)
{
    struct str sql = STR_INIT;
    int result = 0;

    for (int i = 0; i < N_GUARDS && result == 0; i++)
        result = store_own_statement("TRIGGER", guards[i], &sql, err);
    if (result == 0)
        result = store_execute(store, sql.text, err);
    str_release(&sql);
    return result;
}

static int remove_rows(struct store *store, const char *job_id, struct err *err)
{
    if (store_run(store, "DELETE FROM epoch WHERE job = (SELECT number FROM job WHERE id = ?1)",
            BIND(TEXT(job_id)), err) < 0 ||
        store_run(store, "DELETE FROM study_job WHERE job = (SELECT number FROM job WHERE id = ?1)",
            BIND(TEXT(job_id)), err) < 0)
        return -1;
    return store_run(store, "DELETE FROM job WHERE id = ?1", BIND(TEXT(job_id)), err);
}

static int remove_job(struct store *store, const char *job_id, struct err *err)
{
    struct job_owner owner;
    int result = store_job_owner(store, job_id, &owner, err);

    if (result == 0 && strcmp(owner.state, "running") == 0)
        result = err_set(err, ERR_BUSY,
            "the job %.12s is running; `scalestudy cancel` it before it is removed", job_id);
    if (result == 0)
        result = drop_guards(store, err);
    if (result == 0)
        result = remove_rows(store, job_id, err);
    return result == 0 ? put_guards(store, err) : -1;
}

int store_remove_job(struct store *store, const char *job_id, struct err *err)
{
    if (store_begin(store, STORE_DURABLE, err) < 0)
        return -1;
    return store_end(store, remove_job(store, job_id, err), err);
}
