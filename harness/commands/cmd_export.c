/* `scalestudy export`: results for other programs and for documents. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/system/file.h"
#include "harness/terminal/cli.h"
#include "command.h"
#include "images_change.h"
#include "job_choice.h"

struct arguments {
    struct job_choice_options choice;
    const char *what, *output;
    enum output_format format;
};

static const struct cli_option options[] = {
    JOB_CHOICE_OPTIONS(struct arguments, choice),
    {"what", 0, CLI_TEXT, offsetof(struct arguments, what), "jobs|epochs|accuracies",
        "jobs (default), the metrics of their epochs, or means over the seeds of finished jobs "
        "with 95 % intervals"},
    {"format", 0, CLI_DOCUMENT_FORMAT, offsetof(struct arguments, format),
        "csv|json|markdown|latex|table", "output format (default csv)"},
    {"output", 'o', CLI_TEXT, offsetof(struct arguments, output), "F",
        "write to this file instead of standard output"},
    {0},
};

static const struct cli_usage usage = {
    .command = "export",
    .arguments = "[STUDY.yaml]",
    .summary = "Write results as CSV, JSON, Markdown or LaTeX.",
    .options = options,
    .details =
        "CSV and JSON have every column in full precision; documents have the columns of `jobs`, "
        "rounded. --state and --where choose jobs. Means are over jobs that differ in "
        "the seed alone; `setting` distinguishes networks of the same model, method and factors.",
    .example = "scalestudy export birds.yaml --state done -o birds.csv\n"
               "scalestudy export --db birds.db --what accuracies --format latex -o birds.tex",
    .min_arguments = 0,
    .max_arguments = 1,
};

static const struct column accuracy_columns[] = {
    {.name = "study", .type = COLUMN_TEXT, .json_only = true},
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "method", .type = COLUMN_TEXT},
    {.name = "depth", .type = COLUMN_REAL, .decimals = 2, .heading = "d"},
    {.name = "width", .type = COLUMN_REAL, .decimals = 2, .heading = "w"},
    {.name = "resolution", .type = COLUMN_REAL, .decimals = 2, .heading = "r"},
    {.name = "input", .type = COLUMN_INT},
    {.name = "params", .type = COLUMN_INT},
    {.name = "macs", .type = COLUMN_INT},
    {.name = "seeds", .type = COLUMN_INT},
    {.name = "top1", .type = COLUMN_REAL, .decimals = 2},
    {.name = "top1_ci95", .type = COLUMN_REAL, .decimals = 2, .heading = "±"},
    {.name = "top5", .type = COLUMN_REAL, .decimals = 2},
    {.name = "setting", .type = COLUMN_TEXT, .if_any = true},
    {0},
};

static int add_accuracies(
    struct store *store, const char *study, struct rowset *rows, struct err *err)
{
    struct accuracy_group *groups = NULL;
    int n = 0;

    if (query_accuracy(store, study, &groups, &n, err) < 0)
        return -1;
    for (int i = 0; i < n; i++) {
        const struct accuracy_group *group = &groups[i];

        rowset_text(rows, group->study);
        rowset_text(rows, group->model);
        rowset_text(rows, group->method);
        rowset_real(rows, group->depth);
        rowset_real(rows, group->width);
        rowset_real(rows, group->resolution);
        rowset_int(rows, group->input);
        rowset_int(rows, group->params);
        rowset_int(rows, group->macs);
        rowset_int(rows, group->seeds);
        rowset_real(rows, group->top1);
        rowset_real(rows, group->top1_ci95);
        rowset_real(rows, group->top5);
        rowset_text(rows, group->label[0] ? group->label : NULL);
    }
    free(groups);
    return 0;
}

static int add_jobs(
    struct job_choice *choice, const struct arguments *given, struct rowset *rows, struct err *err)
{
    const struct job_choice_options *by = &given->choice;
    int result = query_jobs_where(
        choice->store, choice->study, by->state, by->where ? by->where : "1", rows, err);

    return result < 0 && by->where ? err_context(err, "--where") : result;
}

/* What there is to export; its columns and how rows are found. */
enum what {
    WHAT_JOBS,
    WHAT_EPOCHS,
    WHAT_ACCURACIES,
};
static const char *const what_names[] = {"jobs", "epochs", "accuracies", NULL};
static const struct column *const what_columns[] = {
    query_job_columns, query_epoch_columns, accuracy_columns};

static int fill(struct job_choice *choice, const struct arguments *given, enum what what,
    struct rowset *rows, struct err *err)
{
    if (what != WHAT_JOBS && (given->choice.state || given->choice.where))
        return err_set(err, ERR_INPUT,
            "--state and --where choose jobs; leave them out with --what %s", what_names[what]);
    switch (what) {
    case WHAT_JOBS:
        return add_jobs(choice, given, rows, err);
    case WHAT_EPOCHS:
        return query_epoch_rows(choice->store, choice->study, NULL, rows, err);
    case WHAT_ACCURACIES:
        return add_accuracies(choice->store, choice->study, rows, err);
    }
    return 0;
}

static int write_rows(const struct rowset *rows, const struct arguments *given, struct err *err)
{
    struct file_writer writer;

    if (!given->output)
        return rowset_print(rows, stdout, given->format, err);
    if (file_writer_open(&writer, given->output, err) < 0)
        return -1;
    if (rowset_print(rows, writer.stream, given->format, err) < 0) {
        file_writer_abort(&writer);
        return -1;
    }
    return file_writer_commit(&writer, err);
}

static int export(
    struct job_choice *choice, const struct arguments *given, char **arguments, struct err *err)
{
    int what = str_find("kind of rows", given->what, what_names, err), result;
    struct rowset rows;
    char **rest;

    if (what < 0)
        return -1;
    rowset_init(&rows, what_columns[what]);
    result = job_choice_database(choice, &given->choice, arguments, STORE_READ, &rest, err);
    if (result == 0 && rest[0])
        result = err_set(err, ERR_INPUT,
            "'%.60s' is not a study file, whose name ends in .yaml or .yml", rest[0]);
    if (result == 0)
        result = fill(choice, given, (enum what)what, &rows, err);
    if (result == 0)
        result = write_rows(&rows, given, err);
    if (result == 0)
        result = images_unknown_say(choice->store, choice->study, err);
    rowset_release(&rows);
    return result;
}

static int run_export(int argc, char **argv, struct err *err)
{
    struct job_choice choice = JOB_CHOICE_INIT;
    struct arguments given = {.what = "jobs", .format = FORMAT_CSV};
    char **arguments;
    int result;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    result = export(&choice, &given, arguments, err);
    job_choice_close(&choice);
    return result;
}

const struct command command_export = {
    .name = "export",
    .summary = "write results as CSV, JSON, Markdown or LaTeX",
    .run = run_export,
};
