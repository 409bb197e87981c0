/*
 * Inside of store and query: one connection, its prepared statements, and transactions.
 *
 *     if (store_begin(store, STORE_DURABLE, err) < 0) return -1;
 *     result = store_run(store, "UPDATE job SET seed = ?1 WHERE id = ?2",
 *         BIND(INT(seed), TEXT(id)), err);
 *     return store_end(store, result, err);         commits 0, rolls back -1
 *
 *     rows = store_select(store, "SELECT name FROM study WHERE number > ?1", BIND(INT(0)), err);
 *     while ((got = store_step(store, rows, err)) > 0) ... sqlite3_column_*(rows, 0) ...
 *     sqlite3_reset(rows);                          only to stop before all rows are read
 *
 * Statements are prepared once for each SQL literal and kept: pass literals, never built text. One
 * statement may not be used again while its rows are read. A read outside of a transaction is a
 * transaction of its own.
 */
#ifndef SCALESTUDY_RESULTS_STORE_STORE_SQL_H
#define SCALESTUDY_RESULTS_STORE_STORE_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "harness/system/file.h"
#include "harness/base/sha256.h"
#include "harness/base/rowset.h"
#include "store.h"

#define STORE_SCHEMA_VERSION 7 /* as in schema.sql */
#define STORE_LEAST_READABLE 5 /* the oldest version that read-only commands accept */
#define STORE_MAX_STATEMENTS 96
#define STORE_BUSY_SECONDS   10
#define STORE_MAX_TEXT                                                                             \
    (8 << 20)                   /* bytes of a text: files of studies and models are at most 1 MiB */
#define STORE_MAX_EPOCHS 100000 /* of any recipe: workloads/recipe_keys.def */
#define STORE_MAX_SPLITS 8      /* that an epoch is measured on */

/* Whether a transaction must outlive a power cut, or only a crash of the program: what `run` would
 * do again anyway need not wait for the disk. */
enum store_durability {
    STORE_LAZY,
    STORE_DURABLE,
};

/* store_work.c: how much work a connection has done, and why a statement was stopped. */
enum work_end {
    WORK_GOES_ON,
    WORK_ENDLESS,
    WORK_INTERRUPTED,
};
struct store_work {
    sqlite3 *db;
    const char *path;   /* of the file, the caller's; NULL: it is in memory */
    int64_t more_bytes; /* of other files that the connection reads */
    int64_t pages;      /* read or written so far */
    int64_t *steps;     /* of the statement that runs: in `statements`, or */
    int64_t loose;      /* here, for one that is not kept */
    enum work_end end;
};

struct store {
    sqlite3 *db;
    struct store_work work;
    enum store_mode mode;
    bool immutable;                   /* read without locks: nobody changes the file */
    struct stat seen;                 /* of an immutable file, when it was opened */
    bool is_copy;                     /* in memory, of an older version's file */
    enum store_durability durability; /* of the transaction */
    double busy_since;                /* clock_seconds() when it began to wait for others */
    unsigned dice;                    /* random state, for the length of each wait */
    int batch;                        /* transactions that store_batch_begin holds open; 0 or 1 */
    int n_statements;
    struct {
        const char *sql;
        sqlite3_stmt *statement;
        int64_t steps; /* since it was selected */
    } statements[STORE_MAX_STATEMENTS];
    char path[PATH_BYTES]; /* as the user gave it: for messages */
    char real[PATH_BYTES]; /* with links resolved: SQLite's other files lie beside this one */
};

enum bind_type {
    BIND_END,
    BIND_TEXT,
    BIND_INT,
    BIND_REAL,
};

struct bind {
    enum bind_type type;
    union {
        const char *text; /* NULL: empty */
        int64_t integer;
        double real; /* NaN: empty */
    };
};

#define TEXT(value)                                                                                \
    {                                                                                              \
        .type = BIND_TEXT, .text = (value)                                                         \
    }
#define INT(value)                                                                                 \
    {                                                                                              \
        .type = BIND_INT, .integer = (value)                                                       \
    }
#define REAL(value)                                                                                \
    {                                                                                              \
        .type = BIND_REAL, .real = (value)                                                         \
    }
#define BIND(...) ((const struct bind[]){__VA_ARGS__, {.type = BIND_END}})
#define BIND_NONE ((const struct bind[]){{.type = BIND_END}})

/* The connection's last error as a sentence with the file's path. Returns -1. */
int store_error(struct store *store, struct err *err);
/* An error that says that the database cannot be written. Returns -1. */
int store_read_only(struct store *store, struct err *err);

/* SQL of several statements without rows or values, such as a schema. */
int store_execute(struct store *store, const char *sql, struct err *err) MUST_CHECK;

