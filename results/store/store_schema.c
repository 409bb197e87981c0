/* The schema: made in a new file, recognised in one that exists. */
#include "store_sql.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gen/schema_sql.h"
#include "harness/base/clock.h"
#include "store_admin.h"
#include "results/published/paper.h"

#define APPLICATION_ID 1935897460 /* as in schema.sql */

#define TEXT_OF(x)      #x
#define VERSION_TEXT(x) TEXT_OF(x)

#define RETRY_NANOSECONDS 20000000L

/* A job that runs says so every few seconds: one that was silent for longer does not. */
#define FRESH_SECONDS 120

/* What a file says that it is. */
struct identity {
    int64_t application, version;
    bool empty; /* no tables at all: a new file */
};

static int read_number(struct store *store, const char *sql, int64_t *number, struct err *err)
{
    sqlite3_stmt *rows = store_select(store, sql, BIND_NONE, err);
    int got = store_step(store, rows, err);

    if (got < 0)
        return -1;
    *number = got > 0 ? sqlite3_column_int64(rows, 0) : 0;
    sqlite3_reset(rows);
    return 0;
}

static int read_identity(struct store *store, struct identity *identity, struct err *err)
{
    int64_t objects = 0;

    if (read_number(store, "SELECT count(*) FROM sqlite_schema", &objects, err) < 0 ||
        read_number(store, "PRAGMA application_id", &identity->application, err) < 0 ||
        read_number(store, "PRAGMA user_version", &identity->version, err) < 0)
        return -1;
    identity->empty = objects == 0 && identity->application == 0 && identity->version == 0;
    return 0;
}

static int check_identity(struct store *store, const struct identity *identity, struct err *err)
{
    if (identity->empty)
        return err_set(
            err, ERR_INPUT, "the database %s is empty; `scalestudy run` fills one", store->path);
    if (identity->application != APPLICATION_ID || identity->version < 1)
        return err_set(err, ERR_INPUT,
            "%s is a SQLite database, but not one of scalestudy; give the file that `scalestudy "
            "run` wrote",
            store->path);
    if (identity->version > STORE_SCHEMA_VERSION)
        return err_set(err, ERR_INPUT,
            "the database %s was written by a newer scalestudy (schema %lld; this one knows up to "
            "%d); use that "
            "version, or another file",
            store->path, (long long)identity->version, STORE_SCHEMA_VERSION);
    return 0;
}

static int put_paper(struct store *store, struct err *err)
{
    const char *source = "";
    int n, position = 0;
    const struct paper_row *rows = paper_rows(NULL, &n);

    for (int i = 0; i < n; i++) {
        const struct paper_row *row = &rows[i];

        position = strcmp(source, row->source) == 0 ? position + 1 : 0;
        source = row->source;
        if (store_run(store,
                "INSERT INTO paper (source, position, model, method, depth, width, resolution, "
                "flops_b, top1, top5, "
                "params_m) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                BIND(TEXT(row->source), INT(position), TEXT(row->model), TEXT(row->method),
                    REAL(row->depth), REAL(row->width), REAL(row->resolution), REAL(row->flops_b),
                    REAL(row->top1), REAL(row->top5), REAL(row->params_m)),
                err) < 0)
            return -1;
    }
    return 0;
}

/* Changing to a write-ahead log takes the file alone for a moment, and SQLite does not always wait
 * for that. */
static int set_write_ahead_log(struct store *store, struct err *err)
{
    const struct timespec pause = {.tv_nsec = RETRY_NANOSECONDS};
    double until = clock_seconds() + STORE_BUSY_SECONDS;

    while (sqlite3_exec(store->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL) != SQLITE_OK) {
        if ((sqlite3_errcode(store->db) & 0xff) != SQLITE_BUSY || clock_seconds() > until)
            return store_error(store, err);
        nanosleep(&pause, NULL);
    }
    return 0;
}

