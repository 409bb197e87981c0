/* `scalestudy table`: the paper's tables, counted and measured. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli.h"
#include "command.h"
#include "network.h"
#include "results/store.h"
#include "results/table.h"

/* Notes are broken into lines of this width; tables are made to fit it too. */
#define LINE_COLUMNS 100

struct arguments {
    const char *database, *study, *output;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F",
        "database with what was measured"},
    {"study", 0, CLI_TEXT, offsetof(struct arguments, study), "NAME",
        "study of that database, if it has several"},
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format"},
    {"output", 'o', CLI_TEXT, offsetof(struct arguments, output), "F", "write into this file"},
    {0},
};

static const struct cli_usage usage = {
    .command = "table",
    .arguments = "[NAME]",
    .summary = "print a table of the paper, counted and measured; without a name, list the tables",
    .options = options,
    .details = "Without --db it shows what needs no training: exact multiply-adds beside the "
               "paper's numbers.",
    .example = "scalestudy table table3\nscalestudy table table3 --db table3.db --format json",
    .min_arguments = 0,
    .max_arguments = 1,
};

static const struct column list_columns[] = {
    {.name = "name", .type = COLUMN_TEXT},
    {.name = "summary", .type = COLUMN_TEXT},
    {0},
};

/* One note, broken at blanks. */
static void print_note(FILE *stream, const char *text, size_t length)
{
    while (length > LINE_COLUMNS) {
        size_t cut = LINE_COLUMNS;

        while (cut > 0 && text[cut] != ' ')
            cut--;
        if (cut == 0)
            break;
        fprintf(stream, "%.*s\n", (int)cut, text);
        text += cut + 1;
        length -= cut + 1;
    }
    fprintf(stream, "%.*s\n", (int)length, text);
}

static void print_notes(FILE *stream, const char *notes)
{
    fputc('\n', stream);
    for (size_t length; *notes; notes += length + (notes[length] == '\n')) {
        length = strcspn(notes, "\n");
        print_note(stream, notes, length);
    }
}

static int print_table(const struct table *table, struct store *store,
    const struct arguments *given, FILE *stream, struct err *err)
{
    const struct table_options how = {.study = given->study, .cost = network_cost};
    struct str notes = STR_INIT;
    struct rowset rows;
    int result = -1;

    rowset_init(&rows, table->columns);
    if (table->fill(store, &how, &rows, err) < 0)
        goto done;
    if (given->format == FORMAT_TABLE && table->notes &&
        (table->notes(store, &how, &notes, err) < 0 || str_check(&notes, err) < 0))
        goto done;
    result = rowset_print(&rows, stream, given->format, err);
    if (result == 0 && notes.length > 0)
        print_notes(stream, notes.text);
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
    const char *name, const struct arguments *given, FILE *stream, struct err *err)
{
    const struct table *table = table_find(name, err);
    struct store *store = NULL;
    int result = -1;

    if (!table)
        return -1;
    if (given->study && !given->database)
        return err_set(err, ERR_INPUT, "--study %.128s needs the database that it is in: --db F",
            given->study);
    if (!given->database || store_open(&store, given->database, STORE_READ, err) == 0)
        result = print_table(table, store, given, stream, err);
    store_close(store);
    return result;
}

static int print(const char *name, const struct arguments *given, FILE *stream, struct err *err)
{
    return name ? print_named(name, given, stream, err) : list_tables(given, stream, err);
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
        return print(arguments[0], &given, stdout, err);
    if (file_writer_open(&writer, given.output, err) < 0)
        return -1;
    if (print(arguments[0], &given, writer.stream, err) == 0)
        return file_writer_commit(&writer, err);
    file_writer_abort(&writer);
    return -1;
}

const struct command command_table = {
    .name = "table",
    .summary = "tables of the paper, counted and measured",
    .run = run_table,
};
