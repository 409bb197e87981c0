/* Writing a shard, where the job ran. */
#include "shard_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Small pages, since there is little to hold. */
static const char schema[] =
    "PRAGMA page_size = 1024; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
    "PRAGMA application_id = " SHARD_APPLICATION_ID_TEXT "; PRAGMA user_version = 1;" SHARD_RESULT
    ";" SHARD_EPOCH ";";

static int shard_error(sqlite3 *db, const char *path, struct err *err)
{
    int code = sqlite3_system_errno(db);

    if ((sqlite3_errcode(db) & 0xff) == SQLITE_FULL || code == ENOSPC)
        return err_set(err, ERR_IO, "no space is left on the disk for the result %s", path);
    return err_set(err, ERR_IO, "cannot write the result %s: %s", path, sqlite3_errmsg(db));
}

/* Columns of one row of `from`, whose statement stands on it, as the next row of `to`. */
static int copy_row(sqlite3 *to, const char *sql, sqlite3_stmt *from, int first_place)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(to, sql, -1, &statement, NULL);

    for (int i = 0; code == SQLITE_OK && i < sqlite3_column_count(from); i++)
        code = sqlite3_bind_value(statement, first_place + i, sqlite3_column_value(from, i));
    if (code == SQLITE_OK)
        sqlite3_step(statement);
    return sqlite3_finalize(statement);
}

static int put_result(sqlite3 *to, struct store *store, const struct shard_origin *origin,
    const char *path, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT ?2, job.id, ?3, state, job.host, pid, started_utc, finished_utc, error, loss, top1,"
        " top5, epochs, train_seconds, images_per_second, peak_bytes, environment.host, cpu, isa,"
        " version, blas, cores, threads FROM job LEFT JOIN environment"
        " ON environment.number = job.environment WHERE job.id = ?1"
        " AND state IN ('done', 'failed')",
        BIND(TEXT(origin->job_id), TEXT(origin->run), INT(origin->attempt)), err);
    int got = store_step(store, rows, err), code;

    if (got < 0)
        return -1;
    if (got == 0)
        return err_set(err, ERR_BUG, "the job %.12s of %s has no result to hand over",
            origin->job_id, store->path);
    code = copy_row(to,
        "INSERT INTO result VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
        " ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)",
        rows, 1);
    sqlite3_reset(rows);
    return code == SQLITE_OK ? 0 : shard_error(to, path, err);
}

static int put_epochs(sqlite3 *to, const struct epoch_row *epochs, int n_epochs)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(
        to, "INSERT INTO epoch VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", -1, &statement, NULL);

    for (int i = 0; code == SQLITE_OK && i < n_epochs; i++) {
        const struct epoch_row *row = &epochs[i];
        const double numbers[] = {row->loss, row->top1, row->top5, row->lr, row->seconds};

        sqlite3_bind_int(statement, 1, row->epoch);
        sqlite3_bind_text(statement, 2, row->split, -1, SQLITE_STATIC);
        for (int k = 0; k < 5; k++)
            sqlite3_bind_double(statement, 3 + k, numbers[k]);
        sqlite3_step(statement);
        code = sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    return code;
}

static int flush_file(const char *path, struct err *err)
{
    int fd = file_open(path, err), result = fd < 0 ? -1 : 0;

    if (fd >= 0 && fsync(fd) != 0)
        result = err_set_errno(err, errno, "cannot write the result %s", path);
    if (fd >= 0)
        close(fd);
    return result;
}

static int fill(sqlite3 *to, struct store *store, const struct shard_origin *origin,
    const struct epoch_row *epochs, int n_epochs, const char *path, struct err *err)
{
    if (sqlite3_exec(to, schema, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(to, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
        return shard_error(to, path, err);
    if (put_result(to, store, origin, path, err) < 0)
        return -1;
    if (put_epochs(to, epochs, n_epochs) != SQLITE_OK ||
        sqlite3_exec(to, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        return shard_error(to, path, err);
    return 0;
}

int shard_write(const char *database, const struct shard_origin *origin,
    const struct epoch_row *epochs, int n_epochs, const char *path, struct err *err)
{
    struct store *store = NULL;
    sqlite3 *to = NULL;
    char plain[PATH_BYTES + 2];
    int result = -1;

    snprintf(plain, sizeof(plain), "%s%s", path[0] == '/' ? "" : "./", path);
    unlink(path);
    if (store_open(&store, database, STORE_READ, err) < 0)
        goto done;
    if (sqlite3_open_v2(plain, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
        SQLITE_OK) {
        shard_error(to, path, err);
        goto done;
    }
    /* What is written can be read again. */
    sqlite3_limit(to, SQLITE_LIMIT_LENGTH, SHARD_MAX_TEXT);
    result = fill(to, store, origin, epochs, n_epochs, path, err);
done:
    sqlite3_close(to);
    store_close(store);
    if (result == 0)
        result = flush_file(path, err);
    if (result < 0)
        unlink(path);
    return result;
}
