/*
 * Whether a number is in the range that it must be in: from `least` to `most`, or above `least`. Tables
 * of ranges (harness/study/data_ranges.h) give the three as one macro.
 *
 *     #define RANGE_crop_ratio 0, 1, true
 *     if (range_check("crop_ratio", ratio, RANGE_crop_ratio, err) < 0) return -1;
 *         "crop_ratio is 0; it must be above 0 and at most 1"
 */
#ifndef SCALESTUDY_HARNESS_BASE_RANGE_H
#define SCALESTUDY_HARNESS_BASE_RANGE_H

#include <stdbool.h>

#include "err.h"

/* The same in the row of a table, a struct with these three members. */
#define RANGE_FROM(least_, most_)  .least = (least_), .most = (most_)
#define RANGE_ABOVE(least_, most_) RANGE_FROM(least_, most_), .above_least = true

bool range_has(double value, double least, double most, bool above_least);

/* ERR_INPUT with the name, the value and the range, if it is outside; NaN is. */
int range_check(const char *name, double value, double least, double most, bool above_least,
    struct err *err) MUST_CHECK;

#endif
