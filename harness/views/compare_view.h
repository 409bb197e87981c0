/*
 * What `compare` and the report show of comparisons: a row each, and notes.
 *
 *     rowset_init(&rows, compare_view_columns);
 *     if (compare_view_fill(&list, &view, &rows, err) < 0) goto done;
 *     compare_view_notes(&list, &view, &notes);
 *
 * Rows are in the list's order. Notes are sentences, one a line; memory that runs out is found by
 * str_check.
 */
#ifndef SCALESTUDY_HARNESS_VIEWS_COMPARE_VIEW_H
#define SCALESTUDY_HARNESS_VIEWS_COMPARE_VIEW_H

#include "harness/base/rowset.h"
#include "harness/base/str.h"
#include "results/analysis/compare.h"

struct compare_view {
    const struct compare_options *how; /* the list was loaded with */
    bool marks;                        /* ~ at what is interpolated: for people */
    int most_rows;                     /* 0: all */
};

extern const struct column compare_view_columns[];

const char *compare_view_caption(const struct compare_view *view);
int compare_view_fill(const struct comparisons *list, const struct compare_view *view,
    struct rowset *rows, struct err *err) MUST_CHECK;
void compare_view_notes(
    const struct comparisons *list, const struct compare_view *view, struct str *notes);

#endif
