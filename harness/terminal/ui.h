/*
 * What the program says to people, mostly on standard error. Only commands call this.
 *
 *     ui_error(&err);                          "scalestudy: <sentence>"
 *     ui_say("added %d jobs to %s", n, path);  a line; not with ui_quiet
 */
#ifndef SCALESTUDY_HARNESS_TERMINAL_UI_H
#define SCALESTUDY_HARNESS_TERMINAL_UI_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/base/err.h"

void ui_error(const struct err *err);

/* "scalestudy: warning: <sentence>", also after ui_quiet. */
void ui_warn(const char *format, ...) PRINTF_LIKE(1, 2);

/* One line, unless ui_quiet was called. */
void ui_say(const char *format, ...) PRINTF_LIKE(1, 2);
/* The same of each line of a text. */
void ui_say_lines(const char *text);
void ui_quiet(void);

/* One line on any stream; texts from outside in it are made showable (utf8.h). */
void ui_line(FILE *stream, const char *format, ...) PRINTF_LIKE(2, 3);
void ui_vline(FILE *stream, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Standard error is a terminal that can redraw a line. */
bool ui_is_live(void);
/* Colours are wanted: a terminal, NO_COLOR not set, TERM not "dumb". */
bool ui_has_colour(void);
/* The same of standard output. */
bool ui_output_is_live(void);
bool ui_output_has_colour(void);

/* Ask a question that y and yes answer with true, nothing else; false without anybody at a terminal. */
bool ui_confirm(const char *question);

/* Width of the terminal in columns; 80 if it does not say. */
int ui_columns(void);
int ui_output_columns(void); /* of standard output */

/*
 * A line on standard error, a terminal, that is drawn again in its place. *drawn: its columns, 0 before
 * the first and after it is erased. What does not fit is cut. A terminal that was made narrower
 * meanwhile has broken the line into several: all of them are erased.
 */
void ui_draw_line(int *drawn, const char *text, bool colour);
void ui_erase_line(int *drawn);

/* "s" unless n is 1. */
const char *ui_plural(long n);

/* "12.3 MB", "252 GB"; decimal, as disks are sold and publishers count. */
#define UI_SIZE_BYTES 32
const char *ui_size(int64_t bytes, char to[UI_SIZE_BYTES]);

/* Seconds as "7 s", "3:05", "1:02:03"; "?" for NaN. */
#define UI_DURATION_BYTES 32
const char *ui_duration(double seconds, char to[UI_DURATION_BYTES]);

/* Before networks are measured for an estimate: for estimate_options.measuring. */
void ui_measuring(int done, int all);

#endif
