/*
 * Tables: one file and one line in tables.def each; rows come from the database and from specs'
 * exact costs.
 */
#ifndef SCALESTUDY_RESULTS_TABLES_TABLE_H
#define SCALESTUDY_RESULTS_TABLES_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/base/rowset.h"
#include "harness/base/str.h"
#include "results/store/store.h"

/* What a network with 1000 classes costs. */
struct table_network {
    int input; /* pixels */
    int64_t params, macs;
};

/* One stage of a network, as in the paper's Table 1. */
struct table_stage {
    const char *operator; /* static: conv, mbconv, ... as `scalestudy models NAME` calls them */
    int kernel, stride, expand; /* expand 0: the operator has none */
    int input;                  /* pixels that go into it */
    int channels, layers;       /* out of it; repeats of its operator */
    double se_ratio;            /* 0: none */
    int64_t params, macs;       /* those of the classifier are in the last stage */
};
#define TABLE_MAX_STAGES 16

/*
 * Exact costs, which the caller computes, since results/ does not use the engine. Models are those of
 * models.def.
 *   has_model   whether there is such a model
 *   cost        a baseline scaled by d, w, r
 *   stages      the stages of a baseline; fills at most TABLE_MAX_STAGES
 */
struct table_counter {
    bool (*has_model)(const char *model);
    int (*cost)(const char *model, double depth, double width, double resolution,
        struct table_network *network, struct err *err);
    int (*stages)(const char *model, struct table_stage stages[TABLE_MAX_STAGES], int *n_stages,
        struct err *err);
};

struct table_options {
    const char *study; /* NULL: all of the database */
    const struct table_counter *counter;
};

struct table {
    const char *name;             /* REQUIRED, as in tables.def */
    const char *summary;          /* REQUIRED, one line */
    const struct column *columns; /* REQUIRED */
    /* REQUIRED. `store` is NULL if there is no database yet: measured cells are then empty. */
    int (*fill)(struct store *store, const struct table_options *options, struct rowset *rows,
        struct err *err);
    /* OPTIONAL. Sentences below the table, one a line; appended to `notes`. */
    int (*notes)(struct store *store, const struct table_options *options, struct str *notes,
        struct err *err);
};

const struct table *const *table_all(void);
const struct table *table_find(const char *name, struct err *err);

#endif
