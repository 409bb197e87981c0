/* Counting the paper's networks exactly and joining them with what a study measured. */
#include "counted.h"

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
static void take_factors(struct counted_row *row, const struct paper_row *paper, int n)
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

double counted_flops_b(const struct counted_row *row)
{
    return row->counted ? (double)row->network.macs / 1e9 : NAN;
}

double counted_params_m(const struct counted_row *row)
{
    return row->counted ? (double)row->network.params / 1e6 : NAN;
}

static bool fits(const struct counted_row *row)
{
    return row->flops != VERDICT_DIFFERS;
}

static void judge(struct counted *counted)
{
    for (int i = 0; i < counted->n; i++) {
        struct counted_row *row = &counted->rows[i];

        row->flops = verdict_judge(counted_flops_b(row), row->paper->flops_b, row->flops_decimals);
        row->params = verdict_judge(
            counted_params_m(row), row->paper->params_m, verdict_two_digits(row->paper->params_m));
    }
    for (int i = 0; i < counted->n; i++)
        for (int j = i + 1; j < counted->n; j++) {
            struct counted_row *a = &counted->rows[i], *b = &counted->rows[j];

            if (strcmp(a->paper->model, b->paper->model) != 0 || fits(a) || fits(b) ||
                !verdict_exchanged(
                    counted_flops_b(a), a->paper->flops_b, counted_flops_b(b), b->paper->flops_b))
                continue;
            a->flops = b->flops = VERDICT_EXCHANGED;
            a->partner = j;
            b->partner = i;
        }
}

static int count(struct counted *counted, const struct table_options *options, struct err *err)
{
    int n;
    const struct paper_row *paper = paper_rows(counted->source, &n);

    if (n < 1 || n > COUNTED_MAX_ROWS)
        return err_set(
            err, ERR_BUG, "%s has %d rows, not 1 to %d", counted->source, n, COUNTED_MAX_ROWS);
    for (int i = 0; i < n; i++) {
        struct counted_row *row = &counted->rows[i];

        *row = (struct counted_row){.paper = &paper[i]};
        take_factors(row, paper, n);
        row->counted = options->counter->has_model(paper[i].model);
        if (row->counted && options->counter->cost(paper[i].model, row->depth, row->width,
                                row->resolution, &row->network, err) < 0)
            return -1;
    }
    counted->n = n;
    judge(counted);
    return 0;
}

/* ---- what was measured ---- */

static bool near(double a, double b)
{
    return fabs(a - b) <= FACTOR_TOLERANCE * b;
}

static bool is_row(const struct accuracy_group *group, const struct counted_row *row)
{
    return strcmp(group->model, row->paper->model) == 0 && near(group->depth, row->depth) &&
           near(group->width, row->width) && near(group->resolution, row->resolution);
}

/* Groups of several studies are not one table: their data and recipes may differ. */
static int check_one_study(const struct counted *counted, struct err *err)
{
    const char *study = NULL;

    for (int g = 0; g < counted->n_groups; g++)
        for (int i = 0; i < counted->n; i++) {
            const struct accuracy_group *group = &counted->groups[g];

            if (!is_row(group, &counted->rows[i]))
                continue;
            if (study && strcmp(study, group->study) != 0)
                return err_set(err, ERR_INPUT,
                    "several studies of the database have rows of %s, %s and %s among them; choose "
                    "one "
                    "with --study",
                    counted->title, study, group->study);
            study = group->study;
        }
    return 0;
}

static int measure(struct counted *counted, struct store *store,
    const struct table_options *options, struct err *err)
{
    if (!store)
        return 0;
    if (options->study && query_has_study(store, options->study, err) < 0)
        return -1;
    if (query_accuracy(store, options->study, &counted->groups, &counted->n_groups, err) < 0 ||
        check_one_study(counted, err) < 0)
        return -1;
    for (int i = 0; i < counted->n; i++) {
        for (int g = 0; g < counted->n_groups; g++)
            counted->rows[i].variants += is_row(&counted->groups[g], &counted->rows[i]);
        counted->rows[i] = counted_variant(counted, i, 0);
    }
    return 0;
}

struct counted_row counted_variant(const struct counted *counted, int row, int k)
{
    struct counted_row variant = counted->rows[row];

    for (int g = 0; g < counted->n_groups; g++) {
        const struct accuracy_group *group = &counted->groups[g];

        if (!is_row(group, &variant) || k-- > 0)
            continue;
        variant.measured = group;
        variant.baseline = group->baseline >= 0 ? &counted->groups[group->baseline] : NULL;
        break;
    }
    return variant;
}

