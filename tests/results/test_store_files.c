#include "tests/lib/test.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "harness/system/file.h"
#include "results/store/store_admin.h"
#include "fixture.h"

#define NEWEST_TEXT "7"

#define NOBODY 65534

static void refused(const char *path, enum store_mode mode, enum err_code code, const char *words)
{
    struct store *store = (struct store *)1;
    struct err err = {0};

    assert_int_equal(store_open(&store, path, mode, &err), -1);
    assert_null(store);
    assert_int_equal(err.code, code);
    assert_non_null(strstr(err.message, path));
    if (!strstr(err.message, words))
        fail_msg("\"%s\" does not say \"%s\"", err.message, words);
}

static void put_file(const char *path, const char *text)
{
    struct err err = {0};

    assert_int_equal(file_write(path, text, strlen(text), &err), 0);
}

static void test_store_open__says_what_is_wrong_with_a_path(void **state)
{
    struct fixture f;
    char path[FIXTURE_PATH_BYTES + 32];

    (void)state;
    fixture_folder(&f);
    refused(f.path, STORE_READ, ERR_INPUT, "there is no database");
    refused(f.path, STORE_WRITE, ERR_INPUT, "there is no database");
    refused(f.folder, STORE_CREATE, ERR_INPUT, "folder");
    snprintf(path, sizeof(path), "%s/no/x.db", f.folder);
    refused(path, STORE_CREATE, ERR_INPUT, "no folder");
    refused("", STORE_CREATE, ERR_INPUT, "empty");
    assert_false(file_exists(f.path));
    fixture_release(&f);
}

static void test_store_open__refuses_what_is_no_database_of_ours(void **state)
{
    struct fixture f;
    char text[256];

    (void)state;
    fixture_folder(&f);
    put_file(f.path, "");
    refused(f.path, STORE_READ, ERR_INPUT, "is empty");
    refused(f.path, STORE_WRITE, ERR_INPUT, "is empty");
    put_file(f.path,
        "A text that is long enough to be looked at as a database of SQLite, whose header has a "
        "hundred bytes.\n");
    refused(f.path, STORE_READ, ERR_INPUT, "is not a database");
    refused(f.path, STORE_CREATE, ERR_INPUT, "is not a database");
    unlink(f.path);
    assert_int_equal(fixture_sql(&f, "CREATE TABLE contacts (name TEXT)", text), 0);
    refused(f.path, STORE_READ, ERR_INPUT, "not one of scalestudy");
    refused(f.path, STORE_CREATE, ERR_INPUT, "not one of scalestudy");
    assert_int_equal(fixture_sql(&f, "PRAGMA journal_mode", text), 0);
    assert_string_equal(text, "delete"); /* left as it was */
    fixture_release(&f);
}

static void test_store_open__refuses_a_newer_schema(void **state)
{
    struct fixture f;
    char text[256];

    (void)state;
    fixture_init(&f);
    store_close(f.store);
    f.store = NULL;
    assert_int_equal(fixture_sql(&f, "PRAGMA user_version = 99", text), 0);
    for (int mode = STORE_READ; mode <= STORE_CREATE; mode++)
        refused(f.path, (enum store_mode)mode, ERR_INPUT, "newer scalestudy");
    fixture_release(&f);
}

static void test_store_open__leaves_one_file_behind(void **state)
{
    struct fixture f;
    struct stat info;
    char path[FIXTURE_PATH_BYTES + 32];

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    store_close(f.store);
    assert_int_equal(store_open(&f.store, f.path, STORE_READ, &f.err), 0);
    store_close(f.store);
    f.store = NULL;
    snprintf(path, sizeof(path), "%s-wal", f.path);
    assert_int_equal(stat(path, &info), -1);
    fixture_release(&f);
}

/* A file with a log of changes that are not in it yet, as a crash leaves them, or as somebody lays them beside it. */
static void make_log(struct fixture *f, struct str *file)
{
    char from[FIXTURE_PATH_BYTES + 32], to[FIXTURE_PATH_BYTES + 48];
    struct str log = STR_INIT;

    fixture_init(f);
    snprintf(from, sizeof(from), "%s-wal", f->path);
    snprintf(to, sizeof(to), "%s.log", f->path);
    store_close(f->store);
    assert_int_equal(file_read(f->path, 1 << 24, file, &f->err), 0);
    assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &f->err), 0);
    fixture_add(f, "s", 0);
    assert_int_equal(file_read(from, 1 << 24, &log, &f->err), 0);
    assert_true(log.length > 0);
    store_close(f->store);
    f->store = NULL;
    assert_int_equal(file_write(f->path, file->text, file->length, &f->err), 0);
    assert_int_equal(file_write(from, log.text, log.length, &f->err), 0);
    str_release(&log);
}

