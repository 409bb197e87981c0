/* A small study's database as `run` makes it, with jobs in every state; a folder and a path as in fixture.h. */
#ifndef SCALESTUDY_TESTS_RESULTS_REAL_STUDY_H
#define SCALESTUDY_TESTS_RESULTS_REAL_STUDY_H

#include "fixture.h"

#include <unistd.h>

#include "harness/study/plan_store.h"

#define REAL_STUDY "damaged"

/* Some 2 KiB of it are a comment, so that it does not fit into a page with the rest. */
static const char real_study_text[] = "name: " REAL_STUDY "\n"
                                      "data: {name: shapes, train_images: 100, classes: 5}\n"
                                      "recipe: {epochs: 3, batch: 16}\n"
                                      "seeds: [0, 1]\n"
                                      "models:\n"
                                      "  - base: mobilenet_v2\n"
                                      "    input: 32\n"
                                      "    variant: {width: 0.25}\n"
                                      "    scalings:\n"
                                      "      - {method: baseline}\n"
                                      "      - {method: width, w: [1.5, 2]}\n"
                                      "      - {method: depth, d: [1.5, 2]}\n"
                                      "      - {method: compound, w: 1.2, r: 1.2, d: 1.2}\n"
                                      "  - base: resnet18\n"
                                      "    input: 32\n"
                                      "    variant: {width: 0.25}\n"
                                      "    scalings: [{method: baseline}]\n";

/* In memory where that can be: thousands of files a minute. */
static inline void real_study_folder(struct fixture *f)
{
    *f = (struct fixture){.store = NULL};
    snprintf(f->folder, sizeof(f->folder), "%s/scalestudy-test-XXXXXX",
        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof(f->path), "%s/x.db", f->folder);
}

static inline void real_study_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s", message);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static inline void real_study_epochs(struct fixture *f, const struct claim *claim, double top1)
{
    for (int epoch = 1; epoch <= 3; epoch++)
        for (int is_test = 0; is_test < 2; is_test++) {
            const struct epoch_row row = {epoch, is_test ? "test" : "train", 2.0 / epoch,
                top1 * epoch / 3, 90, 0.05 / epoch, 1.5};

            assert_int_equal(
                store_epoch(f->store, claim->job_id, claim->attempt, &row, &f->err), 0);
        }
}

/* What becomes of the n-th job that is taken. */
static inline void real_study_job(struct fixture *f, int n)
{
    static const struct environment environment = {
        .host = "h", .cpu = "c", .isa = "avx2", .version = "1", .blas = "b", .cores = 2};
    struct claim claim;
    bool changed;
    int result = 0;

    assert_int_equal(
        store_claim(f->store, REAL_STUDY, &fixture_owner, INT64_MAX, &claim, &f->err), 1);
    real_study_epochs(f, &claim, 40 + 1.7 * n);
    if (store_environment(f->store, claim.job_id, claim.attempt, &environment, &f->err) < 0)
        fail_msg("%s", f->err.message);
    if (n == 8)
        result =
            store_fail(f->store, claim.job_id, claim.attempt, "the loss is not finite", &f->err);
    else if (n == 9)
        result = store_stop(f->store, claim.job_id, claim.attempt, "pruned", &f->err);
    else if (n == 10)
        result = store_progress(f->store, claim.job_id, claim.attempt, 0.5, 100, &f->err);
    else if (n == 11)
        result = store_cancel(f->store, claim.job_id, &changed, &f->err);
    else
        fixture_finish(f, &claim, 40 + 1.7 * n);
    assert_int_equal(result, 0);
    claim_release(&claim);
}

static inline void real_study_make(struct fixture *f)
{
    static const struct image_set images = {
        .fingerprint = "1111111111111111111111111111111111111111111111111111111111111111",
        .names = "2222222222222222222222222222222222222222222222222222222222222222",
        .root = "~/birds",
        .classes = 5,
        .train_images = 100,
        .test_images = 10,
        .bytes = -1};
    struct study study = STUDY_INIT;
    struct plan plan = PLAN_INIT;
    struct str text = STR_INIT;
    int dropped;

    real_study_folder(f);
    str_add(&text, real_study_text);
    for (int i = 0; i < 100; i++)
        str_addf(&text, "# A line that says nothing, number %d of them all.\n", i);
    if (study_parse(&study, "s.yaml", text.text, text.length, &f->err) < 0 ||
        plan_build(&plan, &study, 10, PLAN_FILE, &f->err) < 0 ||
        store_open(&f->store, f->path, STORE_CREATE, &f->err) < 0 ||
        plan_store(&plan, f->store, &dropped, &f->err) < 0 ||
        store_put_images(f->store, &images, &f->err) < 0)
        fail_msg("%s", f->err.message);
    for (int n = 0; n < 12; n++)
        real_study_job(f, n);
    store_close(f->store);
    f->store = NULL;
    real_study_sql(f->path,
        "INSERT INTO study (name, source_path, text, created_utc, updated_utc) SELECT 'other', "
        "source_path, text, created_utc, updated_utc FROM study;"
        "INSERT INTO study_job SELECT 2, job, position, model, 'wider', depth, width, resolution, "
        "state FROM study_job WHERE job % 3 = 0;"
        "CREATE TABLE notes_of_the_user (note);"
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) "
        "INSERT INTO notes_of_the_user SELECT zeroblob(5000) FROM n;"
        "DELETE FROM notes_of_the_user WHERE rowid > 2;");
    plan_release(&plan);
    study_release(&study);
    str_release(&text);
}

#endif
