/* Reading: status and jobs. */
#include "query.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/base/str.h"
#include "query_settings.h"
#include "results/stats/statistics.h"
#include "results/store/store_images.h"
#include "results/store/store_sql.h"

/* ---- status ---- */

/* ---- jobs ---- */

const struct column query_job_columns[] = {
    {.name = "study", .type = COLUMN_TEXT, .json_only = true},
    {.name = "job_id", .type = COLUMN_TEXT, .decimals = 8, .heading = "job"},
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "method", .type = COLUMN_TEXT},
    {.name = "depth", .type = COLUMN_REAL, .decimals = 2, .heading = "d"},
    {.name = "width", .type = COLUMN_REAL, .decimals = 2, .heading = "w"},
    {.name = "resolution", .type = COLUMN_REAL, .decimals = 2, .heading = "r"},
    {.name = "input", .type = COLUMN_INT},
    {.name = "seed", .type = COLUMN_INT},
    {.name = "state", .type = COLUMN_TEXT},
    {.name = "params", .type = COLUMN_INT, .json_only = true},
    {.name = "macs", .type = COLUMN_INT},
    {.name = "top1", .type = COLUMN_REAL, .decimals = 2},
    {.name = "top5", .type = COLUMN_REAL, .decimals = 2, .json_only = true},
    {.name = "loss", .type = COLUMN_REAL, .decimals = 4},
    {.name = "epochs", .type = COLUMN_INT},
    {.name = "train_seconds", .type = COLUMN_REAL, .decimals = 1, .heading = "seconds"},
    {.name = "images_per_second", .type = COLUMN_REAL, .decimals = 0, .json_only = true},
    {.name = "peak_bytes", .type = COLUMN_INT, .json_only = true},
    {.name = "host", .type = COLUMN_TEXT, .json_only = true},
    {.name = "started_utc", .type = COLUMN_TEXT, .json_only = true},
    {.name = "finished_utc", .type = COLUMN_TEXT, .json_only = true},
    {.name = "error", .type = COLUMN_TEXT},
    {.name = "setting", .type = COLUMN_TEXT, .if_any = true},
    {0},
};

static void add_cell(struct rowset *rows, enum column_type type, sqlite3_stmt *from, int column)
{
    if (sqlite3_column_type(from, column) == SQLITE_NULL)
        rowset_null(rows);
    else if (type == COLUMN_TEXT)
        rowset_text(rows, store_column_text(from, column));
    else if (type == COLUMN_REAL)
        rowset_real(rows, sqlite3_column_double(from, column));
    else
        rowset_int(rows, sqlite3_column_int64(from, column));
}

static int add_rows(struct store *store, sqlite3_stmt *found, const struct column *columns,
    struct rowset *rows, struct err *err)
{
    int got;

    while ((got = store_step(store, found, err)) > 0)
        for (int i = 0; columns[i].name; i++)
            add_cell(rows, columns[i].type, found, i);
    return got;
}

/* With query_settings_open. */
#define FROM_JOBS                                                                                  \
    "FROM (SELECT *, setting_of(study, job_id) AS setting FROM job_result) "                       \
    "WHERE (?1 IS NULL OR study = ?1) AND (?2 IS NULL OR state = ?2)"
#define SELECT_JOBS                                                                                \
    "SELECT study, job_id, model, method, depth, width, resolution, input, seed, state, params, "  \
    "macs, top1, top5, loss, epochs, train_seconds, images_per_second, peak_bytes, host, "         \
    "started_utc, finished_utc, error, setting " FROM_JOBS

int query_jobs(
    struct store *store, const char *study, const char *state, struct rowset *rows, struct err *err)
{
    struct query_settings *settings = NULL;
    int result = query_settings_open(&settings, store, study, err);

    if (result == 0)
        result =
            add_rows(store, store_select(store, SELECT_JOBS, BIND(TEXT(study), TEXT(state)), err),
                query_job_columns, rows, err);
    query_settings_close(settings);
    return result;
}

