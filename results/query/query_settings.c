/* The SQL function setting_of, and the labels that it looks up. */
#include "query_settings.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"
#include "runs.h"
#include "results/store/store_sql.h"

struct setting {
    char job_id[65];
    char label[GROUP_LABEL_BYTES];
    int study; /* place in `studies` */
};

struct query_settings {
    struct store *store;
    char (*studies)[128];
    int n_studies;
    struct setting *all; /* of jobs that have one, sorted */
    int n;
};

static int compare_settings(const void *a, const void *b)
{
    const struct setting *p = a, *q = b;

    return p->study != q->study ? p->study - q->study : strcmp(p->job_id, q->job_id);
}

static void answer(sqlite3_context *context, int n, sqlite3_value **values)
{
    const struct query_settings *settings = sqlite3_user_data(context);
    const char *study = (const char *)sqlite3_value_text(values[0]);
    const char *job_id = (const char *)sqlite3_value_text(values[1]);
    const struct setting *found = NULL;
    struct setting wanted = {.study = 0};

    (void)n;
    if (!study || !job_id || settings->n == 0)
        return; /* NULL */
    while (
        wanted.study < settings->n_studies && strcmp(settings->studies[wanted.study], study) != 0)
        wanted.study++;
    str_copy(wanted.job_id, sizeof(wanted.job_id), job_id);
    found = bsearch(&wanted, settings->all, (size_t)settings->n, sizeof(wanted), compare_settings);
    if (found)
        sqlite3_result_text(context, found->label, -1, SQLITE_STATIC);
}

static int add_study(struct query_settings *settings, int study, struct err *err)
{
    struct runs runs = RUNS_INIT;
    int result = runs_load(&runs, settings->store, settings->studies[study], err);

    for (int i = 0; i < runs.n_runs && result == 0; i++) {
        const char *label = runs.configs[runs.runs[i].config].label;
        struct setting *setting;

        if (!label[0])
            continue;
        if (!array_grow(&settings->all, settings->n, sizeof(*setting))) {
            result = err_set(err, ERR_MEMORY, "no memory for %d jobs", settings->n + 1);
            break;
        }
        setting = &settings->all[settings->n++];
        setting->study = study;
        str_copy(setting->job_id, sizeof(setting->job_id), runs.runs[i].id);
        str_copy(setting->label, GROUP_LABEL_BYTES, label);
    }
    runs_release(&runs);
    return result;
}

static int list_studies(struct query_settings *settings, const char *study, struct err *err)
{
    sqlite3_stmt *rows = store_select(settings->store,
        "SELECT name FROM study WHERE ?1 IS NULL OR name = ?1 ORDER BY number", BIND(TEXT(study)),
        err);
    int got;

    while ((got = store_step(settings->store, rows, err)) > 0) {
        if (!array_grow(&settings->studies, settings->n_studies, sizeof(*settings->studies))) {
            sqlite3_reset(rows);
            return err_set(err, ERR_MEMORY, "no memory for %d studies", settings->n_studies + 1);
        }
        str_copy(settings->studies[settings->n_studies++], sizeof(char[128]),
            store_column_text(rows, 0));
    }
    return got;
}

int query_settings_open(
    struct query_settings **settings, struct store *store, const char *study, struct err *err)
{
    struct query_settings *opened = calloc(1, sizeof(*opened));

    *settings = opened;
    if (!opened)
        return err_set(err, ERR_MEMORY, "no memory for what tells networks apart");
    opened->store = store;
    if (list_studies(opened, study, err) < 0)
        goto failed;
    for (int i = 0; i < opened->n_studies; i++)
        if (add_study(opened, i, err) < 0)
            goto failed;
    if (opened->n > 1)
        qsort(opened->all, (size_t)opened->n, sizeof(*opened->all), compare_settings);
    if (sqlite3_create_function_v2(store->db, "setting_of", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY,
            opened, answer, NULL, NULL, NULL) == SQLITE_OK)
        return 0;
    store_error(store, err);
failed:
    query_settings_close(opened);
    *settings = NULL;
    return -1;
}

void query_settings_close(struct query_settings *settings)
{
    if (!settings)
        return;
    sqlite3_create_function_v2(
        settings->store->db, "setting_of", 2, SQLITE_UTF8, NULL, NULL, NULL, NULL, NULL);
    free(settings->studies);
    free(settings->all);
    free(settings);
}
