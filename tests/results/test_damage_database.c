/*
 * Databases that are damaged at random where SQLite's format, the schema or the program's own texts say something:
 * each is read, or refused by a sentence, and stays as it is. Rounds are few here; `make fuzz FUZZ_SECONDS=600` goes on
 * for so long.
 */
#include "tests/lib/damage_sqlite.h"
#include "tests/lib/damage_text.h"
#include "damage_values.h"
#include "looking.h"

#include <dirent.h>

#include "results/store/store_admin.h"
#include "results/store/store_sql.h"

#define ROUNDS    25
#define MAX_BYTES (64 << 20)

/* The folder has x.db, which is damaged, and whole.db and loose.db, whose tables take values of any type. */
static struct fixture f;
static struct str whole = STR_INIT, loose = STR_INIT, journal = STR_INIT, undone = STR_INIT;
static struct str log_base = STR_INIT, log_frames = STR_INIT;
static char whole_path[96], loose_path[96], wal_path[96], journal_path[96];

/* ---- what is damaged ---- */

static void read_file(const char *path, struct str *to)
{
    struct err err = {0};

    if (file_read(path, MAX_BYTES, to, &err) < 0)
        fail_msg("%s", err.message);
}

/* Tables that take anything: the same file, but for the words that keep values out. */
static void make_loose(void)
{
    damage_put(loose_path, &whole);
    damage_loosen(loose_path);
    real_study_sql(loose_path, "PRAGMA journal_mode = DELETE");
    read_file(loose_path, &loose);
}

/* A log with some transactions that are not in the file yet, and the file. */
static void make_log(void)
{
    char log[128];
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(f.path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
            "PRAGMA wal_autocheckpoint = 0;"
            "UPDATE job SET error = printf('%.6000c', 'x') WHERE state = 'failed';"
            "UPDATE study SET source_path = 'elsewhere';"
            "DELETE FROM epoch WHERE job IN (SELECT number FROM job WHERE state = 'stopped');"
            "UPDATE job SET progress = 0.75 WHERE state = 'running';",
            NULL, NULL, NULL),
        SQLITE_OK);
    snprintf(log, sizeof(log), "%s-wal", f.path);
    read_file(f.path, &log_base);
    read_file(log, &log_frames);
    sqlite3_close(db);
    damage_put(f.path, &whole);
}

/* A journal of a change that a crash may leave, and the file in the middle of it. */
static void make_journal(void)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(f.path, &db), SQLITE_OK);
    damage_execute(db, "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN IMMEDIATE;"
                       "UPDATE study SET text = text || printf('%.9000c', 'x');"
                       "UPDATE job SET error = printf('%.9000c', 'x') WHERE state <> 'done';");
    read_file(f.path, &undone);
    read_file(journal_path, &journal);
    sqlite3_exec(db, "ROLLBACK; PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    sqlite3_close(db);
    damage_put(f.path, &whole);
}

static int group_setup(void **state)
{
    (void)state;
    real_study_make(&f);
    snprintf(whole_path, sizeof(whole_path), "%s/whole.db", f.folder);
    snprintf(loose_path, sizeof(loose_path), "%s/loose.db", f.folder);
    snprintf(wal_path, sizeof(wal_path), "%s-wal", f.path);
    snprintf(journal_path, sizeof(journal_path), "%s-journal", f.path);
    read_file(f.path, &whole);
    damage_put(whole_path, &whole);
    make_loose();
    make_log();
    make_journal();
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    store_unlink(whole_path);
    store_unlink(loose_path);
    fixture_release(&f);
    str_release(&whole);
    str_release(&loose);
    str_release(&journal);
    str_release(&undone);
    str_release(&log_base);
    str_release(&log_frames);
    return 0;
}

/* ---- values ---- */

static const struct damage_table tables[] = {{"study", "rowid"}, {"environment", "rowid"},
    {"job", "rowid"}, {"job", "rowid"}, {"study_job", "study, job"}, {"epoch", "job, epoch, split"},
    {"paper", "source, position"}, {"study_group", "study, model, method"},
    {"image_set", "fingerprint"}};

