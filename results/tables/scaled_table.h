/*
 * Tables 3 and 7 of the EfficientNet paper, which have the same columns: baselines and what was
 * scaled from them, each row with our exact count beside the paper's FLOPS, and what a study
 * measured beside the paper's accuracy.
 *
 * The three are fields of a `struct table`; their first argument is the name of the paper's table.
 */
#ifndef SCALESTUDY_RESULTS_TABLES_SCALED_TABLE_H
#define SCALESTUDY_RESULTS_TABLES_SCALED_TABLE_H

#include "table.h"

extern const struct column scaled_table_columns[];
int scaled_table_fill(const char *source, struct store *store, const struct table_options *options,
    struct rowset *rows, struct err *err) MUST_CHECK;
int scaled_table_notes(const char *source, struct store *store, const struct table_options *options,
    struct str *notes, struct err *err) MUST_CHECK;

#endif
