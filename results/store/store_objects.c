/*
 * Whether the tables, views and triggers of a database are the program's own: a file from somebody else
 * may hold any. Whatever it holds, SQLite runs triggers when the program writes, and views when it
 * reads.
 */
#include "store_sql.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "harness/base/str.h"

#define NOW         STORE_SCHEMA_VERSION
#define HASH_DIGITS 32

/*
 * What every version of schema.sql makes: the first digits of the SHA-256 of each statement without its
 * comments and needless spaces, as sqlite_schema has it after all ALTER TABLE. When the schema changes,
 * tests/results/test_store_objects.c prints the line to add; the line of what was replaced ends with
 * the last version that had it, and stays.
 */
static const struct object {
    const char *kind, *name;
    int since, until; /* versions that have it */
    const char *hash;
} objects[] = {
    {"table", "benchmark", 2, NOW, "ae0634568c506d74a97d255609fcb830"},
    {"table", "environment", 1, NOW, "a8a5db179cb085c020ed20ee4ee5349f"},
    {"table", "epoch", 1, NOW, "7057f7ba8a5d87783b548ffa13d98fa2"},
    {"table", "image_set", 7, NOW, "35badb8cc48c75ff0a36540d5b7833f2"},
    {"table", "job", 1, 2, "74641ce7b2a0fe7e07c4063c60ff428b"},
    {"table", "job", 3, 4, "140550099d9c37abe943562a71025e87"},
    {"table", "job", 5, NOW, "3dab59e2208bccf13c26bbf8e130294e"},
    {"table", "paper", 1, NOW, "4acf7ac9c045fb84299926e3c15c5c5d"},
    {"table", "study", 1, 3, "6e4f43c9f8920524cd19f47f4a48a5cd"},
    {"table", "study", 4, NOW, "255f4a48f9f997032f193cc6aad13d24"},
    {"table", "study_group", 4, 4, "c65ff89b3f6403912f734fe19dd77b07"},
    {"table", "study_group", 5, NOW, "8c40b50183463e33e35eb3776a3dac2c"},
    {"table", "study_job", 1, NOW, "2c04fbf5d082f8f9ef0b733eeb583613"},
    {"view", "benchmark_result", 2, NOW, "9cf7ca8bfb9abfb564e1191b41d86952"},
    {"view", "epoch_metric", 1, NOW, "28cca5853b56310e64f3e15ce02dba9b"},
    {"view", "job_result", 1, NOW, "857145deb3fab15325dd7b6a20037f49"},
    {"view", "paper_row", 1, NOW, "1491c3ef90e2ef7b08e4cf6eaa181c88"},
    {"view", "running_job", 3, 3, "ea167858c9afce6d64382213af5cd48d"},
    {"view", "running_job", 4, NOW, "f6b8cf8b1d4f201de799fc97f48a892d"},
    {"view", "study_group_change", 6, NOW, "b2470cabbc7aec1caa2e25282ef60a58"},
    {"view", "study_progress", 3, 3, "13ff69527dc501effd623645e629b941"},
    {"view", "study_progress", 4, NOW, "23afca6bb4ef0cba7abd7be1ffff947d"},
    {"view", "study_status", 4, 4, "bd87c6dc46c969c1c41c08638b0ead65"},
    {"view", "study_status", 5, NOW, "b09c33e8d97409e8c4c147390b3f066a"},
    {"trigger", "epoch_done_delete", 1, NOW, "be8e35424febd1cfca9b92bd979700eb"},
    {"trigger", "epoch_done_insert", 1, NOW, "6570f0f30916bdde3f4f5fb3edfb1810"},
    {"trigger", "epoch_done_update", 1, NOW, "4e7040dfd56407c154dd297a6c8028f5"},
    {"trigger", "job_done_is_final", 1, NOW, "6c4a384c712321f6c824cafb1e899bd3"},
    {"trigger", "job_done_stays", 1, NOW, "1c7ebd80a282f62d4321d772fe4c662b"},
    {"trigger", "job_state", 1, NOW, "f25dfa9d5fdf1af61d6e0daba06534ef"},
    {"trigger", "study_estimate_enters", 5, 5, "48cb11150508741181324fc45a4c936b"},
    {"trigger", "study_estimate_leaves", 5, 5, "c09440cf8142c1cb493004de8543827e"},
    {"trigger", "study_estimate_moves", 5, 5, "c165f1241d4e006c164092e6254323c4"},
    {"trigger", "study_estimate_renames", 5, 5, "c37b79f3026a4b6454f5c877887bcf47"},
    {"trigger", "study_group_counts", 6, NOW, "2e7a6cc8c128793f958aed103251b3ee"},
    {"trigger", "study_job_enters", 1, 3, "4ea2a060afdf354c25f7581d389ec4c2"},
    {"trigger", "study_job_enters", 4, 5, "c458a53fa53155e8035f98b0174bfda5"},
    {"trigger", "study_job_enters", 6, NOW, "4fe941d72aef307b913f710d49c00835"},
    {"trigger", "study_job_leaves", 1, 3, "73983eb646253526b42daf8f88b517f3"},
    {"trigger", "study_job_leaves", 4, 5, "ee31e17c8cd27e82bc7dd571d11c2e61"},
    {"trigger", "study_job_leaves", 6, NOW, "dcfd36527379b8628ee66318cb994387"},
    {"trigger", "study_job_moves", 1, 3, "3631034f9078d6115f50506c583997f9"},
    {"trigger", "study_job_moves", 4, 5, "c1b9b8c53214d146d0b9992361000cc1"},
    {"trigger", "study_job_moves", 6, NOW, "5409012198d9e535ae2e4fe0ffb7e52c"},
    {"trigger", "study_job_renames", 4, 5, "2c0212e0314b38182fc037770f8e27a7"},
    {"trigger", "study_job_renames", 6, NOW, "e9b6c3da7976d6b188f9908be72e2672"},
    {"index", "benchmark_environment", 2, NOW, "c9fc2d7788b7e65ba86a9715c7a8c5d4"},
    {"index", "job_environment", 1, NOW, "6a3bae396beb1e1d4b3b6e0151b432b7"},
    {"index", "job_running", 1, NOW, "b9eb2411d5246fa9e51a8dfda6fc7839"},
    {"index", "study_job_group", 3, 3, "93b27056c133ad5c7364408298265543"},
    {"index", "study_job_group", 4, NOW, "0f98f2f63de638473a9a14ae3b81d4b8"},
    {"index", "study_job_job", 1, NOW, "787a955f26ebe25b1eac303691badd3e"},
    {"index", "study_job_position", 1, NOW, "12ee8a7ea5ae3f8940d3ea96587011b4"},
    {"index", "study_job_waiting", 1, NOW, "f00856e49a271a0b72feda357a28b3a9"},
};
enum { N_OBJECTS = sizeof(objects) / sizeof(objects[0]) };

