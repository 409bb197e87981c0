/* Work on jobs: taking one, telling of it, ending it. */
#include "store_sql.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/array.h"
#include "harness/base/clock.h"
#include "harness/base/str.h"

/* An owner on another host cannot be looked at. Without a sign of life for so long it is taken for
 * dead; should it live after all, its attempt is stale and its writes are refused. */
#define SILENCE_SECONDS 1800

static int take_row(
    struct store *store, sqlite3_stmt *rows, int64_t *number, struct claim *claim, struct err *err)
{
    *number = sqlite3_column_int64(rows, 0);
    if (store_take_id(store, rows, 1, claim->job_id, err) < 0) {
        sqlite3_reset(rows);
        return -1;
    }
    claim->canonical = strdup(store_column_text(rows, 2));
    claim->attempt = sqlite3_column_int(rows, 3) + 1;
    sqlite3_reset(rows);
    if (!claim->canonical)
        return err_set(err, ERR_MEMORY, "no memory for a job of the database %s", store->path);
    return 0;
}

/* Memory that is left beside the jobs of a host. */
static int memory_left(struct store *store, const char *host, int64_t *bytes, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT coalesce(sum(train_bytes), 0) FROM job WHERE state = 'running' AND host = ?1",
        BIND(TEXT(host)), err);

    if (store_step(store, rows, err) < 0)
        return -1;
    *bytes -= sqlite3_column_int64(rows, 0);
    sqlite3_reset(rows);
    return 0;
}

/* The next waiting job of a study, or of all, of at most so many bytes. 1, 0 or -1. */
static int find_waiting(struct store *store, const char *study, int64_t bytes, int64_t *number,
    struct claim *claim, struct err *err)
{
    sqlite3_stmt *rows;
    int64_t study_number;
    int got;

    if (study) {
        if (store_study_number(store, study, &study_number, err) < 0)
            return -1;
        rows = store_select(store,
            "SELECT job.number, job.id, job.canonical, job.attempt FROM study_job JOIN job ON "
            "job.number = study_job.job "
            "WHERE study_job.study = ?1 AND study_job.state = 'waiting' AND job.train_bytes <= ?2 "
            "ORDER BY study_job.position LIMIT 1",
            BIND(INT(study_number), INT(bytes)), err);
    } else {
        rows = store_select(store,
            "SELECT job.number, job.id, job.canonical, job.attempt FROM study_job JOIN job ON "
            "job.number = study_job.job "
            "WHERE study_job.state = 'waiting' AND job.train_bytes <= ?1 "
            "ORDER BY study_job.study, study_job.position LIMIT 1",
            BIND(INT(bytes)), err);
    }
    got = store_step(store, rows, err);
    if (got > 0 && take_row(store, rows, number, claim, err) < 0)
        return -1;
    return got;
}

static int mark_running(struct store *store, int64_t number, const struct owner *owner,
    const struct claim *claim, struct err *err)
{
    char now[CLOCK_UTC_BYTES];

    clock_utc(now);
    return store_run(store,
        "UPDATE job SET state = 'running', attempt = ?2, host = ?3, pid = ?4, process_start = ?5, "
        "boot_id = ?6, "
        "started_utc = ?7, heartbeat_utc = ?7, error = NULL, finished_utc = NULL WHERE number = ?1",
        BIND(INT(number), INT(claim->attempt), TEXT(owner->host), INT(owner->pid),
            INT(owner->process_start), TEXT(owner->boot_id), TEXT(now)),
        err);
}

/* As store_claim, in its transaction. */
static int find_fitting(struct store *store, const char *study, const struct owner *owner,
    int64_t memory_bytes, int64_t *number, struct claim *claim, struct err *err)
{
    int64_t left = memory_bytes;
    int found;

    if (memory_bytes == INT64_MAX)
        return find_waiting(store, study, INT64_MAX, number, claim, err);
    if (memory_left(store, owner->host, &left, err) < 0)
        return -1;
    found = find_waiting(store, study, left, number, claim, err);
    if (found != 0)
        return found;
    found = find_waiting(store, study, INT64_MAX, number, claim, err);
    claim_release(claim);
    return found > 0 ? STORE_CLAIM_FULL : found;
}

