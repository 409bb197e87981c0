/* `scalestudy data`: hands on to one of the commands in data_commands.def. */
#include <stddef.h>

#include "harness/commands/command_group.h"

#define DATA_COMMAND(name) extern const struct command data_command_##name;
#include "data_commands.def"
#undef DATA_COMMAND

static const struct command *const commands[] = {
#define DATA_COMMAND(name) &data_command_##name,
#include "data_commands.def"
#undef DATA_COMMAND
    NULL,
};

static const struct cli_usage usage = {
    .command = "data",
    .summary = "List, fetch, verify, inspect and pack datasets.",
    .example = "scalestudy data list\nscalestudy data fetch cifar10\n"
               "scalestudy data info folder --root ~/photos",
};

static int run(int argc, char **argv, struct err *err)
{
    return command_group_run(&usage, commands, argc, argv, err);
}

const struct command command_data = {
    .name = "data",
    .summary = "list, fetch, verify, inspect and pack datasets",
    .run = run,
    .commands = commands,
};
