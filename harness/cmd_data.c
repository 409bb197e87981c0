/* `scalestudy data`: hands on to one of the commands in data_commands.def. */
#include <stddef.h>
#include <string.h>

#include "base/str.h"
#include "cli.h"
#include "command.h"

#define DATA_COMMAND(name) extern const struct command data_command_##name;
#include "data_commands.def"
#undef DATA_COMMAND

static const struct command *const commands[] = {
#define DATA_COMMAND(name) &data_command_##name,
#include "data_commands.def"
#undef DATA_COMMAND
    NULL,
};

static const char *const names[] = {
#define DATA_COMMAND(name) #name,
#include "data_commands.def"
#undef DATA_COMMAND
    NULL,
};

static int print_help(int argc, char **argv, struct err *err)
{
    static const struct cli_option options[] = {{0}};
    struct cli_usage usage = {
        .command = "data",
        .arguments = "COMMAND [ARGUMENT...]",
        .summary = "The datasets: which there are, getting one, and what is in it.",
        .options = options,
        .example = "scalestudy data list\nscalestudy data fetch cifar10\n"
                   "scalestudy data info folder --root ~/photos",
        .min_arguments = 1,
        .max_arguments = 1,
    };
    struct str details = STR_INIT;
    char **arguments;
    int result = -1;

    str_add(&details, "Commands:\n");
    for (int i = 0; commands[i]; i++)
        str_addf(&details, "%-10s %s\n", commands[i]->name, commands[i]->summary);
    str_add(&details, "\n`scalestudy data COMMAND --help` has the options of each.");
    usage.details = details.text;
    if (str_check(&details, err) == 0)
        result = cli_parse(&usage, argc, argv, NULL, &arguments, err);
    str_release(&details);
    if (result == 0)
        err_set(
            err, ERR_INPUT, "data takes its command first: scalestudy data COMMAND [OPTION...]");
    return result == CLI_HELP ? 0 : -1;
}

static int run(int argc, char **argv, struct err *err)
{
    int found;

    if (argc < 2 || argv[1][0] == '-')
        return print_help(argc, argv, err);
    found = str_find("data command", argv[1], names, err);
    return found < 0 ? -1 : commands[found]->run(argc - 1, argv + 1, err);
}

const struct command command_data = {
    .name = "data",
    .summary = "the datasets: list, fetch, verify, and what is in one",
    .run = run,
};