/* The user's expression stands on a line of its own, so that a comment in it ends with it. */
static int prepare_where(struct store *store, const char *select, const char *study,
    const char *state, const char *where, sqlite3_stmt **found, struct err *err)
{
    struct str sql = STR_INIT;
    const char *rest = NULL;
    int result = 0;

    str_addf(&sql, "%s AND (%s\n)", select, where);
    if (str_check(&sql, err) < 0)
        result = -1;
    else if (sqlite3_prepare_v2(store->db, sql.text, -1, found, &rest) != SQLITE_OK)
        result = err_set(err, ERR_INPUT,
            "%s; it is an SQL expression over the columns that `jobs --format csv` prints, such "
            "as \"state = 'done' AND top1 > 60\"",
            sqlite3_errmsg(store->db));
    else if (*rest)
        result = err_set(err, ERR_INPUT, "'%.60s' does not belong to one expression", rest);
    if (result == 0 && (sqlite3_bind_text(*found, 1, study, -1, SQLITE_STATIC) != SQLITE_OK ||
                           sqlite3_bind_text(*found, 2, state, -1, SQLITE_STATIC) != SQLITE_OK))
        result = store_error(store, err);
    str_release(&sql);
    return result;
}

int query_jobs_where(struct store *store, const char *study, const char *state, const char *where,
    struct rowset *rows, struct err *err)
{
    struct query_settings *settings = NULL;
    sqlite3_stmt *found = NULL;
    int result = query_settings_open(&settings, store, study, err);

    if (result == 0)
        result = prepare_where(store, SELECT_JOBS, study, state, where, &found, err);
    if (result == 0)
        result = add_rows(store, found, query_job_columns, rows, err);
    sqlite3_finalize(found);
    query_settings_close(settings);
    return result;
}

int query_job_ids(struct store *store, const char *study, const char *state, const char *where,
    char (**ids)[65], int *n_ids, struct err *err)
{
    struct query_settings *settings = NULL;
    sqlite3_stmt *found = NULL;
    char(*list)[65] = NULL;
    int n = 0, result = query_settings_open(&settings, store, study, err);

    if (result == 0)
        result = prepare_where(store, "SELECT DISTINCT job_id " FROM_JOBS, study, state,
            where ? where : "1", &found, err);
    while (result >= 0 && (result = store_step(store, found, err)) > 0) {
        if (array_grow(&list, n, sizeof(*list)))
            result = store_take_id(store, found, 0, list[n++], err);
        else
            result = err_set(err, ERR_MEMORY, "no memory for %d jobs", n + 1);
    }
    sqlite3_finalize(found);
    query_settings_close(settings);
    if (result < 0) {
        free(list);
        return -1;
    }
    *ids = list;
    *n_ids = n;
    return 0;
}

/* ---- epochs ---- */

const struct column query_epoch_columns[] = {
    {.name = "study", .type = COLUMN_TEXT, .json_only = true},
    {.name = "job_id", .type = COLUMN_TEXT, .decimals = 12, .heading = "job"},
    {.name = "epoch", .type = COLUMN_INT},
    {.name = "split", .type = COLUMN_TEXT},
    {.name = "loss", .type = COLUMN_REAL, .decimals = 4},
    {.name = "top1", .type = COLUMN_REAL, .decimals = 2},
    {.name = "top5", .type = COLUMN_REAL, .decimals = 2},
    {.name = "lr", .type = COLUMN_REAL, .decimals = 6},
    {.name = "seconds", .type = COLUMN_REAL, .decimals = 1},
    {0},
};

int query_epoch_rows(struct store *store, const char *study, const char *job_id,
    struct rowset *rows, struct err *err)
{
    return add_rows(store,
        store_select(store,
            "SELECT study, job_id, epoch, split, loss, top1, top5, lr, seconds FROM epoch_metric "
            "WHERE (?1 IS NULL OR study = ?1) AND (?2 IS NULL OR job_id = ?2)",
            BIND(TEXT(study), TEXT(job_id)), err),
        query_epoch_columns, rows, err);
}