/* A job's text becomes another; mostly with the id that belongs to it, so that the text is read. */
static void damage_canonical(sqlite3 *db, struct rng *rng)
{
    sqlite3_stmt *rows =
        damage_prepare(db, "SELECT number, canonical FROM job ORDER BY 1 LIMIT 1 OFFSET ?1");
    struct str text = STR_INIT;
    struct err err = {0};
    char id[SHA256_HEX_BYTES];

    sqlite3_bind_int64(rows, 1, (int64_t)rng_below(rng, 12));
    if (sqlite3_step(rows) == SQLITE_ROW && sqlite3_column_bytes(rows, 1) > 0) {
        bool fits = rng_below(rng, 4);
        sqlite3_stmt *statement = damage_prepare(
            db, fits ? "UPDATE OR IGNORE job SET canonical = ?1, id = ?2 WHERE number = ?3"
                     : "UPDATE job SET canonical = ?1 WHERE number = ?3");

        str_add(&text, (const char *)sqlite3_column_text(rows, 1));
        damage_json(&text, rng);
        assert_int_equal(sha256_hex(text.text, strlen(text.text), id, &err), 0);
        sqlite3_bind_text(statement, 1, text.text, (int)text.length, SQLITE_STATIC);
        if (fits)
            sqlite3_bind_text(statement, 2, id, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 3, sqlite3_column_int64(rows, 0));
        sqlite3_reset(rows);
        sqlite3_step(statement);
        sqlite3_finalize(statement);
    }
    sqlite3_finalize(rows);
    str_release(&text);
}

static void damage_values(struct rng *rng)
{
    int times = 1 + (int)rng_below(rng, 4);
    sqlite3 *db;

    damage_put(f.path, &loose);
    db = damage_open_loosely(f.path);
    for (int i = 0; i < times; i++)
        if (rng_below(rng, 3))
            damage_column(db, &tables[rng_below(rng, DAMAGE_COUNT(tables))], rng);
        else
            damage_canonical(db, rng);
    /* The program's own schema again, over values that it would never let in. */
    if (rng_below(rng, 8))
        damage_take_schema(db, whole_path);
    sqlite3_close(db);
}

/* ---- the schema ---- */

static const char *const planted[] = {
    "CREATE TRIGGER job_state2 AFTER UPDATE ON job BEGIN DELETE FROM epoch; END",
    "DROP VIEW job_result; CREATE VIEW job_result AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "
    "SELECT i + 1 FROM n) SELECT i AS study, i AS job_id FROM n",
    "DROP VIEW study_progress; CREATE TABLE study_progress (study, model, method)",
    "CREATE VIEW of_the_user AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT * FROM n",
    "CREATE TABLE more (a, b AS (a || zeroblob(1000000)), CHECK (abs(a) > 0))",
    "CREATE INDEX of_text ON job (length(canonical))",
    "CREATE INDEX of_state ON job (state) WHERE id LIKE '%x'",
    "CREATE VIRTUAL TABLE words USING fts5 (word)", "DROP INDEX study_job_position",
    "DROP TRIGGER job_state", "DROP VIEW running_job", "ANALYZE",
    "ANALYZE; UPDATE sqlite_stat1 SET stat = '9223372036854775807 -1 x'",
    "ANALYZE; UPDATE sqlite_stat1 SET idx = tbl, stat = zeroblob(100)", "PRAGMA user_version = 5",
    "PRAGMA user_version = 8", "PRAGMA application_id = 1", "ALTER TABLE job ADD COLUMN more",
    "ALTER TABLE study RENAME COLUMN text TO texts"};

