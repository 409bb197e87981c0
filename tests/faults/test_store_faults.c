/* Every write and sync, and every allocation of ours and of SQLite's, that a job's way through the database, a
 * merge and a backup take, made to fail in turn: a sentence, no half state, no file left over, and
 * going on from there. */
#include <dirent.h>

#include "harness/system/file.h"
#include "results/store/store_admin.h"
#include "faults.h"
#include "tests/results/fixture.h"

/* Writes of a job's way that fail one after the other; sanitizers take their time. */
#ifdef __SANITIZE_ADDRESS__
#define EVERY_WRITE 30
#else
#define EVERY_WRITE 1000
#endif

/* ---- the way of a job ---- */

/* From whatever there is to one job that is done; each step finds out whether it is needed. */
static int go_all_the_way(const char *path, struct err *err)
{
    static const struct job_outcome outcome = {.loss = 1,
        .top1 = 50,
        .top5 = NAN,
        .epochs = 1,
        .train_seconds = 2,
        .images_per_second = 3,
        .peak_bytes = 4};
    static const struct environment environment = {.host = "h",
        .cpu = "c",
        .isa = "avx2",
        .version = "v",
        .blas = "b",
        .cores = 2,
        .threads = 1};
    static const struct epoch_row epoch = {.epoch = 1, .split = "test", .loss = 1};
    struct owner owner = {.pid = 1, .process_start = 1, .boot_id = "boot"};
    struct store *store = NULL;
    struct claim claim = {0};
    struct job_record job;
    char id[65];
    bool added;
    int result = -1, got;

    assert_int_equal(gethostname(owner.host, sizeof(owner.host) - 1), 0);
    job = fixture_job(1, id);
    if (store_open(&store, path, STORE_CREATE, err) < 0 ||
        store_put_study(store, "s", "s.yaml", "name: s\n", err) < 0 ||
        store_batch_begin(store, err) < 0 ||
        store_batch_end(store, store_add_job(store, "s", &job, &added, err), err) < 0)
        goto done;
    got = store_claim(store, "s", &owner, INT64_MAX, &claim, err);
    if (got < 0)
        goto done;
    if (got > 0 && (store_environment(store, claim.job_id, claim.attempt, &environment, err) < 0 ||
                       store_epoch(store, claim.job_id, claim.attempt, &epoch, err) < 0 ||
                       store_finish(store, claim.job_id, claim.attempt, &outcome, err) < 0))
        goto done;
    result = 0;
done:
    claim_release(&claim);
    store_close(store);
    return result;
}

/* As if the process that had the job had died. */
static bool nobody(const struct owner *owner)
{
    (void)owner;
    return false;
}

static void assert_whole(const char *path)
{
    struct store *store = NULL;
    struct rowset problems;
    struct err err = {0};
    int n = 0, recovered;

    if (!file_exists(path))
        return;
    /* What was not made yet is empty, not half made. */
    if (store_open(&store, path, STORE_READ, &err) < 0) {
        assert_non_null(strstr(err.message, "is empty"));
        return;
    }
    rowset_init(&problems, store_problem_columns);
    if (store_check(store, &problems, &n, &err) < 0)
        fail_msg("%s", err.message);
    rowset_release(&problems);
    store_close(store);
    /* Nothing that fixture_job makes is the hash of its text: that one is told, and nothing else. */
    assert_true(n <= 1);
    assert_int_equal(store_open(&store, path, STORE_WRITE, &err), 0);
    assert_int_equal(store_recover(store, nobody, &recovered, &err), 0);
    store_close(store);
}

static void assert_done_once(const char *path)
{
    struct store *store = NULL;
    struct study_status *status = NULL;
    struct err err = {0};
    int n;

    assert_int_equal(store_open(&store, path, STORE_READ, &err), 0);
    assert_int_equal(query_status(store, "s", &status, &n, &err), 0);
    assert_int_equal(n, 1);
    assert_int_equal(status->done, 1);
    assert_int_equal(status->total, 1);
    free(status);
    store_close(store);
}

/* Not on a disk, where each of hundreds of databases would be waited for. */
static void make_folder(struct fixture *f)
{
    *f = (struct fixture){.folder = "/dev/shm/scalestudy-test-XXXXXX"};
    if (!mkdtemp(f->folder)) {
        fixture_folder(f);
        return;
    }
    snprintf(f->path, sizeof(f->path), "%s/x.db", f->folder);
}

/* ---- ways of two databases ---- */

#define OTHER ".other" /* beside the first, with its job done */
#define COPY  ".copy"

static void beside(const char *path, const char *what, char to[PATH_BYTES])
{
    snprintf(to, PATH_BYTES, "%s%s", path, what);
}

/* The database with a job that waits, and another one in which it is done; made once, then written
 * as bytes. */
