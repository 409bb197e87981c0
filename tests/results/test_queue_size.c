#include "tests/lib/test.h"

#include "harness/base/clock.h"
#include "results/store/store_admin.h"
#include "fixture.h"

#define JOBS   20000
#define CLAIMS 2000

/* A study of so many jobs, in one batch. */
static void add_all(struct fixture *f)
{
    assert_int_equal(store_batch_begin(f->store, &f->err), 0);
    for (int i = 0; i < JOBS; i++)
        fixture_add(f, "s", i);
    assert_int_equal(store_batch_end(f->store, 0, &f->err), 0);
}

/* Seconds for `count` jobs taken and done, one after the other, each with a look at the status. */
static double work(struct fixture *f, int count)
{
    double started = clock_seconds();

    for (int i = 0; i < count; i++) {
        fixture_do(f, "s", i % 100);
        assert_int_equal(fixture_status(f, "s").running, 0);
    }
    return clock_seconds() - started;
}

static void mark_done(struct fixture *f, int count)
{
    char sql[256], text[256];

    snprintf(sql, sizeof(sql),
        "UPDATE job SET state = 'done', finished_utc = '2026-01-01T00:00:00Z', top1 = seed %% 100 "
        "WHERE number IN (SELECT number FROM job WHERE state = 'waiting' ORDER BY number LIMIT %d)",
        count);
    assert_int_equal(fixture_sql(f, sql, text), 0);
}

static void test_queue__is_as_fast_at_its_end_as_at_its_beginning(void **state)
{
    struct fixture f;
    double first, last;

    (void)state;
    fixture_init(&f);
    add_all(&f);
    first = work(&f, CLAIMS);
    mark_done(&f, JOBS - 2 * CLAIMS);
    last = work(&f, CLAIMS);
    /* A queue that looks at what is done before what waits would take ten times as long. */
    assert_true(last < 3 * first + 1);
    assert_int_equal(fixture_status(&f, "s").done, JOBS);
    assert_int_equal(fixture_status(&f, "s").waiting, 0);
    fixture_release(&f);
}

/* Changes whenever another connection writes. */
static int version_of(sqlite3 *watcher)
{
    sqlite3_stmt *rows = NULL;
    int version;

    assert_int_equal(
        sqlite3_prepare_v2(watcher, "PRAGMA data_version", -1, &rows, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(rows), SQLITE_ROW);
    version = sqlite3_column_int(rows, 0);
    sqlite3_finalize(rows);
    return version;
}

static void test_queue__planning_the_same_study_again_writes_nothing(void **state)
{
    struct fixture f;
    static char ids[JOBS][65];
    static const char *list[JOBS];
    sqlite3 *watcher = NULL;
    int dropped, before;
    bool added;

    (void)state;
    fixture_init(&f);
    add_all(&f);
    assert_int_equal(sqlite3_open(f.path, &watcher), SQLITE_OK);
    before = version_of(watcher);
    for (int i = 0; i < JOBS; i++) {
        struct job_record job = fixture_job(i, ids[i]);

        list[i] = ids[i];
        assert_int_equal(store_add_job(f.store, "s", &job, &added, &f.err), 0);
        assert_false(added);
    }
    assert_int_equal(store_drop_other_jobs(f.store, "s", list, JOBS, &dropped, &f.err), 0);
    assert_int_equal(dropped, 0);
    assert_int_equal(version_of(watcher), before);
    fixture_do(&f, "s", 1);
    assert_int_not_equal(version_of(watcher), before);
    sqlite3_close(watcher);
    fixture_release(&f);
}

static void test_queue__counts_follow_every_change(void **state)
{
    static const char counted[] =
        "SELECT group_concat(a || ' = ' || b) FROM (SELECT group_concat(waiting || ' ' || running "
        "|| ' ' || done || ' ' || failed || ' ' || macs_left || ' ' || macs_done || ' ' || "
        "seconds_done, '; ') AS a, (SELECT group_concat(c, '; ') FROM (SELECT "
        "sum(job.state = 'waiting') || ' ' || sum(job.state = 'running') || ' ' || "
        "sum(job.state = 'done') || ' ' || sum(job.state = 'failed') || ' ' || "
        "total((job.state IN ('waiting', 'running')) * macs) || ' ' || "
        "total((job.state = 'done') * macs) || ' ' || total((job.state = 'done') * train_seconds) "
        "AS c FROM job JOIN study_job ON job = job.number GROUP BY study ORDER BY study)) AS b "
        "FROM study_status) WHERE a IS NOT b";
    struct fixture f;
    struct claim claim;
    char id[65], text[256];
    struct job_record job = fixture_job(2, id);
    const char *ids[] = {id};
    int n;
    bool added;

    (void)state;
    fixture_init(&f);
    assert_int_equal(store_put_study(f.store, "t", "t.yaml", "", &f.err), 0);
    for (int i = 0; i < 6; i++)
        fixture_add(&f, "s", i);
    assert_int_equal(store_add_job(f.store, "t", &job, &added, &f.err), 0);
    fixture_do(&f, "s", 10);
    fixture_do(&f, "t", 20);
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &claim, &f.err), 1);
    assert_int_equal(store_fail(f.store, claim.job_id, 1, "no", &f.err), 0);
    claim_release(&claim);
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &claim, &f.err), 1);
    claim_release(&claim);
    assert_int_equal(fixture_sql(&f, counted, text), 0);
    assert_string_equal(text, "");
    assert_int_equal(fixture_status(&f, "s").failed, 1);
    assert_int_equal(store_retry(f.store, "s", &n, &f.err), 0);
    assert_int_equal(store_drop_other_jobs(f.store, "s", ids, 1, &n, &f.err), 0);
    assert_int_equal(n, 5);
    assert_int_equal(fixture_sql(&f, counted, text), 0);
    assert_string_equal(text, "");
    assert_int_equal(fixture_status(&f, "s").done, 1);
    fixture_release(&f);
}

