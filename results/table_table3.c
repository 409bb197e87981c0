/*
 * Table 3 of the EfficientNet paper: every row with our exact count beside the paper's FLOPS, and
 * what a study measured beside the paper's accuracy.
 */
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query.h"

#define MAX_ROWS 32

/* The paper prints FLOPS in billions with one decimal in this table. */
#define PRINTED_STEPS 10.0
/* How near an exact count must be to the number that another row has in print. */
#define EXCHANGE_TOLERANCE 0.01
/* A study's factor is a row's if it is so near, relatively. */
#define FACTOR_TOLERANCE 1e-3

/*
 * What the exact count says of the paper's number, by rule alone:
 *   match       it rounds to that number
 *   truncated   it is that number when its further digits are cut off instead
 *   exchanged?  neither; but there is another such row of the same model, this count is within 1 %
 *               of that row's number and nearer to it than to its own, and the other way round
 *   differs     none of these
 */
enum verdict {
    VERDICT_MATCH,
    VERDICT_TRUNCATED,
    VERDICT_EXCHANGED,
    VERDICT_DIFFERS,
};

static const char *const verdict_names[] = {
    [VERDICT_MATCH] = "match",
    [VERDICT_TRUNCATED] = "truncated",
    [VERDICT_EXCHANGED] = "exchanged?",
    [VERDICT_DIFFERS] = "differs",
};

struct row {
    const struct paper_row *paper;
    double depth, width, resolution;
    bool stated; /* the paper says which factors */
    int input;
    int64_t macs;
    enum verdict verdict;
    int partner;                           /* row that it may have been exchanged with */
    const struct accuracy_group *measured; /* NULL: not */
    const struct accuracy_group *baseline; /* what `measured` was scaled from; NULL: not measured */
    int variants; /* groups of the study that are this row: different baselines */
};

struct table3 {
    struct row rows[MAX_ROWS];
    int n;
    struct accuracy_group *groups; /* of one study */
    int n_groups;
};

/* ---- the paper's rows, and what they cost ---- */

static const struct paper_row *baseline_of(const struct paper_row *paper, int n, const char *model)
{
    for (int i = 0; i < n; i++)
        if (strcmp(paper[i].model, model) == 0 && strcmp(paper[i].method, "baseline") == 0)
            return &paper[i];
    return NULL;
}

/* Rows without factors are compound ones: they take those of the first compound row that has some.
 */
static void take_factors(struct row *row, const struct paper_row *paper, int n)
{
    const struct paper_row *from = row->paper;

    row->stated = !isnan(from->depth);
    for (int i = 0; i < n && isnan(from->depth); i++)
        if (strcmp(paper[i].method, row->paper->method) == 0)
            from = &paper[i];
    row->depth = from->depth;
    row->width = from->width;
    row->resolution = from->resolution;
}

static double billions(const struct row *row)
{
    return (double)row->macs / 1e9;
}

static bool fits(const struct row *row)
{
    return row->verdict == VERDICT_MATCH || row->verdict == VERDICT_TRUNCATED;
}

static enum verdict judge_alone(const struct row *row)
{
    long long printed = llround(row->paper->flops_b * PRINTED_STEPS);

    if (llround(billions(row) * PRINTED_STEPS) == printed)
        return VERDICT_MATCH;
    if ((long long)floor(billions(row) * PRINTED_STEPS) == printed)
        return VERDICT_TRUNCATED;
    return VERDICT_DIFFERS;
}

static bool belongs_to(const struct row *row, const struct row *other)
{
    double to_other = fabs(billions(row) - other->paper->flops_b),
           to_own = fabs(billions(row) - row->paper->flops_b);

    return to_other <= EXCHANGE_TOLERANCE * other->paper->flops_b && to_other < to_own;
}

