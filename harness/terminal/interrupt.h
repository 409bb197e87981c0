/*
 * Ctrl-C, for commands that can end early without losing what is done.
 *
 *     interrupt_catch();
 *     while (work && !interrupt_asked()) ...
 *
 * The first SIGINT or SIGTERM only sets a mark, which the command looks at; a second one ends the
 * program as usual. A statement on a database that is running ends by itself, with ERR_INTERRUPTED.
 */
#ifndef SCALESTUDY_HARNESS_TERMINAL_INTERRUPT_H
#define SCALESTUDY_HARNESS_TERMINAL_INTERRUPT_H

#include <stdbool.h>

void interrupt_catch(void);
bool interrupt_asked(void);

#endif
