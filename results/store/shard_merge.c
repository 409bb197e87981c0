/* Reading a shard, and merging it into a database. The file may hold anything. */
#include "shard_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/sha256.h"
#include "harness/base/str.h"

#define UTC_BYTES 24

enum result_column {
    RUN,
    JOB_ID,
    ATTEMPT,
    STATE,
    HOST,
    PID,
    STARTED,
    FINISHED,
    ERROR,
    LOSS,
    TOP1,
    TOP5,
    EPOCHS,
    TRAIN_SECONDS,
    IMAGES_PER_SECOND,
    PEAK_BYTES,
    ENVIRONMENT_HOST,
    CPU,
    ISA,
    VERSION,
    BLAS,
    CORES,
    THREADS,
    N_COLUMNS,
};

static const char select_result[] =
    "SELECT run, job_id, attempt, state, host, pid, started_utc, finished_utc, error, loss, top1,"
    " top5, epochs, train_seconds, images_per_second, peak_bytes, environment_host, cpu, isa,"
    " version, blas, cores, threads FROM result";

/* What was read of a file, as a database in memory, and what reading it took. */
struct shard {
    sqlite3 *db;
    const char *path; /* for messages */
    struct store_work work;
};

/* What is wrong with the file is its own fault. */
static int damaged(struct shard *shard, struct err *err)
{
    if (shard->work.end != WORK_GOES_ON)
        return store_work_error(&shard->work, "result", shard->path, err);
    if ((sqlite3_errcode(shard->db) & 0xff) == SQLITE_NOMEM)
        return err_set(err, ERR_MEMORY, "no memory to read the result %s", shard->path);
    return err_set(err, ERR_INPUT, "the result %s is damaged or is none: %s", shard->path,
        sqlite3_errmsg(shard->db));
}

static int64_t read_number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *rows = NULL;
    int64_t number = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &rows, NULL) == SQLITE_OK &&
        sqlite3_step(rows) == SQLITE_ROW)
        number = sqlite3_column_int64(rows, 0);
    sqlite3_finalize(rows);
    return number;
}

/* Views and triggers in their place could do anything, and without end. */
static bool has_own_tables(sqlite3 *db)
{
    return read_number(db, "SELECT count(*) = 2 AND sum(type = 'table' AND (name, sql) IN (VALUES "
                           "('result', '" SHARD_RESULT "'), ('epoch', '" SHARD_EPOCH "'))) = 2 "
                           "FROM sqlite_schema") == 1;
}

static int check_contents(struct shard *shard, struct err *err)
{
    if (sqlite3_exec(shard->db, "PRAGMA cell_size_check = ON", NULL, NULL, NULL) != SQLITE_OK)
        return damaged(shard, err);
    if (read_number(shard->db, "PRAGMA application_id") != SHARD_APPLICATION_ID)
        return err_set(err, ERR_INPUT, "%s is damaged, or no result of scalestudy", shard->path);
    if (read_number(shard->db, "PRAGMA user_version") != SHARD_VERSION)
        return err_set(err, ERR_INPUT, "the result %s was written by another version of scalestudy",
            shard->path);
    if (!store_has_sound_pages(shard->db))
        return err_set(err, ERR_INPUT, "the result %s is damaged", shard->path);
    return 0;
}

