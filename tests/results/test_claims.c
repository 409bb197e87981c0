/* Claims within memory, crashes, and steering from outside. */
#include "fixture.h"

static void add(struct fixture *f, int number, int64_t train_bytes)
{
    char id[65];
    struct job_record job = fixture_job(number, id);
    bool added;

    job.train_bytes = train_bytes;
    assert_int_equal(store_add_job(f->store, "s", &job, &added, &f->err), 0);
}

static int take(struct fixture *f, int64_t bytes, struct claim *claim)
{
    return store_claim(f->store, "s", &fixture_owner, bytes, claim, &f->err);
}

static void test_claim__jobs_that_do_not_fit_together_do_not_run_together(void **state)
{
    struct fixture f;
    struct claim first, second, third;

    (void)state;
    fixture_init(&f);
    add(&f, 0, 600);
    add(&f, 1, 500);
    add(&f, 2, 300);
    assert_int_equal(take(&f, 1000, &first), 1);
    assert_string_equal(first.job_id + 60, "0000");
    /* The next but one fits beside it, the next does not. */
    assert_int_equal(take(&f, 1000, &second), 1);
    assert_string_equal(second.job_id + 60, "0002");
    assert_int_equal(take(&f, 1000, &third), STORE_CLAIM_FULL);
    assert_null(third.canonical);
    fixture_finish(&f, &first, 50);
    assert_int_equal(take(&f, 1000, &third), 1);
    fixture_finish(&f, &second, 50);
    fixture_finish(&f, &third, 50);
    claim_release(&first);
    claim_release(&second);
    claim_release(&third);
    assert_int_equal(take(&f, 1000, &third), 0);
    fixture_release(&f);
}

static void test_claim__jobs_of_another_host_take_no_memory_here(void **state)
{
    static const struct owner other = {.host = "third", .pid = 1, .boot_id = "b"};
    struct fixture f;
    struct claim first, second;

    (void)state;
    fixture_init(&f);
    add(&f, 0, 600);
    add(&f, 1, 600);
    assert_int_equal(take(&f, 1000, &first), 1);
    assert_int_equal(store_claim(f.store, "s", &other, 1000, &second, &f.err), 1);
    claim_release(&first);
    claim_release(&second);
    fixture_release(&f);
}

static void test_crash__is_tried_again_until_the_limit(void **state)
{
    struct fixture f;
    struct claim claim;
    char text[256];
    bool again, changed;

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    for (int attempt = 1; attempt <= 3; attempt++) {
        assert_int_equal(take(&f, INT64_MAX, &claim), 1);
        assert_int_equal(
            store_crash(f.store, claim.job_id, claim.attempt, "signal 11", 2, &again, &f.err), 0);
        assert_int_equal(again, attempt < 3);
        claim_release(&claim);
    }
    fixture_sql(&f, "SELECT state || ' ' || error || ' ' || crashes FROM job", text);
    assert_string_equal(text, "failed signal 11 3");
    assert_int_equal(take(&f, INT64_MAX, &claim), 0);
    fixture_sql(&f, "SELECT id FROM job", text);
    assert_int_equal(store_retry_job(f.store, text, &changed, &f.err), 0);
    assert_true(changed);
    assert_int_equal(take(&f, INT64_MAX, &claim), 1);
    claim_release(&claim);
    fixture_release(&f);
}

static void test_crash__of_a_stale_attempt_is_refused(void **state)
{
    struct fixture f;
    struct claim claim;
    bool again;

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    assert_int_equal(take(&f, INT64_MAX, &claim), 1);
    assert_int_equal(store_crash(f.store, claim.job_id, 7, "late", 2, &again, &f.err), -1);
    assert_int_equal(f.err.code, ERR_BUSY);
    claim_release(&claim);
    fixture_release(&f);
}