int store_claim(struct store *store, const char *study, const struct owner *owner,
    int64_t memory_bytes, struct claim *claim, struct err *err)
{
    int64_t number = 0;
    int found, result;

    *claim = (struct claim){0};
    /* A claim that a power cut takes back died with its process. */
    if (store_begin(store, STORE_LAZY, err) < 0)
        return -1;
    found = find_fitting(store, study, owner, memory_bytes, &number, claim, err);
    result = found < 0 ? -1 : 0;
    if (found == 1)
        result = mark_running(store, number, owner, claim, err);
    if (store_end(store, result, err) < 0) {
        claim_release(claim);
        return -1;
    }
    return found;
}

int claim_check(const struct claim *claim, struct err *err)
{
    if (store_check_text(claim->job_id, claim->canonical, err) < 0)
        return err_context(err, "the job is not run");
    return 0;
}

void claim_release(struct claim *claim)
{
    free(claim->canonical);
    *claim = (struct claim){0};
}

/* ---- an attempt's own writes ---- */

/* Why a job was not this attempt's to change. */
static int explain_refusal(struct store *store, const char *job_id, int attempt, struct err *err)
{
    sqlite3_stmt *rows = store_select(
        store, "SELECT state, attempt, host, pid FROM job WHERE id = ?1", BIND(TEXT(job_id)), err);
    int got = store_step(store, rows, err);

    if (got < 0)
        return -1;
    if (got == 0)
        return err_set(err, ERR_INPUT, "the database %s has no job %.64s", store->path, job_id);
    err_set(err, ERR_BUSY,
        "attempt %d no longer holds the job %.12s of the database %s: it is %s in attempt %d, "
        "which process %lld on "
        "%s has or had",
        attempt, job_id, store->path, store_column_text(rows, 0), sqlite3_column_int(rows, 1),
        (long long)sqlite3_column_int64(rows, 3), store_column_text(rows, 2));
    sqlite3_reset(rows);
    return -1;
}

/* One UPDATE of the job that this attempt holds; ?1 and ?2 of it are the job's id and the attempt.
 */
static int update_held(struct store *store, enum store_durability durability, const char *sql,
    const struct bind *values, struct err *err)
{
    int result;

    if (store_begin(store, durability, err) < 0)
        return -1;
    result = store_run(store, sql, values, err);
    if (result == 0 && sqlite3_changes(store->db) == 0)
        result = explain_refusal(store, values[0].text, (int)values[1].integer, err);
    return store_end(store, result, err);
}

int store_progress(struct store *store, const char *job_id, int attempt, double progress,
    double images_per_second, struct err *err)
{
    char now[CLOCK_UTC_BYTES];

    clock_utc(now);
    return update_held(store, STORE_LAZY,
        "UPDATE job SET heartbeat_utc = ?3, progress = ?4, images_per_second = ?5 "
        "WHERE id = ?1 AND attempt = ?2 AND state = 'running'",
        BIND(TEXT(job_id), INT(attempt), TEXT(now), REAL(progress), REAL(images_per_second)), err);
}

static int put_epoch(struct store *store, const char *job_id, int attempt,
    const struct epoch_row *row, struct err *err)
{
    char now[CLOCK_UTC_BYTES];

    clock_utc(now);
    if (store_run(store,
            "UPDATE job SET heartbeat_utc = ?3 WHERE id = ?1 AND attempt = ?2 AND state = "
            "'running'",
            BIND(TEXT(job_id), INT(attempt), TEXT(now)), err) < 0)
        return -1;
    if (sqlite3_changes(store->db) == 0)
        return explain_refusal(store, job_id, attempt, err);
    return store_run(store,
        "INSERT INTO epoch (job, epoch, split, loss, top1, top5, lr, seconds) "
        "SELECT number, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM job WHERE id = ?1 "
        "ON CONFLICT (job, epoch, split) DO UPDATE SET loss = ?4, top1 = ?5, top5 = ?6, lr = ?7, "
        "seconds = ?8",
        BIND(TEXT(job_id), INT(row->epoch), TEXT(row->split), REAL(row->loss), REAL(row->top1),
            REAL(row->top5), REAL(row->lr), REAL(row->seconds)),
        err);
}

int store_epoch(struct store *store, const char *job_id, int attempt, const struct epoch_row *row,
    struct err *err)
{
    if (store_begin(store, STORE_DURABLE, err) < 0)
        return -1;
    return store_end(store, put_epoch(store, job_id, attempt, row, err), err);
}

