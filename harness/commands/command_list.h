/* Every command of the program, in the order of commands.def: for --help, the manual, and to find one by its name. */
#ifndef SCALESTUDY_HARNESS_COMMANDS_COMMAND_LIST_H
#define SCALESTUDY_HARNESS_COMMANDS_COMMAND_LIST_H

#include "command.h"

/* A row of commands.def: a command, or the title of the group that follows. */
struct command_listing {
    const char *group;
    const struct command *command;
};

/* Ended by a row of two NULLs. Commands without a summary are the program's own and shown nowhere. */
const struct command_listing *command_list(void);

#endif
