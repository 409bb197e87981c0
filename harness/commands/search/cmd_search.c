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
    .summary = "What the paper searched for: the coefficients of compound scaling, and the network "
               "that is scaled.",
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
    .summary = "coefficients of compound scaling, and networks by the paper's objective",
    .run = run,
};