static void damage_schema(struct rng *rng)
{
    static const char *const columns[] = {"type", "name", "tbl_name", "rootpage", "sql", "sql"};
    struct str sql = STR_INIT, text = STR_INIT;
    sqlite3_stmt *rows, *statement;
    sqlite3 *db;
    int64_t row = 1 + (int64_t)rng_below(rng, 45);

    damage_put(f.path, &whole);
    db = damage_open_loosely(f.path);
    if (rng_below(rng, 3) == 0) {
        sqlite3_exec(db, planted[rng_below(rng, DAMAGE_COUNT(planted))], NULL, NULL, NULL);
        sqlite3_close(db);
        return;
    }
    str_addf(&sql, "UPDATE sqlite_schema SET %s = ?1 WHERE rowid = %lld",
        columns[rng_below(rng, DAMAGE_COUNT(columns))], (long long)row);
    rows = damage_prepare(db, "SELECT sql FROM sqlite_schema WHERE rowid = ?1");
    sqlite3_bind_int64(rows, 1, row);
    if (sqlite3_step(rows) == SQLITE_ROW && sqlite3_column_bytes(rows, 0) > 0)
        str_add(&text, (const char *)sqlite3_column_text(rows, 0));
    sqlite3_finalize(rows);
    damage_lines(&text, "(),", rng);
    statement = damage_prepare(db, sql.text);
    if (strstr(sql.text, "sql =") && rng_below(rng, 4))
        sqlite3_bind_text(statement, 1, text.text, (int)text.length, SQLITE_STATIC);
    else
        damage_bind(statement, 1, rng);
    sqlite3_step(statement);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    str_release(&sql);
    str_release(&text);
}

/* ---- looking ---- */

static void look(enum store_mode mode, void (*at)(struct store *store, const char *study))
{
    struct store *store = NULL;
    struct err err = {0};

    if (hold(store_open(&store, f.path, mode, &err), &err)) {
        at(store, REAL_STUDY);
        if (at == look_at_studies || at == look_at_jobs)
            at(store, NULL);
    }
    store_close(store);
}

static void check(struct store *store, const char *study)
{
    struct rowset problems;
    struct err err = {0};
    int n = 0;

    (void)study;
    rowset_init(&problems, store_problem_columns);
    hold(store_check(store, &problems, &n, &err), &err);
    print_rows(&problems);
    rowset_release(&problems);
}

/* What comes into a database of one's own has ids that are those of its texts, or at least are ids. */
static void take_over(struct store *store, const char *study)
{
    char path[96];
    struct fixture own = {.store = NULL};
    struct store_merged merged;
    struct err err = {0};

    (void)study;
    snprintf(own.path, sizeof(own.path), "%s/own.db", f.folder);
    if (!hold(store_open(&own.store, own.path, STORE_CREATE, &err), &err))
        fail_msg("no database of its own");
    hold(store_merge(own.store, f.path, NULL, &merged, &err), &err);
    look_at_jobs(own.store, NULL);
    store_close(own.store);
    store_unlink(own.path);
    if (!hold(store_open(&own.store, own.path, STORE_CREATE, &err), &err))
        fail_msg("no database of its own");
    hold(store_copy_study(store, own.store, REAL_STUDY, &err), &err);
    look_at_jobs(own.store, NULL);
    store_close(own.store);
    store_unlink(own.path);
    snprintf(path, sizeof(path), "%s/copy.db", f.folder);
    hold(store_backup(store, path, &err), &err);
    store_unlink(path);
}

static void look_somehow(struct rng *rng)
{
    static void (*const looks[])(struct store *, const char *) = {look_at_studies, look_at_jobs,
        look_at_edited, look_at_runs, look_at_tables, look_at_comparisons};

    look(STORE_READ, looks[rng_below(rng, DAMAGE_COUNT(looks))]);
    if (rng_below(rng, 2))
        look(STORE_AS_IT_IS, check);
    if (rng_below(rng, 4) == 0)
        look(STORE_FROZEN, looks[rng_below(rng, DAMAGE_COUNT(looks))]);
    if (rng_below(rng, 4) == 0)
        look(STORE_AS_IT_IS, take_over);
}

/* ---- rounds ---- */

/* The folder has what was put there, and what SQLite needs to read it. */
static void see_nothing_else(void)
{
    static const char *const names[] = {
        ".", "..", "x.db", "x.db-wal", "x.db-shm", "x.db-journal", "whole.db", "loose.db"};
    DIR *folder = opendir(f.folder);
    const struct dirent *entry;

    assert_non_null(folder);
    while ((entry = readdir(folder))) {
        bool known = false;

        for (size_t i = 0; i < DAMAGE_COUNT(names); i++)
            known |= strcmp(entry->d_name, names[i]) == 0;
        if (!known)
            fail_msg("%s was left behind", entry->d_name);
    }
    closedir(folder);
}