static bool is_word(char letter)
{
    return isalnum((unsigned char)letter) || letter == '_' || letter == '$' ||
           (unsigned char)letter >= 0x80;
}

/* The end of the space or comment that begins at `sql`, or `sql`. */
static const char *skip_gap(const char *sql)
{
    const char *end;

    if (strchr(" \t\n\r\f", *sql))
        return *sql ? sql + 1 : sql;
    if (strncmp(sql, "--", 2) == 0)
        return sql + strcspn(sql, "\n");
    if (strncmp(sql, "/*", 2) != 0)
        return sql;
    end = strstr(sql + 2, "*/");
    return end ? end + 2 : sql + strlen(sql);
}

/* A quoted text, or a single letter. */
static size_t token_length(const char *sql)
{
    const char *end = *sql == '\'' || *sql == '"' ? strchr(sql + 1, *sql) : sql;

    return end ? (size_t)(end - sql) + 1 : strlen(sql);
}

/* A statement without comments, with spaces only where they part words. */
static void add_plain(struct str *plain, const char *sql)
{
    char last = '\0';

    while (*sql) {
        const char *next = skip_gap(sql);
        bool gap = next != sql;
        size_t length;

        while (gap && (sql = skip_gap(next)) != next)
            next = sql;
        sql = next;
        if (*sql == '\0')
            break;
        if (gap && is_word(last) && (is_word(*sql) || *sql == '\'' || *sql == '"'))
            str_add(plain, " ");
        length = token_length(sql);
        str_add_bytes(plain, sql, length);
        last = sql[length - 1];
        sql += length;
    }
}

/* What the program makes under that name, in any version; NULL: nothing. */
static const struct object *find_object(const char *name, int64_t version)
{
    const struct object *found = NULL;

    for (int i = 0; i < N_OBJECTS; i++)
        if (strcasecmp(objects[i].name, name) == 0 &&
            (!found || (objects[i].since <= version && version <= objects[i].until)))
            found = &objects[i];
    return found;
}

int store_object_hash(const char *sql, char hash[SHA256_HEX_BYTES], struct err *err)
{
    struct str plain = STR_INIT;
    int result;

    add_plain(&plain, sql);
    result = str_check(&plain, err);
    if (result == 0)
        result = sha256_hex(plain.text, plain.length, hash, err);
    str_release(&plain);
    hash[HASH_DIGITS] = '\0';
    return result;
}

/* A user's own table, view or index, which nothing of ours asks and which SQLite does not run by
 * itself. */