int store_finish(struct store *store, const char *job_id, int attempt,
    const struct job_outcome *outcome, struct err *err)
{
    char now[CLOCK_UTC_BYTES];

    clock_utc(now);
    return update_held(store, STORE_DURABLE,
        "UPDATE job SET state = 'done', finished_utc = ?3, loss = ?4, top1 = ?5, top5 = ?6, epochs "
        "= ?7, "
        "train_seconds = ?8, images_per_second = ?9, peak_bytes = ?10 "
        "WHERE id = ?1 AND attempt = ?2 AND state = 'running'",
        BIND(TEXT(job_id), INT(attempt), TEXT(now), REAL(outcome->loss), REAL(outcome->top1),
            REAL(outcome->top5), INT(outcome->epochs), REAL(outcome->train_seconds),
            REAL(outcome->images_per_second), INT(outcome->peak_bytes)),
        err);
}

int store_fail(
    struct store *store, const char *job_id, int attempt, const char *message, struct err *err)
{
    char now[CLOCK_UTC_BYTES];

    clock_utc(now);
    return update_held(store, STORE_DURABLE,
        "UPDATE job SET state = 'failed', finished_utc = ?3, error = ?4, "
        "epochs = (SELECT max(epoch) FROM epoch WHERE job = number) "
        "WHERE id = ?1 AND attempt = ?2 AND state = 'running'",
        BIND(TEXT(job_id), INT(attempt), TEXT(now), TEXT(message)), err);
}

int store_stop(
    struct store *store, const char *job_id, int attempt, const char *reason, struct err *err)
{
    char now[CLOCK_UTC_BYTES];

    clock_utc(now);
    return update_held(store, STORE_DURABLE,
        "UPDATE job SET state = 'stopped', finished_utc = ?3, error = ?4, "
        "epochs = (SELECT max(epoch) FROM epoch WHERE job = number) "
        "WHERE id = ?1 AND attempt = ?2 AND state = 'running'",
        BIND(TEXT(job_id), INT(attempt), TEXT(now), TEXT(reason)), err);
}

int store_rank(struct store *store, const char *study, const char *job_id, int epoch, int *rank,
    int *of, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT count(*), 1 + coalesce(sum(epoch.top1 > own.top1), 0) FROM study "
        "JOIN study_job ON study_job.study = study.number "
        "JOIN epoch ON epoch.job = study_job.job AND epoch.epoch = ?3 AND epoch.split = 'test' "
        "JOIN job ON job.id = ?2 "
        "JOIN epoch AS own ON own.job = job.number AND own.epoch = ?3 AND own.split = 'test' "
        "WHERE study.name = ?1 AND epoch.top1 IS NOT NULL",
        BIND(TEXT(study), TEXT(job_id), INT(epoch)), err);

    if (store_step(store, rows, err) < 0)
        return -1;
    *of = sqlite3_column_int(rows, 0);
    *rank = sqlite3_column_int(rows, 1);
    sqlite3_reset(rows);
    return 0;
}

int store_is_held(struct store *store, const char *job_id, int attempt, bool *held, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT 1 FROM job WHERE id = ?1 AND attempt = ?2 AND state = 'running'",
        BIND(TEXT(job_id), INT(attempt)), err);
    int got = store_step(store, rows, err);

    if (got < 0)
        return -1;
    *held = got > 0;
    if (got > 0)
        sqlite3_reset(rows);
    return 0;
}

static int put_crash(struct store *store, const struct bind *values, bool *again, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "UPDATE job SET crashes = crashes + 1, error = ?4, "
        "state = iif(crashes < ?5, 'waiting', 'failed'), "
        "finished_utc = iif(crashes < ?5, NULL, ?3), "
        "epochs = iif(crashes < ?5, NULL, (SELECT max(epoch) FROM epoch WHERE job = number)) "
        "WHERE id = ?1 AND attempt = ?2 AND state = 'running' RETURNING state",
        values, err);
    int got = store_step(store, rows, err);

    if (got < 0)
        return -1;
    if (got == 0)
        return explain_refusal(store, values[0].text, (int)values[1].integer, err);
    *again = strcmp(store_column_text(rows, 0), "waiting") == 0;
    sqlite3_reset(rows);
    return 0;
}

int store_crash(struct store *store, const char *job_id, int attempt, const char *message,
    int retries, bool *again, struct err *err)
{
    char now[CLOCK_UTC_BYTES];

    *again = false;
    clock_utc(now);
    if (store_begin(store, STORE_DURABLE, err) < 0)
        return -1;
    return store_end(store,
        put_crash(store, BIND(TEXT(job_id), INT(attempt), TEXT(now), TEXT(message), INT(retries)),
            again, err),
        err);
}

