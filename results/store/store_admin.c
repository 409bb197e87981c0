/* Checking a database against itself, backing it up and compacting it. */
#include "store_admin.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/sha256.h"
#include "harness/base/str.h"
#include "store_sql.h"

/* ---- check ---- */

static int check_ids(struct store *store, struct rowset *problems, int *n, struct err *err)
{
    sqlite3_stmt *rows =
        store_select(store, "SELECT id, canonical FROM job ORDER BY number", BIND_NONE, err);
    char id[SHA256_HEX_BYTES];
    int got, found = 0;

    while ((got = store_step(store, rows, err)) > 0) {
        const char *canonical = store_column_text(rows, 1);

        if (sha256_hex(canonical, strlen(canonical), id, err) < 0) {
            sqlite3_reset(rows);
            return -1;
        }
        if (strcmp(id, store_column_text(rows, 0)) == 0)
            continue;
        store_add_problem(
            problems, n, "job's text is not what its id is of", store_column_text(rows, 0));
        if (++found == STORE_MAX_PROBLEMS) {
            sqlite3_reset(rows);
            return 0;
        }
    }
    return got;
}

/* What triggers count is what there is to be counted. An older file has other counts, which this
 * version will not go by. */
static int check_counts(struct store *store, struct rowset *problems, int *n, struct err *err)
{
    int version;

    if (store_count(store, "PRAGMA user_version", &version, err) < 0)
        return -1;
    if (version != STORE_SCHEMA_VERSION)
        return 0;
    return store_check_rows(store, "count of a model and method",
        "WITH counted AS (SELECT study_job.study AS study, model, method, "
        "sum(study_job.state = 'waiting') AS w, sum(study_job.state = 'running') AS r, "
        "sum(study_job.state = 'done') AS d, sum(study_job.state = 'failed') AS f, "
        "sum(study_job.state = 'stopped') AS s, "
        "sum((study_job.state IN ('waiting', 'running')) * macs) AS left, "
        "sum((study_job.state = 'done') * macs) AS macs, "
        "sum(study_job.state = 'done' AND images_per_second IS NOT NULL) AS speeds, "
        "sum(study_job.state = 'done' AND estimated_train_seconds + train_seconds IS NOT NULL) AS "
        "estimates "
        "FROM study_job JOIN job ON job.number = study_job.job GROUP BY 1, 2, 3) "
        "SELECT coalesce(a.model, b.model) || ' ' || coalesce(a.method, b.method) || ' of study ' "
        "|| (SELECT name FROM study WHERE number = coalesce(a.study, b.study)) || "
        "' has another count than jobs' "
        "FROM study_group AS a FULL JOIN counted AS b ON (a.study, a.model, a.method) = (b.study, "
        "b.model, b.method) WHERE (n_waiting, n_running, n_done, n_failed, n_stopped, macs_left, "
        "macs_done, n_speeds, n_estimated) IS NOT (w, r, d, f, s, left, macs, speeds, estimates)",
        problems, n, err);
}

int store_check(struct store *store, struct rowset *problems, int *n, struct err *err)
{
    *n = 0;
    if (store_check_rows(
            store, "damaged page or index", "PRAGMA integrity_check(100)", problems, n, err) < 0 ||
        *n > 0)
        return *n > 0 ? 0 : -1; /* what is read from damaged pages tells nothing more */
    if (store_check_rows(store, "reference to a row that is not there",
            "SELECT \"table\" || ' row ' || coalesce(rowid, '?') || ' refers to ' || parent "
            "FROM pragma_foreign_key_check",
            problems, n, err) < 0 ||
        check_counts(store, problems, n, err) < 0 ||
        store_check_rows(store, "state of a job in a study",
            "SELECT job.id FROM study_job JOIN job ON job.number = study_job.job "
            "WHERE study_job.state <> job.state",
            problems, n, err) < 0 ||
        store_check_values(store, problems, n, err) < 0)
        return -1;
    return check_ids(store, problems, n, err);
}

/* ---- backup and vacuum ---- */

void store_unlink(const char *path)
{
    static const char *const endings[] = {"", "-journal", "-wal", "-shm"};
    char name[PATH_BYTES + 48];

    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        snprintf(name, sizeof(name), "%s%s", path, endings[i]);
        unlink(name);
    }
}

int store_check_pages(struct store *store, struct err *err)
{
    if (store_has_sound_pages(store->db))
        return 0;
    if (store->work.end == WORK_INTERRUPTED)
        return store_error(store, err);
    store->work.end = WORK_GOES_ON;
    return err_set(err, ERR_IO,
        "the database %s is damaged: `scalestudy db check %s` says what, and `sqlite3 %s .recover` "
        "saves what can be read of it",
        store->path, store->path, store->path);
}

int store_backup(struct store *store, const char *path, struct err *err)
{
    struct file_writer writer;
    struct err why = {0};
    int result;

    if (file_exists(path))
        return err_set(err, ERR_INPUT, "%s is there already; give a name that is not", path);
    if (store_check_pages(store, err) < 0 || file_writer_open_name(&writer, path, err) < 0)
        return -1;
    /* It only reads, but SQLite counts it as writing. */
    result = store_execute(store, "PRAGMA query_only = OFF", &why);
    if (result == 0)
        result = store_run(store, "VACUUM INTO ?1", BIND(TEXT(writer.temporary)), &why);
    if (store_only_reads(store->mode))
        sqlite3_exec(store->db, "PRAGMA query_only = ON", NULL, NULL, NULL);
    if (result == 0)
        return file_writer_commit(&writer, err);
    store_unlink(writer.temporary); /* and what SQLite may have left beside it */
    file_writer_abort(&writer);
    return err_set(err, why.code, "%s cannot be copied to %s: %s", store->path, path, why.message);
}

int store_vacuum(struct store *store, struct err *err)
{
    if (store_check_pages(store, err) < 0 || store_execute(store, "VACUUM", err) < 0)
        return -1;
    return store_execute(store, "PRAGMA wal_checkpoint(TRUNCATE)", err);
}
