/*
 * Command-line options from a table, which also makes --help and the entry of a command in the manual.
 *
 *     static const struct cli_option options[] = {
 *         {"width", 'w', CLI_REAL, offsetof(struct args, width), "W", "width factor"},
 *         {"format", 0, CLI_FORMAT, offsetof(struct args, format), "NAME", "output format"},
 *         {0}};
 *     static const struct cli_usage usage = {.command = "count", .arguments = "MODEL",
 *         .summary = "...", .options = options, .example = "scalestudy count resnet50",
 *         .min_arguments = 1, .max_arguments = 1};
 *
 *     switch (cli_parse(&usage, argc, argv, &args, &arguments, err)) {
 *     case CLI_HELP: return 0;
 *     case -1: return -1;
 *     }
 *
 * GNU style: --name VALUE, --name=VALUE, -n VALUE, -nVALUE, options after arguments, "--" ends
 * them. A value must be valid as a whole: trailing characters and overflow are an ERR_INPUT, and so is
 * an unknown option, with the nearest valid name. Numbers of CLI_COUNT take a suffix K, M, B or G (1.3B = 1.3e9), as budgets
 * are written.
 *
 * Texts for people (help, summary, details, description) have one markup: `words between backticks`
 * are what is typed or stands in a file. Paragraphs are separated by an empty line.
 */
#ifndef SCALESTUDY_HARNESS_TERMINAL_CLI_H
#define SCALESTUDY_HARNESS_TERMINAL_CLI_H

#include <stddef.h>

#include "harness/base/err.h"
#include "harness/base/rowset.h"

enum cli_type {
    CLI_FLAG,            /* bool, set to true */
    CLI_NO_FLAG,         /* bool, set to false */
    CLI_INT,             /* int */
    CLI_INT64,           /* int64_t */
    CLI_REAL,            /* double */
    CLI_INT_ABOVE_0,     /* int whose 0 stands for an option that was not given */
    CLI_REAL_ABOVE_0,    /* double, the same */
    CLI_COUNT,           /* double, with suffix */
    CLI_TEXT,            /* const char * */
    CLI_JOINED,          /* struct str: each value that is given, blanks between */
    CLI_FORMAT,          /* enum output_format: table, csv or json */
    CLI_DOCUMENT_FORMAT, /* these, markdown or latex */
    CLI_PADDING,         /* enum padding */
};

struct cli_option {
    const char *name; /* without dashes; NULL ends the table */
    char letter;      /* 0: none */
    enum cli_type type;
    size_t offset;     /* of the field in the caller's struct */
    const char *value; /* the name of the value in --help; NULL for flags */
    const char *help;
};

/*
 * A row that is a title, not an option: --help lists the options after it, up to the next title, below this title. The
 * manual describes the options of a title once, for all commands that have some of them, so an option of the same name
 * and title must have the same help everywhere.
 */
#define CLI_GROUP(title)                                                                           \
    {                                                                                              \
        .name = "", .help = (title)                                                                \
    }
#define CLI_GROUP_END CLI_GROUP(NULL)

/* The titles of a table one by one, each once, after `last` (NULL: from the start); NULL: no more. */
const char *cli_next_title(const struct cli_option *rows, const char *last);

/* The options that have a title, or none (NULL), one by one, after `last` (NULL: from the start). */
const struct cli_option *cli_next_option(
    const struct cli_option *rows, const char *title, const struct cli_option *last);

struct cli_usage {
    const char *command, *arguments, *summary;
    const struct cli_option *options;
    /* OPTIONAL: paragraphs after the options; line breaks only between them, because lines are as long as
     * the terminal is wide */
    const char *details;
    /* OPTIONAL: paragraphs that only the manual has, after the details */
    const char *description;
    const char *example;              /* REQUIRED: one or more lines */
    int min_arguments, max_arguments; /* max < 0: any number */
};

#define CLI_HELP 1

/* 0: go on, with *arguments pointing to the arguments (ended by NULL); CLI_HELP: help was printed;
 * -1: error. */
int cli_parse(const struct cli_usage *usage, int argc, char **argv, void *fields, char ***arguments,
    struct err *err) MUST_CHECK;

/* From now on --help hands the usage to `reader` and prints nothing. This is how the manual gets every
 * command's table: whatever --help shows of it is in the manual. */
typedef void cli_help_reader(const struct cli_usage *usage, void *context);
void cli_read_help(cli_help_reader *reader, void *context);

#endif
