/*
 * Values in tables of SQLite files that are of other types, at bounds or of any length, though the tables' own words
 * keep them out: a copy without these words takes them, and gets the words again.
 *
 *     damage_loosen("loose.db");                           once
 *     db = damage_open_loosely("a copy of loose.db");
 *     damage_column(db, &table, &rng);
 *     damage_take_schema(db, "whole.db");
 */
#ifndef SCALESTUDY_TESTS_RESULTS_DAMAGE_VALUES_H
#define SCALESTUDY_TESTS_RESULTS_DAMAGE_VALUES_H

#include "tests/lib/damage_text.h"

#include <math.h>
#include <sqlite3.h>

/* A table and the columns that tell its rows apart. */
struct damage_table {
    const char *table, *key;
};

static inline void damage_execute(sqlite3 *db, const char *sql)
{
    char *message = NULL;

    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s", message);
}

static inline void damage_loosen(const char *path)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    damage_execute(db,
        "PRAGMA writable_schema = ON;"
        "UPDATE sqlite_schema SET sql = replace(replace(sql, ') STRICT, WITHOUT', ') WITHOUT'), "
        "') STRICT', ')') WHERE type = 'table';"
        "UPDATE sqlite_schema SET sql = replace(replace(replace(sql, ' TEXT NOT NULL', ' TEXT'), "
        "' REAL NOT NULL', ' REAL'), ' INTEGER NOT NULL', ' INTEGER') WHERE type = 'table'");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* The schema of another file, over values that it would never let in. */
static inline void damage_take_schema(sqlite3 *db, const char *whole)
{
    struct str sql = STR_INIT;

    str_addf(&sql,
        "ATTACH '%s' AS whole; UPDATE main.sqlite_schema AS mine SET sql = (SELECT sql FROM "
        "whole.sqlite_schema AS theirs WHERE theirs.type = mine.type AND theirs.name = mine.name)",
        whole);
    damage_execute(db, sql.text);
    str_release(&sql);
}

/* A file, without triggers and checks. */
static inline sqlite3 *damage_open_loosely(const char *path)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_exec(db,
        "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; PRAGMA ignore_check_constraints = "
        "ON; PRAGMA writable_schema = ON; PRAGMA recursive_triggers = OFF",
        NULL, NULL, NULL);
    return db;
}

static inline void damage_bind(sqlite3_stmt *statement, int place, struct rng *rng)
{
    static const int64_t integers[] = {
        0, 1, -1, INT32_MAX, INT64_C(1) << 31, INT64_C(1) << 53, INT64_MAX, INT64_MIN};
    static const double reals[] = {0, -0.5, 1e308, -1e308, INFINITY, -INFINITY, 1e-308, 12.5};
    struct str text = STR_INIT;

    switch (rng_below(rng, 6)) {
    case 0:
        sqlite3_bind_null(statement, place);
        break;
    case 1:
        sqlite3_bind_int64(statement, place, integers[rng_below(rng, DAMAGE_COUNT(integers))]);
        break;
    case 2:
        sqlite3_bind_double(statement, place, reals[rng_below(rng, DAMAGE_COUNT(reals))]);
        break;
    case 3:
        sqlite3_bind_zeroblob(statement, place, (int)rng_below(rng, 100000));
        break;
    default:
        damage_add_text(&text, rng);
        if (rng_below(rng, 4))
            sqlite3_bind_text(statement, place, text.text, (int)text.length, SQLITE_TRANSIENT);
        else
            sqlite3_bind_blob(statement, place, text.text, (int)text.length, SQLITE_TRANSIENT);
        str_release(&text);
        break;
    }
}

static inline sqlite3_stmt *damage_prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    return statement;
}

/* The name of a column of a table. */
static inline void damage_choose_column(
    sqlite3 *db, const char *table, struct rng *rng, char to[64])
{
    sqlite3_stmt *rows = damage_prepare(db, "SELECT name FROM pragma_table_info(?1) ORDER BY cid");
    char names[40][64];
    uint64_t n = 0;

    sqlite3_bind_text(rows, 1, table, -1, SQLITE_STATIC);
    for (; n < 40 && sqlite3_step(rows) == SQLITE_ROW; n++)
        str_copy(names[n], 64, (const char *)sqlite3_column_text(rows, 0));
    sqlite3_finalize(rows);
    assert_true(n > 0);
    str_copy(to, 64, names[rng_below(rng, n)]);
}

static inline void damage_column(sqlite3 *db, const struct damage_table *table, struct rng *rng)
{
    struct str sql = STR_INIT;
    sqlite3_stmt *statement;
    char column[64];

    damage_choose_column(db, table->table, rng, column);
    str_addf(&sql, "UPDATE OR IGNORE %s SET %s = ?1", table->table, column);
    if (rng_below(rng, 4)) /* of one row */
        str_addf(&sql, " WHERE (%s) = (SELECT %s FROM %s ORDER BY 1 LIMIT 1 OFFSET %d)", table->key,
            table->key, table->table, (int)rng_below(rng, 12));
    /* It may be a view by now. */
    if (sqlite3_prepare_v2(db, sql.text, -1, &statement, NULL) == SQLITE_OK) {
        damage_bind(statement, 1, rng);
        sqlite3_step(statement);
        sqlite3_finalize(statement);
    }
    str_release(&sql);
}

#endif