static void put_two(const char *path)
{
    static struct str waiting, done;
    struct err err = {0};
    char other[PATH_BYTES];

    beside(path, OTHER, other);
    if (waiting.length == 0) {
        struct store *store = NULL;
        char id[65];
        struct job_record job = fixture_job(1, id);
        bool added;

        assert_int_equal(store_open(&store, path, STORE_CREATE, &err), 0);
        assert_int_equal(store_put_study(store, "s", "s.yaml", "name: s\n", &err), 0);
        assert_int_equal(store_add_job(store, "s", &job, &added, &err), 0);
        store_close(store);
        assert_int_equal(go_all_the_way(other, &err), 0);
        assert_int_equal(file_read(path, 1 << 22, &waiting, &err), 0);
        assert_int_equal(file_read(other, 1 << 22, &done, &err), 0);
        return;
    }
    assert_int_equal(file_write(path, waiting.text, waiting.length, &err), 0);
    assert_int_equal(file_write(other, done.text, done.length, &err), 0);
}

static int merge_other(const char *path, struct err *err)
{
    struct store_merged merged;
    struct store *store = NULL;
    char other[PATH_BYTES];
    int result;

    beside(path, OTHER, other);
    result = store_open(&store, path, STORE_WRITE, err);
    if (result == 0)
        result = store_merge(store, other, NULL, &merged, err);
    store_close(store);
    return result;
}

/* A copy that is there is a whole one: assert_done_once() reads it. */
static int back_other_up(const char *path, struct err *err)
{
    struct store *store = NULL;
    char other[PATH_BYTES], copy[PATH_BYTES];
    int result;

    beside(path, OTHER, other);
    beside(path, COPY, copy);
    if (file_exists(copy))
        return 0;
    result = store_open(&store, other, STORE_READ, err);
    if (result == 0)
        result = store_backup(store, copy, err);
    store_close(store);
    return result;
}

static void assert_no_leftovers(const char *folder)
{
    DIR *dir = opendir(folder);

    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strstr(entry->d_name, ".tmp.") || strstr(entry->d_name, ".merge."))
            fail_msg("%s is left", entry->d_name);
    closedir(dir);
}

/* What is tried, from what is there before, and where the job is done after it. */
struct way {
    int (*go)(const char *path, struct err *err);
    void (*prepare)(const char *path); /* OPTIONAL; then there is another database */
    const char *result;
    int growth; /* calls that are skipped: one in so many of those before */
};

static const struct way job_way = {.go = go_all_the_way, .result = "", .growth = 6};
static const struct way merge_way = {
    .go = merge_other, .prepare = put_two, .result = "", .growth = 4};
static const struct way backup_way = {
    .go = back_other_up, .prepare = put_two, .result = COPY, .growth = 4};

static void remove_others(const char *path)
{
    static const char *const endings[] = {OTHER, OTHER "-wal", OTHER "-shm", COPY};
    char name[PATH_BYTES];

    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        beside(path, endings[i], name);
        unlink(name);
    }
}

/* One call fails; whether there was one. */
static bool fail_one(const struct way *way, enum fault kind, int call, int errno_value, bool stays)
{
    struct fixture f;
    struct err err = {0};
    char name[PATH_BYTES];
    bool failed;

    make_folder(&f);
    if (way->prepare)
        way->prepare(f.path);
    arm(kind, call, errno_value, stays);
    if (way->go(f.path, &err) < 0) {
        assert_int_not_equal(err.code, ERR_NONE);
        assert_int_not_equal(err.code, ERR_BUG);
        assert_true(strlen(err.message) > 20);
    } else {
        /* SQLite may do without some of its writes, and without some of its memory. */
        assert_int_equal(err.code, ERR_NONE);
    }
    failed = disarm();
    assert_whole(f.path);
    assert_no_leftovers(f.folder);
    err_clear(&err);
    if (way->go(f.path, &err) < 0)
        fail_msg("after call %d failed: %s", call, err.message);
    beside(f.path, way->result, name);
    assert_done_once(name);
    beside(f.path, OTHER, name);
    if (way->prepare)
        assert_done_once(name);
    remove_others(f.path);
    fixture_release(&f);
    return failed;
}

/* Call after call fails, until the whole way needs fewer; returns the last one. Every call is tried
 * for the first `every`, then one in so many that they grow by a sixth or a quarter. */
static int fail_each(const struct way *way, enum fault kind, int errno_value, bool stays, int every)
{
    int call = 0;

    do
        call += call < every ? 1 : 1 + call / way->growth;
    while (fail_one(way, kind, call, errno_value, stays));
    return call;
}

static void test_store__a_full_disk_at_any_write_loses_nothing(void **state)
{
    (void)state;
    fault_sqlite_writes(true);
    assert_true(fail_each(&job_way, FAULT_SQLITE_WRITE, ENOSPC, true, EVERY_WRITE) > 20);
    fault_sqlite_writes(false);
}