static void judge(struct table3 *table)
{
    for (int i = 0; i < table->n; i++)
        table->rows[i].verdict = judge_alone(&table->rows[i]);
    for (int i = 0; i < table->n; i++)
        for (int j = i + 1; j < table->n; j++) {
            struct row *a = &table->rows[i], *b = &table->rows[j];

            if (strcmp(a->paper->model, b->paper->model) != 0 || fits(a) || fits(b) ||
                !belongs_to(a, b) || !belongs_to(b, a))
                continue;
            a->verdict = b->verdict = VERDICT_EXCHANGED;
            a->partner = j;
            b->partner = i;
        }
}

static int count_costs(struct table3 *table, const struct table_options *options, struct err *err)
{
    int n;
    const struct paper_row *paper = paper_rows("table3", &n);

    if (n > MAX_ROWS)
        return err_set(err, ERR_BUG, "Table 3 has %d rows, more than %d", n, MAX_ROWS);
    for (int i = 0; i < n; i++) {
        struct row *row = &table->rows[i];

        *row = (struct row){.paper = &paper[i]};
        take_factors(row, paper, n);
        if (options->cost(paper[i].model, row->depth, row->width, row->resolution, &row->input,
                &row->macs, err) < 0)
            return -1;
    }
    table->n = n;
    judge(table);
    return 0;
}

/* ---- what was measured ---- */

static bool near(double a, double b)
{
    return fabs(a - b) <= FACTOR_TOLERANCE * b;
}

static bool is_row(const struct accuracy_group *group, const struct row *row)
{
    return strcmp(group->model, row->paper->model) == 0 && near(group->depth, row->depth) &&
           near(group->width, row->width) && near(group->resolution, row->resolution);
}

/* Groups of several studies are not one table: their data and recipes may differ. */
static int check_one_study(const struct table3 *table, struct err *err)
{
    const char *study = NULL;

    for (int g = 0; g < table->n_groups; g++)
        for (int i = 0; i < table->n; i++) {
            const struct accuracy_group *group = &table->groups[g];

            if (!is_row(group, &table->rows[i]))
                continue;
            if (study && strcmp(study, group->study) != 0)
                return err_set(err, ERR_INPUT,
                    "several studies of the database have rows of Table 3, %s and %s among them; "
                    "choose one with "
                    "--study",
                    study, group->study);
            study = group->study;
        }
    return 0;
}

/* A study lists a baseline before what is scaled from it, so the baseline of a group is the nearest
 * one above. */
static const struct accuracy_group *find_baseline(
    const struct table3 *table, const struct accuracy_group *group)
{
    for (; group >= table->groups; group--)
        if (near(group->depth, 1) && near(group->width, 1) && near(group->resolution, 1))
            return group;
    return NULL;
}

static const struct accuracy_group *baseline_group(
    const struct table3 *table, const struct accuracy_group *group)
{
    const struct accuracy_group *baseline = find_baseline(table, group);

    /* Of another model: this one's own was not done. */
    return baseline && strcmp(baseline->model, group->model) == 0 ? baseline : NULL;
}

static int measure(
    struct table3 *table, struct store *store, const struct table_options *options, struct err *err)
{
    if (!store)
        return 0;
    if (options->study && query_has_study(store, options->study, err) < 0)
        return -1;
    if (query_accuracy(store, options->study, &table->groups, &table->n_groups, err) < 0 ||
        check_one_study(table, err) < 0)
        return -1;
    for (int i = 0; i < table->n; i++) {
        struct row *row = &table->rows[i];

        for (int g = 0; g < table->n_groups; g++)
            if (is_row(&table->groups[g], row) && row->variants++ == 0)
                row->measured = &table->groups[g];
        if (row->measured)
            row->baseline = baseline_group(table, row->measured);
    }
    return 0;
}

static int compute(
    struct table3 *table, struct store *store, const struct table_options *options, struct err *err)
{
    *table = (struct table3){0};
    if (count_costs(table, options, err) == 0 && measure(table, store, options, err) == 0)
        return 0;
    free(table->groups);
    return -1;
}

/* ---- rows ---- */

