#include "tests/lib/test.h"

#include "fixture.h"

static bool nobody_lives(const struct owner *owner)
{
    (void)owner;
    return false;
}

static bool all_live(const struct owner *owner)
{
    (void)owner;
    return true;
}

static void test_store__a_job_is_claimed_once(void **state)
{
    struct fixture f;
    struct store *other = NULL;
    struct claim first, second;

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    assert_int_equal(store_open(&other, f.path, STORE_WRITE, &f.err), 0);
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &first, &f.err), 1);
    assert_int_equal(first.attempt, 1);
    assert_string_equal(first.canonical, "{\"data\":{\"name\":\"shapes\"}}");
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &second, &f.err), 0);
    assert_int_equal(store_claim(other, "s", &fixture_owner, INT64_MAX, &second, &f.err), 0);
    assert_null(second.canonical);
    claim_release(&first);
    store_close(other);
    fixture_release(&f);
}

static void test_store__jobs_are_claimed_in_the_order_of_the_study(void **state)
{
    struct fixture f;
    struct claim claim;
    char id[65];

    (void)state;
    fixture_init(&f);
    for (int i = 4; i >= 0; i--)
        fixture_add(&f, "s", i);
    for (int i = 0; i < 5; i++) {
        fixture_job(i, id);
        assert_int_equal(
            store_claim(f.store, i % 2 ? "s" : NULL, &fixture_owner, INT64_MAX, &claim, &f.err), 1);
        assert_string_equal(claim.job_id, id);
        claim_release(&claim);
    }
    assert_int_equal(store_claim(f.store, NULL, &fixture_owner, INT64_MAX, &claim, &f.err), 0);
    fixture_release(&f);
}

static void test_store__a_stale_attempt_can_change_nothing(void **state)
{
    const struct epoch_row epoch = {.epoch = 1, .split = "train", .loss = 1};
    const struct job_outcome outcome = {.top1 = 1};
    const struct environment environment = {.host = "h"};
    struct fixture f;
    struct claim old, now;

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &old, &f.err), 1);
    assert_int_equal(store_give_back(f.store, old.job_id, old.attempt, &f.err), 0);
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &now, &f.err), 1);
    assert_int_equal(now.attempt, 2);
    for (int i = 0; i < 6; i++) {
        struct err err = {0};
        int result = i == 0   ? store_progress(f.store, old.job_id, 1, 0.5, 1, &err)
                     : i == 1 ? store_epoch(f.store, old.job_id, 1, &epoch, &err)
                     : i == 2 ? store_finish(f.store, old.job_id, 1, &outcome, &err)
                     : i == 3 ? store_fail(f.store, old.job_id, 1, "no", &err)
                     : i == 4 ? store_give_back(f.store, old.job_id, 1, &err)
                              : store_environment(f.store, old.job_id, 1, &environment, &err);

        assert_int_equal(result, -1);
        assert_int_equal(err.code, ERR_BUSY);
        assert_non_null(strstr(err.message, f.path));
    }
    assert_int_equal(fixture_status(&f, "s").running, 1);
    fixture_finish(&f, &now, 50);
    claim_release(&old);
    claim_release(&now);
    fixture_release(&f);
}

static void test_store__a_finished_job_never_changes(void **state)
{
    static const char *const changes[] = {
        "UPDATE job SET top1 = 99",
        "UPDATE job SET state = 'waiting'",
        "DELETE FROM job",
        "DELETE FROM epoch",
        "UPDATE epoch SET top1 = 99",
        "INSERT INTO epoch (job, epoch, split) VALUES (1, 9, 'train')",
    };
    const struct epoch_row epoch = {.epoch = 1, .split = "train", .loss = 1};
    struct fixture f;
    struct claim claim;
    struct err err = {0};
    char text[256];

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &claim, &f.err), 1);
    assert_int_equal(store_epoch(f.store, claim.job_id, 1, &epoch, &f.err), 0);
    fixture_finish(&f, &claim, 50);
    assert_int_equal(store_fail(f.store, claim.job_id, claim.attempt, "late", &err), -1);
    assert_int_equal(err.code, ERR_BUSY);
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        assert_int_equal(fixture_sql(&f, changes[i], text), -1);
        assert_non_null(strstr(text, "finished job"));
    }
    assert_int_equal(fixture_sql(&f, "SELECT state || ' ' || top1 FROM job", text), 0);
    assert_string_equal(text, "done 50.0");
    claim_release(&claim);
    fixture_release(&f);
}

