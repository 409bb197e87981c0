/*
 * Whether a number is in the range that it must be in: from `least` to `most`, or above `least`. Tables
 * of ranges (workloads/recipe_ranges.h) give the three as one macro.
 *
 *     #define RANGE_lr 0, 1000, true
 *     if (range_check("lr", lr, RANGE_lr, err) < 0) return -1;
 *         "lr is 0; it must be above 0 and at most 1000"
 */
#ifndef SCALESTUDY_HARNESS_BASE_RANGE_H
#define SCALESTUDY_HARNESS_BASE_RANGE_H

#include <stdbool.h>

#include "err.h"

bool range_has(double value, double least, double most, bool above_least);

/* ERR_INPUT with the name, the value and the range, if it is outside; NaN is. */
int range_check(const char *name, double value, double least, double most, bool above_least,
    struct err *err) MUST_CHECK;

#endif
