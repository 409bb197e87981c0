/*
 * A command that hands on to commands of its own: `scalestudy data list`.
 *
 *     static const struct command *const commands[] = {..., NULL};
 *     static const struct cli_usage usage = {.command = "data", .summary = ..., .example = ...};
 *     return command_group_run(&usage, commands, argc, argv, err);
 */
#ifndef SCALESTUDY_HARNESS_COMMANDS_COMMAND_GROUP_H
#define SCALESTUDY_HARNESS_COMMANDS_COMMAND_GROUP_H

#include "harness/terminal/cli.h"
#include "command.h"

/* Of the usage, only command, summary and example are used; the rest comes from the commands. */
int command_group_run(const struct cli_usage *usage, const struct command *const *commands,
    int argc, char **argv, struct err *err) MUST_CHECK;

#endif
