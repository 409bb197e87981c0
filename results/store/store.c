/* Statements, transactions, and what SQLite's errors mean to a user. */
#include "store_sql.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The log is folded into the file after so many pages: often, so that it stays small beside a small
 * file, and is written over instead of growing, which a disk is slow to make durable (of 10,000 jobs
 * taken and done, twice as many a second with 100 pages as with 400 or 1000); but seldom where
 * thousands of jobs are added. */
#define CHECKPOINT_PAGES_DURABLE 100
#define CHECKPOINT_PAGES_LAZY    1000

/* ---- errors ---- */

int store_read_only(struct store *store, struct err *err)
{
    return err_set(err, ERR_IO,
        "the database %s cannot be written: it or its folder is read-only; give the right to write "
        "to both, or copy "
        "it elsewhere and give that with --db",
        store->path);
}

static int io_error(struct store *store, struct err *err)
{
    int code = sqlite3_system_errno(store->db);

    if (code == ENOSPC || code == EDQUOT)
        return err_set(err, ERR_IO,
            "no space is left on the disk of the database %s; what was in it is safe: free some "
            "space, then go on",
            store->path);
    if (code != 0)
        return err_set_errno(
            err, code, "the system cannot read or write the database %s", store->path);
    return err_set(err, ERR_IO, "the system cannot read or write the database %s (%s)", store->path,
        sqlite3_errmsg(store->db));
}

static int cannot_open(struct store *store, struct err *err)
{
    int code = sqlite3_system_errno(store->db);

    return err_set(err, ERR_IO,
        "the database %s cannot be opened (%s); it needs the right to read it, and to create files "
        "beside it",
        store->path, code ? strerror(code) : sqlite3_errmsg(store->db));
}

int store_error(struct store *store, struct err *err)
{
    if (store->work.end != WORK_GOES_ON)
        return store_work_error(&store->work, "database", store->path, err);
    switch (sqlite3_errcode(store->db) & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(err, ERR_BUSY,
            "the database %s was kept busy by another process for %d seconds; try again when it is "
            "free",
            store->path, STORE_BUSY_SECONDS);
    case SQLITE_FULL:
        return err_set(err, ERR_IO,
            "no space is left on the disk of the database %s; what was in it is safe: free some "
            "space, then go on",
            store->path);
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return store_read_only(store, err);
    case SQLITE_IOERR:
        return io_error(store, err);
    case SQLITE_CANTOPEN:
        return cannot_open(store, err);
    case SQLITE_NOTADB:
        return err_set(err, ERR_INPUT,
            "%s is not a database; give the file that `scalestudy run` wrote", store->path);
    case SQLITE_CORRUPT:
        return err_set(err, ERR_IO,
            "the database %s is damaged (%s); `sqlite3 %s .recover` saves what can be read of it",
            store->path, sqlite3_errmsg(store->db), store->path);
    case SQLITE_NOMEM:
        return err_set(err, ERR_MEMORY, "no memory to work with the database %s", store->path);
    case SQLITE_TOOBIG:
        return err_set(err, ERR_INPUT,
            "a text in or for the database %s is larger than %d bytes, the most that scalestudy "
            "reads and writes",
            store->path, STORE_MAX_TEXT);
    default:
        return err_set(
            err, ERR_IO, "the database %s refuses: %s", store->path, sqlite3_errmsg(store->db));
    }
}

/* ---- statements ---- */

int store_execute(struct store *store, const char *sql, struct err *err)
{
    store->work.loose = 0;
    store->work.steps = &store->work.loose;
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0
                                                                       : store_error(store, err);
}

/* The statement's work from here on is its own, and new. */
static sqlite3_stmt *begin_work(struct store *store, int place)
{
    store->statements[place].steps = 0;
    store->work.steps = &store->statements[place].steps;
    return store->statements[place].statement;
}

/* The work from here on is that of a statement whose rows are read, others perhaps in between. */
static void go_on_with(struct store *store, const sqlite3_stmt *statement)
{
    for (int i = 0; i < store->n_statements; i++)
        if (store->statements[i].statement == statement)
            store->work.steps = &store->statements[i].steps;
}

static sqlite3_stmt *find_statement(struct store *store, const char *sql, struct err *err)
{
    sqlite3_stmt *statement = NULL;

    for (int i = 0; i < store->n_statements; i++)
        if (store->statements[i].sql == sql)
            return begin_work(store, i);
    if (store->n_statements == STORE_MAX_STATEMENTS) {
        err_set(err, ERR_BUG, "more than %d statements on a database", STORE_MAX_STATEMENTS);
        return NULL;
    }
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
        SQLITE_OK) {
        store_error(store, err);
        return NULL;
    }
    store->statements[store->n_statements].sql = sql;
    store->statements[store->n_statements].statement = statement;
    return begin_work(store, store->n_statements++);
}

static int bind_value(sqlite3_stmt *statement, int place, const struct bind *value)
{
    switch (value->type) {
    case BIND_TEXT:
        return sqlite3_bind_text(statement, place, value->text, -1, SQLITE_STATIC);
    case BIND_INT:
        return sqlite3_bind_int64(statement, place, value->integer);
    case BIND_REAL:
        return sqlite3_bind_double(statement, place, value->real);
    case BIND_END:
        break;
    }
    return SQLITE_OK;
}

sqlite3_stmt *store_select(
    struct store *store, const char *sql, const struct bind *values, struct err *err)
{
    sqlite3_stmt *statement = find_statement(store, sql, err);