static void test_store_open__looking_writes_no_log_into_the_file(void **state)
{
    static const enum store_mode modes[] = {STORE_READ, STORE_AS_IT_IS, STORE_READ};
    struct str before = STR_INIT, after = STR_INIT;
    struct fixture f;

    (void)state;
    make_log(&f, &before);
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        assert_int_equal(store_open(&f.store, f.path, modes[i], &f.err), 0);
        assert_int_equal(fixture_status(&f, "s").total, 1);
        store_close(f.store);
        assert_int_equal(file_read(f.path, 1 << 24, &after, &f.err), 0);
        assert_int_equal(before.length, after.length);
        assert_memory_equal(before.text, after.text, before.length);
    }
    /* Who writes takes it in. */
    assert_int_equal(store_open(&f.store, f.path, STORE_WRITE, &f.err), 0);
    store_close(f.store);
    assert_int_equal(store_open(&f.store, f.path, STORE_FROZEN, &f.err), 0);
    assert_int_equal(fixture_status(&f, "s").total, 1);
    str_release(&before);
    str_release(&after);
    fixture_release(&f);
}

static void test_store_close__the_file_is_complete_though_somebody_looks(void **state)
{
    struct store *reader = NULL;
    struct fixture f;

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    assert_int_equal(store_open(&reader, f.path, STORE_READ, &f.err), 0);
    fixture_add(&f, "s", 1);
    store_close(f.store);
    store_close(reader);
    assert_int_equal(store_open(&f.store, f.path, STORE_FROZEN, &f.err), 0);
    assert_int_equal(fixture_status(&f, "s").total, 2);
    fixture_release(&f);
}

static void test_store_open__marks_the_file_as_ours(void **state)
{
    static const char *const pragmas[][2] = {
        {"PRAGMA application_id", "1935897460"},
        {"PRAGMA user_version", NEWEST_TEXT},
        {"PRAGMA journal_mode", "wal"},
        {"PRAGMA integrity_check", "ok"},
        {"SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
         "AND NOT strict",
            "0"},
    };
    struct fixture f;
    char text[256];

    (void)state;
    fixture_init(&f);
    for (size_t i = 0; i < sizeof(pragmas) / sizeof(pragmas[0]); i++) {
        assert_int_equal(fixture_sql(&f, pragmas[i][0], text), 0);
        assert_string_equal(text, pragmas[i][1]);
    }
    fixture_release(&f);
}

static void test_store_open__names_that_sqlite_reads_otherwise_are_files(void **state)
{
    static const char *const names[] = {":memory:", "file:x?mode=memory", "a?b#c%20d"};
    struct fixture f;
    char before[PATH_BYTES];

    (void)state;
    fixture_folder(&f);
    assert_non_null(getcwd(before, sizeof(before)));
    assert_int_equal(chdir(f.folder), 0);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(store_open(&f.store, names[i], STORE_CREATE, &f.err), 0);
        store_close(f.store);
        f.store = NULL;
        assert_true(file_exists(names[i]));
        assert_int_equal(unlink(names[i]), 0);
    }
    assert_int_equal(chdir(before), 0);
    fixture_release(&f);
}

/* ---- other processes ---- */

/* Run `what` in a child; its result is the child's exit status. */
static pid_t start(int (*what)(struct fixture *f), struct fixture *f)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        _exit(what(f));
    return pid;
}

