/*
 * Commands: one file harness/commands/cmd_NAME.c and one line in commands.def each.
 *
 * A command declares its options in a table (cli.h), from which they are parsed, and from which --help and the command's
 * section of the manual are made. It returns 0 or -1 with the error set; main prints the error and exits with its status.
 * Data goes to standard output by stdio; main checks for failed writes at the end.
 */
#ifndef SCALESTUDY_HARNESS_COMMANDS_COMMAND_H
#define SCALESTUDY_HARNESS_COMMANDS_COMMAND_H

#include "harness/base/err.h"

struct command {
    const char *name;    /* REQUIRED, as typed */
    const char *summary; /* one line of `scalestudy --help`; NULL: for the program's own use */
    /* REQUIRED; argv[0] is the command's name */
    int (*run)(int argc, char **argv, struct err *err);
    /* OPTIONAL, of a command that hands on to commands of its own (command_group.h): these, ended by NULL. */
    const struct command *const *commands;
};

#endif
