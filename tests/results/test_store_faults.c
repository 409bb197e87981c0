/* Every call of the system, and every allocation of SQLite, that a job's way through the database
 * takes, made to fail in turn: a sentence, no half state, and going on from there. SQLite's own
 * tables of calls are replaced, so that the program has nothing for it. */
#include <errno.h>
#include <unistd.h>

#include "harness/base/file.h"
#include "results/store_admin.h"
#include "tests/results/fixture.h"

/* ---- faults ---- */

static int calls_until_fault; /* 0: none */
static int fault_errno;
static bool fault_stays; /* all calls after the first that failed fail too, as on a full disk */
static bool has_failed;

static bool fails_now(void)
{
    if (has_failed && fault_stays)
        return true;
    if (calls_until_fault == 0 || --calls_until_fault > 0)
        return false;
    has_failed = true;
    return true;
}

static void arm(int call, int errno_value, bool stays)
{
    calls_until_fault = call;
    fault_errno = errno_value;
    fault_stays = stays;
    has_failed = false;
}

static void disarm(void)
{
    arm(0, 0, false);
}

static ssize_t failing_pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
    if (fails_now()) {
        errno = fault_errno;
        return -1;
    }
    return pwrite(fd, bytes, count, offset);
}

static ssize_t failing_write(int fd, const void *bytes, size_t count)
{
    if (fails_now()) {
        errno = fault_errno;
        return -1;
    }
    return write(fd, bytes, count);
}

static int failing_ftruncate(int fd, off_t size)
{
    if (fails_now()) {
        errno = fault_errno;
        return -1;
    }
    return ftruncate(fd, size);
}

static void replace_calls(bool replace)
{
    static const struct {
        const char *name;
        sqlite3_syscall_ptr call;
    } calls[] = {
        {"pwrite", (sqlite3_syscall_ptr)failing_pwrite},
        {"pwrite64", (sqlite3_syscall_ptr)failing_pwrite},
        {"write", (sqlite3_syscall_ptr)failing_write},
        {"ftruncate", (sqlite3_syscall_ptr)failing_ftruncate},
    };
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        vfs->xSetSystemCall(vfs, calls[i].name, replace ? calls[i].call : NULL);
}

static sqlite3_mem_methods real_memory;

static void *failing_malloc(int bytes)
{
    return fails_now() ? NULL : real_memory.xMalloc(bytes);
}

static void *failing_realloc(void *old, int bytes)
{
    return fails_now() ? NULL : real_memory.xRealloc(old, bytes);
}

static void replace_memory(void)
{
    sqlite3_mem_methods memory;

    sqlite3_shutdown();
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory), SQLITE_OK);
    memory = real_memory;
    memory.xMalloc = failing_malloc;
    memory.xRealloc = failing_realloc;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &memory), SQLITE_OK);
    /* Small allocations come from a pool otherwise, and cannot fail. */
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);
}

static void restore_memory(void)
{
    sqlite3_shutdown();
    sqlite3_config(SQLITE_CONFIG_MALLOC, &real_memory);
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 1200, 40);
}

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
    char host[256] = "";
    const struct owner owner = {.host = host, .pid = 1, .process_start = 1, .boot_id = "boot"};
    struct store *store = NULL;
    struct claim claim = {0};
    struct job_record job;
    char id[65];
    bool added;
    int result = -1, got;

    assert_int_equal(gethostname(host, sizeof(host) - 1), 0);
    job = fixture_job(1, id);
    if (store_open(&store, path, STORE_CREATE, err) < 0 ||
        store_put_study(store, "s", "s.yaml", "name: s\n", err) < 0 ||
        store_batch_begin(store, err) < 0 ||
        store_batch_end(store, store_add_job(store, "s", &job, &added, err), err) < 0)
        goto done;
    got = store_claim(store, "s", &owner, &claim, err);
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

/* Call after call fails, until the whole way needs fewer; returns the last one. Every call is tried
 * for the first `every`, then one in so many that they grow by a tenth. */
static int fail_each(int errno_value, bool stays, int every)
{
    int call = 0;
    bool failed = true;

    while (failed) {
        struct fixture f;
        struct err err = {0};

        make_folder(&f);
        call += call < every ? 1 : 1 + call / 10;
        arm(call, errno_value, stays);
        if (go_all_the_way(f.path, &err) < 0) {
            assert_int_not_equal(err.code, ERR_NONE);
            assert_int_not_equal(err.code, ERR_BUG);
            assert_true(strlen(err.message) > 20);
        } else {
            /* SQLite may do without some of its writes, and without some of its memory. */
            assert_int_equal(err.code, ERR_NONE);
        }
        failed = has_failed;
        disarm();
        assert_whole(f.path);
        err_clear(&err);
        if (go_all_the_way(f.path, &err) < 0)
            fail_msg("after call %d failed: %s", call, err.message);
        assert_done_once(f.path);
        fixture_release(&f);
    }
    return call;
}

static void test_store__a_full_disk_at_any_write_loses_nothing(void **state)
{
    (void)state;
    replace_calls(true);
    assert_true(fail_each(ENOSPC, true, 1000) > 20);
    replace_calls(false);
}

static void test_store__a_write_error_once_loses_nothing(void **state)
{
    (void)state;
    replace_calls(true);
    assert_true(fail_each(EIO, false, 1000) > 20);
    replace_calls(false);
}

static void test_store__a_full_disk_is_called_so(void **state)
{
    struct fixture f;
    struct err err = {0};

    (void)state;
    replace_calls(true);
    fixture_folder(&f);
    arm(5, ENOSPC, true);
    assert_int_equal(go_all_the_way(f.path, &err), -1);
    disarm();
    assert_int_equal(err.code, ERR_IO);
    assert_non_null(strstr(err.message, "no space is left"));
    replace_calls(false);
    fixture_release(&f);
}

static void test_store__without_memory_at_any_point_nothing_is_lost(void **state)
{
    (void)state;
    replace_memory();
    assert_true(fail_each(ENOMEM, false, 20) > 100);
    restore_memory();
}
