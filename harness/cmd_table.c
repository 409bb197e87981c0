/* `scalestudy table`: the paper's tables, counted and measured. */
#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "cli.h"
#include "command.h"
#include "results/store.h"
#include "results/table.h"
#include "run_files.h"
#include "study.h"
#include "table_counter.h"

/* Notes are broken into lines of this width; tables are made to fit it too. */
#define LINE_COLUMNS 100
#define NOTE_BYTES   2048

struct arguments {
    const char *database, *study, *output;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F",
        "database with what was measured"},
    {"study", 0, CLI_TEXT, offsetof(struct arguments, study), "NAME",
        "study of that database, if it has several"},
    {"format", 0, CLI_DOCUMENT_FORMAT, offsetof(struct arguments, format),
        "table|csv|json|markdown|latex", "output format"},
    {"output", 'o', CLI_TEXT, offsetof(struct arguments, output), "F", "write into this file"},
    {0},
};

static const struct cli_usage usage = {
    .command = "table",
    .arguments = "[NAME] [STUDY.yaml]",
    .summary = "print a table of the paper, counted and measured; without a name, list the tables",
    .options = options,
    .details = "What was measured is that of the study file, or of --db. Without either it shows "
               "what needs\nno training: exact counts beside the paper's numbers. Markdown and "
               "LaTeX are whole tables\nwith their caption and notes, to be put into a document.",
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

static void print_notes(FILE *stream, const char *notes, enum output_format format)
{
    if (format != FORMAT_LATEX)
        fputc('\n', stream);
    for (size_t length; *notes; notes += length + (notes[length] == '\n')) {
        char note[NOTE_BYTES];

        length = strcspn(notes, "\n");
        snprintf(note, sizeof(note), "%.*s", (int)length, notes);
        switch (format) {
        case FORMAT_MARKDOWN:
            markdown_print(stream, note);
            fputs(notes[length] && notes[length + 1] ? "\n\n" : "\n", stream);
            break;
        case FORMAT_LATEX:
            fputs("\\par ", stream);
            latex_print(stream, note);
            fputc('\n', stream);
            break;
        default:
            print_note(stream, notes, length);
        }
    }
}

/* What stands above and below the rows in a document; a caption begins with a capital. */
static void print_caption(FILE *stream, const char *summary, enum output_format format)
{
    char caption[256];

    str_copy(caption, sizeof(caption), summary);
    caption[0] = (char)toupper((unsigned char)caption[0]);
    if (format == FORMAT_MARKDOWN) {
        fputs("**", stream);
        markdown_print(stream, caption);
        fputs("**\n\n", stream);
    } else if (format == FORMAT_LATEX) {
        fputs("\\begin{table}\n\\caption{", stream);
        latex_print(stream, caption);
        fputs("}\n\\centering\n", stream);
    }
}

static void print_end(FILE *stream, const char *notes, enum output_format format)
{
    if (format == FORMAT_LATEX)
        fputs("\\par\\smallskip\\raggedright\\footnotesize\n", stream);
    if (*notes)
        print_notes(stream, notes, format);
    if (format == FORMAT_LATEX)
        fputs("\\end{table}\n", stream);
}

static int print_table(const struct table *table, struct store *store, const char *study,
    enum output_format format, FILE *stream, struct err *err)
{
    const struct table_options how = {.study = study, .counter = &table_counter};
    bool for_programs = format == FORMAT_CSV || format == FORMAT_JSON;
    struct str notes = STR_INIT;
    struct rowset rows;
    int result = -1;

    rowset_init(&rows, table->columns);
    if (table->fill(store, &how, &rows, err) < 0)
        goto done;
    if (!for_programs && table->notes &&
        (table->notes(store, &how, &notes, err) < 0 || str_check(&notes, err) < 0))
        goto done;
    print_caption(stream, table->summary, format);
    result = rowset_print(&rows, stream, format, err);
    if (result == 0 && !for_programs)
        print_end(stream, notes.text, format);
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
    const char *study_path = arguments[1], *study_name = given->study;
    const struct table *table = table_find(arguments[0], err);
    struct study study = STUDY_INIT;
    char database[PATH_BYTES];
    struct store *store = NULL;
    int result = -1;

    if (!table)
        return -1;
    if (given->study && study_path)
        return err_set(
            err, ERR_INPUT, "--study and %s both name a study; give one of them", study_path);
    if (given->study && !given->database)
        return err_set(err, ERR_INPUT, "--study %.128s needs the database that it is in: --db F",
            given->study);
    if (!given->database && !study_path)
        return print_table(table, NULL, NULL, given->format, stream, err);
    if (run_files_choose(given->database, study_path, database, err) < 0 ||
        (study_path && study_load(&study, study_path, err) < 0))
        goto done;
    if (study_path)
        study_name = study.name;
    if (store_open(&store, database, STORE_READ, err) == 0)
        result = print_table(table, store, study_name, given->format, stream, err);
done:
    store_close(store);
    study_release(&study);
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
    .summary = "tables of the paper, counted and measured",
    .run = run_table,
};