static const struct column columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "method", .type = COLUMN_TEXT, .json_only = true},
    {.name = "depth", .type = COLUMN_REAL, .json_only = true},
    {.name = "width", .type = COLUMN_REAL, .json_only = true},
    {.name = "resolution", .type = COLUMN_REAL, .json_only = true},
    {.name = "scaling", .type = COLUMN_TEXT},
    {.name = "input", .type = COLUMN_INT, .heading = "px"},
    {.name = "macs", .type = COLUMN_INT, .json_only = true},
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
    {0},
};

/* As the paper writes it: the factors that are not 1. */
static void add_scaling(struct str *to, const struct row *row)
{
    const struct {
        char name;
        double value;
    } factors[] = {{'d', row->depth}, {'w', row->width}, {'r', row->resolution}};
    size_t before = to->length;

    for (size_t i = 0; i < sizeof(factors) / sizeof(factors[0]); i++)
        if (factors[i].value != 1)
            str_addf(
                to, "%s%c=%g", to->length > before ? " " : "", factors[i].name, factors[i].value);
    if (to->length == before)
        str_add(to, "baseline");
}

static void add_note(struct str *note, const struct table3 *table, const struct row *row)
{
    if (!row->stated)
        str_add(note, "the paper does not state this row's factors");
    if (row->verdict == VERDICT_EXCHANGED) {
        str_add(note, note->length ? "; " : "");
        str_add(note, "its FLOPs and those of ");
        add_scaling(note, &table->rows[row->partner]);
        str_add(note, " may have changed places in the paper");
    }
    if (row->variants > 1)
        str_addf(note, "%sthe first of %d variants in the study", note->length ? "; " : "",
            row->variants);
}

static void add_measured(struct rowset *rows, const struct row *row)
{
    const struct accuracy_group *measured = row->measured;

    rowset_real(rows, measured ? measured->top1 : NAN);
    rowset_real(rows, measured ? measured->top1_ci95 : NAN);
    if (measured)
        rowset_int(rows, measured->seeds);
    else
        rowset_null(rows);
}

static int add_row(
    struct rowset *rows, const struct table3 *table, const struct row *row, struct err *err)
{
    const struct paper_row *paper = row->paper,
                           *baseline = baseline_of(table->rows[0].paper, table->n, paper->model);
    struct str scaling = STR_INIT, note = STR_INIT;
    int result;

    add_scaling(&scaling, row);
    add_note(&note, table, row);
    rowset_text(rows, paper->model);
    rowset_text(rows, paper->method);
    rowset_real(rows, row->depth);
    rowset_real(rows, row->width);
    rowset_real(rows, row->resolution);
    rowset_text(rows, scaling.text);
    rowset_int(rows, row->input);
    rowset_int(rows, row->macs);
    rowset_real(rows, billions(row));
    rowset_real(rows, paper->flops_b);
    rowset_text(rows, verdict_names[row->verdict]);
    add_measured(rows, row);
    rowset_real(rows, paper->top1);
    rowset_real(rows, row->baseline ? row->measured->top1 - row->baseline->top1 : NAN);
    rowset_real(rows, baseline ? round(10 * (paper->top1 - baseline->top1)) / 10 : NAN);
    if (row->measured) {
        rowset_int(rows, row->measured->input);
        rowset_int(rows, row->measured->macs);
    } else {
        rowset_null(rows);
        rowset_null(rows);
    }
    rowset_text(rows, note.length ? note.text : NULL);
    result = str_check(&scaling, err) < 0 || str_check(&note, err) < 0 ? -1 : 0;
    str_release(&scaling);
    str_release(&note);
    return result;
}

static int fill(
    struct store *store, const struct table_options *options, struct rowset *rows, struct err *err)
{
    struct table3 table;
    int result = 0;

    if (compute(&table, store, options, err) < 0)
        return -1;
    for (int i = 0; i < table.n && result == 0; i++)
        result = add_row(rows, &table, &table.rows[i], err);
    free(table.groups);
    return result;
}

/* ---- notes ---- */

static bool has_verdict(const struct table3 *table, enum verdict verdict)
{
    for (int i = 0; i < table->n; i++)
        if (table->rows[i].verdict == verdict)
            return true;
    return false;
}