int query_job_state(
    struct store *store, const char *job_id, char state[QUERY_STATE_BYTES], struct err *err)
{
    sqlite3_stmt *found =
        store_select(store, "SELECT state FROM job WHERE id = ?1", BIND(TEXT(job_id)), err);
    int got = store_step(store, found, err);

    state[0] = '\0';
    if (got < 0)
        return -1;
    if (got > 0) {
        str_copy(state, QUERY_STATE_BYTES, store_column_text(found, 0));
        sqlite3_reset(found);
    }
    return 0;
}

int query_job_glance(
    struct store *store, const char *job_id, struct job_glance *glance, struct err *err)
{
    sqlite3_stmt *found = store_select(
        store, "SELECT state, host, train_seconds FROM job WHERE id = ?1", BIND(TEXT(job_id)), err);
    int got = store_step(store, found, err);

    *glance = (struct job_glance){.train_seconds = NAN};
    if (got < 0)
        return -1;
    if (got > 0) {
        str_copy(glance->state, sizeof(glance->state), store_column_text(found, 0));
        str_copy(glance->host, sizeof(glance->host), store_column_text(found, 1));
        glance->train_seconds = store_column_real(found, 2);
        sqlite3_reset(found);
    }
    return 0;
}

/* A text of a study's canonical jobs, of which the first speaks for all. */
static int canonical_text(struct store *store, const char *study, const char *path, char *text,
    size_t size, struct err *err)
{
    sqlite3_stmt *found = store_select(store,
        "SELECT json_extract(job.canonical, ?2) FROM study_job JOIN study ON "
        "study.number = study_job.study "
        "JOIN job ON job.number = study_job.job WHERE study.name = ?1 AND "
        "json_valid(job.canonical) "
        "ORDER BY study_job.position LIMIT 1",
        BIND(TEXT(study), TEXT(path)), err);
    int got = store_step(store, found, err);

    text[0] = '\0';
    if (got < 0)
        return -1;
    if (got > 0) {
        str_copy(text, size, store_column_text(found, 0));
        sqlite3_reset(found);
    }
    return 0;
}

int query_data_name(
    struct store *store, const char *study, char *name, size_t size, struct err *err)
{
    return canonical_text(store, study, "$.data.name", name, size, err);
}

int query_data_images(
    struct store *store, const char *study, char fingerprint[SHA256_HEX_BYTES], struct err *err)
{
    return canonical_text(store, study, "$.data.images", fingerprint, SHA256_HEX_BYTES, err);
}

int query_data_classes(struct store *store, const char *study, int *classes, struct err *err)
{
    char text[32];
    long long number = 0;

    if (canonical_text(store, study, "$.spec.classes", text, sizeof(text), err) < 0)
        return -1;
    *classes = str_to_int64(text, &number) && number > 0 && number < INT_MAX ? (int)number : 0;
    return 0;
}

int query_data_packed(
    struct store *store, const char *study, char *path, size_t size, struct err *err)
{
    char fingerprint[SHA256_HEX_BYTES];
    struct image_set set;
    bool found;

    if (query_data_images(store, study, fingerprint, err) < 0)
        return -1;
    if (!fingerprint[0]) /* planned by an earlier version */
        return canonical_text(store, study, "$.data.packed", path, size, err);
    if (query_images(store, fingerprint, &set, &found, err) < 0)
        return -1;
    str_copy(path, size, found ? set.packed : "");
    return 0;
}

/* ---- accuracies ---- */

void query_add_scaling(struct str *to, double depth, double width, double resolution)
{
    const struct {
        char name;
        double value;
    } factors[] = {{'d', depth}, {'w', width}, {'r', resolution}};
    size_t before = to->length;

    for (size_t i = 0; i < sizeof(factors) / sizeof(factors[0]); i++)
        if (factors[i].value != 1)
            str_addf(
                to, "%s%c=%.4g", to->length > before ? " " : "", factors[i].name, factors[i].value);
    if (to->length == before)
        str_add(to, "baseline");
}
