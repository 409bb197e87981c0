/* Databases that older versions of the program made: read as they are, brought forward by who writes, and not while
 * jobs run in them. */
#include "tests/lib/test.h"

#include "harness/system/file.h"
#include "results/store/store_admin.h"
#include "fixture.h"

#define NEWEST 7
#define ZEROS  "000000000000000000000000000000000000000000000000000000000000000"

/* The schemas as version 5 had it, with its triggers and those of the versions before, and as version 6. */
#define OLD_SCHEMA(version)                                                                        \
    ((version) < 6 ? "tests/results/schema_v5.sql" : "tests/results/schema_v6.sql")

/* A database as that version made it, with one job that is done and one that waits. */
static void make_old(struct fixture *f, int version)
{
    static const char jobs[] =
        "INSERT INTO study (name, source_path, text, created_utc, updated_utc) VALUES ('s', "
        "'s.yaml', '', '', '');"
        "INSERT INTO job (id, canonical, input, seed, params, macs, train_bytes, added_utc, state, "
        "finished_utc, train_seconds, images_per_second) VALUES "
        "('" ZEROS "a', '{}', 32, 0, 1, 2000, 3, '', 'done', '2026-01-01T00:00:00Z', 10, 100), "
        "('" ZEROS "b', '{}', 32, 1, 1, 2000, 3, '', 'waiting', NULL, NULL, NULL);"
        "INSERT INTO study_job SELECT 1, number, number - 1, 'mobilenet_v2', 'baseline', 1, 1, 1, "
        "state FROM job;";
    sqlite3 *db = NULL;
    struct str schema = STR_INIT;
    char since[64], pragma[64], *end;

    fixture_folder(f);
    if (file_read(OLD_SCHEMA(version), 1 << 20, &schema, &f->err) < 0)
        fail_msg("%s", f->err.message);
    snprintf(since, sizeof(since), "\n-- Since version %d\n", version + 1);
    snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d", version);
    end = strstr(schema.text, since);
    assert_int_equal(end != NULL, version < 5);
    if (end)
        *end = '\0';
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, schema.text, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, pragma, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, jobs, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    str_release(&schema);
}

static void assert_version(const struct fixture *f, int version)
{
    char text[256];

    assert_int_equal(fixture_sql(f, "PRAGMA user_version", text), 0);
    assert_int_equal(strtol(text, NULL, 10), version);
}

static void remove_copy(const struct fixture *f)
{
    char copy[FIXTURE_PATH_BYTES + 32];

    snprintf(copy, sizeof(copy), "%s.before-v%d", f->path, NEWEST);
    unlink(copy);
}

/* A check takes it as it is. Its two jobs have ids that are no hashes. */
static void assert_only_ids_are_wrong(struct fixture *f)
{
    struct rowset problems;
    int n = 0;

    assert_int_equal(store_open(&f->store, f->path, STORE_AS_IT_IS, &f->err), 0);
    rowset_init(&problems, store_problem_columns);
    assert_int_equal(store_check(f->store, &problems, &n, &f->err), 0);
    assert_int_equal(n, 2);
    rowset_release(&problems);
    store_close(f->store);
}

/* The triggers of an older version are gone, and those of this one count what comes after. */
static void test_store_open__what_happens_in_a_database_of_an_older_schema_is_counted(void **state)
{
    (void)state;
    for (int version = 1; version < NEWEST; version++) {
        struct fixture f;
        struct job_record job;
        char id[65];
        bool added;

        make_old(&f, version);
        assert_int_equal(store_open(&f.store, f.path, STORE_WRITE, &f.err), 0);
        fixture_add(&f, "s", 2);
        assert_int_equal(store_estimate(f.store, ZEROS "b", 13, 12, &f.err), 0);
        fixture_do(&f, "s", 50);
        job = fixture_job(2, id);
        job.method = "width";
        assert_int_equal(store_add_job(f.store, "s", &job, &added, &f.err), 0);
        assert_int_equal(store_remove_job(f.store, ZEROS "a", &f.err), 0);
        assert_int_equal(fixture_status(&f, "s").done, 1);
        assert_int_equal(fixture_status(&f, "s").estimated, 1);
        assert_true(fabs(fixture_status(&f, "s").taken_seconds - 10) < 1e-9);
        store_close(f.store);
        assert_only_ids_are_wrong(&f);
        f.store = NULL;
        remove_copy(&f);
        fixture_release(&f);
    }
}