static bool is_harmless(const char *kind, const char *plain)
{
    if (strcmp(kind, "table") == 0)
        return str_starts_with(plain, "CREATE TABLE ");
    if (strcmp(kind, "view") == 0)
        return str_starts_with(plain, "CREATE VIEW ");
    return strcmp(kind, "index") == 0 && (str_starts_with(plain, "CREATE INDEX ") ||
                                             str_starts_with(plain, "CREATE UNIQUE INDEX "));
}

/* Whether a table or index has expressions: SQLite computes those of an index at every write, and those
 * of generated columns when it looks for damage, in one step that may take for ever. */
static int count_expressions(
    struct store *store, const char *name, const char *table, int *n, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT (SELECT count(*) FROM pragma_index_xinfo(?1) WHERE cid = -2) + "
        "(SELECT count(*) FROM pragma_index_list(?2) WHERE name = ?1 AND partial) + "
        "(SELECT count(*) FROM pragma_table_xinfo(?1) WHERE hidden > 1 AND ?1 = ?2)",
        BIND(TEXT(name), TEXT(table)), err);
    int got = store_step(store, rows, err);

    *n = got > 0 ? sqlite3_column_int(rows, 0) : 0;
    if (got > 0)
        sqlite3_reset(rows);
    return got < 0 ? -1 : 0;
}

/* SQLite's own tables: statistics, sequences. */
static bool is_sqlites(const char *kind, const char *name, const char *plain)
{
    return strcmp(kind, "table") == 0 && str_starts_with(name, "sqlite_") &&
           str_starts_with(plain, "CREATE TABLE sqlite_");
}

static int check_foreign(struct store *store, sqlite3_stmt *rows, struct err *err)
{
    const char *kind = store_column_text(rows, 0), *name = store_column_text(rows, 1);
    struct str plain = STR_INIT;
    int result, expressions = 0;

    add_plain(&plain, store_column_text(rows, 2));
    result = str_check(&plain, err);
    if (result == 0 && strcmp(kind, "view") != 0)
        result = count_expressions(store, name, store_column_text(rows, 3), &expressions, err);
    if (result == 0 && !is_sqlites(kind, name, plain.text) &&
        (expressions > 0 || !is_harmless(kind, plain.text)))
        result = err_set(err, ERR_INPUT,
            "the database %s has a %.16s '%.64s' that scalestudy does not make, and that SQLite "
            "would run when the database is read or written; if you know what it is, drop it with "
            "sqlite3, otherwise use another file",
            store->path, kind, name);
    str_release(&plain);
    return result;
}

static int check_own(struct store *store, const struct object *object, sqlite3_stmt *rows,
    int64_t version, struct err *err)
{
    const char *kind = store_column_text(rows, 0), *name = store_column_text(rows, 1);
    char hash[SHA256_HEX_BYTES] = "";

    if (store_object_hash(store_column_text(rows, 2), hash, err) < 0)
        return -1;
    if (object->since <= version && version <= object->until && strcmp(object->hash, hash) == 0 &&
        strcmp(object->kind, kind) == 0 && strcmp(object->name, name) == 0)
        return 0;
    return err_set(err, ERR_INPUT,
        "the database %s has another %.16s '%.64s' than scalestudy makes (schema %lld); it was "
        "changed by somebody else, and is not used: take the file from where it was made, or a "
        "backup",
        store->path, kind, name, (long long)version);
}

/* Tables and views that the version has and the file does not. Triggers and indexes may have been
 * dropped: nothing reads them. */
static int check_complete(
    struct store *store, int64_t version, const bool seen[N_OBJECTS], struct err *err)
{
    for (int i = 0; i < N_OBJECTS; i++)
        if (!seen[i] && objects[i].since <= version && version <= objects[i].until &&
            (strcmp(objects[i].kind, "table") == 0 || strcmp(objects[i].kind, "view") == 0))
            return err_set(err, ERR_INPUT,
                "the database %s has lost its %s %s; take the file from where it was made, or a "
                "backup",
                store->path, objects[i].kind, objects[i].name);
    return 0;
}

static int check_row(
    struct store *store, sqlite3_stmt *rows, int64_t version, bool seen[N_OBJECTS], struct err *err)
{
    const struct object *object = find_object(store_column_text(rows, 1), version);

    if (!object)
        return check_foreign(store, rows, err);
    seen[object - objects] = true;
    return check_own(store, object, rows, version, err);
}

int store_check_objects(struct store *store, int64_t version, struct err *err)
{
    bool seen[N_OBJECTS] = {false};
    sqlite3_stmt *rows = store_select(store,
        "SELECT type, name, sql, tbl_name FROM main.sqlite_schema WHERE sql IS NOT NULL", BIND_NONE,
        err);
    int got;

    while ((got = store_step(store, rows, err)) > 0)
        if (check_row(store, rows, version, seen, err) < 0) {
            sqlite3_reset(rows);
            return -1;
        }
    return got < 0 ? -1 : check_complete(store, version, seen, err);
}
