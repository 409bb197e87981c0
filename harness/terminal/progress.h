/*
 * How far a run is, for people: one live line on a terminal, elsewhere a line for every finished
 * job and one every half minute. Standard error; nothing when quiet.
 *
 *     progress_init(&progress, quiet);
 *     progress_counts(&progress, &status);          from the database, whenever it changed
 *     progress_work(...)                            work done and left: gives the time left
 *     progress_say(&progress, "done 5/14: ...");    a line above the live one
 *     progress_show(&progress, "mobilenet_v2 ...")  redraw, at most a few times a second
 *     progress_end(&progress);
 */
#ifndef SCALESTUDY_HARNESS_TERMINAL_PROGRESS_H
#define SCALESTUDY_HARNESS_TERMINAL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"

struct progress {
    bool quiet, live, colour;
    int drawn; /* columns of the live line on the screen */
    double started, next_draw;
    int total, done, failed, running;
    double work_total, work_done; /* of this run's jobs, in any unit */
    double work_before;           /* done when this run began */
    double images_per_second;
};

void progress_init(struct progress *progress, bool quiet);
void progress_counts(struct progress *progress, int total, int done, int failed, int running);
void progress_say(struct progress *progress, const char *format, ...) PRINTF_LIKE(2, 3);
/* `now` says what is running, in a few words. */
void progress_show(struct progress *progress, const char *now);
void progress_end(struct progress *progress);

/* Seconds that the rest will take at the rate so far; NaN before there is one. */
double progress_seconds_left(const struct progress *progress);

/* ", 3:05 left", or nothing while that is not known. */
#define PROGRESS_LEFT_BYTES 48
const char *progress_left(const struct progress *progress, char to[PROGRESS_LEFT_BYTES]);

/* Bar and numbers in at most `columns` columns; for tests. Returns `to`. */
const char *progress_line(
    const struct progress *progress, const char *now, int columns, char *to, size_t size);

#endif