int counted_load(struct counted *counted, const char *source, struct store *store,
    const struct table_options *options, struct err *err)
{
    static const struct {
        const char *source, *title;
    } titles[] = {{"table2", "Table 2"}, {"table3", "Table 3"}, {"table7", "Table 7"}};

    *counted = (struct counted){.source = source};
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        if (strcmp(titles[i].source, source) == 0)
            counted->title = titles[i].title;
    if (!counted->title)
        return err_set(err, ERR_BUG, "%s of the paper is not counted", source);
    if (count(counted, options, err) == 0 && measure(counted, store, options, err) == 0)
        return 0;
    counted_release(counted);
    return -1;
}

void counted_release(struct counted *counted)
{
    free(counted->groups);
    counted->groups = NULL;
    counted->n_groups = 0;
}

/* ---- cells and notes ---- */

void counted_add_scaling(struct str *to, const struct counted_row *row)
{
    query_add_scaling(to, row->depth, row->width, row->resolution);
}

void counted_add_setting(struct rowset *rows, const struct counted_row *row)
{
    rowset_text(rows, row->measured && row->measured->label[0] ? row->measured->label : NULL);
}

void counted_add_measured(struct rowset *rows, const struct counted_row *row)
{
    const struct accuracy_group *measured = row->measured;

    rowset_real(rows, measured ? measured->top1 : NAN);
    rowset_real(rows, measured ? measured->top1_ci95 : NAN);
    if (measured)
        rowset_int(rows, measured->seeds);
    else
        rowset_null(rows);
}

static bool has_verdict(const struct counted *counted, enum verdict verdict)
{
    for (int i = 0; i < counted->n; i++)
        if (counted->rows[i].flops == verdict || counted->rows[i].params == verdict)
            return true;
    return false;
}

void counted_note_exchanges(const struct counted *counted, struct str *notes)
{
    for (int i = 0; i < counted->n; i++) {
        const struct counted_row *row = &counted->rows[i], *other = &counted->rows[row->partner];

        if (row->flops != VERDICT_EXCHANGED || row->partner < i)
            continue;
        str_addf(notes, "exchanged?: %s has %.2f at ", row->paper->model, counted_flops_b(row));
        counted_add_scaling(notes, row);
        str_addf(notes, " and %.2f at ", counted_flops_b(other));
        counted_add_scaling(notes, other);
        str_addf(notes,
            ", the paper %.1f and %.1f. Each count is within 1 %% of the other's printed number: "
            "the two may have "
            "changed places.\n",
            row->paper->flops_b, other->paper->flops_b);
    }
}

void counted_note_verdicts(const struct counted *counted, struct str *notes)
{
    if (has_verdict(counted, VERDICT_TRUNCATED))
        str_add(notes, "truncated: the count is the paper's number if its further digits are cut "
                       "off, not rounded.\n");
    counted_note_exchanges(counted, notes);
    if (has_verdict(counted, VERDICT_DIFFERS))
        str_add(notes,
            "differs: the exact count does not give the paper's number, rounded or cut off.\n");
}

void counted_note_factors(const struct counted *counted, struct str *notes)
{
    const struct counted_row *last = NULL;

    for (int i = 0; i < counted->n; i++) {
        if (counted->rows[i].stated)
            continue;
        str_addf(notes, "%s%s",
            last ? " and " : "The paper does not state the factors of the compound rows of ",
            counted->rows[i].paper->model);
        last = &counted->rows[i];
    }
    if (!last)
        return;
    str_add(notes, ": they are taken to be ");
    counted_add_scaling(notes, last);
    str_add(notes, " here.\n");
}

int counted_note_measured(
    const struct counted *counted, struct store *store, struct str *notes, struct err *err)
{
    bool gains = strcmp(counted->source, "table2") != 0;
    const struct accuracy_group *any = NULL;
    int n_counted = 0, n_measured = 0, most_seeds = 0;
    char data[64];

    for (int i = 0; i < counted->n; i++) {
        n_counted += counted->rows[i].counted;
        if (counted->rows[i].measured) {
            any = counted->rows[i].measured;
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
            n_counted, n_counted < counted->n ? " that can be" : "");
    if (most_seeds > 1)
        str_add(notes, "±: half the 95 % interval of the mean over n seeds, by Student's t. It "
                       "covers seeds, not data.\n");
    else
        str_add(notes,
            "With one seed (n) there is no interval, and a small difference may be chance.\n");
    return 0;
}