static int wait_for(pid_t pid)
{
    int status = 0;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

/* Permissions do not bind root. */
static bool give_up_rights(void)
{
    return geteuid() != 0 || (setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
}

static int read_without_rights(struct fixture *f)
{
    struct study_status *rows = NULL;
    struct store *store = NULL;
    struct err err = {0};
    int n = 0, result;

    if (!give_up_rights())
        return 2;
    if (store_open(&store, f->path, STORE_READ, &err) < 0 ||
        query_status(store, "s", &rows, &n, &err) < 0)
        return 3;
    result = n == 1 && rows[0].waiting == 1 ? 0 : 4;
    free(rows);
    store_close(store);
    return result;
}

static int write_without_rights(struct fixture *f)
{
    struct store *store = NULL;
    struct err err = {0};

    if (!give_up_rights())
        return 2;
    if (store_open(&store, f->path, STORE_WRITE, &err) == 0)
        return 3;
    return err.code == ERR_IO && strstr(err.message, f->path) && strstr(err.message, "read-only")
               ? 0
               : 4;
}

static void test_store_open__a_read_only_file_can_be_read(void **state)
{
    struct fixture f;

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    store_close(f.store);
    f.store = NULL;
    assert_int_equal(chmod(f.path, 0444), 0);
    assert_int_equal(chmod(f.folder, 0555), 0);
    assert_int_equal(wait_for(start(read_without_rights, &f)), 0);
    assert_int_equal(wait_for(start(write_without_rights, &f)), 0);
    assert_int_equal(chmod(f.folder, 0755), 0);
    fixture_release(&f);
}

/* Claim and finish until nothing is left. The number of jobs done, at most 99. */
static int work(struct fixture *f)
{
    const struct job_outcome outcome = {.top1 = 50, .epochs = 1};
    struct store *store = NULL;
    struct err err = {0};
    struct claim claim;
    int n = 0, got;

    if (store_open(&store, f->path, STORE_WRITE, &err) < 0)
        return 101;
    while ((got = store_claim(store, "s", &fixture_owner, INT64_MAX, &claim, &err)) == 1) {
        if (store_finish(store, claim.job_id, claim.attempt, &outcome, &err) < 0)
            return 102;
        claim_release(&claim);
        n++;
    }
    store_close(store);
    return got == 0 ? n : 103;
}

static void test_store__processes_share_jobs_without_doing_one_twice(void **state)
{
    enum { PROCESSES = 3, JOBS = 60 };
    struct fixture f;
    pid_t pids[PROCESSES];
    char text[256];
    int sum = 0;

    (void)state;
    fixture_init(&f);
    for (int i = 0; i < JOBS; i++)
        fixture_add(&f, "s", i);
    store_close(f.store); /* not across a fork */
    for (int i = 0; i < PROCESSES; i++)
        pids[i] = start(work, &f);
    for (int i = 0; i < PROCESSES; i++)
        sum += wait_for(pids[i]);
    assert_int_equal(sum, JOBS);
    assert_int_equal(store_open(&f.store, f.path, STORE_READ, &f.err), 0);
    assert_int_equal(fixture_status(&f, "s").done, JOBS);
    assert_int_equal(fixture_sql(&f, "SELECT max(attempt) FROM job", text), 0);
    assert_string_equal(text, "1");
    fixture_release(&f);
}

static int create(struct fixture *f)
{
    struct store *store = NULL;
    struct err err = {0};

    if (store_open(&store, f->path, STORE_CREATE, &err) < 0)
        return 1;
    store_close(store);
    return 0;
}

static void test_store_open__processes_may_create_one_file_at_once(void **state)
{
    enum { PROCESSES = 4 };
    struct fixture f;
    pid_t pids[PROCESSES];

    (void)state;
    fixture_folder(&f);
    for (int i = 0; i < PROCESSES; i++)
        pids[i] = start(create, &f);
    for (int i = 0; i < PROCESSES; i++)
        assert_int_equal(wait_for(pids[i]), 0);
    assert_int_equal(store_open(&f.store, f.path, STORE_WRITE, &f.err), 0);
    fixture_release(&f);
}

/* Add jobs from 1000 on until that is refused, or for ever. */
static int add_until_refused(struct fixture *f)
{
    struct store *store = NULL;
    struct err err = {0};
    char id[65];
    bool added;

    if (store_open(&store, f->path, STORE_WRITE, &err) < 0)
        return 1;
    for (int i = 1000;; i++) {
        struct job_record job = fixture_job(i, id);

        if (store_add_job(store, "s", &job, &added, &err) < 0)
            break;
    }
    store_close(store);
    return err.code == ERR_IO && strstr(err.message, f->path) ? 0 : 2;
}

static int add_to_a_full_disk(struct fixture *f)
{
    const struct rlimit limit = {.rlim_cur = 256 << 10, .rlim_max = 256 << 10};

    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 3;
    return add_until_refused(f);
}

/* What was done is there, the file is sound, and work can go on. */
static void check_nothing_lost(struct fixture *f)
{
    char text[256];

    assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &f->err), 0);
    assert_int_equal(fixture_status(f, "s").done, 1);
    assert_int_equal(fixture_sql(f, "PRAGMA integrity_check", text), 0);
    assert_string_equal(text, "ok");
    assert_int_equal(
        fixture_sql(f,
            "SELECT sum(n_waiting + n_done) - (SELECT count(*) FROM job) FROM study_group", text),
        0);
    assert_string_equal(text, "0");
    fixture_add(f, "s", 1);
}

static void test_store__a_full_disk_is_a_sentence_and_no_loss(void **state)
{
    struct fixture f;

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    fixture_do(&f, "s", 50);
    store_close(f.store);
    assert_int_equal(wait_for(start(add_to_a_full_disk, &f)), 0);
    check_nothing_lost(&f);
    fixture_release(&f);
}

static void test_store__a_kill_loses_nothing_that_was_done(void **state)
{
    struct fixture f;

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    fixture_do(&f, "s", 50);
    store_close(f.store);
    for (int i = 0; i < 5; i++) {
        pid_t pid = start(add_until_refused, &f);

        usleep(20000 + 7000 * (useconds_t)i);
        kill(pid, SIGKILL);
        assert_int_equal(wait_for(pid), 100 + SIGKILL);
    }
    check_nothing_lost(&f);
    fixture_release(&f);
}

static void test_store__waiting_for_others_ends_with_a_sentence(void **state)
{
    struct fixture f;
    sqlite3 *other = NULL;

    (void)state;
    fixture_init(&f);
    assert_int_equal(sqlite3_open(f.path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(store_put_study(f.store, "t", "t.yaml", "", &f.err), -1);
    assert_int_equal(f.err.code, ERR_BUSY);
    assert_non_null(strstr(f.err.message, f.path));
    assert_int_equal(fixture_status(&f, "s").total, 0); /* readers do not wait */
    sqlite3_close(other);
    fixture_release(&f);
}