static void test_failure__keeps_its_epoch(void **state)
{
    static const struct epoch_row epoch = {
        .epoch = 4, .split = "train", .loss = 2, .top1 = 10, .top5 = NAN, .lr = 1};
    struct fixture f;
    struct claim claim;
    char text[256];

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    assert_int_equal(take(&f, INT64_MAX, &claim), 1);
    assert_int_equal(store_epoch(f.store, claim.job_id, 1, &epoch, &f.err), 0);
    assert_int_equal(store_fail(f.store, claim.job_id, 1, "the loss is not finite", &f.err), 0);
    fixture_sql(&f, "SELECT state || epochs FROM job", text);
    assert_string_equal(text, "failed4");
    fixture_sql(&f, "SELECT loss FROM epoch_metric WHERE epoch = 4", text);
    assert_string_equal(text, "2.0");
    claim_release(&claim);
    fixture_release(&f);
}

/* Each job is judged by those that came to the epoch before it, itself among them. */
static void test_rank__is_among_those_that_have_come_so_far(void **state)
{
    static const struct {
        double top1;
        int rank;
    } came[] = {{50, 1}, {40, 2}, {60, 1}, {50, 2}, {10, 5}};
    struct fixture f;

    (void)state;
    fixture_init(&f);
    for (int i = 0; i < 5; i++) {
        struct epoch_row epoch = {.epoch = 3, .split = "train", .loss = 1, .top1 = 99, .lr = 1};
        struct claim claim;
        int rank, of;

        fixture_add(&f, "s", i);
        assert_int_equal(take(&f, INT64_MAX, &claim), 1);
        assert_int_equal(store_epoch(f.store, claim.job_id, 1, &epoch, &f.err), 0);
        epoch.split = "test";
        epoch.top1 = came[i].top1;
        assert_int_equal(store_epoch(f.store, claim.job_id, 1, &epoch, &f.err), 0);
        assert_int_equal(store_rank(f.store, "s", claim.job_id, 3, &rank, &of, &f.err), 0);
        assert_int_equal(rank, came[i].rank);
        assert_int_equal(of, i + 1);
        claim_release(&claim);
    }
    fixture_release(&f);
}

static void test_cancel__takes_a_job_from_its_process(void **state)
{
    struct fixture f;
    struct claim claim;
    bool changed, held = true;
    struct err late = {0};

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    assert_int_equal(take(&f, INT64_MAX, &claim), 1);
    assert_int_equal(store_cancel(f.store, claim.job_id, &changed, &f.err), 0);
    assert_true(changed);
    assert_int_equal(store_is_held(f.store, claim.job_id, 1, &held, &f.err), 0);
    assert_false(held);
    assert_int_equal(store_progress(f.store, claim.job_id, 1, 0.5, 1, &late), -1);
    assert_int_equal(late.code, ERR_BUSY);
    assert_int_equal(store_cancel(f.store, claim.job_id, &changed, &f.err), 0);
    assert_false(changed);
    assert_int_equal(fixture_status(&f, "s").stopped, 1);
    claim_release(&claim);
    fixture_release(&f);
}

static void test_remove__takes_even_a_finished_job_and_guards_the_others(void **state)
{
    struct fixture f;
    char id[65], text[256];

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    fixture_add(&f, "s", 1);
    fixture_do(&f, "s", 50);
    fixture_do(&f, "s", 60);
    fixture_job(0, id);
    assert_int_equal(store_remove_job(f.store, id, &f.err), 0);
    assert_int_equal(fixture_status(&f, "s").total, 1);
    assert_int_equal(fixture_status(&f, "s").done, 1);
    assert_int_equal(fixture_sql(&f, "DELETE FROM job", text), -1);
    assert_string_equal(text, "a finished job is never deleted");
    assert_int_equal(store_remove_job(f.store, id, &f.err), -1);
    assert_int_equal(f.err.code, ERR_INPUT);
    fixture_release(&f);
}

static void test_remove__refuses_a_job_that_runs(void **state)
{
    struct fixture f;
    struct claim claim;

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    assert_int_equal(take(&f, INT64_MAX, &claim), 1);
    assert_int_equal(store_remove_job(f.store, claim.job_id, &f.err), -1);
    assert_int_equal(f.err.code, ERR_BUSY);
    claim_release(&claim);
    fixture_release(&f);
}
