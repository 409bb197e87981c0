/*
 * Shards that are damaged at random: each is merged whole, into its own job alone, or refused by a sentence, and nothing
 * is changed then. Rounds are few here; `make fuzz FUZZ_SECONDS=600` goes on for so long.
 */
#include "tests/lib/damage_sqlite.h"
#include "damage_values.h"
#include "real_study.h"

#include "harness/base/sha256.h"
#include "results/store/shard.h"
#include "results/store/store_sql.h"

#define ROUNDS    50
#define MAX_BYTES (64 << 20)
#define RUN       "0123456789abcdef0123456789abcdef"

/* The folder has x.db, which results come into, shard.db, whole.db and loose.db: a result as it was written, and one
 * whose tables take values of any type. */
static struct fixture f;
static struct str study = STR_INIT, whole = STR_INIT, loose = STR_INIT;
static char shard_path[96], whole_path[96], loose_path[96], job_id[65], other_id[65];

static void read_file(const char *path, struct str *to)
{
    struct err err = {0};

    if (file_read(path, MAX_BYTES, to, &err) < 0)
        fail_msg("%s", err.message);
}

/* The result of a job that waits in x.db, made in a copy. */
static void make_shard(void)
{
    static const struct epoch_row epochs[] = {{1, "train", 2, 10, 50, 0.1, 1},
        {1, "test", 1.5, 20, 60, 0.1, 1}, {2, "train", 1, 30, 70, 0.05, 1},
        {2, "test", 0.5, 40, 80, 0.05, 1}};
    static const struct environment environment = {
        .host = "h", .cpu = "c", .isa = "avx2", .version = "2", .blas = "b", .cores = 2};
    struct shard_origin origin = {.run = RUN, .attempt = 2};
    struct claim claim;

    assert_int_equal(store_open(&f.store, f.path, STORE_WRITE, &f.err), 0);
    assert_int_equal(
        store_claim(f.store, REAL_STUDY, &fixture_owner, INT64_MAX, &claim, &f.err), 1);
    assert_int_equal(
        store_environment(f.store, claim.job_id, claim.attempt, &environment, &f.err), 0);
    fixture_finish(&f, &claim, 40);
    str_copy(job_id, sizeof(job_id), claim.job_id);
    claim_release(&claim);
    assert_int_equal(
        store_claim(f.store, REAL_STUDY, &fixture_owner, INT64_MAX, &claim, &f.err), 1);
    str_copy(other_id, sizeof(other_id), claim.job_id);
    claim_release(&claim);
    store_close(f.store);
    f.store = NULL;
    origin.job_id = job_id;
    if (shard_write(f.path, &origin, epochs, 4, whole_path, &f.err) < 0)
        fail_msg("%s", f.err.message);
}

static int group_setup(void **state)
{
    (void)state;
    real_study_make(&f);
    snprintf(shard_path, sizeof(shard_path), "%s/shard.db", f.folder);
    snprintf(whole_path, sizeof(whole_path), "%s/whole.db", f.folder);
    snprintf(loose_path, sizeof(loose_path), "%s/loose.db", f.folder);
    read_file(f.path, &study);
    make_shard();
    read_file(whole_path, &whole);
    damage_put(loose_path, &whole);
    damage_loosen(loose_path);
    read_file(loose_path, &loose);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    store_unlink(shard_path);
    store_unlink(whole_path);
    store_unlink(loose_path);
    fixture_release(&f);
    str_release(&study);
    str_release(&whole);
    str_release(&loose);
    return 0;
}

/* ---- what is in the database ---- */

/* All that is known of jobs but `except`, as text. */
static void list_jobs(const char *except, struct str *to)
{
    static const char *const queries[] = {"SELECT * FROM job WHERE id <> ?1 ORDER BY number",
        "SELECT * FROM epoch WHERE job NOT IN (SELECT number FROM job WHERE id = ?1) ORDER BY 1, "
        "2, 3",
        "SELECT study, job, position, model, method, depth, width, resolution FROM study_job ORDER "
        "BY "
        "1, 2",
        "SELECT count(*) FROM job", "SELECT * FROM study"};
    sqlite3 *db = NULL;

    str_clear(to);
    assert_int_equal(sqlite3_open(f.path, &db), SQLITE_OK);
    for (size_t i = 0; i < DAMAGE_COUNT(queries); i++) {
        sqlite3_stmt *rows = damage_prepare(db, queries[i]);

        sqlite3_bind_text(rows, 1, except, -1, SQLITE_STATIC);
        while (sqlite3_step(rows) == SQLITE_ROW)
            for (int k = 0; k < sqlite3_column_count(rows); k++) {
                const unsigned char *text = sqlite3_column_text(rows, k);

                if (i == 4 && k >= 6)
                    continue; /* counts of jobs by state */
                str_add_bytes(
                    to, text ? (const char *)text : "", (size_t)sqlite3_column_bytes(rows, k));
                str_add(to, "|");
            }
        sqlite3_finalize(rows);
    }
    sqlite3_close(db);
}

