/*
 * A job's epochs as a curve of characters: training and test over each other.
 *
 *     curve_view(epochs, n, CURVE_TOP1, &(struct curve_style){.columns = 80, .rows = 20}, &text);
 */
#ifndef SCALESTUDY_HARNESS_VIEWS_CURVE_VIEW_H
#define SCALESTUDY_HARNESS_VIEWS_CURVE_VIEW_H

#include <stdbool.h>

#include "harness/base/str.h"
#include "results/query/query.h"

enum curve_metric {
    CURVE_LOSS,
    CURVE_TOP1,
    CURVE_TOP5,
};

struct curve_style {
    int columns, rows; /* of the whole; at least 30 and 8 are taken */
    bool colour;
};

/* "loss", "top1" or "top5"; else an ERR_INPUT. */
int curve_metric_find(const char *name, enum curve_metric *metric, struct err *err) MUST_CHECK;

/* An ERR_INPUT if no epoch has that metric. */
int curve_view(const struct epoch_metric *epochs, int n, enum curve_metric metric,
    const struct curve_style *style, struct str *text, struct err *err) MUST_CHECK;

#endif
