/* Tables, views and triggers that are not the program's. */
#include "tests/lib/test.h"

#include "results/store/store_sql.h"
#include "fixture.h"

static void change(const struct fixture *f, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;

    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA writable_schema = ON", NULL, NULL, NULL), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
    sqlite3_close(db);
}

/* Each statement of schema.sql stands in store_objects.c, as one of the printed lines. */
static void test_store_objects__every_statement_of_the_schema_is_known(void **state)
{
    struct fixture f;
    sqlite3_stmt *rows;

    (void)state;
    fixture_init(&f);
    rows = store_select(f.store, "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL",
        BIND_NONE, &f.err);
    while (store_step(f.store, rows, &f.err) > 0) {
        char hash[SHA256_HEX_BYTES];

        assert_int_equal(store_object_hash(store_column_text(rows, 2), hash, &f.err), 0);
        print_message("    {\"%s\", \"%s\", %d, NOW, \"%s\"},\n", store_column_text(rows, 0),
            store_column_text(rows, 1), STORE_SCHEMA_VERSION, hash);
    }
    if (store_check_objects(f.store, STORE_SCHEMA_VERSION, &f.err) < 0)
        fail_msg("%s", f.err.message);
    fixture_release(&f);
}

static void test_store_objects__what_is_not_ours_is_refused_by_name(void **state)
{
    static const struct {
        const char *sql, *named;
    } cases[] = {
        {"CREATE TRIGGER mine AFTER INSERT ON study BEGIN DELETE FROM study; END", "'mine'"},
        {"DROP VIEW job_result; CREATE VIEW job_result AS SELECT 1", "'job_result'"},
        {"DROP VIEW job_result; CREATE TABLE job_result (study)", "'job_result'"},
        {"DROP VIEW paper_row", "lost its view paper_row"},
        {"ALTER TABLE study ADD COLUMN more TEXT", "'study'"},
        {"UPDATE sqlite_schema SET sql = sql || '; DELETE FROM study' "
         "WHERE name = 'job_done_stays'",
            "'job_done_stays'"},
        {"CREATE INDEX slow ON study (hex(text))", "'slow'"},
        {"CREATE INDEX part ON study (text) WHERE text > 'a'", "'part'"},
        {"CREATE INDEX spelt ON study (text LIKE '%a%b')", "'spelt'"},
        {"CREATE INDEX ended ON study (text) WHERE text > 'a)'", "'ended'"},
        {"CREATE TABLE computed (a, b AS (hex(a)))", "'computed'"},
        {"CREATE TABLE kept (a, b AS (hex(a)) STORED)", "'kept'"},
        {"ALTER TABLE study ADD COLUMN b TEXT AS (hex(text))", "'study'"},
        {"CREATE VIRTUAL TABLE words USING fts5 (word)", "'words'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (int mode = STORE_READ; mode <= STORE_CREATE; mode++) {
            struct fixture f;

            fixture_init(&f);
            store_close(f.store);
            f.store = NULL;
            change(&f, cases[i].sql);
            if (store_open(&f.store, f.path, (enum store_mode)mode, &f.err) == 0)
                fail_msg("%s: is opened in mode %d", cases[i].sql, mode);
            if (f.err.code != ERR_INPUT || !strstr(f.err.message, cases[i].named))
                fail_msg("%s: %s", cases[i].sql, f.err.message);
            fixture_release(&f);
        }
}

static void test_store_objects__what_is_the_users_own_is_left_alone(void **state)
{
    struct fixture f;

    (void)state;
    fixture_init(&f);
    store_close(f.store);
    change(&f,
        "CREATE TABLE notes (job TEXT, note TEXT DEFAULT 'a -- b'); "
        "CREATE UNIQUE INDEX notes_job ON notes (job); CREATE INDEX by_seed ON job (seed, id); "
        "CREATE VIEW best AS SELECT max(top1) FROM job; ANALYZE; DROP TRIGGER job_done_is_final; "
        "CREATE TRIGGER job_done_is_final /* again */ BEFORE UPDATE ON job\n"
        "WHEN old.state = 'done' BEGIN SELECT RAISE (ABORT, 'a finished job never changes'); END");
    for (int mode = STORE_READ; mode <= STORE_CREATE; mode++) {
        if (store_open(&f.store, f.path, (enum store_mode)mode, &f.err) < 0)
            fail_msg("mode %d: %s", mode, f.err.message);
        store_close(f.store);
    }
    f.store = NULL;
    fixture_release(&f);
}

/* Guards that somebody dropped are there again after a job was removed. */
static void test_store_remove_job__guards_come_from_the_program(void **state)
{
    struct fixture f;
    char id[65], text[256];

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 1);
    fixture_do(&f, "s", 50);
    fixture_job(1, id);
    change(&f, "DROP TRIGGER job_done_stays");
    assert_int_equal(store_remove_job(f.store, id, &f.err), 0);
    assert_int_equal(fixture_sql(&f,
                         "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND name IN "
                         "('job_done_stays', 'epoch_done_delete')",
                         text),
        0);
    assert_string_equal(text, "2");
    assert_int_equal(store_check_objects(f.store, STORE_SCHEMA_VERSION, &f.err), 0);
    fixture_release(&f);
}
