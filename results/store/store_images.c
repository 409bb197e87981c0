/* The table of image sets: adding one, and copying them between databases. */
#include "store_images.h"

#include <string.h>

#include "harness/base/clock.h"
#include "harness/base/str.h"
#include "store_sql.h"

#define COLUMNS                                                                                    \
    "fingerprint, names, root, packed, class_map, classes, train_images, test_images, bytes"

static int has_table(struct store *store, bool *has, struct err *err)
{
    int n = 0;

    if (store_count(store, "SELECT count(*) FROM sqlite_schema WHERE name = 'image_set'", &n, err) <
        0)
        return -1;
    *has = n > 0;
    return 0;
}

static int put(struct store *store, const struct image_set *set, bool replace, struct err *err)
{
    char now[CLOCK_UTC_BYTES];

    clock_utc(now);
    return store_run(store,
        "INSERT INTO image_set (" COLUMNS ", seen_utc) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
        "nullif(?9, -1), ?10) ON CONFLICT (fingerprint) DO UPDATE SET root = ?3, packed = ?4, "
        "class_map = ?5, seen_utc = ?10 WHERE ?11 AND (root, packed, class_map) <> (?3, ?4, ?5)",
        BIND(TEXT(set->fingerprint), TEXT(set->names), TEXT(set->root), TEXT(set->packed),
            TEXT(set->class_map), INT(set->classes), INT(set->train_images), INT(set->test_images),
            INT(set->bytes), TEXT(now), INT(replace)),
        err);
}

int store_put_images(struct store *store, const struct image_set *set, struct err *err)
{
    if (store_begin(store, STORE_LAZY, err) < 0)
        return -1;
    return store_end(store, put(store, set, true, err), err);
}

static void take_row(sqlite3_stmt *rows, struct image_set *set)
{
    *set = (struct image_set){.classes = sqlite3_column_int(rows, 5),
        .train_images = sqlite3_column_int(rows, 6),
        .test_images = sqlite3_column_int(rows, 7),
        .bytes = sqlite3_column_type(rows, 8) == SQLITE_NULL ? -1 : sqlite3_column_int64(rows, 8)};
    str_copy(set->fingerprint, sizeof(set->fingerprint), store_column_text(rows, 0));
    str_copy(set->names, sizeof(set->names), store_column_text(rows, 1));
    str_copy(set->root, sizeof(set->root), store_column_text(rows, 2));
    str_copy(set->packed, sizeof(set->packed), store_column_text(rows, 3));
    str_copy(set->class_map, sizeof(set->class_map), store_column_text(rows, 4));
}

int query_images(struct store *store, const char *fingerprint, struct image_set *set, bool *found,
    struct err *err)
{
    sqlite3_stmt *rows;
    int got;

    if (has_table(store, found, err) < 0)
        return -1;
    if (!*found)
        return 0;
    rows = store_select(store, "SELECT " COLUMNS " FROM image_set WHERE fingerprint = ?1",
        BIND(TEXT(fingerprint)), err);
    got = store_step(store, rows, err);
    *found = got > 0;
    if (got > 0) {
        take_row(rows, set);
        sqlite3_reset(rows);
    }
    return got < 0 ? -1 : 0;
}

static int copy_rows(struct store *from, struct store *to, struct err *err)
{
    sqlite3_stmt *rows = store_select(from, "SELECT " COLUMNS " FROM image_set", BIND_NONE, err);
    int got, result = 0;

    while (result == 0 && (got = store_step(from, rows, err)) != 0) {
        struct image_set set;

        if (got < 0)
            return -1;
        take_row(rows, &set);
        result = put(to, &set, false, err);
    }
    if (result < 0)
        sqlite3_reset(rows);
    return result;
}

int store_copy_images(struct store *from, struct store *to, struct err *err)
{
    bool has;

    if (has_table(from, &has, err) < 0)
        return -1;
    if (!has)
        return 0;
    if (store_begin(to, STORE_LAZY, err) < 0)
        return -1;
    return store_end(to, copy_rows(from, to, err), err);
}

int query_other_images(struct store *store, const char *dataset, const char *fingerprint,
    other_images *each, void *context, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT coalesce(json_extract(canonical, '$.data.images'), ''), canonical, seed FROM job "
        "WHERE state = 'done' AND json_valid(canonical) AND json_extract(canonical, '$.data.name') "
        "= ?1 AND coalesce(json_extract(canonical, '$.data.images'), '') <> ?2",
        BIND(TEXT(dataset), TEXT(fingerprint)), err);
    int got, result = 0;

    while (result == 0 && (got = store_step(store, rows, err)) != 0) {
        const char *canonical;
        struct canonical_hash hash;

        if (got < 0)
            return -1;
        canonical = store_column_text(rows, 1);
        hash = canonical_asked(canonical, strlen(canonical));
        result =
            each(context, store_column_text(rows, 0), &hash, sqlite3_column_int64(rows, 2), err);
    }
    if (result < 0)
        sqlite3_reset(rows);
    return result;
}
