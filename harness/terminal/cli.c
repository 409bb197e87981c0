/* Options from a table: parsing, and --help (cli.h). */
#include "cli.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/base/number.h"
#include "ui.h"
#include "workloads/models/spec.h"

/* Help is as wide as the terminal, 80 columns elsewhere; longer lines are hard to read. */
#define HELP_MOST_COLUMNS  100
#define HELP_LEAST_COLUMNS 50
#define HELP_TEXT_COLUMN   26
#define MAX_OPTIONS        128

static bool takes_value(const struct cli_option *option)
{
    return option->type != CLI_FLAG && option->type != CLI_NO_FLAG;
}

/* ---- help ---- */

static int help_columns(void)
{
    int columns = ui_output_columns();

    if (columns < HELP_LEAST_COLUMNS)
        return HELP_LEAST_COLUMNS;
    return columns > HELP_MOST_COLUMNS ? HELP_MOST_COLUMNS : columns;
}

/* Text that goes on at a column, in lines as wide as help is, every line but the first indented. A
 * line break in it is one on the screen. */
static void print_wrapped(const char *text, int column, int indent)
{
    int columns = help_columns();

    while (*text) {
        int length = (int)strcspn(text, " \n");

        if (column > indent && column + 1 + length > columns) {
            printf("\n%*s", indent, "");
            column = indent;
        }
        column += printf("%s%.*s", column > indent ? " " : "", length, text);
        text += length;
        if (*text == '\n') {
            printf("\n%*s", indent, "");
            column = indent;
        }
        if (*text)
            text++;
    }
    putchar('\n');
}

static void print_option(const struct cli_option *option)
{
    char left[128];
    int length;

    length = snprintf(left, sizeof(left), "  %s%c%s--%s%s%s", option->letter ? "-" : " ",
        option->letter ? option->letter : ' ', option->letter ? ", " : "  ", option->name,
        takes_value(option) ? " " : "", takes_value(option) ? option->value : "");
    if (length + 1 >= HELP_TEXT_COLUMN) {
        printf("%s\n%*s", left, HELP_TEXT_COLUMN, "");
    } else {
        printf("%-*s", HELP_TEXT_COLUMN, left);
    }
    print_wrapped(option->help, HELP_TEXT_COLUMN, HELP_TEXT_COLUMN);
}

/* Is the row the title of those behind it (CLI_GROUP), and not an option? */
static bool is_title(const struct cli_option *row)
{
    return !row->name[0];
}

const struct cli_option *cli_next_option(
    const struct cli_option *rows, const char *title, const struct cli_option *last)
{
    const char *current = NULL;
    bool behind = !last;

    for (const struct cli_option *row = rows; row && row->name; row++) {
        if (is_title(row))
            current = row->help;
        else if (behind && (title ? current && strcmp(current, title) == 0 : !current))
            return row;
        behind = behind || row == last;
    }
    return NULL;
}

const char *cli_next_title(const struct cli_option *rows, const char *last)
{
    const struct cli_option *row = rows;

    while (row && row->name && last && !(is_title(row) && row->help == last))
        row++;
    for (; row && row->name; row++) {
        bool came_before = false;

        if (!is_title(row) || !row->help || row->help == last)
            continue;
        for (const struct cli_option *other = rows; other != row; other++)
            if (is_title(other) && other->help && strcmp(other->help, row->help) == 0)
                came_before = true;
        if (!came_before)
            return row->help;
    }
    return NULL;
}

static void print_options_of(const struct cli_option *rows, const char *title)
{
    for (const struct cli_option *row = NULL; (row = cli_next_option(rows, title, row));)
        print_option(row);
}

static void print_options(const struct cli_option *rows)
{
    static const struct cli_option help = {.name = "help", .letter = 'h', .help = "show this help"};

    puts("Options:");
    print_options_of(rows, NULL);
    print_option(&help);
    for (const char *title = NULL; (title = cli_next_title(rows, title));) {
        printf("\n%s:\n", title);
        print_options_of(rows, title);
    }
}

static void print_example(const char *example)
{
    puts("\nExample:");
    while (*example) {
        int length = (int)strcspn(example, "\n");

        printf("  %.*s\n", length, example);
        example += length;
        if (*example)
            example++;
    }
}

