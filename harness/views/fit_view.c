/* Fitted laws, their predictions and comparisons, as tables with notes. */
#include "fit_view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/analysis/families.h"
#include "results/query/query.h"
#include "results/stats/statistics.h"
#include "harness/terminal/ui.h"

#define LEVEL 0.05

static void int_or_empty(struct rowset *rows, bool known, double value)
{
    if (known)
        rowset_int(rows, llround(value));
    else
        rowset_null(rows);
}

static void add_names(struct rowset *rows, const struct fit_curve *curve)
{
    rowset_text(rows, curve->model);
    rowset_text(rows, curve->method);
}

static void add_setting(struct rowset *rows, const struct fit_curve *curve)
{
    rowset_text(rows, curve->label[0] ? curve->label : NULL);
}

static int n_fitted(const struct fit_curves *curves)
{
    int n = 0;

    for (int i = 0; i < curves->n; i++)
        n += curves->all[i].fitted;
    return n;
}

static int check_any(const struct fit_curves *curves, struct err *err)
{
    if (n_fitted(curves) > 0)
        return 0;
    return err_set(err, ERR_INPUT,
        "no curve can be fitted: none of %d has finished networks of %d different sizes; --by "
        "model or --by study combines more networks",
        curves->n, FIT_PARAMETERS);
}

static void note_left_out(const struct fit_curves *curves, struct str *notes)
{
    int n = curves->n - n_fitted(curves);

    if (n > 0)
        str_addf(notes, "%d curve%s of fewer than %d different sizes %s not fitted.\n", n,
            ui_plural(n), FIT_PARAMETERS, n == 1 ? "is" : "are");
}

/* ---- laws ---- */

static const struct column law_columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "method", .type = COLUMN_TEXT},
    {.name = "networks", .type = COLUMN_INT, .heading = "n"},
    {.name = "macs_least", .type = COLUMN_INT, .json_only = true},
    {.name = "macs_most", .type = COLUMN_INT, .json_only = true},
    {.name = "floor", .type = COLUMN_REAL, .decimals = 2},
    {.name = "floor_low", .type = COLUMN_REAL, .decimals = 2, .heading = "low"},
    {.name = "floor_high", .type = COLUMN_REAL, .decimals = 2, .heading = "high"},
    {.name = "scale", .type = COLUMN_REAL, .decimals = -3},
    {.name = "scale_low", .type = COLUMN_REAL, .decimals = -3, .json_only = true},
    {.name = "scale_high", .type = COLUMN_REAL, .decimals = -3, .json_only = true},
    {.name = "exponent", .type = COLUMN_REAL, .decimals = 3},
    {.name = "exponent_low", .type = COLUMN_REAL, .decimals = 3, .heading = "low"},
    {.name = "exponent_high", .type = COLUMN_REAL, .decimals = 3, .heading = "high"},
    {.name = "residual", .type = COLUMN_REAL, .decimals = 2},
    {.name = "shape", .type = COLUMN_TEXT},
    {.name = "setting", .type = COLUMN_TEXT, .if_any = true},
    {0},
};

static void add_range(struct rowset *rows, const struct fit_range *range)
{
    rowset_real(rows, range->low);
    rowset_real(rows, range->high);
}

static void add_law(struct rowset *rows, const struct fit_curve *curve)
{
    const struct fit *fit = &curve->fit;

    add_names(rows, curve);
    rowset_int(rows, curve->n);
    int_or_empty(rows, curve->n > 0, curve->n > 0 ? curve->networks[0].macs : 0);
    int_or_empty(rows, curve->n > 0, curve->n > 0 ? curve->networks[curve->n - 1].macs : 0);
    if (!curve->fitted) {
        for (int i = 0; i < 10; i++)
            rowset_null(rows);
        rowset_text(rows, "too few");
        add_setting(rows, curve);
        return;
    }
    rowset_real(rows, fit->law.floor);
    add_range(rows, &fit->floor);
    rowset_real(rows, fit->law.scale);
    add_range(rows, &fit->scale);
    rowset_real(rows, fit->law.exponent);
    add_range(rows, &fit->exponent);
    rowset_real(rows, fit->sigma);
    rowset_text(rows, fit_shape_names[fit->shape]);
    add_setting(rows, curve);
}