static void test_store_open__an_older_schema_is_read_without_being_changed(void **state)
{
    (void)state;
    for (int version = 1; version < NEWEST; version++) {
        struct fixture f;
        struct progress_group *groups = NULL;
        struct study_status status;
        int n = 0;

        make_old(&f, version);
        assert_only_ids_are_wrong(&f);
        assert_int_equal(store_open(&f.store, f.path, STORE_READ, &f.err), 0);
        status = fixture_status(&f, "s");
        assert_int_equal(status.done, 1);
        assert_int_equal(status.waiting, 1);
        assert_int_equal(status.total, 2);
        assert_true(fabs(status.share - 0.5) < 1e-9);
        assert_int_equal(query_progress(f.store, "s", &groups, &n, &f.err), 0);
        assert_int_equal(n, 1);
        assert_int_equal(groups->done, 1);
        assert_true(fabs(groups->images_per_second - 100) < 1e-9);
        assert_true(fabs(groups->macs_left - 2000) < 1e-9);
        free(groups);
        store_close(f.store);
        f.store = NULL;
        assert_version(&f, version); /* nothing of it was changed */
        fixture_release(&f);
    }
}

/* A check and a reader take a file of version 1 as it is, a writer brings it forward. */
static void test_store_open__brings_an_older_schema_forward(void **state)
{
    static const struct benchmark_record record = {.model = "resnet18",
        .mode = "train",
        .width = 1,
        .depth = 1,
        .input = 32,
        .batch = 4,
        .steps = 5,
        .images_per_second = 40,
        .step_ms_median = 100,
        .step_ms_min = 90,
        .peak_bytes = 1000,
        .plan_bytes = 900,
        .macs = 1000000,
        .peak_flops = 1e9};
    static const struct environment environment = {.host = "h",
        .cpu = "c",
        .isa = "avx2",
        .version = "1",
        .blas = "b",
        .cores = 2,
        .threads = 1};
    struct fixture f;
    char text[256];

    (void)state;
    make_old(&f, 1);
    assert_int_equal(store_open(&f.store, f.path, STORE_AS_IT_IS, &f.err), 0);
    store_close(f.store);
    assert_version(&f, 1);
    assert_int_equal(store_open(&f.store, f.path, STORE_READ, &f.err), 0);
    assert_int_equal(store_check_live(f.store, "--watch", &f.err), -1);
    assert_non_null(strstr(f.err.message, "--watch is not for it"));
    err_clear(&f.err);
    store_close(f.store);
    assert_version(&f, 1);
    assert_int_equal(store_open(&f.store, f.path, STORE_WRITE, &f.err), 0);
    for (int i = 0; i < 2; i++) /* the environment is kept once */
        assert_int_equal(store_benchmark(f.store, &record, &environment, &f.err), 0);
    store_close(f.store);
    f.store = NULL;
    assert_version(&f, NEWEST);
    fixture_sql(&f, "SELECT count(*) || sum(crashes) FROM job", text);
    assert_string_equal(text, "20");
    fixture_sql(&f, "SELECT count(*) FROM environment", text);
    assert_string_equal(text, "1");
    /* 6 * 1e6 multiply-adds * 40 images a second of 1e9 */
    fixture_sql(&f,
        "SELECT count(*) || ' ' || max(share_of_peak) FROM benchmark_result "
        "WHERE program = 'scalestudy' AND threads = 1",
        text);
    assert_string_equal(text, "2 0.24");
    remove_copy(&f);
    fixture_release(&f);
}

/* Who runs a study with the program of an older version is not ended by one who has the new. */
static void test_store_open__an_older_schema_in_which_jobs_run_stays(void **state)
{
    static const char take[] =
        "UPDATE job SET state = 'running', host = 'h', pid = 1, "
        "heartbeat_utc = strftime('%Y-%m-%dT%H:%M:%SZ', 'now') WHERE id = '" ZEROS "b'";
    static const char fall_silent[] = "UPDATE job SET heartbeat_utc = '2026-01-01T00:00:00Z' "
                                      "WHERE id = '" ZEROS "b'";
    char text[256], copy[FIXTURE_PATH_BYTES + 32];

    (void)state;
    for (int version = 1; version < NEWEST; version++) {
        struct fixture f;

        make_old(&f, version);
        assert_int_equal(fixture_sql(&f, take, text), 0);
        for (int mode = STORE_WRITE; mode <= STORE_CREATE; mode += STORE_CREATE - STORE_WRITE) {
            assert_int_equal(store_open(&f.store, f.path, (enum store_mode)mode, &f.err), -1);
            assert_int_equal(f.err.code, ERR_BUSY);
            assert_non_null(strstr(f.err.message, "runs 1 job in it"));
            err_clear(&f.err);
        }
        assert_version(&f, version);
        snprintf(copy, sizeof(copy), "%s.before-v%d", f.path, NEWEST);
        assert_false(file_exists(copy));
        assert_int_equal(store_open(&f.store, f.path, STORE_READ, &f.err), 0);
        assert_int_equal(fixture_status(&f, "s").running, 1);
        store_close(f.store);
        assert_int_equal(fixture_sql(&f, fall_silent, text), 0);
        assert_int_equal(store_open(&f.store, f.path, STORE_WRITE, &f.err), 0);
        remove_copy(&f);
        fixture_release(&f);
    }
}
