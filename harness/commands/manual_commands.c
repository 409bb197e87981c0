/* The commands in the manual. */
#include "manual_commands.h"

#include <string.h>

#include "harness/terminal/mdoc.h"
#include "command_list.h"

static void print_list(FILE *to, const struct command *const *commands)
{
    fputs(".Bl -tag -width completion -compact\n", to);
    for (; *commands; commands++) {
        fputs(".It Ic", to);
        mdoc_argument(to, (*commands)->name);
        putc('\n', to);
        mdoc_text(to, (*commands)->summary);
    }
    fputs(".El\n", to);
}

void manual_print_list(FILE *to)
{
    const struct command *group[MOST_SHARED_OPTIONS];

    for (const struct command_listing *row = command_list(); row->group || row->command;) {
        int n = 0;

        if (row->group) {
            fputs(row == command_list() ? ".Sy" : ".Pp\n.Sy", to);
            mdoc_argument(to, row->group);
            putc('\n', to);
            row++;
        }
        for (; row->command; row++)
            if (row->command->summary && n < MOST_SHARED_OPTIONS - 1)
                group[n++] = row->command;
        group[n] = NULL;
        if (n > 0)
            print_list(to, group);
    }
}

/* ---- options ---- */

static void print_option(FILE *to, const struct cli_option *option)
{
    fputs(".It", to);
    if (option->letter)
        fprintf(to, " Fl %c ,", option->letter);
    fprintf(to, " Fl -%s", option->name);
    if (option->value) {
        fputs(" Ar", to);
        mdoc_argument(to, option->value);
    }
    putc('\n', to);
    mdoc_text(to, option->help);
}

static int find_title(const struct shared_options *shared, const char *title)
{
    for (int i = 0; i < shared->n_titles; i++)
        if (strcmp(shared->titles[i], title) == 0)
            return i;
    return -1;
}

/* Remember a shared option; one that is there already must be the same. */
static int share(struct shared_options *shared, const char *title, const struct cli_option *option,
    struct err *err)
{
    int group = find_title(shared, title);

    if (group < 0) {
        if (shared->n_titles == MOST_SHARED_TITLES)
            return err_set(err, ERR_BUG, "too many titles of options, with \"%s\"", title);
        group = shared->n_titles++;
        shared->titles[group] = title;
    }
    for (int i = 0; i < shared->n_options[group]; i++) {
        const struct cli_option *known = &shared->options[group][i];

        if (strcmp(known->name, option->name) != 0)
            continue;
        if (strcmp(known->help, option->help) == 0 && known->letter == option->letter)
            return 0;
        return err_set(
            err, ERR_BUG, "--%s of \"%s\" differs between commands", option->name, title);
    }
    if (shared->n_options[group] == MOST_SHARED_OPTIONS)
        return err_set(err, ERR_BUG, "too many options of \"%s\"", title);
    shared->options[group][shared->n_options[group]++] = *option;
    return 0;
}

void manual_print_shared(FILE *to, const struct shared_options *shared)
{
    for (int group = 0; group < shared->n_titles; group++) {
        fprintf(to, ".Ss %s\n.Bl -tag -width Ds -compact\n", shared->titles[group]);
        for (int i = 0; i < shared->n_options[group]; i++)
            print_option(to, &shared->options[group][i]);
        fputs(".El\n", to);
    }
}

/* ---- sections ---- */

struct section {
    FILE *to;
    const struct command *command;
    struct shared_options *shared;
    struct err *err;
    int n, failed;
};

/* "Options of images: --root, --match." */
static void print_reference(FILE *to, const struct cli_option *rows, const char *title)
{
    const struct cli_option *row = NULL;

    fprintf(to, ".Pp\n.Sx %s :\n", title);
    while ((row = cli_next_option(rows, title, row)))
        fprintf(to, ".Fl -%s%s\n", row->name, cli_next_option(rows, title, row) ? " ," : " .");
}

/* The command's own options in a list, those that it shares by name. */
static int print_options(struct section *section, const struct cli_option *rows)
{
    FILE *to = section->to;
    const struct cli_option *row = NULL;

    if (cli_next_option(rows, NULL, NULL)) {
        fputs(".Pp\n.Bl -tag -width Ds -compact\n", to);
        while ((row = cli_next_option(rows, NULL, row)))
            print_option(to, row);
        fputs(".El\n", to);
    }
    for (const char *title = NULL; (title = cli_next_title(rows, title));) {
        while ((row = cli_next_option(rows, title, row)))
            if (share(section->shared, title, row, section->err) < 0)
                return -1;
        print_reference(to, rows, title);
    }
    return 0;
}

static void print_section(const struct cli_usage *usage, void *context)
{
    struct section *section = context;
    FILE *to = section->to;

    section->n++;
    fprintf(to, ".Ss %s\n.Bd -ragged -offset indent\n", usage->command);
    fprintf(to, ".Ic scalestudy %s", usage->command);
    if (!section->command->commands)
        fputs(" Oo Ar OPTION... Oc", to);
    if (usage->arguments && usage->arguments[0]) {
        fputs(" Ar", to);
        mdoc_argument(to, usage->arguments);
    }
    fputs("\n.Ed\n.Pp\n", to);
    mdoc_text(to, usage->summary);
    if (section->command->commands) {
        fputs(".Pp\n", to);
        print_list(to, section->command->commands);
    } else if (usage->details) {
        fputs(".Pp\n", to);
        mdoc_text(to, usage->details);
    }
    if (usage->description) {
        fputs(".Pp\n", to);
        mdoc_text(to, usage->description);
    }
    section->failed = print_options(section, usage->options);
    mdoc_literal(to, usage->example);
}

/* What --help shows of a command is what the section is made of. */
static int print_command(struct section *section, const struct command *command)
{
    char help[] = "--help", name[64];
    char *arguments[] = {name, help, NULL};
    int before = section->n;

    snprintf(name, sizeof(name), "%s", command->name);
    section->command = command;
    if (command->run(2, arguments, section->err) < 0 || section->failed)
        return -1;
    if (section->n != before + 1)
        return err_set(section->err, ERR_BUG, "%s --help describes no command", command->name);
    for (const struct command *const *part = command->commands; part && *part; part++)
        if (print_command(section, *part) < 0)
            return -1;
    return 0;
}

int manual_print_commands(FILE *to, struct shared_options *shared, struct err *err)
{
    struct section section = {.to = to, .shared = shared, .err = err};
    int result = 0;

    cli_read_help(print_section, &section);
    for (const struct command_listing *row = command_list();
         (row->group || row->command) && result == 0; row++)
        if (row->command && row->command->summary)
            result = print_command(&section, row->command);
    cli_read_help(NULL, NULL);
    return result;
}
