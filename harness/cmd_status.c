/* `scalestudy status`: how far the studies of a database are. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli.h"
#include "command.h"
#include "results/query.h"
#include "results/store.h"
#include "run_files.h"
#include "study.h"
#include "ui.h"

struct arguments {
    const char *database;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F", "database to look at"},
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "status",
    .arguments = "[STUDY.yaml]",
    .summary = "how many jobs of a study are done, running, failed and waiting",
    .options = options,
    .details =
        "With --db alone, all studies of that database. The exit status is 3 if some jobs failed.",
    .example = "scalestudy status configs/studies/table3.yaml\nscalestudy status --db table3.db "
               "--format json",
    .min_arguments = 0,
    .max_arguments = 1,
};

static const struct column columns[] = {
    {"study", COLUMN_TEXT, 0, NULL, false},
    {"total", COLUMN_INT, 0, NULL, false},
    {"done", COLUMN_INT, 0, NULL, false},
    {"running", COLUMN_INT, 0, NULL, false},
    {"failed", COLUMN_INT, 0, NULL, false},
    {"waiting", COLUMN_INT, 0, NULL, false},
    {"stopped", COLUMN_INT, 0, NULL, false},
    {"eta_seconds", COLUMN_REAL, 0, NULL, false},
    {NULL, COLUMN_TEXT, 0, NULL, false},
};

static int print_status(
    const struct study_status *statuses, int n, enum output_format format, struct err *err)
{
    struct rowset rows;
    int failed = 0, result;

    rowset_init(&rows, columns);
    for (int i = 0; i < n; i++) {
        const struct study_status *status = &statuses[i];

        rowset_text(&rows, status->study);
        rowset_int(&rows, status->total);
        rowset_int(&rows, status->done);
        rowset_int(&rows, status->running);
        rowset_int(&rows, status->failed);
        rowset_int(&rows, status->waiting);
        rowset_int(&rows, status->stopped);
        rowset_real(&rows, status->eta_seconds);
        failed += status->failed;
    }
    result = rowset_print(&rows, stdout, format, err);
    rowset_release(&rows);
    if (result == 0 && failed > 0)
        return err_set(err, ERR_JOBS, "%d job%s failed; `scalestudy jobs --state failed` says why",
            failed, ui_plural(failed));
    return result;
}

static int show_status(
    const char *database, const char *study, enum output_format format, struct err *err)
{
    struct study_status *statuses = NULL;
    struct store *store = NULL;
    int n = 0, result = -1;

    if (store_open(&store, database, STORE_READ, err) < 0)
        goto done;
    if (study && query_has_study(store, study, err) < 0)
        goto done;
    if (query_status(store, study, &statuses, &n, err) < 0)
        goto done;
    result = print_status(statuses, n, format, err);
done:
    free(statuses);
    store_close(store);
    return result;
}

static int run_status(int argc, char **argv, struct err *err)
{
    struct arguments given = {0};
    struct study study = STUDY_INIT;
    char database[PATH_BYTES], **arguments;
    int result = -1;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    if (run_files_choose(given.database, arguments[0], database, err) == 0 &&
        (!arguments[0] || study_load(&study, arguments[0], err) == 0))
        result = show_status(database, arguments[0] ? study.name : NULL, given.format, err);
    study_release(&study);
    return result;
}

const struct command command_status = {
    .name = "status",
    .summary = "how far a study is",
    .run = run_status,
};
