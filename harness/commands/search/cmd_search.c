/* `scalestudy search`: hands on to one of the commands in search_commands.def. */
#include <stddef.h>

#include "harness/commands/command_group.h"

#define SEARCH_COMMAND(name) extern const struct command search_command_##name;
#include "search_commands.def"
#undef SEARCH_COMMAND

static const struct command *const commands[] = {
#define SEARCH_COMMAND(name) &search_command_##name,
#include "search_commands.def"
#undef SEARCH_COMMAND
    NULL,
};

static const struct cli_usage usage = {
    .command = "search",
    .summary = "Search as the paper did: for the coefficients of compound scaling, and for the "
               "network to scale.",
    .example = "scalestudy search grid birds.yaml -o birds-grid.yaml\n"
               "scalestudy run birds-grid.yaml\nscalestudy search grid birds-grid.yaml\n"
               "scalestudy search nas space.yaml --target 30M",
};

static int run(int argc, char **argv, struct err *err)
{
    return command_group_run(&usage, commands, argc, argv, err);
}

const struct command command_search = {
    .name = "search",
    .summary = "find coefficients and networks by the paper's objectives",
    .run = run,
    .commands = commands,
};