/* Runs a statement that gives no rows. */
int store_run(
    struct store *store, const char *sql, const struct bind *values, struct err *err) MUST_CHECK;

/* Texts in `values` must live as long as the statement is used. NULL on error. */
sqlite3_stmt *store_select(
    struct store *store, const char *sql, const struct bind *values, struct err *err);
/* 1: a row; 0: no row is left; -1: an error, also if `rows` is NULL because the select failed. */
int store_step(struct store *store, sqlite3_stmt *rows, struct err *err) MUST_CHECK;

/* The one number of a SELECT, as an int. */
int store_count(struct store *store, const char *sql, int *count, struct err *err) MUST_CHECK;

/* Column as text, "" for NULL; as a number, NaN for NULL. */
const char *store_column_text(sqlite3_stmt *rows, int column);
double store_column_real(sqlite3_stmt *rows, int column);
/* Column as bytes, "" for NULL and for an empty blob; valid until the next step. */
const char *store_column_bytes(sqlite3_stmt *rows, int column, size_t *length);

/* to = the id of a job. ERR_INPUT if it is not 64 hexadecimal digits: ids become names of files. */
int store_take_id(struct store *store, sqlite3_stmt *rows, int column, char to[SHA256_HEX_BYTES],
    struct err *err) MUST_CHECK;
/* ERR_INPUT unless the id is the hash of the job's text. */
int store_check_text(const char *id, const char *canonical, struct err *err) MUST_CHECK;

/* Limits sizes and the work of each statement on a new connection. work->path and more_bytes must be
 * set; `work` must live as long as the connection. A statement beyond the limit fails with
 * SQLITE_INTERRUPT. */
void store_bound(sqlite3 *db, struct store_work *work);
/* Whether a caller that waits for a lock should give up. */
bool store_is_interrupted(struct store_work *work);
/* Sets the error that SQLITE_INTERRUPT on that connection means. Returns -1. */
int store_work_error(struct store_work *work, const char *what, const char *path, struct err *err);

/* Whether every page of a file is used once, and rows fit their tables. Ask before a file is copied or
 * read as a whole: a copy of a page that is used many times could fill any disk. */
bool store_has_sound_pages(sqlite3 *db);

/* Settings of every connection. */
int store_configure(struct store *store, struct err *err) MUST_CHECK;
/* Close the connection and its statements. */
void store_disconnect(struct store *store);

bool store_only_reads(enum store_mode mode);
int store_begin(struct store *store, enum store_durability durability, struct err *err) MUST_CHECK;
int store_end(struct store *store, int result, struct err *err) MUST_CHECK;

/* Number of a study. An unknown name is ERR_INPUT with the names of the studies in the file. */
int store_study_number(
    struct store *store, const char *study, int64_t *number, struct err *err) MUST_CHECK;

/* Removes a database that nobody has open, and the files that SQLite may have left beside it. */
void store_unlink(const char *path);

/* store_schema.c: create the schema, or check that it is ours and bring it to this version. */
int store_prepare_schema(struct store *store, struct err *err) MUST_CHECK;
/* sql = the program's own text of a trigger or view of this version. The text in a file may be
 * anybody's, and is never executed. */
int store_own_statement(
    const char *kind, const char *name, struct str *sql, struct err *err) MUST_CHECK;

/* store_objects.c: ERR_INPUT with the name of a table, view or trigger that is not as that version of
 * the schema makes it, or that the version does not have. Tables, views and plain indexes of the
 * user's own are left alone. */
int store_check_objects(struct store *store, int64_t version, struct err *err) MUST_CHECK;
/* store_admin.c: each row of `sql` is a problem, except a single "ok". Damage that stops the statement is
 * a problem too. */
int store_check_rows(struct store *store, const char *what, const char *sql,
    struct rowset *problems, int *n, struct err *err) MUST_CHECK;
/* Adds a row, and counts it. */
void store_add_problem(struct rowset *problems, int *n, const char *what, const char *detail);
/* store_values.c: adds values that no job can have to the problems. */
int store_check_values(
    struct store *store, struct rowset *problems, int *n, struct err *err) MUST_CHECK;
/* store_admin.c: ERR_IO if pages or rows are damaged (store_has_sound_pages). */
int store_check_pages(struct store *store, struct err *err) MUST_CHECK;
/* store_journal.c: ERR_INPUT if a rollback journal beside the file is not one that our crash left. */
int store_check_journal(const struct store *store, struct err *err) MUST_CHECK;
/* Name of the VFS that SQLite uses: one that opens, and so deletes, no super-journal. */
const char *store_vfs(void);
/* The hash by which store_objects.c knows such a statement. */
int store_object_hash(const char *sql, char hash[SHA256_HEX_BYTES], struct err *err) MUST_CHECK;

#endif
