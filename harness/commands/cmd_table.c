/* `scalestudy table`: the paper's tables, counted and measured. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "harness/system/file.h"
#include "harness/base/str.h"
#include "harness/terminal/cli.h"
#include "command.h"
#include "harness/terminal/document.h"
#include "results/tables/table.h"
#include "results_open.h"
#include "harness/views/table_counter.h"

struct arguments {
    const char *database, *study, *output;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F",
        "the database (default: the study's)"},
    {"study", 0, CLI_TEXT, offsetof(struct arguments, study), "NAME",
        "the study, if the database has several"},
    {"format", 0, CLI_DOCUMENT_FORMAT, offsetof(struct arguments, format),
        "table|csv|json|markdown|latex", "output format"},
    {"output", 'o', CLI_TEXT, offsetof(struct arguments, output), "F", "write to this file"},
    {0},
};

static const struct cli_usage usage = {
    .command = "table",
    .arguments = "[NAME] [STUDY.yaml]",
    .summary = "Print a table of the paper with exact counts and measured accuracies; without a "
               "name, list the tables.",
    .options = options,
    .details = "Accuracies are those of the study or of --db, beside the paper's numbers. Without "
               "either, the table shows "
               "what needs no training: exact counts beside the paper's numbers. Markdown and "
               "LaTeX are complete tables with caption and notes, for a document.",
    .example = "scalestudy table table3\nscalestudy table table3 configs/studies/table3.yaml\n"
               "scalestudy table table3 --db table3.db --format latex -o table3.tex",
    .min_arguments = 0,
    .max_arguments = 2,
};

static const struct column list_columns[] = {
    {.name = "name", .type = COLUMN_TEXT},
    {.name = "summary", .type = COLUMN_TEXT},
    {0},
};

static int print_table(const struct table *table, struct store *store, const char *study,
    enum output_format format, FILE *stream, struct err *err)
{
    const struct table_options how = {.study = study, .counter = &table_counter};
    struct str notes = STR_INIT;
    struct rowset rows;
    int result = -1;

    rowset_init(&rows, table->columns);
    if (table->fill(store, &how, &rows, err) < 0)
        goto done;
    if (document_has_notes(format) && table->notes &&
        (table->notes(store, &how, &notes, err) < 0 || str_check(&notes, err) < 0))
        goto done;
    result = document_print(
        &(struct document){.caption = table->summary, .rows = &rows, .notes = notes.text}, stream,
        format, err);
done:
    rowset_release(&rows);
    str_release(&notes);
    return result;
}

static int list_tables(const struct arguments *given, FILE *stream, struct err *err)
{
    struct rowset rows;
    int result;

    rowset_init(&rows, list_columns);
    for (const struct table *const *table = table_all(); *table; table++) {
        rowset_text(&rows, (*table)->name);
        rowset_text(&rows, (*table)->summary);
    }
    result = rowset_print(&rows, stream, given->format, err);
    rowset_release(&rows);
    return result;
}

static int print_named(
    char **arguments, const struct arguments *given, FILE *stream, struct err *err)
{
    const struct table *table = table_find(arguments[0], err);
    char study[STUDY_NAME_BYTES];
    struct store *store = NULL;
    int result = -1;

    if (!table)
        return -1;
    if (!given->database && !arguments[1] && !given->study)
        return print_table(table, NULL, NULL, given->format, stream, err);
    if (results_open(&store, study, given->database, arguments[1], given->study, err) == 0)
        result = print_table(table, store, study[0] ? study : NULL, given->format, stream, err);
    store_close(store);
    return result;
}

static int print(char **arguments, const struct arguments *given, FILE *stream, struct err *err)
{
    return arguments[0] ? print_named(arguments, given, stream, err)
                        : list_tables(given, stream, err);
}

static int run_table(int argc, char **argv, struct err *err)
{
    struct arguments given = {0};
    struct file_writer writer;
    char **arguments;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    if (!given.output)
        return print(arguments, &given, stdout, err);
    if (file_writer_open(&writer, given.output, err) < 0)
        return -1;
    if (print(arguments, &given, writer.stream, err) == 0)
        return file_writer_commit(&writer, err);
    file_writer_abort(&writer);
    return -1;
}

const struct command command_table = {
    .name = "table",
    .summary = "print tables of the paper with exact counts and measured accuracies",
    .run = run_table,
};
