/*
 * What `fit` prints: the laws, the networks behind them, predictions, or methods at equal FLOPs.
 *
 *     rowset_init(&rows, fit_view_laws.columns);
 *     if (fit_view_laws.fill(&curves, 0, &rows, &notes, err) < 0) goto done;
 */
#ifndef SCALESTUDY_HARNESS_VIEWS_FIT_VIEW_H
#define SCALESTUDY_HARNESS_VIEWS_FIT_VIEW_H

#include "harness/base/rowset.h"
#include "harness/base/str.h"
#include "results/analysis/fit_curves.h"

struct fit_view {
    const char *caption;
    const struct column *columns;
    /* `macs`: where; the first two do not need it. Notes are appended. ERR_INPUT if there is nothing
     * to show. */
    int (*fill)(const struct fit_curves *curves, double macs, struct rowset *rows,
        struct str *notes, struct err *err);
};

extern const struct fit_view fit_view_laws, fit_view_rows, fit_view_predictions, fit_view_iso;

#endif
