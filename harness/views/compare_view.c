/* Comparisons of scaling methods as a table with notes. */
#include "compare_view.h"

#include <math.h>

#include "results/query/query.h"
#include "harness/terminal/ui.h"

const struct column compare_view_columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "method", .type = COLUMN_TEXT, .json_only = true},
    {.name = "scaling", .type = COLUMN_TEXT},
    {.name = "against", .type = COLUMN_TEXT, .json_only = true},
    {.name = "against_scaling", .type = COLUMN_TEXT, .heading = "against"},
    {.name = "macs", .type = COLUMN_INT},
    {.name = "interpolated", .type = COLUMN_TEXT, .json_only = true},
    {.name = "method_macs", .type = COLUMN_INT, .json_only = true},
    {.name = "against_macs", .type = COLUMN_INT, .json_only = true},
    {.name = "top1", .type = COLUMN_REAL, .decimals = 1, .json_only = true},
    {.name = "against_top1", .type = COLUMN_REAL, .decimals = 1, .json_only = true},
    {.name = "difference", .type = COLUMN_REAL, .decimals = 2, .heading = "diff."},
    {.name = "low", .type = COLUMN_REAL, .decimals = 2},
    {.name = "high", .type = COLUMN_REAL, .decimals = 2},
    {.name = "seeds", .type = COLUMN_INT, .heading = "n"},
    {.name = "against_seeds", .type = COLUMN_INT, .json_only = true},
    {.name = "paired", .type = COLUMN_BOOL, .json_only = true},
    {.name = "p", .type = COLUMN_REAL, .decimals = 4, .json_only = true},
    {.name = "p_holm", .type = COLUMN_REAL, .decimals = 3, .heading = "p"},
    {.name = "verdict", .type = COLUMN_TEXT},
    {.name = "seeds_needed", .type = COLUMN_INT, .heading = "seeds needed"},
    {.name = "setting", .type = COLUMN_TEXT, .if_any = true},
    {.name = "against_setting", .type = COLUMN_TEXT, .json_only = true},
    {0},
};

/* A scaling as the paper writes it; for people an interpolated one is marked. */
static void add_scaling(
    struct rowset *rows, const struct run_config *config, bool interpolated, struct err *err)
{
    struct str text = STR_INIT;

    query_add_scaling(&text, config->depth, config->width, config->resolution);
    if (interpolated)
        str_add(&text, "~");
    if (str_check(&text, err) == 0)
        rowset_text(rows, text.text);
    str_release(&text);
}

static void int_or_empty(struct rowset *rows, int value)
{
    if (value > 0)
        rowset_int(rows, value);
    else
        rowset_null(rows);
}

static void add_row(struct rowset *rows, const struct comparisons *list,
    const struct comparison *one, bool marks, struct err *err)
{
    const struct run_config *a = &list->runs.configs[one->a], *b = &list->runs.configs[one->b];
    bool between = one->interpolated >= 0;

    rowset_text(rows, b->model);
    rowset_text(rows, b->method);
    add_scaling(rows, b, marks && one->interpolated == one->b, err);
    rowset_text(rows, a->method);
    add_scaling(rows, a, marks && one->interpolated == one->a, err);
    rowset_int(rows, llround(one->macs));
    rowset_text(rows, between ? list->runs.configs[one->interpolated].method : NULL);
    rowset_int(rows, b->macs);
    rowset_int(rows, a->macs);
    rowset_real(rows, one->top1_b);
    rowset_real(rows, one->top1_a);
    rowset_real(rows, one->test.difference);
    rowset_real(rows, one->test.low);
    rowset_real(rows, one->test.high);
    rowset_int(rows, one->n_b);
    rowset_int(rows, one->n_a);
    rowset_bool(rows, one->paired);
    rowset_real(rows, one->test.p);
    rowset_real(rows, one->p_holm);
    rowset_text(rows, compare_verdict_names[one->verdict]);
    int_or_empty(rows, one->seeds_needed);
    rowset_text(rows, b->label[0] ? b->label : NULL);
    rowset_text(rows, a->label[0] ? a->label : NULL);
}

const char *compare_view_caption(const struct compare_view *view)
{
    return view->how->with_baseline ? "Scaled networks against their baselines"
                                    : "Scaling methods at equal FLOPs";
}

int compare_view_fill(const struct comparisons *list, const struct compare_view *view,
    struct rowset *rows, struct err *err)
{
    for (int i = 0; i < list->n && (view->most_rows == 0 || i < view->most_rows); i++)
        add_row(rows, list, &list->all[i], view->marks, err);
    return err->code == ERR_NONE ? 0 : -1;
}

/* ---- notes ---- */

static void note_seeds(const struct comparisons *list, int n_unsure, struct str *notes)
{
    if (n_unsure == 0)
        return;
    if (isnan(list->seed_deviation)) {
        str_add(notes, "With one seed per network, the effect of chance is unknown: use at least "
                       "two seeds, better five.\n");
        return;
    }
    str_addf(notes,
        "seeds needed: seeds per network that detect this difference with 80 %% power, if it and "
        "its spread are as estimated here; %d stands for any larger number, too. Standard "
        "deviation between seeds of one network: %.2f (pooled over all networks).\n",
        COMPARE_MOST_SEEDS, list->seed_deviation);
}

static void note_equal_flops(
    const struct comparisons *list, const struct compare_view *view, struct str *notes)
{
    int n_between = 0, n_unequal = 0;

    for (int i = 0; i < list->n; i++) {
        n_between += list->all[i].interpolated >= 0;
        n_unequal += list->all[i].verdict == COMPARE_UNEQUAL;
    }
    if (n_between > 0)
        str_addf(notes,
            "~: the network has more than %g %% more FLOPs, so its accuracy at macs is "
            "interpolated, linearly in log FLOPs, between it and the next smaller network of its "
            "method or the baseline. A straight line lies below a curve that levels off, to this "
            "network's disadvantage.\n",
            100 * view->how->within);
    if (n_unequal > 0)
        str_add(notes, "unequal FLOPs: there is no smaller network with the same seeds to "
                       "interpolate from; the difference is between unequal networks.\n");
}

void compare_view_notes(
    const struct comparisons *list, const struct compare_view *view, struct str *notes)
{
    int n_unsure = 0;

    for (int i = 0; i < list->n; i++)
        n_unsure += list->all[i].verdict == COMPARE_CANNOT_TELL;
    str_addf(notes,
        "diff.: top-1 of the first scaling minus that of the other, in per cent, %s; low, high: "
        "its 95 %% interval; n: seeds.\n",
        view->how->with_baseline ? "each at its own multiply-adds (macs: those of the first)"
                                 : "at equal multiply-adds");
    if (list->n_tests > 0)
        str_addf(notes,
            "p-values are Holm-corrected for %d comparison%s (family-wise error rate 5 %%). "
            "Intervals are not corrected.\n",
            list->n_tests, ui_plural(list->n_tests));
    note_equal_flops(list, view, notes);
    note_seeds(list, n_unsure, notes);
}