static void note_shapes(const struct fit_curves *curves, struct str *notes)
{
    static const char *const meanings[] = {
        [FIT_LAW] = NULL,
        [FIT_NO_FLOOR] = "no floor: these sizes do not show yet where the error would end.\n",
        [FIT_FLAT] = "flat: over these sizes more FLOPs do not help.\n",
        [FIT_EDGE] = "edge: the exponent is at its bound; do not read anything into the law.\n",
    };

    for (int shape = FIT_NO_FLOOR; shape <= FIT_EDGE; shape++)
        for (int i = 0; i < curves->n; i++)
            if (curves->all[i].fitted && (int)curves->all[i].fit.shape == shape) {
                str_add(notes, meanings[shape]);
                break;
            }
}

static int fill_laws(const struct fit_curves *curves, double macs, struct rowset *rows,
    struct str *notes, struct err *err)
{
    (void)macs;
    if (curves->n == 0)
        return err_set(err, ERR_INPUT, "there is nothing to fit: no scaled network is done yet");
    for (int i = 0; i < curves->n; i++)
        add_law(rows, &curves->all[i]);
    str_add(notes, "error = floor + scale * (FLOPs / 1e9)^-exponent, with error = 100 - top-1 in "
                   "per cent and FLOPs the multiply-adds of one image. n: networks, each the mean "
                   "of its seeds; residual: their standard deviation from the curve; low, high: 95 "
                   "% interval from a parametric bootstrap.\n");
    note_shapes(curves, notes);
    note_left_out(curves, notes);
    return 0;
}

const struct fit_view fit_view_laws = {
    .caption = "accuracy against FLOPs as a saturating power law",
    .columns = law_columns,
    .fill = fill_laws,
};

/* ---- the networks behind them ---- */

static const struct column row_columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "method", .type = COLUMN_TEXT},
    {.name = "network_model", .type = COLUMN_TEXT, .json_only = true},
    {.name = "scaling", .type = COLUMN_TEXT},
    {.name = "input", .type = COLUMN_INT, .heading = "px"},
    {.name = "macs", .type = COLUMN_INT},
    {.name = "seeds", .type = COLUMN_INT, .heading = "n"},
    {.name = "top1", .type = COLUMN_REAL, .decimals = 2, .heading = "top-1"},
    {.name = "fitted", .type = COLUMN_REAL, .decimals = 2},
    {.name = "residual", .type = COLUMN_REAL, .decimals = 2},
    {.name = "setting", .type = COLUMN_TEXT, .if_any = true},
    {0},
};

static void add_network(struct rowset *rows, const struct fit_curves *curves,
    const struct fit_curve *curve, const struct fit_network *network, struct err *err)
{
    const struct run_config *config = &curves->runs.configs[network->config];
    double fitted = curve->fitted ? fit_top1(&curve->fit.law, network->macs) : NAN;
    struct str scaling = STR_INIT;

    query_add_scaling(&scaling, config->depth, config->width, config->resolution);
    add_names(rows, curve);
    rowset_text(rows, config->model);
    rowset_text(rows, str_check(&scaling, err) == 0 ? scaling.text : NULL);
    rowset_int(rows, config->input);
    rowset_int(rows, config->macs);
    rowset_int(rows, network->seeds);
    rowset_real(rows, network->top1);
    rowset_real(rows, fitted);
    rowset_real(rows, network->top1 - fitted);
    add_setting(rows, curve);
    str_release(&scaling);
}

