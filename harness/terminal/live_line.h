/*
 * How far one command is, in one line on standard error that is redrawn on a terminal, and said
 * again every half minute elsewhere. Nothing when quiet.
 *
 *     struct live_line line;
 *     live_line_init(&line, quiet);
 *     live_line_show(&line, "%d of %d", i, n);     any number of times
 *     live_line_close(&line);                      before anything else is printed, and at the end
 */
#ifndef SCALESTUDY_HARNESS_TERMINAL_LIVE_LINE_H
#define SCALESTUDY_HARNESS_TERMINAL_LIVE_LINE_H

#include <stdbool.h>

#include "harness/base/err.h"

struct live_line {
    bool quiet, live;
    int drawn;         /* columns of the line on the terminal */
    double last_shown; /* clock_seconds */
};

void live_line_init(struct live_line *line, bool quiet);
void live_line_show(struct live_line *line, const char *format, ...) PRINTF_LIKE(2, 3);
void live_line_close(struct live_line *line);

#endif
