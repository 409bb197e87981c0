/*
 * The commands in the manual, from the tables of which --help is made: their list, a section for each, and sections of
 * the options that several share (CLI_GROUP in cli.h).
 *
 *     struct shared_options shared = {0};
 *     manual_print_list(to);
 *     if (manual_print_commands(to, &shared, err) < 0) return -1;
 *     manual_print_shared(to, &shared);
 */
#ifndef SCALESTUDY_HARNESS_COMMANDS_MANUAL_COMMANDS_H
#define SCALESTUDY_HARNESS_COMMANDS_MANUAL_COMMANDS_H

#include <stdio.h>

#include "harness/base/err.h"
#include "harness/terminal/cli.h"

#define MOST_SHARED_TITLES  16
#define MOST_SHARED_OPTIONS 128

/* The options that commands share, by their titles, in the order in which they were first met. */
struct shared_options {
    const char *titles[MOST_SHARED_TITLES];
    struct cli_option options[MOST_SHARED_TITLES][MOST_SHARED_OPTIONS];
    int n_titles, n_options[MOST_SHARED_TITLES];
};

/* Every command with its summary, by groups, as `scalestudy --help`. */
void manual_print_list(FILE *to);

/* A section for each command; *shared collects the options that are not described there. */
int manual_print_commands(FILE *to, struct shared_options *shared, struct err *err) MUST_CHECK;

/* A section for each title. */
void manual_print_shared(FILE *to, const struct shared_options *shared);

#endif
