/*
 * Tables: one file and one line in tables.def each; rows come from the database and from specs'
 * exact costs.
 */
#ifndef SCALESTUDY_RESULTS_TABLE_H
#define SCALESTUDY_RESULTS_TABLE_H

#include "harness/base/err.h"
#include "harness/base/rowset.h"
#include "harness/base/str.h"
#include "store.h"

/* Multiply-adds and input size of a baseline of models.def scaled by d, w, r; the command's, since
 * results/ knows no engine. */
typedef int table_cost(const char *model, double depth, double width, double resolution, int *input,
    int64_t *macs, struct err *err);

struct table_options {
    const char *study; /* NULL: all of the database */
    table_cost *cost;
};

struct table {
    const char *name;             /* REQUIRED, as in tables.def */
    const char *summary;          /* REQUIRED, one line */
    const struct column *columns; /* REQUIRED */
    /* REQUIRED. `store` is NULL when there is no database yet: what is measured is then empty. */
    int (*fill)(struct store *store, const struct table_options *options, struct rowset *rows,
        struct err *err);
    /* OPTIONAL. Sentences below the table, one a line; appended to `notes`. */
    int (*notes)(struct store *store, const struct table_options *options, struct str *notes,
        struct err *err);
};

const struct table *const *table_all(void);
const struct table *table_find(const char *name, struct err *err);

#endif