static void test_store__jobs_of_the_dead_wait_again(void **state)
{
    struct fixture f;
    struct owner here = fixture_owner;
    struct claim claim;
    char text[256];
    int recovered;

    (void)state;
    fixture_init(&f);
    gethostname(here.host, sizeof(here.host) - 1);
    fixture_add(&f, "s", 0);
    fixture_add(&f, "s", 1);
    assert_int_equal(store_claim(f.store, "s", &here, INT64_MAX, &claim, &f.err), 1);
    claim_release(&claim);
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &claim, &f.err), 1);
    claim_release(&claim);
    assert_int_equal(store_recover(f.store, all_live, &recovered, &f.err), 0);
    assert_int_equal(recovered, 0);
    /* Of the other host nothing is known. */
    assert_int_equal(store_recover(f.store, nobody_lives, &recovered, &f.err), 0);
    assert_int_equal(recovered, 1);
    assert_int_equal(fixture_status(&f, "s").running, 1);
    assert_int_equal(
        fixture_sql(&f,
            "UPDATE job SET heartbeat_utc = '2020-01-01T00:00:00Z' WHERE state = 'running'", text),
        0);
    assert_int_equal(store_recover(f.store, all_live, &recovered, &f.err), 0);
    assert_int_equal(recovered, 1);
    assert_int_equal(fixture_status(&f, "s").waiting, 2);
    fixture_release(&f);
}

static void test_store__a_failed_job_waits_again_only_when_asked(void **state)
{
    struct fixture f;
    struct claim claim;
    char text[256];
    int retried;

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &claim, &f.err), 1);
    assert_int_equal(store_fail(f.store, claim.job_id, 1, "the loss is not finite", &f.err), 0);
    claim_release(&claim);
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &claim, &f.err), 0);
    assert_int_equal(fixture_sql(&f, "SELECT error FROM job_result", text), 0);
    assert_string_equal(text, "the loss is not finite");
    assert_int_equal(store_retry(f.store, "s", &retried, &f.err), 0);
    assert_int_equal(retried, 1);
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &claim, &f.err), 1);
    assert_int_equal(claim.attempt, 2);
    assert_int_equal(fixture_sql(&f, "SELECT error FROM job_result", text), 0);
    assert_string_equal(text, "");
    claim_release(&claim);
    fixture_release(&f);
}

static void test_store__an_epoch_that_is_repeated_replaces_the_first(void **state)
{
    struct epoch_row epoch = {
        .epoch = 1, .split = "test", .loss = 2, .top1 = 10, .top5 = NAN, .lr = NAN};
    struct fixture f;
    struct claim claim;
    char text[256];

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &claim, &f.err), 1);
    assert_int_equal(store_epoch(f.store, claim.job_id, 1, &epoch, &f.err), 0);
    epoch.top1 = 20;
    assert_int_equal(store_epoch(f.store, claim.job_id, 1, &epoch, &f.err), 0);
    epoch.split = "train";
    assert_int_equal(store_epoch(f.store, claim.job_id, 1, &epoch, &f.err), 0);
    assert_int_equal(fixture_sql(&f,
                         "SELECT group_concat(split || ' ' || top1 || ' ' || (lr IS NULL), '; ') "
                         "FROM (SELECT * FROM epoch_metric ORDER BY split)",
                         text),
        0);
    assert_string_equal(text, "test 20.0 1; train 20.0 1");
    claim_release(&claim);
    fixture_release(&f);
}

static void test_store__studies_share_jobs(void **state)
{
    struct fixture f;
    struct claim claim;
    char id[65];
    struct job_record job = fixture_job(0, id);
    bool added;

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    fixture_do(&f, "s", 50);
    assert_int_equal(store_put_study(f.store, "t", "t.yaml", "", &f.err), 0);
    job.method = "dwr";
    assert_int_equal(store_add_job(f.store, "t", &job, &added, &f.err), 0);
    assert_true(added);
    assert_int_equal(store_add_job(f.store, "t", &job, &added, &f.err), 0);
    assert_false(added);
    assert_int_equal(fixture_status(&f, "t").done, 1);
    assert_int_equal(store_claim(f.store, "t", &fixture_owner, INT64_MAX, &claim, &f.err), 0);
    fixture_release(&f);
}