static int create(struct store *store, struct err *err)
{
    struct identity identity;
    int result;

    if (store_begin(store, STORE_DURABLE, err) < 0)
        return -1;
    /* Another process may have been faster. */
    result = read_identity(store, &identity, err);
    if (result == 0 && identity.empty) {
        result = store_execute(store, schema_sql, err);
        if (result == 0)
            result = put_paper(store, err);
    }
    return store_end(store, result, err);
}

/* What stands in schema.sql for databases older than `version`, or NULL. */
static const char *since_version(int64_t version)
{
    char line[64];

    snprintf(line, sizeof(line), "\n-- Since version %lld\n", (long long)version);
    return strstr(schema_sql, line);
}

int store_own_statement(const char *kind, const char *name, struct str *sql, struct err *err)
{
    const char *ending = strcmp(kind, "TRIGGER") == 0 ? "\nEND;" : ";\n";
    const char *begin = NULL, *end;
    char create[96];

    snprintf(create, sizeof(create), "\nCREATE %s %s ", kind, name);
    /* What stands last replaced the others. */
    for (const char *at = schema_sql; (at = strstr(at, create)); at++)
        begin = at + 1;
    end = begin ? strstr(begin, ending) : NULL;
    if (!end)
        return err_set(err, ERR_BUG, "the schema has no %s %s", kind, name);
    str_add_bytes(sql, begin, (size_t)(end - begin) + strlen(ending));
    return str_check(sql, err);
}

/* The file as it was, kept as FILE.before-vN: migrations go forward only. One that is there already
 * is from a migration that did not come to its end. */
static int keep_old_version(struct store *store, int64_t version, struct err *err)
{
    char copy[PATH_BYTES];

    if (snprintf(copy, sizeof(copy), "%s.before-v%d", store->real, STORE_SCHEMA_VERSION) >=
        PATH_BYTES)
        return err_set(
            err, ERR_INPUT, "the path of the database is longer than %d bytes", PATH_BYTES - 1);
    if (file_exists(copy))
        return 0;
    if (store_backup(store, copy, err) == 0)
        return 0;
    return err_context(err,
        "%s is of an older version (schema %lld) and is copied before it is changed", store->path,
        (long long)version);
}

/* Who works in a database of an older version does it with a program that would be refused after this,
 * in the middle of its jobs. */
static int refuse_if_jobs_run(struct store *store, int64_t version, struct err *err)
{
    int n = 0;

    if (store->mode == STORE_OWN_COPY)
        return 0;
    if (store_count(store,
            "SELECT count(*) FROM job WHERE state = 'running' AND "
            "unixepoch('now') - unixepoch(heartbeat_utc) < " VERSION_TEXT(FRESH_SECONDS),
            &n, err) < 0)
        return -1;
    if (n == 0)
        return 0;
    return err_set(err, ERR_BUSY,
        "the database %s is of an older version (schema %lld, this is %d), and the scalestudy of "
        "that version runs %d job%s in it, which changing it would end; go on with that version, "
        "or wait until it is done. To look (status, table, report) is always possible",
        store->path, (long long)version, STORE_SCHEMA_VERSION, n, n == 1 ? "" : "s");
}

#define LAST_WITH_COLUMNS_TO_DROP 3

/* To drop a column, SQLite expands every view: some that name each other many times over take for ever. */
static int refuse_own_views(struct store *store, int64_t version, struct err *err)
{
    sqlite3_stmt *rows;
    char name[64] = "";
    int got;

    if (version > LAST_WITH_COLUMNS_TO_DROP)
        return 0;
    rows = store_select(store,
        "SELECT name FROM sqlite_schema WHERE type = 'view' AND name NOT IN ('job_result', "
        "'epoch_metric', 'paper_row', 'benchmark_result', 'study_progress', 'running_job') LIMIT 1",
        BIND_NONE, err);
    got = store_step(store, rows, err);
    if (got <= 0)
        return got;
    str_copy(name, sizeof(name), store_column_text(rows, 0));
    sqlite3_reset(rows);
    return err_set(err, ERR_INPUT,
        "the database %s is of an older version (schema %lld), and has a view '%s' that is not "
        "scalestudy's: drop it with sqlite3 before the file is brought to this version",
        store->path, (long long)version, name);
}