static int fill_rows(const struct fit_curves *curves, double macs, struct rowset *rows,
    struct str *notes, struct err *err)
{
    (void)macs;
    for (int i = 0; i < curves->n; i++)
        for (int k = 0; k < curves->all[i].n; k++)
            add_network(rows, curves, &curves->all[i], &curves->all[i].networks[k], err);
    str_add(notes, "top-1: mean over n seeds; fitted: the curve's value, both in per cent; "
                   "residual: top-1 minus fitted.\n");
    note_left_out(curves, notes);
    return err->code == ERR_NONE ? 0 : -1;
}

const struct fit_view fit_view_rows = {
    .caption = "networks behind the fitted curves",
    .columns = row_columns,
    .fill = fill_rows,
};

/* ---- predictions ---- */

static const struct column prediction_columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "method", .type = COLUMN_TEXT},
    {.name = "macs", .type = COLUMN_INT},
    {.name = "top1", .type = COLUMN_REAL, .decimals = 2, .heading = "top-1"},
    {.name = "low", .type = COLUMN_REAL, .decimals = 2},
    {.name = "high", .type = COLUMN_REAL, .decimals = 2},
    {.name = "curve_low", .type = COLUMN_REAL, .decimals = 2, .heading = "curve low"},
    {.name = "curve_high", .type = COLUMN_REAL, .decimals = 2, .heading = "high"},
    {.name = "extrapolated", .type = COLUMN_BOOL},
    {.name = "setting", .type = COLUMN_TEXT, .if_any = true},
    {0},
};

static bool outside(const struct fit *fit, double macs)
{
    return macs < fit->least_macs || macs > fit->most_macs;
}

static int fill_predictions(const struct fit_curves *curves, double macs, struct rowset *rows,
    struct str *notes, struct err *err)
{
    bool beyond = false;

    if (check_any(curves, err) < 0)
        return -1;
    for (int i = 0; i < curves->n; i++) {
        const struct fit *fit = &curves->all[i].fit;
        struct fit_range network, curve;

        if (!curves->all[i].fitted)
            continue;
        if (fit_interval(fit, macs, FIT_NETWORK, &network, err) < 0 ||
            fit_interval(fit, macs, FIT_CURVE, &curve, err) < 0)
            return -1;
        add_names(rows, &curves->all[i]);
        rowset_int(rows, llround(macs));
        rowset_real(rows, fit_top1(&fit->law, macs));
        add_range(rows, &network);
        add_range(rows, &curve);
        rowset_bool(rows, outside(fit, macs));
        add_setting(rows, &curves->all[i]);
        beyond |= outside(fit, macs);
    }
    str_add(notes, "low, high: 95 % prediction interval for one more network of that size; of the "
                   "curve: 95 % interval for the mean of many.\n");
    if (beyond)
        str_add(notes, "extrapolated: no network of the curve is as small or as large. The "
                       "interval holds only if the law holds that far out.\n");
    note_left_out(curves, notes);
    return 0;
}

const struct fit_view fit_view_predictions = {
    .caption = "accuracy that the fitted curves predict",
    .columns = prediction_columns,
    .fill = fill_predictions,
};

/* ---- equal FLOPs ---- */

static const struct column iso_columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "method", .type = COLUMN_TEXT},
    {.name = "against", .type = COLUMN_TEXT},
    {.name = "macs", .type = COLUMN_INT},
    {.name = "top1", .type = COLUMN_REAL, .decimals = 2, .heading = "top-1"},
    {.name = "against_top1", .type = COLUMN_REAL, .decimals = 2, .heading = "against"},
    {.name = "difference", .type = COLUMN_REAL, .decimals = 2, .heading = "diff."},
    {.name = "low", .type = COLUMN_REAL, .decimals = 2},
    {.name = "high", .type = COLUMN_REAL, .decimals = 2},
    {.name = "p_holm", .type = COLUMN_REAL, .decimals = 3, .heading = "p"},
    {.name = "verdict", .type = COLUMN_TEXT},
    {.name = "extrapolated", .type = COLUMN_BOOL},
    {.name = "setting", .type = COLUMN_TEXT, .if_any = true},
    {.name = "against_setting", .type = COLUMN_TEXT, .if_any = true},
    {0},
};