static void test_store__jobs_that_a_study_drops_keep_their_results(void **state)
{
    char id[65], text[256];
    const char *ids[] = {id};
    struct fixture f;
    int dropped;

    (void)state;
    fixture_init(&f);
    for (int i = 0; i < 3; i++)
        fixture_add(&f, "s", i);
    fixture_do(&f, "s", 50);
    fixture_job(2, id);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(store_drop_other_jobs(f.store, "s", ids, 1, &dropped, &f.err), 0);
        assert_int_equal(dropped, i == 0 ? 2 : 0);
    }
    assert_int_equal(fixture_status(&f, "s").total, 1);
    assert_int_equal(fixture_status(&f, "s").waiting, 1);
    assert_int_equal(
        fixture_sql(&f, "SELECT count(*) || ' ' || sum(state = 'done') FROM job", text), 0);
    assert_string_equal(text, "3 1");
    fixture_release(&f);
}

static void test_store__a_study_is_kept_once_with_its_last_text(void **state)
{
    struct fixture f;
    char text[256];

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    assert_int_equal(store_put_study(f.store, "s", "other.yaml", "name: s # changed\n", &f.err), 0);
    assert_int_equal(fixture_sql(&f, "SELECT count(*) || source_path || text FROM study", text), 0);
    assert_string_equal(text, "1other.yamlname: s # changed\n");
    assert_int_equal(fixture_status(&f, "s").total, 1);
    fixture_release(&f);
}

static void test_store__environments_are_kept_once(void **state)
{
    const struct environment environment = {
        .host = "h", .cpu = "c", .isa = "avx2", .version = "1", .cores = 2, .threads = 1};
    struct fixture f;
    struct claim claim;
    char text[256];

    (void)state;
    fixture_init(&f);
    for (int i = 0; i < 2; i++) {
        fixture_add(&f, "s", i);
        assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &claim, &f.err), 1);
        assert_int_equal(store_environment(f.store, claim.job_id, 1, &environment, &f.err), 0);
        claim_release(&claim);
    }
    assert_int_equal(
        fixture_sql(&f,
            "SELECT (SELECT count(*) FROM environment) || ' ' || count(environment) FROM job",
            text),
        0);
    assert_string_equal(text, "1 2");
    fixture_release(&f);
}

static void test_store__a_batch_is_kept_whole_or_not_at_all(void **state)
{
    struct fixture f;

    (void)state;
    fixture_init(&f);
    assert_int_equal(store_batch_begin(f.store, &f.err), 0);
    fixture_add(&f, "s", 0);
    assert_int_equal(store_batch_end(f.store, 0, &f.err), 0);
    assert_int_equal(store_batch_begin(f.store, &f.err), 0);
    fixture_add(&f, "s", 1);
    assert_int_equal(store_batch_end(f.store, -1, &f.err), -1);
    assert_int_equal(fixture_status(&f, "s").total, 1);
    fixture_do(&f, "s", 1);
    fixture_release(&f);
}

static void test_store__what_one_connection_writes_the_other_sees(void **state)
{
    struct fixture f;
    struct store *reader = NULL;
    char text[QUERY_STATE_BYTES], id[65];

    (void)state;
    fixture_init(&f);
    assert_int_equal(store_open(&reader, f.path, STORE_READ, &f.err), 0);
    fixture_job(0, id);
    assert_int_equal(query_job_state(reader, id, text, &f.err), 0);
    assert_string_equal(text, "");
    fixture_add(&f, "s", 0);
    assert_int_equal(query_job_state(reader, id, text, &f.err), 0);
    assert_string_equal(text, "waiting");
    fixture_do(&f, "s", 1);
    assert_int_equal(query_job_state(reader, id, text, &f.err), 0);
    assert_string_equal(text, "done");
    store_close(reader);
    fixture_release(&f);
}