int store_give_back(struct store *store, const char *job_id, int attempt, struct err *err)
{
    return update_held(store, STORE_DURABLE,
        "UPDATE job SET state = 'waiting' WHERE id = ?1 AND attempt = ?2 AND state = 'running'",
        BIND(TEXT(job_id), INT(attempt)), err);
}

static int put_environment(struct store *store, const struct bind *values, struct err *err)
{
    if (store_run(store,
            "INSERT INTO environment (host, cpu, isa, version, blas, cores, threads) "
            "VALUES (?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
            values, err) < 0)
        return -1;
    return store_run(store,
        "UPDATE job SET environment = (SELECT number FROM environment WHERE host = ?3 AND cpu = ?4 "
        "AND isa = ?5 "
        "AND version = ?6 AND blas = ?7 AND cores = ?8 AND threads = ?9) "
        "WHERE id = ?1 AND attempt = ?2 AND state = 'running'",
        values, err);
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

int store_environment(struct store *store, const char *job_id, int attempt,
    const struct environment *environment, struct err *err)
{
    int result;

    if (store_begin(store, STORE_LAZY, err) < 0)
        return -1;
    result = put_environment(store,
        BIND(TEXT(job_id), INT(attempt), TEXT(or_empty(environment->host)),
            TEXT(or_empty(environment->cpu)), TEXT(or_empty(environment->isa)),
            TEXT(or_empty(environment->version)), TEXT(or_empty(environment->blas)),
            INT(environment->cores), INT(environment->threads)),
        err);
    if (result == 0 && sqlite3_changes(store->db) == 0)
        result = explain_refusal(store, job_id, attempt, err);
    return store_end(store, result, err);
}

/* ---- owners that died ---- */

struct running {
    int64_t number;
    int attempt;
};

struct running_list {
    struct running *items;
    int count;
};

static int remember(struct running_list *list, struct running running, struct err *err)
{
    if (!array_grow(&list->items, list->count, sizeof(running)))
        return err_set(err, ERR_MEMORY, "no memory for %d running jobs", list->count + 1);
    list->items[list->count++] = running;
    return 0;
}

static int find_dead(struct store *store, bool (*is_alive)(const struct owner *owner),
    struct running_list *dead, struct err *err)
{
    sqlite3_stmt *rows;
    char here[256] = "localhost";
    int got;

    (void)!gethostname(here, sizeof(here) - 1);
    rows = store_select(store,
        "SELECT number, attempt, host, pid, process_start, boot_id, "
        "strftime('%s', 'now') - strftime('%s', heartbeat_utc) FROM job WHERE state = 'running'",
        BIND_NONE, err);
    while ((got = store_step(store, rows, err)) > 0) {
        const struct running running = {
            .number = sqlite3_column_int64(rows, 0), .attempt = sqlite3_column_int(rows, 1)};
        struct owner owner = {
            .pid = sqlite3_column_int64(rows, 3), .process_start = sqlite3_column_int64(rows, 4)};
        bool is_dead;

        str_copy(owner.host, sizeof(owner.host), store_column_text(rows, 2));
        str_copy(owner.boot_id, sizeof(owner.boot_id), store_column_text(rows, 5));
        is_dead = strcmp(owner.host, here) == 0 ? !is_alive(&owner)
                                                : sqlite3_column_int64(rows, 6) > SILENCE_SECONDS;

        if (is_dead && remember(dead, running, err) < 0) {
            sqlite3_reset(rows);
            return -1;
        }
    }
    return got;
}

static int put_back(
    struct store *store, const struct running_list *dead, int *recovered, struct err *err)
{
    for (int i = 0; i < dead->count; i++) {
        /* The attempt: another process may have recovered and taken it meanwhile. */
        if (store_run(store,
                "UPDATE job SET state = 'waiting' WHERE number = ?1 AND attempt = ?2 AND state = "
                "'running'",
                BIND(INT(dead->items[i].number), INT(dead->items[i].attempt)), err) < 0)
            return -1;
        *recovered += sqlite3_changes(store->db);
    }
    return 0;
}

int store_recover(struct store *store, bool (*is_alive)(const struct owner *owner), int *recovered,
    struct err *err)
{
    struct running_list dead = {0};
    int result;

    *recovered = 0;
    result = find_dead(store, is_alive, &dead, err);
    /* Asked every few seconds, and nearly always nobody died: then nobody else is kept from
     * writing. */
    if (result == 0 && dead.count > 0) {
        result = store_begin(store, STORE_DURABLE, err);
        if (result == 0)
            result = store_end(store, put_back(store, &dead, recovered, err), err);
    }
    free(dead.items);
    return result;
}