/* Problems that a check finds, but for ids, which are no hashes here. */
static int count_problems(struct fixture *f)
{
    struct rowset problems;
    char *text = NULL, *ids;
    size_t size = 0;
    int n, n_ids = 0;
    FILE *stream = open_memstream(&text, &size);

    assert_non_null(stream);
    rowset_init(&problems, store_problem_columns);
    assert_int_equal(store_check(f->store, &problems, &n, &f->err), 0);
    assert_int_equal(rowset_print(&problems, stream, FORMAT_CSV, &f->err), 0);
    fclose(stream);
    for (ids = text; (ids = strstr(ids, "what its id is of")); ids++)
        n_ids++;
    free(text);
    rowset_release(&problems);
    return n - n_ids;
}

static void test_queue__counts_of_models_and_methods_follow_every_change(void **state)
{
    struct fixture f;
    struct progress_group *groups = NULL;
    struct claim claim;
    char id[65], text[256];
    struct job_record job;
    int n;
    bool flag;

    (void)state;
    fixture_init(&f);
    for (int i = 0; i < 6; i++) {
        fixture_add(&f, "s", i);
        fixture_job(i, id);
        if (i != 1)
            assert_int_equal(store_estimate(f.store, id, 13, 12, &f.err), 0);
    }
    fixture_do(&f, "s", 10);
    fixture_do(&f, "s", 10);
    assert_int_equal(fixture_status(&f, "s").estimated, 1);
    assert_true(fabs(fixture_status(&f, "s").estimated_seconds - 12) < 1e-9);
    assert_true(fabs(fixture_status(&f, "s").taken_seconds - 10) < 1e-9);
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &claim, &f.err), 1);
    assert_int_equal(store_progress(f.store, claim.job_id, 1, 0.5, 40, &f.err), 0);
    assert_int_equal(count_problems(&f), 0);
    /* Edited: a job that is done, the one that runs, and one that waits are another method's. */
    for (int i = 1; i < 4; i++) {
        job = fixture_job(i - (i == 1), id); /* 0, which is estimated and done, 2 and 3 */
        job.method = "width";
        assert_int_equal(store_add_job(f.store, "s", &job, &flag, &f.err), 0);
        assert_false(flag);
        assert_int_equal(count_problems(&f), 0);
    }
    assert_int_equal(query_progress(f.store, "s", &groups, &n, &f.err), 0);
    assert_int_equal(n, 2);
    assert_string_equal(groups[0].method, "width"); /* of the first job */
    assert_int_equal(groups[0].total, 3);
    assert_int_equal(groups[0].running, 1);
    assert_true(fabs(groups[0].images_per_second - 70) < 1e-9); /* 100 and 40 */
    assert_true(fabs(groups[0].macs_left - 3000) < 1e-9);       /* one and a half of 2000 */
    assert_int_equal(groups[1].done, 1);
    assert_true(fabs(groups[1].images_per_second - 100) < 1e-9);
    assert_int_equal(fixture_status(&f, "s").estimated, 1);
    free(groups);
    assert_int_equal(store_give_back(f.store, claim.job_id, 1, &f.err), 0);
    claim_release(&claim);
    for (int i = 0; i < 4; i++) {
        fixture_job(i, id);
        assert_int_equal(store_remove_job(f.store, id, &f.err), 0);
        assert_int_equal(count_problems(&f), 0);
    }
    assert_int_equal(query_progress(f.store, "s", &groups, &n, &f.err), 0);
    assert_int_equal(n, 1); /* a group without jobs is none */
    assert_int_equal(fixture_status(&f, "s").estimated, 0);
    free(groups);
    assert_int_equal(fixture_sql(&f, "UPDATE study_group SET n_waiting = 9", text), 0);
    assert_int_equal(count_problems(&f), 1);
    fixture_release(&f);
}