static void print_help(const struct cli_usage *usage)
{
    printf("scalestudy %s -", usage->command);
    print_wrapped(usage->summary, (int)strlen(usage->command) + 13, 2);
    printf("\nUsage: scalestudy %s [OPTION...]%s%s\n\n", usage->command,
        usage->arguments && usage->arguments[0] ? " " : "",
        usage->arguments ? usage->arguments : "");
    print_options(usage->options);
    if (usage->details) {
        putchar('\n');
        print_wrapped(usage->details, 0, 0);
    }
    print_example(usage->example);
}

static cli_help_reader *help_reader;
static void *help_context;

void cli_read_help(cli_help_reader *reader, void *context)
{
    help_reader = reader;
    help_context = context;
}

static void show_help(const struct cli_usage *usage)
{
    if (help_reader)
        help_reader(usage, help_context);
    else
        print_help(usage);
}

/* ---- values ---- */

static int wrong_value(
    const struct cli_option *option, const char *text, const char *wanted, struct err *err)
{
    return err_set(err, ERR_INPUT, "--%s: '%.80s' is not %s", option->name, text, wanted);
}

static int store_padding(
    const struct cli_option *option, const char *text, enum padding *to, struct err *err)
{
    if (strcmp(text, "torch") == 0)
        *to = PADDING_TORCH;
    else if (strcmp(text, "same") == 0)
        *to = PADDING_SAME;
    else
        return wrong_value(option, text, "torch or same", err);
    return 0;
}

static int store_integer(
    const struct cli_option *option, const char *text, long long *to, struct err *err)
{
    long long least = option->type == CLI_INT64 ? INT64_MIN : INT_MIN;
    long long most = option->type == CLI_INT64 ? INT64_MAX : INT_MAX;

    if (!str_to_int64(text, to))
        return wrong_value(option, text, "a whole number", err);
    if (*to < least || *to > most)
        return wrong_value(option, text, "in the range of whole numbers", err);
    return 0;
}

static int refuse_0(const struct cli_option *option, const char *text, struct err *err)
{
    return err_set(
        err, ERR_INPUT, "--%s is %.80s; it must be above 0, or left out", option->name, text);
}

static int store_value(
    const struct cli_option *option, const char *text, void *fields, struct err *err)
{
    void *to = (char *)fields + option->offset;
    long long integer;

    switch (option->type) {
    case CLI_FLAG:
    case CLI_NO_FLAG:
        *(bool *)to = option->type == CLI_FLAG;
        return 0;
    case CLI_INT:
    case CLI_INT_ABOVE_0:
        if (store_integer(option, text, &integer, err) < 0)
            return -1;
        *(int *)to = (int)integer;
        return option->type == CLI_INT || integer > 0 ? 0 : refuse_0(option, text, err);
    case CLI_INT64:
        if (store_integer(option, text, &integer, err) < 0)
            return -1;
        *(int64_t *)to = integer;
        return 0;
    case CLI_REAL:
    case CLI_REAL_ABOVE_0:
        if (!str_to_double(text, to))
            return wrong_value(option, text, "a number", err);
        return option->type == CLI_REAL || *(double *)to > 0 ? 0 : refuse_0(option, text, err);
    case CLI_COUNT:
        if (!number_parse_count(text, to))
            return wrong_value(
                option, text, "a number, with or without K, M, B or G after it (1.3B)", err);
        return 0;
    case CLI_TEXT:
        *(const char **)to = text;
        return 0;
    case CLI_JOINED:
        str_addf(to, "%s%s", ((struct str *)to)->length > 0 ? " " : "", text);
        return str_check(to, err);
    case CLI_FORMAT:
        if (output_format_find(text, to, err) < 0)
            return err_context(err, "--%s", option->name);
        return 0;
    case CLI_DOCUMENT_FORMAT:
        if (document_format_find(text, to, err) < 0)
            return err_context(err, "--%s", option->name);
        return 0;
    case CLI_PADDING:
        return store_padding(option, text, to, err);
    }
    return err_set(err, ERR_BUG, "the option --%s has an unknown type", option->name);
}

/* ---- options ---- */

static int unknown_option(const struct cli_usage *usage, const char *word, struct err *err)
{
    const char *names[MAX_OPTIONS + 2], *nearest;
    int n = 0;

    for (const struct cli_option *option = usage->options;
         option && option->name && n < MAX_OPTIONS; option++)
        if (!is_title(option))
            names[n++] = option->name;
    names[n++] = "help";
    names[n] = NULL;
    nearest = strncmp(word, "--", 2) == 0 ? str_nearest(word + 2, names) : NULL;
    if (nearest)
        return err_set(err, ERR_INPUT, "%s has no option %.60s; did you mean --%s?", usage->command,
            word, nearest);
    return err_set(err, ERR_INPUT, "%s has no option %.60s; `scalestudy %s --help` lists them",
        usage->command, word, usage->command);
}

