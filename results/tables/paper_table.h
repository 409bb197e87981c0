/*
 * Rows of the paper's Tables 2, 3 and 7: each counted exactly and judged, and what a study measured
 * of it.
 *
 *     struct paper_table table;
 *     if (paper_table_load(&table, "table3", store, options, err) < 0) return -1;
 *     for (int i = 0; i < table.n; i++) ... table.rows[i] ...
 *     paper_table_release(&table);
 *
 * `store` NULL: nothing is measured. A row's pointers point into the table and to static data.
 */
#ifndef SCALESTUDY_RESULTS_TABLES_PAPER_TABLE_H
#define SCALESTUDY_RESULTS_TABLES_PAPER_TABLE_H

#include "results/query/query.h"
#include "table.h"
#include "results/analysis/verdict.h"
#include "results/published/paper.h"

#define PAPER_TABLE_MAX_ROWS 32

struct paper_table_row {
    const struct paper_row *paper;
    double depth, width, resolution;
    bool stated;  /* the paper states the factors */
    bool counted; /* the program has this network */
    struct table_network network;
    int flops_decimals; /* that the paper prints them with */
    enum verdict flops, params;
    int partner;                           /* row with which its FLOPs may be exchanged */
    const struct accuracy_group *measured; /* NULL: none was */
    const struct accuracy_group *baseline; /* what `measured` was scaled from; NULL: not measured */
    int variants; /* groups of the study that are this row, with different labels */
};

struct paper_table {
    const char *source, *title; /* "table3", "Table 3" */
    struct paper_table_row rows[PAPER_TABLE_MAX_ROWS];
    int n;
    struct accuracy_group *groups; /* of one study */
    int n_groups;
};

/* ERR_INPUT if there is no such study, or none was chosen and several have rows of this table. */
int paper_table_load(struct paper_table *table, const char *source, struct store *store,
    const struct table_options *options, struct err *err) MUST_CHECK;
void paper_table_release(struct paper_table *table);

/* A row with the k-th of its groups as what was measured; 0 is the row itself. */
struct paper_table_row paper_table_variant(const struct paper_table *table, int row, int k);

/* In the paper's units; NaN if not counted. */
double paper_table_flops_b(const struct paper_table_row *row);
double paper_table_params_m(const struct paper_table_row *row);

/* As the paper writes it: the factors that are not 1, "d=1.4 w=1.2", or "baseline". */
void paper_table_add_scaling(struct str *to, const struct paper_table_row *row);

/* Adds the label of the group that was measured, or an empty cell. */
void paper_table_add_setting(struct rowset *rows, const struct paper_table_row *row);
/* Cells that all tables have: top1, top1_ci95 and seeds of what was measured, or empty ones. */
void paper_table_add_measured(struct rowset *rows, const struct paper_table_row *row);

/* Notes: the verdicts that occur, of them only exchanges; rows whose factors the paper leaves out;
 * what was measured, where and with how many seeds. */
void paper_table_note_verdicts(const struct paper_table *table, struct str *notes);
void paper_table_note_exchanges(const struct paper_table *table, struct str *notes);
void paper_table_note_factors(const struct paper_table *table, struct str *notes);
int paper_table_note_measured(const struct paper_table *table, struct store *store,
    struct str *notes, struct err *err) MUST_CHECK;

#endif
