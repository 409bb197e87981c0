/* Columns, rows and notes that Tables 3 and 7 have in common. */
#include "scaled_table.h"

#include <math.h>
#include <string.h>

#include "paper_table.h"
#include "results/published/paper.h"

const struct column scaled_table_columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "method", .type = COLUMN_TEXT, .json_only = true},
    {.name = "depth", .type = COLUMN_REAL, .json_only = true},
    {.name = "width", .type = COLUMN_REAL, .json_only = true},
    {.name = "resolution", .type = COLUMN_REAL, .json_only = true},
    {.name = "scaling", .type = COLUMN_TEXT},
    {.name = "input", .type = COLUMN_INT, .heading = "px"},
    {.name = "macs", .type = COLUMN_INT, .json_only = true},
    {.name = "params", .type = COLUMN_INT, .json_only = true},
    {.name = "flops_b", .type = COLUMN_REAL, .decimals = 2, .heading = "FLOPs"},
    {.name = "flops_b_paper", .type = COLUMN_REAL, .decimals = 1, .heading = "paper"},
    {.name = "flops_verdict", .type = COLUMN_TEXT, .heading = "verdict"},
    {.name = "top1", .type = COLUMN_REAL, .decimals = 1, .heading = "top-1"},
    {.name = "top1_ci95", .type = COLUMN_REAL, .decimals = 1, .heading = "±"},
    {.name = "seeds", .type = COLUMN_INT, .heading = "n"},
    {.name = "top1_paper", .type = COLUMN_REAL, .decimals = 1, .heading = "paper"},
    {.name = "gain", .type = COLUMN_REAL, .decimals = 1},
    {.name = "gain_paper", .type = COLUMN_REAL, .decimals = 1, .heading = "paper"},
    {.name = "study_input", .type = COLUMN_INT, .json_only = true},
    {.name = "study_macs", .type = COLUMN_INT, .json_only = true},
    {.name = "note", .type = COLUMN_TEXT, .json_only = true},
    {.name = "setting", .type = COLUMN_TEXT, .if_any = true},
    {0},
};

static const struct paper_table_row *paper_baseline(
    const struct paper_table *table, const char *model)
{
    for (int i = 0; i < table->n; i++)
        if (strcmp(table->rows[i].paper->model, model) == 0 &&
            strcmp(table->rows[i].paper->method, "baseline") == 0)
            return &table->rows[i];
    return NULL;
}

static void add_note(
    struct str *note, const struct paper_table *table, const struct paper_table_row *row)
{
    if (!row->stated)
        str_add(note, "the paper does not state this row's factors");
    if (row->flops == VERDICT_EXCHANGED) {
        str_add(note, note->length ? "; " : "");
        str_add(note, "its FLOPs and those of ");
        paper_table_add_scaling(note, &table->rows[row->partner]);
        str_add(note, " may have changed places in the paper");
    }
}

static int add_row(struct rowset *rows, const struct paper_table *table,
    const struct paper_table_row *row, struct err *err)
{
    const struct paper_row *paper = row->paper;
    const struct paper_table_row *baseline = paper_baseline(table, paper->model);
    struct str scaling = STR_INIT, note = STR_INIT;
    int result;

    paper_table_add_scaling(&scaling, row);
    add_note(&note, table, row);
    rowset_text(rows, paper->model);
    rowset_text(rows, paper->method);
    rowset_real(rows, row->depth);
    rowset_real(rows, row->width);
    rowset_real(rows, row->resolution);
    rowset_text(rows, scaling.text);
    rowset_int(rows, row->network.input);
    rowset_int(rows, row->network.macs);
    rowset_int(rows, row->network.params);
    rowset_real(rows, paper_table_flops_b(row));
    rowset_real(rows, paper->flops_b);
    rowset_text(rows, verdict_name(row->flops));
    paper_table_add_measured(rows, row);
    rowset_real(rows, paper->top1);
    rowset_real(rows, row->baseline ? row->measured->top1 - row->baseline->top1 : NAN);
    rowset_real(rows, baseline ? round(10 * (paper->top1 - baseline->paper->top1)) / 10 : NAN);
    if (row->measured) {
        rowset_int(rows, row->measured->input);
        rowset_int(rows, row->measured->macs);
    } else {
        rowset_null(rows);
        rowset_null(rows);
    }
    rowset_text(rows, note.length ? note.text : NULL);
    paper_table_add_setting(rows, row);
    result = str_check(&scaling, err) < 0 || str_check(&note, err) < 0 ? -1 : 0;
    str_release(&scaling);
    str_release(&note);
    return result;
}

int scaled_table_fill(const char *source, struct store *store, const struct table_options *options,
    struct rowset *rows, struct err *err)
{
    struct paper_table table;
    int result = 0;

    if (paper_table_load(&table, source, store, options, err) < 0)
        return -1;
    for (int i = 0; i < table.n && result == 0; i++)
        for (int k = 0; (k == 0 || k < table.rows[i].variants) && result == 0; k++) {
            struct paper_table_row row = paper_table_variant(&table, i, k);

            result = add_row(rows, &table, &row, err);
        }
    paper_table_release(&table);
    return result;
}

int scaled_table_notes(const char *source, struct store *store, const struct table_options *options,
    struct str *notes, struct err *err)
{
    struct paper_table table;
    int result;

    if (paper_table_load(&table, source, store, options, err) < 0)
        return -1;
    str_add(notes, "FLOPs are multiply-adds in billions, as in the paper: counted exactly for the "
                   "networks in full size, scaled "
                   "from 224 px, with 1000 classes. px is the input that they are counted at.\n");
    paper_table_note_verdicts(&table, notes);
    paper_table_note_factors(&table, notes);
    result = paper_table_note_measured(&table, store, notes, err);
    paper_table_release(&table);
    return result;
}