    if (!statement)
        return NULL;
    sqlite3_reset(statement);
    for (int i = 0; values[i].type != BIND_END; i++)
        if (bind_value(statement, i + 1, &values[i]) != SQLITE_OK) {
            store_error(store, err);
            return NULL;
        }
    return statement;
}

int store_step(struct store *store, sqlite3_stmt *rows, struct err *err)
{
    int code, result = 0;

    if (!rows)
        return -1; /* store_select has said why */
    go_on_with(store, rows);
    code = sqlite3_step(rows);
    if (code == SQLITE_ROW)
        return 1;
    if (code != SQLITE_DONE)
        result = store_error(store, err);
    sqlite3_reset(rows);
    return result;
}

int store_run(struct store *store, const char *sql, const struct bind *values, struct err *err)
{
    sqlite3_stmt *statement = store_select(store, sql, values, err);
    int got;

    do
        got = store_step(store, statement, err);
    while (got > 0);
    return got;
}

int store_count(struct store *store, const char *sql, int *count, struct err *err)
{
    sqlite3_stmt *rows = store_select(store, sql, BIND_NONE, err);
    int got = store_step(store, rows, err);

    if (got < 0)
        return -1;
    *count = got > 0 ? sqlite3_column_int(rows, 0) : 0;
    if (got > 0)
        sqlite3_reset(rows);
    return 0;
}

int store_take_id(
    struct store *store, sqlite3_stmt *rows, int column, char to[SHA256_HEX_BYTES], struct err *err)
{
    const char *id = store_column_text(rows, column);

    if (!sha256_is_hex(id))
        return err_set(err, ERR_INPUT,
            "the database %s has a job whose id is no SHA-256 of 64 hexadecimal digits, but "
            "'%.70s'; `scalestudy db check` names all such jobs",
            store->path, id);
    str_copy(to, SHA256_HEX_BYTES, id);
    return 0;
}

int store_check_text(const char *id, const char *canonical, struct err *err)
{
    char hash[SHA256_HEX_BYTES];

    if (sha256_hex(canonical, strlen(canonical), hash, err) < 0)
        return -1;
    if (strcmp(hash, id) == 0)
        return 0;
    return err_set(err, ERR_INPUT,
        "the id of the job %.12s is not the SHA-256 of its text, which is %.12s...: somebody "
        "changed the database; `scalestudy db check` names all such jobs",
        id, hash);
}

/* ---- transactions ---- */

/* How many pages the log may have before it is folded into the file. */
static void set_checkpoint(struct store *store)
{
    sqlite3_wal_autocheckpoint(store->db,
        store->durability == STORE_DURABLE ? CHECKPOINT_PAGES_DURABLE : CHECKPOINT_PAGES_LAZY);
}

/*
 * What was committed is put onto the disk. SQLite would do it while it keeps others from writing
 * (synchronous = FULL); done after the commit, several processes wait for the disk together. What
 * another process has folded into the file meanwhile is on the disk: it syncs the log before, and
 * the file before the log is used anew (synchronous = NORMAL).
 */
static int sync_log(struct store *store, struct err *err)
{
    sqlite3_file *log = NULL;

    if (sqlite3_file_control(store->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK)
        return store_error(store, err);
    if (!log || !log->pMethods || log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) == SQLITE_OK)
        return 0;
    return err_set_errno(err, errno,
        "the last change of the database %s is in it, but the system cannot say that it is on the "
        "disk",
        store->path);
}

bool store_only_reads(enum store_mode mode)
{
    return mode == STORE_READ || mode == STORE_AS_IT_IS || mode == STORE_FROZEN;
}

int store_begin(struct store *store, enum store_durability durability, struct err *err)
{
    if (store_only_reads(store->mode))
        return err_set(err, ERR_BUG, "the database %s was opened for reading only", store->path);
    if (store->batch)
        return store_run(store, "SAVEPOINT call", BIND_NONE, err);
    if (store_is_interrupted(&store->work))
        return store_error(store, err);
    store->durability = durability;
    set_checkpoint(store);
    /* IMMEDIATE: a transaction that reads first and then writes would fail when another writes in
     * between. */
    return store_run(store, "BEGIN IMMEDIATE", BIND_NONE, err);
}

int store_end(struct store *store, int result, struct err *err)
{
    if (result == 0)
        result = store_run(store, store->batch ? "RELEASE call" : "COMMIT", BIND_NONE, err);
    if (result == 0)
        return store->batch || store->durability == STORE_LAZY ? 0 : sync_log(store, err);
    /* Some errors, such as a full disk, have rolled back already. */
    if (!sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, store->batch ? "ROLLBACK TO call; RELEASE call" : "ROLLBACK", NULL,
            NULL, NULL);
    return -1;
}

int store_batch_begin(struct store *store, struct err *err)
{
    if (store->batch)
        return err_set(err, ERR_BUG, "a batch on the database %s within a batch", store->path);
    if (store_begin(store, STORE_LAZY, err) < 0)
        return -1;
    store->batch = 1;
    return 0;
}

int store_batch_end(struct store *store, int result, struct err *err)
{
    if (!store->batch)
        return err_set(
            err, ERR_BUG, "the end of a batch that did not begin, on the database %s", store->path);
    store->batch = 0;
    if (result == 0 && sqlite3_get_autocommit(store->db))
        result = err_set(err, ERR_IO, "the database %s gave a batch of changes up", store->path);
    return store_end(store, result, err);
}
