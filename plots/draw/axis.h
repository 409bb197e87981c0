/*
 * Axes: a range that shows all data, and ticks at round values whose numbers do not overlap.
 *
 *     struct axis x;
 *     axis_log(&x, 13e6, 64e6, &(struct axis_room){.pixels = 300, .low = 24, .high = 70});
 *     left + x.pixels * axis_place(&x, 52e6)           where a value lies
 *
 * Pure and thread safe.
 */
#ifndef SCALESTUDY_PLOTS_DRAW_AXIS_H
#define SCALESTUDY_PLOTS_DRAW_AXIS_H

#include <stdbool.h>

#define AXIS_MAX_TICKS  16
#define AXIS_TEXT_BYTES 16

struct axis_room {
    double pixels;    /* length of the axis */
    double low, high; /* pixels to keep free of data at its two ends */
};

struct axis {
    bool is_log;
    double low, high; /* range, low < high */
    int n_ticks;
    struct {
        double at;
        char text[AXIS_TEXT_BYTES];
    } ticks[AXIS_MAX_TICKS];
};

/* Multiply-adds on a logarithmic axis, 0 < least <= most; numbers as 10M and 1.3B. */
void axis_log(struct axis *axis, double least, double most, const struct axis_room *room);

/* Per cent on a linear axis: no number below 0 or above 100. */
void axis_percent(struct axis *axis, double least, double most, const struct axis_room *room);

/* Any quantity on a linear axis; numbers as they are, large ones as counts. */
void axis_linear(struct axis *axis, double least, double most, const struct axis_room *room);

/* 0 at the low end, 1 at the high end. */
double axis_place(const struct axis *axis, double value);

/* 1.3e9 as 1.3B, 10e6 as 10M; three digits at most. */
void axis_count(double value, char to[AXIS_TEXT_BYTES]);

#endif
