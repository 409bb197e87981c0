/* Counting the paper's networks exactly and joining them with what a study measured. */
#include "paper_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "results/published/paper.h"

/* Tables 3 and 7 print FLOPS with one decimal; Table 2 prints two digits. */
#define SCALED_DECIMALS 1
/* A study's factor is a row's if it is so near, relatively. */
#define FACTOR_TOLERANCE 1e-3

/* ---- the paper's rows, and what they cost ---- */

/*
 * Table 2 has networks as they are. In Tables 3 and 7 rows without factors are compound ones: they
 * take those of the first row of that method that has some.
 */
static void take_factors(struct paper_table_row *row, const struct paper_row *paper, int n)
{
    const struct paper_row *from = row->paper;
    bool scaled = strcmp(from->source, "table2") != 0;

    row->stated = !scaled || !isnan(from->depth);
    for (int i = 0; i < n && isnan(from->depth); i++)
        if (strcmp(paper[i].method, row->paper->method) == 0)
            from = &paper[i];
    row->depth = scaled ? from->depth : 1;
    row->width = scaled ? from->width : 1;
    row->resolution = scaled ? from->resolution : 1;
    row->flops_decimals = scaled ? SCALED_DECIMALS : verdict_two_digits(row->paper->flops_b);
}

double paper_table_flops_b(const struct paper_table_row *row)
{
    return row->counted ? (double)row->network.macs / 1e9 : NAN;
}

double paper_table_params_m(const struct paper_table_row *row)
{
    return row->counted ? (double)row->network.params / 1e6 : NAN;
}

static bool fits(const struct paper_table_row *row)
{
    return row->flops != VERDICT_DIFFERS;
}

static void judge(struct paper_table *table)
{
    for (int i = 0; i < table->n; i++) {
        struct paper_table_row *row = &table->rows[i];

        row->flops =
            verdict_judge(paper_table_flops_b(row), row->paper->flops_b, row->flops_decimals);
        row->params = verdict_judge(paper_table_params_m(row), row->paper->params_m,
            verdict_two_digits(row->paper->params_m));
    }
    for (int i = 0; i < table->n; i++)
        for (int j = i + 1; j < table->n; j++) {
            struct paper_table_row *a = &table->rows[i], *b = &table->rows[j];

            if (strcmp(a->paper->model, b->paper->model) != 0 || fits(a) || fits(b) ||
                !verdict_exchanged(paper_table_flops_b(a), a->paper->flops_b,
                    paper_table_flops_b(b), b->paper->flops_b))
                continue;
            a->flops = b->flops = VERDICT_EXCHANGED;
            a->partner = j;
            b->partner = i;
        }
}