struct iso_pair {
    const struct fit_curve *a, *b;
    struct fit_difference result;
};

/* Methods of one baseline; by model, models that were trained alike. */
static bool are_rivals(
    const struct fit_curves *curves, const struct fit_curve *a, const struct fit_curve *b)
{
    if (a->method)
        return family_of(&curves->runs, a->head) == family_of(&curves->runs, b->head);
    return canonical_same(
        &curves->runs.configs[a->head].keys.training, &curves->runs.configs[b->head].keys.training);
}

/* Every two curves that are fitted; pairs NULL: only count. */
static int each_pair(
    const struct fit_curves *curves, double macs, struct iso_pair *pairs, struct err *err)
{
    int n = 0;

    for (int i = 0; i < curves->n; i++)
        for (int k = i + 1; k < curves->n; k++) {
            const struct fit_curve *a = &curves->all[i], *b = &curves->all[k];

            if (!a->fitted || !b->fitted || !are_rivals(curves, a, b))
                continue;
            if (pairs) {
                pairs[n] = (struct iso_pair){.a = a, .b = b};
                if (fit_compare(&a->fit, &b->fit, macs, &pairs[n].result, err) < 0)
                    return -1;
            }
            n++;
        }
    return n;
}

static void add_pair(struct rowset *rows, const struct iso_pair *pair, double macs, double p)
{
    double difference = pair->result.difference;

    add_names(rows, pair->b);
    rowset_text(rows, pair->b->method ? pair->a->method : pair->a->model);
    rowset_int(rows, llround(macs));
    rowset_real(rows, fit_top1(&pair->b->fit.law, macs));
    rowset_real(rows, fit_top1(&pair->a->fit.law, macs));
    rowset_real(rows, difference);
    add_range(rows, &pair->result.range);
    rowset_real(rows, p);
    rowset_text(rows, !(p < LEVEL) ? "cannot tell" : difference > 0 ? "better" : "worse");
    rowset_bool(rows, outside(&pair->a->fit, macs) || outside(&pair->b->fit, macs));
    add_setting(rows, pair->b);
    add_setting(rows, pair->a);
}

static int add_pairs(
    const struct fit_curves *curves, double macs, int n, struct rowset *rows, struct err *err)
{
    struct iso_pair *pairs = calloc((size_t)n, sizeof(*pairs));
    double *p = calloc((size_t)n, sizeof(*p));
    int result = -1;

    if (!pairs || !p) {
        err_set(err, ERR_MEMORY, "no memory for %d comparisons", n);
        goto done;
    }
    if (each_pair(curves, macs, pairs, err) < 0)
        goto done;
    for (int i = 0; i < n; i++)
        p[i] = pairs[i].result.p;
    if (statistics_holm(p, n, p, err) < 0)
        goto done;
    for (int i = 0; i < n; i++)
        add_pair(rows, &pairs[i], macs, p[i]);
    result = 0;
done:
    free(pairs);
    free(p);
    return result;
}

static int fill_iso(const struct fit_curves *curves, double macs, struct rowset *rows,
    struct str *notes, struct err *err)
{
    int n;

    if (check_any(curves, err) < 0)
        return -1;
    n = each_pair(curves, macs, NULL, err);
    if (n == 0)
        return err_set(err, ERR_INPUT,
            "there are no two fitted curves of one model to compare; `scalestudy compare` compares "
            "single networks");
    if (add_pairs(curves, macs, n, rows, err) < 0)
        return -1;
    str_addf(notes,
        "diff.: top-1 of the first curve minus that of the other at these FLOPs, in per cent; low, "
        "high: 95 %% interval from the bootstrap of both. p-values are Holm-corrected for %d "
        "comparison%s (family-wise error rate 5 %%). Curves count as independent, although those "
        "of a model share its baseline.\n",
        n, ui_plural(n));
    note_left_out(curves, notes);
    return 0;
}

const struct fit_view fit_view_iso = {
    .caption = "fitted curves at equal FLOPs",
    .columns = iso_columns,
    .fill = fill_iso,
};
