/* A database in a folder of its own, and jobs to put into it. */
#ifndef SCALESTUDY_TESTS_RESULTS_FIXTURE_H
#define SCALESTUDY_TESTS_RESULTS_FIXTURE_H

#include "tests/lib/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "results/query/query.h"
#include "results/store/store.h"

#define FIXTURE_PATH_BYTES 64

struct fixture {
    char folder[FIXTURE_PATH_BYTES], path[FIXTURE_PATH_BYTES + 16];
    struct store *store;
    struct err err;
};

static const struct owner fixture_owner = {
    .host = "elsewhere", .pid = 4711, .process_start = 99, .boot_id = "boot"};

/* Remove the files of a database; what a test itself put into the folder it removes itself. */
static inline void fixture_release(struct fixture *f)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    char path[FIXTURE_PATH_BYTES + 32];

    store_close(f->store);
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        snprintf(path, sizeof(path), "%s%s", f->path, endings[i]);
        unlink(path);
    }
    rmdir(f->folder);
}

/* An empty folder and a path in it. */
static inline void fixture_folder(struct fixture *f)
{
    *f = (struct fixture){.folder = "/tmp/scalestudy-test-XXXXXX"};
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof(f->path), "%s/x.db", f->folder);
}

/* A new database with the empty study "s". */
static inline void fixture_init(struct fixture *f)
{
    fixture_folder(f);
    assert_int_equal(store_open(&f->store, f->path, STORE_CREATE, &f->err), 0);
    assert_int_equal(store_put_study(f->store, "s", "s.yaml", "name: s\n", &f->err), 0);
}

/* A job by its number; the id is that number in 64 digits. */
static inline struct job_record fixture_job(int number, char id[65])
{
    snprintf(id, 65, "%064d", number);
    return (struct job_record){.id = id,
        .canonical = "{\"data\":{\"name\":\"shapes\"}}",
        .model = "mobilenet_v2",
        .method = "baseline",
        .depth = 1,
        .width = 1,
        .resolution = 1,
        .input = 32,
        .seed = number,
        .params = 1000,
        .macs = 2000,
        .train_bytes = 3000,
        .position = number};
}

static inline void fixture_add(struct fixture *f, const char *study, int number)
{
    char id[65];
    struct job_record job = fixture_job(number, id);
    bool added;

    assert_int_equal(store_add_job(f->store, study, &job, &added, &f->err), 0);
    assert_true(added);
}

static inline void fixture_finish(struct fixture *f, const struct claim *claim, double top1)
{
    const struct job_outcome outcome = {.loss = 0.5,
        .top1 = top1,
        .top5 = NAN,
        .epochs = 3,
        .train_seconds = 10,
        .images_per_second = 100,
        .peak_bytes = 1000};

    assert_int_equal(store_finish(f->store, claim->job_id, claim->attempt, &outcome, &f->err), 0);
}

/* Take the next job of a study and be done with it. */
static inline void fixture_do(struct fixture *f, const char *study, double top1)
{
    struct claim claim;

    assert_int_equal(store_claim(f->store, study, &fixture_owner, INT64_MAX, &claim, &f->err), 1);
    fixture_finish(f, &claim, top1);
    claim_release(&claim);
}

/* The first column of the first row that a statement gives, behind the program's back; "" for
 * nothing. -1 if the statement is refused, with the reason as the text. */
static inline int fixture_sql(const struct fixture *f, const char *sql, char to[256])
{
    sqlite3 *db = NULL;
    sqlite3_stmt *rows = NULL;
    int code, result = -1;

    to[0] = '\0';
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    code = sqlite3_prepare_v2(db, sql, -1, &rows, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(rows);
    if (code == SQLITE_ROW && sqlite3_column_text(rows, 0))
        snprintf(to, 256, "%s", sqlite3_column_text(rows, 0));
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        result = 0;
    else
        snprintf(to, 256, "%s", sqlite3_errmsg(db));
    sqlite3_finalize(rows);
    sqlite3_close(db);
    return result;
}

/* The only study's state. */
static inline struct study_status fixture_status(struct fixture *f, const char *study)
{
    struct study_status *rows = NULL, status;
    int n = 0;

    assert_int_equal(query_status(f->store, study, &rows, &n, &f->err), 0);
    assert_int_equal(n, 1);
    status = rows[0];
    free(rows);
    return status;
}

#endif
