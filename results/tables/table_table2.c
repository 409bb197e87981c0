/*
 * Table 2 of the EfficientNet paper: EfficientNet-B0 to B7, counted, and the networks that the paper
 * sets beside them, counted where they are here.
 */
#include "table.h"

#include <math.h>

#include "paper_table.h"
#include "results/published/paper.h"

static const struct column columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "method", .type = COLUMN_TEXT, .json_only = true},
    {.name = "input", .type = COLUMN_INT, .heading = "px"},
    {.name = "params", .type = COLUMN_INT},
    {.name = "params_m_paper", .type = COLUMN_REAL, .decimals = -2, .heading = "paper M"},
    {.name = "params_verdict", .type = COLUMN_TEXT, .heading = "verdict"},
    {.name = "macs", .type = COLUMN_INT},
    {.name = "flops_b_paper", .type = COLUMN_REAL, .decimals = -2, .heading = "paper B"},
    {.name = "flops_verdict", .type = COLUMN_TEXT, .heading = "verdict"},
    {.name = "top1", .type = COLUMN_REAL, .decimals = 1, .heading = "top-1"},
    {.name = "top1_ci95", .type = COLUMN_REAL, .decimals = 1, .heading = "±"},
    {.name = "seeds", .type = COLUMN_INT, .heading = "n"},
    {.name = "top1_paper", .type = COLUMN_REAL, .decimals = 1, .heading = "paper"},
    {.name = "top5", .type = COLUMN_REAL, .decimals = 1, .json_only = true},
    {.name = "top5_paper", .type = COLUMN_REAL, .decimals = 1, .json_only = true},
    {.name = "study_input", .type = COLUMN_INT, .json_only = true},
    {.name = "study_macs", .type = COLUMN_INT, .json_only = true},
    {.name = "setting", .type = COLUMN_TEXT, .if_any = true},
    {0},
};

static void add_int(struct rowset *rows, bool known, int64_t value)
{
    if (known)
        rowset_int(rows, value);
    else
        rowset_null(rows);
}

static void add_row(struct rowset *rows, const struct paper_table_row *row)
{
    const struct paper_row *paper = row->paper;
    const struct accuracy_group *measured = row->measured;

    rowset_text(rows, paper->model);
    rowset_text(rows, paper->method);
    add_int(rows, row->counted, row->network.input);
    add_int(rows, row->counted, row->network.params);
    rowset_real(rows, paper->params_m);
    rowset_text(rows, verdict_name(row->params));
    add_int(rows, row->counted, row->network.macs);
    rowset_real(rows, paper->flops_b);
    rowset_text(rows, verdict_name(row->flops));
    paper_table_add_measured(rows, row);
    rowset_real(rows, paper->top1);
    rowset_real(rows, measured ? measured->top5 : NAN);
    rowset_real(rows, paper->top5);
    add_int(rows, measured != NULL, measured ? measured->input : 0);
    add_int(rows, measured != NULL, measured ? measured->macs : 0);
    paper_table_add_setting(rows, row);
}

static int fill(
    struct store *store, const struct table_options *options, struct rowset *rows, struct err *err)
{
    struct paper_table table;

    if (paper_table_load(&table, "table2", store, options, err) < 0)
        return -1;
    for (int i = 0; i < table.n; i++)
        for (int k = 0; k == 0 || k < table.rows[i].variants; k++) {
            struct paper_table_row row = paper_table_variant(&table, i, k);

            add_row(rows, &row);
        }
    paper_table_release(&table);
    return 0;
}

static int add_notes(
    struct store *store, const struct table_options *options, struct str *notes, struct err *err)
{
    struct paper_table table;
    int result;

    if (paper_table_load(&table, "table2", store, options, err) < 0)
        return -1;
    str_add(notes, "params are trainable parameters, macs multiply-adds of one image at px, which "
                   "the paper calls FLOPS: counted exactly for the networks in full size with 1000 "
                   "classes. The paper's are in millions (M) and billions (B), printed to two "
                   "digits. Networks without a count (-) are not in this program.\n");
    paper_table_note_verdicts(&table, notes);
    result = paper_table_note_measured(&table, store, notes, err);
    paper_table_release(&table);
    return result;
}

const struct table table_table2 = {
    .name = "table2",
    .summary =
        "Table 2 of the EfficientNet paper: EfficientNet-B0 to B7 and others, counted exactly",
    .columns = columns,
    .fill = fill,
    .notes = add_notes,
};