static const struct cli_option *find_long(
    const struct cli_usage *usage, const char *name, size_t length)
{
    for (const struct cli_option *option = usage->options; option && option->name; option++)
        if (strlen(option->name) == length && memcmp(option->name, name, length) == 0)
            return option;
    return NULL;
}

static const struct cli_option *find_letter(const struct cli_usage *usage, char letter)
{
    for (const struct cli_option *option = usage->options; option && option->name; option++)
        if (option->letter == letter)
            return option;
    return NULL;
}

struct parse {
    const struct cli_usage *usage;
    int argc, next; /* argument to read next */
    char **argv;
    void *fields;
    struct err *err;
};

/* The option's value is `attached` if there is one, and otherwise the next argument. */
static int take_option(struct parse *parse, const struct cli_option *option, const char *attached)
{
    if (!takes_value(option)) {
        if (attached)
            return err_set(parse->err, ERR_INPUT, "--%s takes no value", option->name);
    } else if (!attached) {
        if (parse->next >= parse->argc)
            return err_set(parse->err, ERR_INPUT, "--%s needs a value: --%s %s", option->name,
                option->name, option->value);
        attached = parse->argv[parse->next++];
    }
    return store_value(option, attached, parse->fields, parse->err);
}

static int take_long(struct parse *parse, char *word)
{
    char *equals = strchr(word, '=');
    size_t length = equals ? (size_t)(equals - word) - 2 : strlen(word) - 2;
    const struct cli_option *option = find_long(parse->usage, word + 2, length);

    if (option)
        return take_option(parse, option, equals ? equals + 1 : NULL);
    if (equals)
        *equals = '\0'; /* the name alone is to be quoted, and compared with what there is */
    return unknown_option(parse->usage, word, parse->err);
}

/* -w 2, -w2, and flags together: -qf. */
static int take_letters(struct parse *parse, const char *word)
{
    for (const char *at = word + 1; *at; at++) {
        const struct cli_option *option = find_letter(parse->usage, *at);
        char alone[3] = {'-', *at, '\0'};

        if (!option)
            return unknown_option(parse->usage, at == word + 1 ? word : alone, parse->err);
        if (takes_value(option))
            return take_option(parse, option, at[1] ? at + 1 : NULL);
        if (take_option(parse, option, NULL) < 0)
            return -1;
    }
    return 0;
}

static bool asks_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int check_number_of_arguments(
    const struct cli_usage *usage, int n, char **arguments, struct err *err)
{
    if (n < usage->min_arguments)
        return err_set(err, ERR_INPUT, "%s needs %s: scalestudy %s %s", usage->command,
            n > 0 ? "more arguments" : "an argument", usage->command, usage->arguments);
    if (usage->max_arguments >= 0 && n > usage->max_arguments)
        return err_set(err, ERR_INPUT, "%s takes %s, so '%.80s' is one too many", usage->command,
            usage->max_arguments > 0 ? usage->arguments : "no arguments",
            arguments[usage->max_arguments]);
    return 0;
}

int cli_parse(const struct cli_usage *usage, int argc, char **argv, void *fields, char ***arguments,
    struct err *err)
{
    struct parse parse = {
        .usage = usage, .argc = argc, .next = 1, .argv = argv, .fields = fields, .err = err};
    bool only_arguments = false;
    int n = 0;

    if (asks_help(argc, argv)) {
        show_help(usage);
        return CLI_HELP;
    }
    /* Arguments are gathered at the front of argv, where they overwrite what has been read. */
    while (parse.next < argc) {
        char *word = argv[parse.next++];
        int result = 0;

        if (!only_arguments && strcmp(word, "--") == 0)
            only_arguments = true;
        else if (only_arguments || word[0] != '-' || word[1] == '\0')
            argv[1 + n++] = word;
        else if (word[1] == '-')
            result = take_long(&parse, word);
        else
            result = take_letters(&parse, word);
        if (result < 0)
            return -1;
    }
    argv[1 + n] = NULL;
    *arguments = argv + 1;
    return check_number_of_arguments(usage, n, argv + 1, err);
}