/* The content in memory, as a database that is only read. */
static int open_shard(struct shard *shard, const struct str *content, bool brief, struct err *err)
{
    sqlite3_int64 size = (sqlite3_int64)content->length;

    if (sqlite3_open_v2(":memory:", &shard->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
            NULL) != SQLITE_OK ||
        sqlite3_deserialize(shard->db, "main", (unsigned char *)content->text, size, size,
            SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
        return damaged(shard, err);
    shard->work.more_bytes = (int64_t)size;
    store_bound(shard->db, &shard->work);
    sqlite3_limit(shard->db, SQLITE_LIMIT_LENGTH, SHARD_MAX_TEXT);
    if (!has_own_tables(shard->db))
        return shard->work.end == WORK_INTERRUPTED
                   ? damaged(shard, err)
                   : err_set(err, ERR_INPUT,
                         "%s is damaged, or no result of scalestudy: it has other tables than "
                         "results have",
                         shard->path);
    return brief ? 0 : check_contents(shard, err);
}

static void close_shard(struct shard *shard, sqlite3_stmt *rows)
{
    sqlite3_finalize(rows);
    sqlite3_close(shard->db);
}

/* The only row, its statement in *rows. */
static int open_result(struct shard *shard, sqlite3_stmt **rows, struct err *err)
{
    int code;

    if (sqlite3_prepare_v2(shard->db, select_result, -1, rows, NULL) != SQLITE_OK)
        return damaged(shard, err);
    code = sqlite3_step(*rows);
    if (code == SQLITE_DONE)
        return err_set(err, ERR_INPUT, "the result %s is empty", shard->path);
    return code == SQLITE_ROW ? 0 : damaged(shard, err);
}

/* Empty is in range. */
static bool in_range(sqlite3_stmt *rows, int column, double most)
{
    double value = sqlite3_column_double(rows, column);

    return sqlite3_column_type(rows, column) == SQLITE_NULL || (value >= 0 && value <= most);
}

static int check_result(
    sqlite3_stmt *rows, const char *path, const char *run, const char *job_id, struct err *err)
{
    const char *state = store_column_text(rows, STATE);

    if (strcmp(store_column_text(rows, RUN), run) != 0)
        return err_set(err, ERR_INPUT, "the result %s belongs to another run folder", path);
    if (strcmp(store_column_text(rows, JOB_ID), job_id) != 0)
        return err_set(err, ERR_INPUT, "the result %s is of the job %.12s, not of %.12s", path,
            store_column_text(rows, JOB_ID), job_id);
    if (!in_range(rows, TOP1, 100) || !in_range(rows, TOP5, 100))
        return err_set(
            err, ERR_INPUT, "the result %s has an accuracy that is not from 0 to 100", path);
    if (!in_range(rows, TRAIN_SECONDS, HUGE_VAL) || !in_range(rows, IMAGES_PER_SECOND, HUGE_VAL) ||
        !in_range(rows, PEAK_BYTES, HUGE_VAL))
        return err_set(err, ERR_INPUT, "the result %s has a time, speed or size below 0", path);
    if (strcmp(state, "failed") == 0)
        return 0;
    if (strcmp(state, "done") != 0)
        return err_set(
            err, ERR_INPUT, "the result %s says neither done nor failed, but %.20s", path, state);
    if (sqlite3_column_type(rows, LOSS) == SQLITE_NULL ||
        sqlite3_column_type(rows, TOP1) == SQLITE_NULL)
        return err_set(err, ERR_INPUT, "the result %s has no loss or accuracy", path);
    return 0;
}

/* ---- into the database ---- */

/* How many epochs the job trains, by its recipe. */
static int epochs_of(struct store *store, const char *job_id, int *epochs, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT iif(json_valid(canonical), json_extract(canonical, '$.recipe.epochs'), NULL) "
        "FROM job WHERE id = ?1",
        BIND(TEXT(job_id)), err);
    int got = store_step(store, rows, err);

    *epochs = STORE_MAX_EPOCHS;
    if (got > 0 && sqlite3_column_type(rows, 0) == SQLITE_INTEGER)
        *epochs = sqlite3_column_int(rows, 0);
    if (got > 0)
        sqlite3_reset(rows);
    return got < 0 ? -1 : 0;
}

static int put_epoch(struct store *store, sqlite3_stmt *from, const char *job_id, struct err *err)
{
    return store_run(store,
        "INSERT INTO epoch (job, epoch, split, loss, top1, top5, lr, seconds) "
        "SELECT number, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM job WHERE id = ?1 "
        "ON CONFLICT (job, epoch, split) DO UPDATE SET loss = ?4, top1 = ?5, top5 = ?6, "
        "lr = ?7, seconds = ?8",
        BIND(TEXT(job_id), INT(sqlite3_column_int(from, 0)), TEXT(store_column_text(from, 1)),
            REAL(store_column_real(from, 2)), REAL(store_column_real(from, 3)),
            REAL(store_column_real(from, 4)), REAL(store_column_real(from, 5)),
            REAL(store_column_real(from, 6))),
        err);
}

static int put_epochs(struct store *store, struct shard *shard, const char *job_id, struct err *err)
{
    sqlite3_stmt *rows = NULL;
    int code = SQLITE_DONE, n = 0, most, result = epochs_of(store, job_id, &most, err);

    if (result == 0 && sqlite3_prepare_v2(shard->db,
                           "SELECT epoch, split, loss, top1, top5, lr, seconds FROM epoch", -1,
                           &rows, NULL) != SQLITE_OK)
        return damaged(shard, err);
    while (result == 0 && (code = sqlite3_step(rows)) == SQLITE_ROW) {
        int64_t epoch = sqlite3_column_int64(rows, 0);

        if (epoch < 1 || epoch > most || ++n / STORE_MAX_SPLITS > most)
            result = err_set(err, ERR_INPUT,
                "the result %s is damaged: it has epochs beyond the %d that its job trains",
                shard->path, most);
        else
            result = put_epoch(store, rows, job_id, err);
    }
    if (result == 0 && code != SQLITE_DONE)
        result = damaged(shard, err);
    sqlite3_finalize(rows);
    return result;
}

static int put_environment(
    struct store *store, sqlite3_stmt *from, const char *job_id, struct err *err)
{
    const struct bind values[] = {TEXT(job_id), TEXT(store_column_text(from, ENVIRONMENT_HOST)),
        TEXT(store_column_text(from, CPU)), TEXT(store_column_text(from, ISA)),
        TEXT(store_column_text(from, VERSION)), TEXT(store_column_text(from, BLAS)),
        INT(sqlite3_column_int64(from, CORES)), INT(sqlite3_column_int64(from, THREADS)),
        {.type = BIND_END}};

    if (sqlite3_column_type(from, CPU) == SQLITE_NULL)
        return 0;
    if (store_run(store,
            "INSERT INTO environment (host, cpu, isa, version, blas, cores, threads) "
            "SELECT ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE ?1 <> '' ON CONFLICT DO NOTHING",
            values, err) < 0)
        return -1;
    return store_run(store,
        "UPDATE job SET environment = (SELECT number FROM environment WHERE host = ?2 AND cpu = ?3"
        " AND isa = ?4 AND version = ?5 AND blas = ?6 AND cores = ?7 AND threads = ?8) "
        "WHERE id = ?1",
        values, err);
}

static int put_job(struct store *store, sqlite3_stmt *from, const char *job_id, struct err *err)
{
    bool has_epochs = sqlite3_column_type(from, EPOCHS) != SQLITE_NULL;
    bool has_peak = sqlite3_column_type(from, PEAK_BYTES) != SQLITE_NULL;
    bool has_error = sqlite3_column_type(from, ERROR) != SQLITE_NULL;

    return store_run(store,
        "UPDATE job SET state = ?2, attempt = ?3, host = ?4, pid = ?5, process_start = NULL, "
        "boot_id = NULL, started_utc = ?6, heartbeat_utc = ?7, finished_utc = ?7, error = ?8, "
        "loss = ?9, top1 = ?10, top5 = ?11, epochs = ?12, train_seconds = ?13, "
        "images_per_second = ?14, peak_bytes = ?15 WHERE id = ?1",
        BIND(TEXT(job_id), TEXT(store_column_text(from, STATE)),
            INT(sqlite3_column_int64(from, ATTEMPT)), TEXT(store_column_text(from, HOST)),
            INT(sqlite3_column_int64(from, PID)), TEXT(store_column_text(from, STARTED)),
            TEXT(store_column_text(from, FINISHED)),
            TEXT(has_error ? store_column_text(from, ERROR) : NULL),
            REAL(store_column_real(from, LOSS)), REAL(store_column_real(from, TOP1)),
            REAL(store_column_real(from, TOP5)),
            has_epochs ? (struct bind)INT(sqlite3_column_int64(from, EPOCHS))
                       : (struct bind)REAL(NAN),
            REAL(store_column_real(from, TRAIN_SECONDS)),
            REAL(store_column_real(from, IMAGES_PER_SECOND)),
            has_peak ? (struct bind)INT(sqlite3_column_int64(from, PEAK_BYTES))
                     : (struct bind)REAL(NAN)),
        err);
}

/* What the database says of the job: 1 done, 0 not, 2 this attempt's failure; -1 error, which is
 * ERR_INPUT if it is not there. */
static int known_result(struct store *store, sqlite3_stmt *from, const char *job_id, double *loss,
    const char *path, struct err *err)
{
    sqlite3_stmt *rows = store_select(
        store, "SELECT state, loss, attempt FROM job WHERE id = ?1", BIND(TEXT(job_id)), err);
    int got = store_step(store, rows, err), known;

    if (got < 0)
        return -1;
    if (got == 0)
        return err_set(
            err, ERR_INPUT, "the result %s is of a job that the study does not have", path);
    known = strcmp(store_column_text(rows, 0), "done") == 0;
    if (strcmp(store_column_text(rows, 0), "failed") == 0 &&
        strcmp(store_column_text(from, STATE), "failed") == 0 &&
        sqlite3_column_int64(rows, 2) == sqlite3_column_int64(from, ATTEMPT))
        known = 2;
    *loss = store_column_real(rows, 1);
    sqlite3_reset(rows);
    return known;
}

static int merge(struct store *store, struct shard *shard, sqlite3_stmt *from, const char *job_id,
    bool brief, enum shard_merged *merged, struct err *err)
{
    double known = NAN, loss = store_column_real(from, LOSS);
    int state = known_result(store, from, job_id, &known, shard->path, err);

    *merged = SHARD_KNOWN;
    if (state < 0)
        return -1;
    if (state == 2)
        return 0;
    if (state == 1) {
        bool same = strcmp(store_column_text(from, STATE), "done") == 0 &&
                    memcmp(&known, &loss, sizeof(loss)) == 0;

        *merged = same ? SHARD_KNOWN : SHARD_DIFFERS;
        return 0;
    }
    *merged = SHARD_MERGED;
    /* The state last: once it is done the job's rows are closed. */
    if (!brief && (put_epochs(store, shard, job_id, err) < 0 ||
                      put_environment(store, from, job_id, err) < 0))
        return -1;
    return put_job(store, from, job_id, err);
}

int shard_merge(struct store *store, const struct str *content, const char *path, const char *run,
    const char *job_id, bool brief, enum shard_merged *merged, struct err *err)
{
    struct shard shard = {.path = path};
    sqlite3_stmt *rows = NULL;
    int result = -1;

    /* What a power cut takes back is collected again. */
    if (open_shard(&shard, content, brief, err) == 0 && open_result(&shard, &rows, err) == 0 &&
        check_result(rows, path, run, job_id, err) == 0 && store_begin(store, STORE_LAZY, err) == 0)
        result = store_end(store, merge(store, &shard, rows, job_id, brief, merged, err), err);
    close_shard(&shard, rows);
    return result;
}

int shard_is_done(const struct str *content, const char *path, bool *done, struct err *err)
{
    struct shard shard = {.path = path};
    sqlite3_stmt *rows = NULL;
    int result = -1;

    if (open_shard(&shard, content, false, err) == 0 && open_result(&shard, &rows, err) == 0) {
        *done = strcmp(store_column_text(rows, STATE), "done") == 0;
        result = 0;
    }
    close_shard(&shard, rows);
    return result;
}