static void test_store__a_write_error_once_loses_nothing(void **state)
{
    (void)state;
    fault_sqlite_writes(true);
    assert_true(fail_each(&job_way, FAULT_SQLITE_WRITE, EIO, false, EVERY_WRITE) > 20);
    fault_sqlite_writes(false);
}

/* What the system says it cannot put onto the disk may be there or not: either way all of a call. */
static void test_store__a_sync_that_fails_loses_nothing(void **state)
{
    (void)state;
    fault_sqlite_syncs(true);
    assert_true(fail_each(&job_way, FAULT_SQLITE_SYNC, EIO, false, 1000) > 4);
    assert_true(fail_each(&job_way, FAULT_SQLITE_SYNC, EIO, true, 1000) > 4);
    assert_true(fail_each(&merge_way, FAULT_SQLITE_SYNC, EIO, false, 1000) > 2);
    assert_true(fail_each(&merge_way, FAULT_SQLITE_SYNC, EIO, true, 1000) > 2);
    assert_true(fail_each(&backup_way, FAULT_SQLITE_SYNC, EIO, true, 1000) > 1);
    fault_sqlite_syncs(false);
}

/* Nobody is told that a result is safe which is not. */
static void test_store__a_result_that_is_not_on_the_disk_is_an_error(void **state)
{
    struct fixture f;
    const struct job_outcome outcome = {.top1 = 50, .epochs = 1};
    struct claim claim;

    (void)state;
    fault_sqlite_syncs(true);
    fixture_init(&f);
    fixture_add(&f, "s", 1);
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &claim, &f.err), 1);
    arm(FAULT_SQLITE_SYNC, 1, EIO, true);
    assert_int_equal(store_finish(f.store, claim.job_id, 1, &outcome, &f.err), -1);
    assert_true(disarm());
    assert_int_equal(f.err.code, ERR_IO);
    assert_non_null(strstr(f.err.message, f.path));
    assert_non_null(strstr(f.err.message, strerror(EIO)));
    claim_release(&claim);
    fixture_release(&f);
    fault_sqlite_syncs(false);
}

static void test_store__a_full_disk_is_called_so(void **state)
{
    struct fixture f;
    struct err err = {0};

    (void)state;
    fault_sqlite_writes(true);
    fixture_folder(&f);
    arm(FAULT_SQLITE_WRITE, 5, ENOSPC, true);
    assert_int_equal(go_all_the_way(f.path, &err), -1);
    disarm();
    assert_int_equal(err.code, ERR_IO);
    assert_non_null(strstr(err.message, "no space is left"));
    fault_sqlite_writes(false);
    fixture_release(&f);
}

static void test_store__without_memory_at_any_point_nothing_is_lost(void **state)
{
    (void)state;
    fault_sqlite_memory(true);
    assert_true(fail_each(&job_way, FAULT_SQLITE_MEMORY, ENOMEM, false, 20) > 100);
    fault_sqlite_memory(false);
    assert_true(fail_each(&job_way, FAULT_MEMORY, ENOMEM, false, 1000) > 2);
}

static void test_merge__whatever_fails_takes_all_or_nothing(void **state)
{
    (void)state;
    fault_sqlite_writes(true);
    assert_true(fail_each(&merge_way, FAULT_SQLITE_WRITE, ENOSPC, true, 20) > 20);
    assert_true(fail_each(&merge_way, FAULT_SQLITE_WRITE, EIO, false, 20) > 20);
    fault_sqlite_writes(false);
    fault_sqlite_memory(true);
    assert_true(fail_each(&merge_way, FAULT_SQLITE_MEMORY, ENOMEM, false, 10) > 100);
    fault_sqlite_memory(false);
    assert_true(fail_each(&merge_way, FAULT_MEMORY, ENOMEM, false, 1000) > 5);
    assert_true(fail_each(&merge_way, FAULT_FILE, EIO, false, 1000) > 2);
}

static void test_backup__whatever_fails_is_whole_or_not_there(void **state)
{
    (void)state;
    fault_sqlite_writes(true);
    assert_true(fail_each(&backup_way, FAULT_SQLITE_WRITE, ENOSPC, true, 20) > 10);
    assert_true(fail_each(&backup_way, FAULT_SQLITE_WRITE, EIO, false, 20) > 10);
    fault_sqlite_writes(false);
    fault_sqlite_memory(true);
    assert_true(fail_each(&backup_way, FAULT_SQLITE_MEMORY, ENOMEM, false, 10) > 100);
    fault_sqlite_memory(false);
    assert_true(fail_each(&backup_way, FAULT_MEMORY, ENOMEM, false, 1000) > 1);
    assert_true(fail_each(&backup_way, FAULT_FILE, EIO, false, 1000) > 2);
}