static int64_t count(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *rows = NULL;
    int64_t n = -1;

    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &rows, NULL) == SQLITE_OK) {
        sqlite3_bind_text(rows, 1, job_id, -1, SQLITE_STATIC);
        if (sqlite3_step(rows) == SQLITE_ROW)
            n = sqlite3_column_int64(rows, 0);
    }
    sqlite3_finalize(rows);
    sqlite3_close(db);
    return n;
}

/* ---- merging ---- */

static int merge(const struct str *shard, const char *run, const char *id, bool brief)
{
    enum shard_merged merged;
    struct err err = {0};
    int result;

    assert_int_equal(store_open(&f.store, f.path, STORE_WRITE, &f.err), 0);
    result = shard_merge(f.store, shard, shard_path, run, id, brief, &merged, &err);
    store_close(f.store);
    f.store = NULL;
    if (result < 0 && !damage_is_told(&err))
        fail_msg("no sentence: %d %s", err.code, err.message);
    return result;
}

/* The job is done or failed, with all epochs that the shard has. */
static void see_whole(bool brief)
{
    int64_t sent = count(shard_path, "SELECT count(*) FROM epoch"),
            kept =
                count(f.path, "SELECT count(*) FROM epoch JOIN job ON number = job WHERE id = ?1");

    assert_int_equal(
        count(f.path, "SELECT count(*) FROM job WHERE id = ?1 AND (state = 'failed' OR (state = "
                      "'done' AND loss IS NOT NULL AND top1 IS NOT NULL))"),
        1);
    assert_int_equal(count(f.path, "SELECT count(*) FROM pragma_integrity_check WHERE "
                                   "integrity_check <> 'ok'"),
        0);
    assert_true(brief ? kept == 0 : kept <= sent && (kept > 0) == (sent > 0));
}

static void use(struct rng *rng)
{
    struct str before = STR_INIT, after = STR_INIT, shard = STR_INIT, shard_after = STR_INIT;
    bool brief = rng_below(rng, 4) == 0, done;
    struct err err = {0};
    int result;

    damage_put(f.path, &study);
    read_file(shard_path, &shard);
    if (shard_is_done(&shard, shard_path, &done, &err) < 0)
        assert_true(damage_is_told(&err));
    list_jobs("", &before);
    assert_int_equal(merge(&shard, RUN, other_id, brief), -1);
    assert_int_equal(merge(&shard, "another", job_id, brief), -1);
    list_jobs("", &after);
    assert_string_equal(before.text, after.text);
    list_jobs(job_id, &before);
    result = merge(&shard, RUN, job_id, brief);
    list_jobs(job_id, &after);
    assert_int_equal(before.length, after.length);
    assert_memory_equal(before.text, after.text, before.length);
    if (result == 0)
        see_whole(brief);
    else
        assert_int_equal(
            count(f.path, "SELECT count(*) FROM job WHERE id = ?1 AND state = 'waiting'"), 1);
    read_file(shard_path, &shard_after);
    assert_true(shard.length == shard_after.length &&
                memcmp(shard.text, shard_after.text, shard.length) == 0);
    store_unlink(f.path);
    store_unlink(shard_path);
    str_release(&before);
    str_release(&after);
    str_release(&shard);
    str_release(&shard_after);
}

static void test_shard__damaged_pages_are_merged_whole_or_refused(void **state)
{
    struct damage_rounds rounds = damage_begin("pages of shards", ROUNDS, 95);
    struct str damaged = STR_INIT;
    struct rng rng;

    (void)state;
    while (damage_next(&rounds, &rng)) {
        damage_copy(&damaged, &whole);
        damage_sqlite(&damaged, &rng);
        damage_put(shard_path, &damaged);
        use(&rng);
    }
    str_release(&damaged);
}

/* Now and then a second result, as of another job. */
static void damage_rows(sqlite3 *db, struct rng *rng)
{
    static const struct damage_table tables[] = {{"result", "rowid"}, {"epoch", "rowid"}};
    static const char *const more[] = {"INSERT INTO result SELECT * FROM result",
        "INSERT INTO epoch SELECT * FROM epoch", "DELETE FROM epoch", "DELETE FROM result",
        "INSERT INTO epoch SELECT epoch + 1000, split, 1, 2, 3, 4, 5 FROM epoch",
        "CREATE TABLE more (a)", "DROP TABLE epoch; CREATE VIEW epoch AS SELECT 1 AS epoch"};

    if (rng_below(rng, 4) == 0)
        sqlite3_exec(db, more[rng_below(rng, DAMAGE_COUNT(more))], NULL, NULL, NULL);
    for (int i = (int)rng_below(rng, 4); i > 0; i--)
        damage_column(db, &tables[rng_below(rng, 2)], rng);
}

static void test_shard__odd_values_are_merged_whole_or_refused(void **state)
{
    struct damage_rounds rounds = damage_begin("values of shards", ROUNDS, 96);
    struct rng rng;

    (void)state;
    while (damage_next(&rounds, &rng)) {
        sqlite3 *db;

        damage_put(shard_path, &loose);
        db = damage_open_loosely(shard_path);
        damage_rows(db, &rng);
        if (rng_below(&rng, 8))
            damage_take_schema(db, whole_path);
        sqlite3_close(db);
        use(&rng);
    }
}
