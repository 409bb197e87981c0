/* The lines of a small text file, one after another, for lists that come with datasets. */
#ifndef SCALESTUDY_WORKLOADS_DATA_FORMATS_TEXT_LINES_H
#define SCALESTUDY_WORKLOADS_DATA_FORMATS_TEXT_LINES_H

#include <stddef.h>

#include "harness/base/err.h"

/* A line without its end, to be changed as one likes; -1 ends the reading. Empty lines are left out. */
typedef int text_line(void *context, char *line, struct err *err);

/* Errors name the file and the line, never what is in it: those of a job go where others read them, and the
 * file may be anybody's. */
int text_lines_read(
    const char *path, size_t max_bytes, text_line *line, void *context, struct err *err) MUST_CHECK;

#endif