static void note_exchanges(const struct table3 *table, struct str *notes)
{
    for (int i = 0; i < table->n; i++) {
        const struct row *row = &table->rows[i], *other = &table->rows[row->partner];

        if (row->verdict != VERDICT_EXCHANGED || row->partner < i)
            continue;
        str_addf(notes, "exchanged?: %s has %.2f at ", row->paper->model, billions(row));
        add_scaling(notes, row);
        str_addf(notes, " and %.2f at ", billions(other));
        add_scaling(notes, other);
        str_addf(notes,
            ", the paper %.1f and %.1f. Each count is within 1 %% of the other's printed number: "
            "the two may have "
            "changed places.\n",
            row->paper->flops_b, other->paper->flops_b);
    }
}

static void note_flops(const struct table3 *table, struct str *notes)
{
    str_add(notes, "FLOPs are multiply-adds in billions, as in the paper: counted exactly for the "
                   "networks in full size, scaled "
                   "from 224 px, with 1000 classes. px is the input that they are counted at.\n");
    if (has_verdict(table, VERDICT_TRUNCATED))
        str_add(notes, "truncated: the count is the paper's number if its further digits are cut "
                       "off, not rounded.\n");
    note_exchanges(table, notes);
    if (has_verdict(table, VERDICT_DIFFERS))
        str_add(notes,
            "differs: the exact count does not give the paper's number, rounded or cut off.\n");
}

static void note_factors(const struct table3 *table, struct str *notes)
{
    const struct row *last = NULL;

    for (int i = 0; i < table->n; i++) {
        if (table->rows[i].stated)
            continue;
        str_addf(notes, "%s%s",
            last ? " and " : "The paper does not state the factors of the compound rows of ",
            table->rows[i].paper->model);
        last = &table->rows[i];
    }
    if (!last)
        return;
    str_add(notes, ": they are taken to be ");
    add_scaling(notes, last);
    str_add(notes, " here.\n");
}

static int note_measured(
    const struct table3 *table, struct store *store, struct str *notes, struct err *err)
{
    const struct accuracy_group *any = NULL;
    int n_measured = 0, most_seeds = 0;
    char data[64];

    for (int i = 0; i < table->n; i++)
        if (table->rows[i].measured) {
            any = table->rows[i].measured;
            n_measured++;
            most_seeds = any->seeds > most_seeds ? any->seeds : most_seeds;
        }
    if (!any) {
        str_add(notes,
            "No row is measured yet (-). Accuracies and gains headed \"paper\" are ImageNet's.\n");
        return 0;
    }
    if (query_data_name(store, any->study, data, sizeof(data), err) < 0)
        return -1;
    str_addf(notes,
        "top-1 and gain (over the baseline) are measured, in per cent: study %s, on %s, with its "
        "own variants of the "
        "networks. The paper's are ImageNet's, of the networks in full size: compare gains, not "
        "accuracies.\n",
        any->study, data[0] ? data : "its data");
    if (n_measured < table->n)
        str_addf(notes, "%d of the %d rows are not measured yet (-).\n", table->n - n_measured,
            table->n);
    if (most_seeds > 1)
        str_add(notes, "±: half the 95 % interval of the mean over n seeds, by Student's t. It "
                       "covers seeds, not data.\n");
    else
        str_add(notes,
            "With one seed (n) there is no interval, and a small difference may be chance.\n");
    return 0;
}

static int add_notes(
    struct store *store, const struct table_options *options, struct str *notes, struct err *err)
{
    struct table3 table;
    int result;

    if (compute(&table, store, options, err) < 0)
        return -1;
    note_flops(&table, notes);
    note_factors(&table, notes);
    result = note_measured(&table, store, notes, err);
    free(table.groups);
    return result;
}

const struct table table_table3 = {
    .name = "table3",
    .summary =
        "Table 3 of the EfficientNet paper: exact FLOPs and measured accuracies beside the paper's",
    .columns = columns,
    .fill = fill,
    .notes = add_notes,
};