static int count(struct paper_table *table, const struct table_options *options, struct err *err)
{
    int n;
    const struct paper_row *paper = paper_rows(table->source, &n);

    if (n < 1 || n > PAPER_TABLE_MAX_ROWS)
        return err_set(
            err, ERR_BUG, "%s has %d rows, not 1 to %d", table->source, n, PAPER_TABLE_MAX_ROWS);
    for (int i = 0; i < n; i++) {
        struct paper_table_row *row = &table->rows[i];

        *row = (struct paper_table_row){.paper = &paper[i]};
        take_factors(row, paper, n);
        row->counted = options->counter->has_model(paper[i].model);
        if (row->counted && options->counter->cost(paper[i].model, row->depth, row->width,
                                row->resolution, &row->network, err) < 0)
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

static bool is_row(const struct accuracy_group *group, const struct paper_table_row *row)
{
    return strcmp(group->model, row->paper->model) == 0 && near(group->depth, row->depth) &&
           near(group->width, row->width) && near(group->resolution, row->resolution);
}

/* Groups of several studies are not one table: their data and recipes may differ. */
static int check_one_study(const struct paper_table *table, struct err *err)
{
    const char *study = NULL;

    for (int g = 0; g < table->n_groups; g++)
        for (int i = 0; i < table->n; i++) {
            const struct accuracy_group *group = &table->groups[g];

            if (!is_row(group, &table->rows[i]))
                continue;
            if (study && strcmp(study, group->study) != 0)
                return err_set(err, ERR_INPUT,
                    "several studies of the database have rows of %s, %s and %s among them; choose "
                    "one "
                    "with --study",
                    table->title, study, group->study);
            study = group->study;
        }
    return 0;
}

static int measure(struct paper_table *table, struct store *store,
    const struct table_options *options, struct err *err)
{
    if (!store)
        return 0;
    if (options->study && query_has_study(store, options->study, err) < 0)
        return -1;
    if (query_accuracy(store, options->study, &table->groups, &table->n_groups, err) < 0 ||
        check_one_study(table, err) < 0)
        return -1;
    for (int i = 0; i < table->n; i++) {
        for (int g = 0; g < table->n_groups; g++)
            table->rows[i].variants += is_row(&table->groups[g], &table->rows[i]);
        table->rows[i] = paper_table_variant(table, i, 0);
    }
    return 0;
}

struct paper_table_row paper_table_variant(const struct paper_table *table, int row, int k)
{
    struct paper_table_row variant = table->rows[row];

    for (int g = 0; g < table->n_groups; g++) {
        const struct accuracy_group *group = &table->groups[g];

        if (!is_row(group, &variant) || k-- > 0)
            continue;
        variant.measured = group;
        variant.baseline = group->baseline >= 0 ? &table->groups[group->baseline] : NULL;
        break;
    }
    return variant;
}

int paper_table_load(struct paper_table *table, const char *source, struct store *store,
    const struct table_options *options, struct err *err)
{
    static const struct {
        const char *source, *title;
    } titles[] = {{"table2", "Table 2"}, {"table3", "Table 3"}, {"table7", "Table 7"}};

    *table = (struct paper_table){.source = source};
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        if (strcmp(titles[i].source, source) == 0)
            table->title = titles[i].title;
    if (!table->title)
        return err_set(err, ERR_BUG, "%s of the paper is not counted", source);
    if (count(table, options, err) == 0 && measure(table, store, options, err) == 0)
        return 0;
    paper_table_release(table);
    return -1;
}

void paper_table_release(struct paper_table *table)
{
    free(table->groups);
    table->groups = NULL;
    table->n_groups = 0;
}

/* ---- cells and notes ---- */

void paper_table_add_scaling(struct str *to, const struct paper_table_row *row)
{
    query_add_scaling(to, row->depth, row->width, row->resolution);
}

void paper_table_add_setting(struct rowset *rows, const struct paper_table_row *row)
{
    rowset_text(rows, row->measured && row->measured->label[0] ? row->measured->label : NULL);
}

void paper_table_add_measured(struct rowset *rows, const struct paper_table_row *row)
{
    const struct accuracy_group *measured = row->measured;

    rowset_real(rows, measured ? measured->top1 : NAN);
    rowset_real(rows, measured ? measured->top1_ci95 : NAN);
    if (measured)
        rowset_int(rows, measured->seeds);
    else
        rowset_null(rows);
}

static bool has_verdict(const struct paper_table *table, enum verdict verdict)
{
    for (int i = 0; i < table->n; i++)
        if (table->rows[i].flops == verdict || table->rows[i].params == verdict)
            return true;
    return false;
}

void paper_table_note_exchanges(const struct paper_table *table, struct str *notes)
{
    for (int i = 0; i < table->n; i++) {
        const struct paper_table_row *row = &table->rows[i], *other = &table->rows[row->partner];

        if (row->flops != VERDICT_EXCHANGED || row->partner < i)
            continue;
        str_addf(notes, "exchanged?: %s has %.2f at ", row->paper->model, paper_table_flops_b(row));
        paper_table_add_scaling(notes, row);
        str_addf(notes, " and %.2f at ", paper_table_flops_b(other));
        paper_table_add_scaling(notes, other);
        str_addf(notes,
            ", the paper %.1f and %.1f. Each count is within 1 %% of the other's printed number: "
            "the two may have "
            "changed places.\n",
            row->paper->flops_b, other->paper->flops_b);
    }
}

void paper_table_note_verdicts(const struct paper_table *table, struct str *notes)
{
    if (has_verdict(table, VERDICT_TRUNCATED))
        str_add(notes, "truncated: the count is the paper's number if its further digits are cut "
                       "off, not rounded.\n");
    paper_table_note_exchanges(table, notes);
    if (has_verdict(table, VERDICT_DIFFERS))
        str_add(notes,
            "differs: the exact count does not give the paper's number, rounded or cut off.\n");
}

void paper_table_note_factors(const struct paper_table *table, struct str *notes)
{
    const struct paper_table_row *last = NULL;

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
    paper_table_add_scaling(notes, last);
    str_add(notes, " here.\n");
}

int paper_table_note_measured(
    const struct paper_table *table, struct store *store, struct str *notes, struct err *err)
{
    bool gains = strcmp(table->source, "table2") != 0;
    const struct accuracy_group *any = NULL;
    int n_counted = 0, n_measured = 0, most_seeds = 0;
    char data[64];

    for (int i = 0; i < table->n; i++) {
        n_counted += table->rows[i].counted;
        if (table->rows[i].measured) {
            any = table->rows[i].measured;
            n_measured++;
            most_seeds = any->seeds > most_seeds ? any->seeds : most_seeds;
        }
    }
    if (!any) {
        str_add(notes,
            gains ? "No row is measured yet (-). Accuracies and gains headed \"paper\" are "
                    "ImageNet's.\n"
                  : "No row is measured yet (-). Accuracies headed \"paper\" are ImageNet's.\n");
        return 0;
    }
    if (query_data_name(store, any->study, data, sizeof(data), err) < 0)
        return -1;
    str_addf(notes,
        "top-1%s measured, in per cent: study %s, on %s, with its own variants of the networks. "
        "The paper's are ImageNet's, of the networks in full size: compare %s, not accuracies.\n",
        gains ? " and gain (over the baseline) are" : " is", any->study,
        data[0] ? data : "its data", gains ? "gains" : "differences");
    if (n_measured < n_counted)
        str_addf(notes, "%d of the %d rows%s are not measured yet (-).\n", n_counted - n_measured,
            n_counted, n_counted < table->n ? " that can be" : "");
    if (most_seeds > 1)
        str_add(notes, "±: half the 95 % interval of the mean over n seeds, by Student's t. It "
                       "covers seeds, not data.\n");
    else
        str_add(notes,
            "With one seed (n) there is no interval, and a small difference may be chance.\n");
    return 0;
}