static void use(struct rng *rng)
{
    struct str before = STR_INIT, after = STR_INIT;

    read_file(f.path, &before);
    look_somehow(rng);
    read_file(f.path, &after);
    if (before.length != after.length || memcmp(before.text, after.text, before.length) != 0)
        fail_msg("looking changed the file");
    see_nothing_else();
    store_unlink(f.path);
    str_release(&before);
    str_release(&after);
}

static void test_database__damaged_pages_are_read_or_refused(void **state)
{
    struct damage_rounds rounds = damage_begin("pages of databases", ROUNDS, 90);
    struct str damaged = STR_INIT;
    struct rng rng;

    (void)state;
    while (damage_next(&rounds, &rng)) {
        damage_copy(&damaged, &whole);
        damage_sqlite(&damaged, &rng);
        damage_put(f.path, &damaged);
        use(&rng);
    }
    str_release(&damaged);
}

static void test_database__odd_values_are_read_or_refused(void **state)
{
    struct damage_rounds rounds = damage_begin("values of databases", ROUNDS, 91);
    struct rng rng;

    (void)state;
    while (damage_next(&rounds, &rng)) {
        damage_values(&rng);
        use(&rng);
    }
}

static void test_database__other_schemas_are_refused(void **state)
{
    struct damage_rounds rounds = damage_begin("schemas of databases", ROUNDS, 92);
    struct rng rng;

    (void)state;
    while (damage_next(&rounds, &rng)) {
        damage_schema(&rng);
        use(&rng);
    }
}

static void test_database__damaged_logs_are_read_or_refused(void **state)
{
    struct damage_rounds rounds = damage_begin("logs of databases", ROUNDS, 93);
    struct str damaged = STR_INIT;
    struct rng rng;

    (void)state;
    while (damage_next(&rounds, &rng)) {
        damage_put(f.path, &log_base);
        damage_copy(&damaged, &log_frames);
        damage_wal(&damaged, &rng);
        damage_put(wal_path, &damaged);
        use(&rng);
    }
    str_release(&damaged);
}

/* A journal that is taken for one of a crash is undone, so that the file may change; nothing else does. */
static void test_database__damaged_journals_are_read_or_refused(void **state)
{
    struct damage_rounds rounds = damage_begin("journals of databases", ROUNDS, 94);
    struct str damaged = STR_INIT;
    struct rng rng;

    (void)state;
    while (damage_next(&rounds, &rng)) {
        damage_put(f.path, rng_below(&rng, 2) ? &undone : &whole);
        damage_copy(&damaged, &journal);
        for (int i = (int)rng_below(&rng, 3); i > 0; i--)
            damage_number(damage_bytes(&damaged) + 8 + 4 * rng_below(&rng, 5), 4, 10, 1, &rng);
        if (rng_below(&rng, 4) == 0)
            damage(&damaged, &rng);
        damage_put(journal_path, &damaged);
        look_somehow(&rng);
        see_nothing_else();
        store_unlink(f.path);
    }
    str_release(&damaged);
}

/* A blob without bytes has no address. */
static void test_database__jobs_without_a_text_are_read(void **state)
{
    sqlite3 *db;

    (void)state;
    damage_put(f.path, &loose);
    db = damage_open_loosely(f.path);
    damage_execute(db, "UPDATE job SET canonical = x''");
    damage_take_schema(db, whole_path);
    sqlite3_close(db);
    look(STORE_READ, look_at_studies);
    look(STORE_READ, look_at_runs);
    look(STORE_READ, look_at_comparisons);
    look(STORE_AS_IT_IS, take_over);
    store_unlink(f.path);
}

static void test_database__running_jobs_have_ids(void **state)
{
    struct running_job *jobs = NULL;
    struct err err = {0};
    sqlite3 *db;
    int n;

    (void)state;
    damage_put(f.path, &whole);
    db = damage_open_loosely(f.path);
    damage_execute(db, "UPDATE job SET id = '../../x' WHERE state = 'running'");
    sqlite3_close(db);
    assert_int_equal(store_open(&f.store, f.path, STORE_READ, &f.err), 0);
    assert_int_equal(query_running(f.store, NULL, &jobs, &n, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    store_close(f.store);
    f.store = NULL;
    store_unlink(f.path);
}