/* Bring an older database to this version: new things stand at the end of the schema, in order. */
static int migrate(struct store *store, struct err *err)
{
    struct identity identity;
    int result;

    if (read_identity(store, &identity, err) < 0 ||
        refuse_own_views(store, identity.version, err) < 0 ||
        refuse_if_jobs_run(store, identity.version, err) < 0 ||
        (store->mode != STORE_OWN_COPY && keep_old_version(store, identity.version, err) < 0) ||
        store_begin(store, STORE_DURABLE, err) < 0)
        return -1;
    /* Another process may have been faster. */
    result = read_identity(store, &identity, err);
    if (result == 0 && identity.version < STORE_SCHEMA_VERSION) {
        const char *news = since_version(identity.version + 1);

        if (refuse_if_jobs_run(store, identity.version, err) < 0)
            result = -1;
        else if (news)
            result = store_execute(store, news, err);
        else
            result = err_set(err, ERR_BUG, "the schema does not say what came after version %lld",
                (long long)identity.version);
        if (result == 0)
            result = store_execute(
                store, "PRAGMA user_version = " VERSION_TEXT(STORE_SCHEMA_VERSION), err);
    }
    return store_end(store, result, err);
}

/*
 * One that is to be read only, and too old for what is asked of it. It stays as it is, for whoever has
 * it may go on with the program that made it: a copy in memory is brought to this version, and read.
 */
static int read_a_copy(struct store *store, struct err *err)
{
    sqlite3 *memory = NULL;
    sqlite3_backup *backup;
    int code =
        sqlite3_open_v2(":memory:", &memory, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    int result;

    if (store_check_pages(store, err) < 0) {
        sqlite3_close(memory);
        return -1;
    }
    backup = code == SQLITE_OK ? sqlite3_backup_init(memory, "main", store->db, "main") : NULL;
    if (backup) {
        sqlite3_backup_step(backup, -1);
        code = sqlite3_backup_finish(backup);
    }
    if (!backup || code != SQLITE_OK) {
        err_set(err, ERR_IO,
            "the database %s is of an older version, and the copy that is read in its place cannot "
            "be made: %s",
            store->path, memory ? sqlite3_errmsg(memory) : "no memory");
        sqlite3_close(memory);
        return -1;
    }
    store_disconnect(store);
    store->db = memory;
    store->is_copy = true;
    if (store_configure(store, err) < 0)
        return -1;
    store->mode = STORE_OWN_COPY;
    result = migrate(store, err);
    store->mode = STORE_READ;
    return result;
}

int store_check_live(const struct store *store, const char *option, struct err *err)
{
    if (!store->is_copy)
        return 0;
    return err_set(err, ERR_INPUT,
        "the database %s is of an older version, of which a copy is read that does not change: %s "
        "is not for it. When nobody works in it, `scalestudy db vacuum %s` brings it to this "
        "version",
        store->path, option, store->path);
}

int store_prepare_schema(struct store *store, struct err *err)
{
    struct identity identity;

    if (read_identity(store, &identity, err) < 0)
        return -1;
    if (store_only_reads(store->mode)) {
        if (check_identity(store, &identity, err) < 0 ||
            store_check_objects(store, identity.version, err) < 0)
            return -1;
        return store->mode == STORE_READ && identity.version < STORE_LEAST_READABLE
                   ? read_a_copy(store, err)
                   : 0;
    }
    if (!(identity.empty && store->mode == STORE_CREATE) &&
        (check_identity(store, &identity, err) < 0 ||
            store_check_objects(store, identity.version, err) < 0))
        return -1;
    if (set_write_ahead_log(store, err) < 0)
        return -1;
    if (!identity.empty)
        return identity.version < STORE_SCHEMA_VERSION ? migrate(store, err) : 0;
    if (create(store, err) < 0 || read_identity(store, &identity, err) < 0)
        return -1;
    return check_identity(store, &identity, err);
}
