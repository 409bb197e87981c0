/*
 * Rows of the paper's Tables 2, 3 and 7: each counted exactly and judged, and what a study measured
 * of it.
 *
 *     struct counted counted;
 *     if (counted_load(&counted, "table3", store, options, err) < 0) return -1;
 *     for (int i = 0; i < counted.n; i++) ... counted.rows[i] ...
 *     counted_release(&counted);
 *
 * `store` NULL: nothing is measured. A row's pointers point into `counted` and to static data.
 */
#ifndef SCALESTUDY_RESULTS_TABLES_COUNTED_H
#define SCALESTUDY_RESULTS_TABLES_COUNTED_H

#include "results/query/query.h"
#include "table.h"
#include "results/analysis/verdict.h"
#include "results/published/paper.h"

#define COUNTED_MAX_ROWS 32

struct counted_row {
    const struct paper_row *paper;
    double depth, width, resolution;
    bool stated;  /* the paper says which factors */
    bool counted; /* there is such a network here */
    struct table_network network;
    int flops_decimals; /* that the paper prints them with */
    enum verdict flops, params;
    int partner;                           /* row that its FLOPs may have been exchanged with */
    const struct accuracy_group *measured; /* NULL: not */
    const struct accuracy_group *baseline; /* what `measured` was scaled from; NULL: not measured */
    int variants; /* groups of the study that are this row: they differ in their labels */
};

struct counted {
    const char *source, *title; /* "table3", "Table 3" */
    struct counted_row rows[COUNTED_MAX_ROWS];
    int n;
    struct accuracy_group *groups; /* of one study */
    int n_groups;
};

/* ERR_INPUT if there is no such study, or none was chosen and several have rows of this table. */
int counted_load(struct counted *counted, const char *source, struct store *store,
    const struct table_options *options, struct err *err) MUST_CHECK;
void counted_release(struct counted *counted);

/* A row with the k-th of its variants as what was measured; 0 is the row as it is. */
struct counted_row counted_variant(const struct counted *counted, int row, int k);

/* In the paper's units; NaN if not counted. */
double counted_flops_b(const struct counted_row *row);
double counted_params_m(const struct counted_row *row);

/* As the paper writes it: the factors that are not 1, "d=1.4 w=1.2", or "baseline". */
void counted_add_scaling(struct str *to, const struct counted_row *row);

/* What was measured tells itself from others by: its label, or an empty cell. */
void counted_add_setting(struct rowset *rows, const struct counted_row *row);
/* Cells that all tables have: top1, top1_ci95 and seeds of what was measured, or empty ones. */
void counted_add_measured(struct rowset *rows, const struct counted_row *row);

/* Notes: the verdicts that occur, of them only exchanges; rows whose factors the paper leaves out;
 * what was measured, where and with how many seeds. */
void counted_note_verdicts(const struct counted *counted, struct str *notes);
void counted_note_exchanges(const struct counted *counted, struct str *notes);
void counted_note_factors(const struct counted *counted, struct str *notes);
int counted_note_measured(const struct counted *counted, struct store *store, struct str *notes,
    struct err *err) MUST_CHECK;

#endif
