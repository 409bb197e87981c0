/*
 * Commands: one file harness/cmd_NAME.c and one line in commands.def each.
 *
 * A command declares its options in a table (cli.h), which parses them, prints --help and feeds shell
 * completion. It returns 0 or -1 with the error set; main prints the error and exits with the status
 * that the contract gives to it.
 */
#ifndef SCALESTUDY_HARNESS_COMMAND_H
#define SCALESTUDY_HARNESS_COMMAND_H

#include "harness/base/err.h"

struct command {
    const char *name;    /* REQUIRED, as typed */
    const char *summary; /* REQUIRED, one line of `scalestudy --help` */
    int (*run)(int argc, char **argv, struct err *err); /* REQUIRED; argv[0] is the command's name */
};

#endif
