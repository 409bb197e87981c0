/*
 * Every cell of the paper's Tables 2, 3 and 7 that exact counting does not confirm, with the
 * verdict. results/published/paper-cells.md is this table as Markdown; a test compares.
 */
#include "table.h"

#include <math.h>

#include "paper_table.h"

static const char *const sources[] = {"table2", "table3", "table7"};
#define N_SOURCES (sizeof(sources) / sizeof(sources[0]))

static const struct column columns[] = {
    {.name = "source", .type = COLUMN_TEXT, .heading = "table"},
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "scaling", .type = COLUMN_TEXT},
    {.name = "input", .type = COLUMN_INT, .heading = "px"},
    {.name = "cell", .type = COLUMN_TEXT},
    {.name = "paper", .type = COLUMN_TEXT},
    {.name = "exact", .type = COLUMN_INT, .heading = "counted"},
    {.name = "off_percent", .type = COLUMN_REAL, .decimals = 1, .heading = "off %"},
    {.name = "verdict", .type = COLUMN_TEXT},
    {.name = "remark", .type = COLUMN_TEXT, .json_only = true},
    {0},
};

/* One number of one row, in print and counted. */
struct paper_cell {
    const char *name;
    double printed, exact; /* in the paper's unit */
    const char *unit;
    int64_t count;
    int decimals;
    enum verdict verdict;
};

/* FLOPs and parameters. */
static void cells_of(const struct paper_table_row *row, struct paper_cell cells[2])
{
    cells[0] = (struct paper_cell){"FLOPs", row->paper->flops_b, paper_table_flops_b(row), "B",
        row->network.macs, row->flops_decimals, row->flops};
    cells[1] = (struct paper_cell){"params", row->paper->params_m, paper_table_params_m(row), "M",
        row->network.params, verdict_two_digits(row->paper->params_m), row->params};
}

static void add_remark(
    const struct paper_table *table, const struct paper_table_row *row, struct str *remark)
{
    if (row->flops == VERDICT_EXCHANGED) {
        str_addf(remark, "is the paper's %.1f B of ", table->rows[row->partner].paper->flops_b);
        paper_table_add_scaling(remark, &table->rows[row->partner]);
    }
    if (!row->stated)
        str_add(remark, "the paper does not state this row's factors");
}

static int add_cell(struct rowset *rows, const struct paper_table *table,
    const struct paper_table_row *row, const struct paper_cell *cell, struct err *err)
{
    struct str scaling = STR_INIT, printed = STR_INIT, remark = STR_INIT;
    int result = -1;

    if (!isnan(row->paper->depth) || !row->stated)
        paper_table_add_scaling(&scaling, row);
    str_addf(&printed, "%.*f %s", cell->decimals, cell->printed, cell->unit);
    add_remark(table, row, &remark);
    rowset_text(rows, table->title);
    rowset_text(rows, row->paper->model);
    rowset_text(rows, scaling.length > 0 ? scaling.text : NULL);
    rowset_int(rows, row->network.input);
    rowset_text(rows, cell->name);
    rowset_text(rows, printed.text);
    rowset_int(rows, cell->count);
    rowset_real(rows, 100 * (cell->exact / cell->printed - 1));
    rowset_text(rows, verdict_name(cell->verdict));
    rowset_text(rows, remark.length > 0 ? remark.text : NULL);
    if (str_check(&scaling, err) == 0 && str_check(&printed, err) == 0 &&
        str_check(&remark, err) == 0)
        result = 0;
    str_release(&scaling);
    str_release(&printed);
    str_release(&remark);
    return result;
}

/* How many cells there are of each verdict. */
struct tally {
    int match, other, none;
};

/* rows NULL: only count. */
static int add_table(const char *source, const struct table_options *options, struct rowset *rows,
    struct tally *tally, struct err *err)
{
    struct paper_table table;
    int result = 0;

    if (paper_table_load(&table, source, NULL, options, err) < 0)
        return -1;
    for (int i = 0; i < table.n && result == 0; i++) {
        struct paper_cell cells[2];

        cells_of(&table.rows[i], cells);
        for (int c = 0; c < 2 && result == 0; c++) {
            if (isnan(cells[c].printed))
                continue;
            tally->none += cells[c].verdict == VERDICT_NONE;
            tally->match += cells[c].verdict == VERDICT_MATCH;
            if (cells[c].verdict == VERDICT_NONE || cells[c].verdict == VERDICT_MATCH)
                continue;
            tally->other++;
            if (rows)
                result = add_cell(rows, &table, &table.rows[i], &cells[c], err);
        }
    }
    paper_table_release(&table);
    return result;
}

static int add_tables(
    const struct table_options *options, struct rowset *rows, struct tally *tally, struct err *err)
{
    for (size_t i = 0; i < N_SOURCES; i++)
        if (add_table(sources[i], options, rows, tally, err) < 0)
            return -1;
    return 0;
}

static int fill(
    struct store *store, const struct table_options *options, struct rowset *rows, struct err *err)
{
    struct tally tally = {0};

    (void)store;
    return add_tables(options, rows, &tally, err);
}

static int add_notes(
    struct store *store, const struct table_options *options, struct str *notes, struct err *err)
{
    struct tally tally = {0};
    struct paper_table table;

    (void)store;
    if (add_tables(options, NULL, &tally, err) < 0 ||
        paper_table_load(&table, "table3", NULL, options, err) < 0)
        return -1;
    str_addf(notes,
        "Of the %d numbers of FLOPs and parameters in Tables 2, 3 and 7 of the paper (Tan & Le "
        "2019, arXiv 1905.11946, version 5), %d are of networks that are counted here: %d are "
        "confirmed, %d are above. The other %d are of networks that this program does not have.\n",
        tally.match + tally.other + tally.none, tally.match + tally.other, tally.match, tally.other,
        tally.none);
    str_add(notes,
        "FLOPs are multiply-adds of convolutions and fully connected layers, as the paper "
        "counts, at the input px; off is how much larger the count is than the printed "
        "number. An input that is scaled from 224 px is rounded to a whole number: 291 "
        "px at r = 1.3, which takes 10 to 13 % more than 288 px would.\n");
    str_add(notes, "truncated: the count gives the printed number when its further digits are cut "
                   "off, not rounded. differs: it does not give that number either way.\n");
    paper_table_note_exchanges(&table, notes);
    paper_table_note_factors(&table, notes);
    str_add(notes, "Verdicts follow by rule from the counts alone. This list is what the command "
                   "scalestudy table paper_cells prints.\n");
    paper_table_release(&table);
    return 0;
}

const struct table table_paper_cells = {
    .name = "paper_cells",
    .summary = "numbers of the EfficientNet paper that exact counting does not confirm",
    .columns = columns,
    .fill = fill,
    .notes = add_notes,
};
