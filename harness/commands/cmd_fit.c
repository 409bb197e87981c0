/* `scalestudy fit`: accuracy against FLOPs as a law, what it predicts, and methods at equal FLOPs. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/base/str.h"
#include "harness/terminal/cli.h"
#include "command.h"
#include "harness/terminal/document.h"
#include "harness/views/fit_view.h"
#include "results/analysis/fit_curves.h"
#include "results_open.h"

#define MOST_FLOPS 1e18 /* of an image: a whole number fits in the rows */

struct arguments {
    const char *database, *study, *model, *method, *by;
    double predict, iso;
    bool rows;
    int resamples;
    int64_t seed;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F",
        "the database (default: the study's)"},
    {"study", 0, CLI_TEXT, offsetof(struct arguments, study), "NAME",
        "the study, if the database has several"},
    {"model", 0, CLI_TEXT, offsetof(struct arguments, model), "NAME", "only this baseline"},
    {"method", 0, CLI_TEXT, offsetof(struct arguments, method), "NAME", "only this scaling method"},
    {"by", 0, CLI_TEXT, offsetof(struct arguments, by), "method|model|study",
        "one curve for each method of each baseline (default), for each model, or for all"},
    {"rows", 0, CLI_FLAG, offsetof(struct arguments, rows), NULL,
        "show the networks that were fitted, with their residuals"},
    {"predict", 0, CLI_COUNT, offsetof(struct arguments, predict), "FLOPS",
        "predict the accuracy of each curve at these FLOPs"},
    {"iso", 0, CLI_COUNT, offsetof(struct arguments, iso), "FLOPS",
        "compare the curves of each model at these FLOPs"},
    {"resamples", 0, CLI_INT, offsetof(struct arguments, resamples), "N",
        "resamples of the bootstrap (default 2000)"},
    {"seed", 0, CLI_INT64, offsetof(struct arguments, seed), "N",
        "seed of the bootstrap (default 0)"},
    {"format", 0, CLI_DOCUMENT_FORMAT, offsetof(struct arguments, format),
        "table|csv|json|markdown|latex", "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "fit",
    .arguments = "[STUDY.yaml]",
    .summary = "Fit the error against FLOPs as a saturating power law, with its uncertainty.",
    .options = options,
    .details =
        "The law is error = floor + scale * (FLOPs / 1e9)^-exponent, with error = 100 - top-1. A "
        "fit "
        "needs networks of three different sizes, and four for 95 % intervals, which are from a "
        "bootstrap. The curve of a method begins at its own baseline; a curve by model or study is "
        "over all networks with the same recipe.",
    .description = "--predict also says whether a prediction is extrapolated.",
    .example = "scalestudy fit sizes.yaml\nscalestudy fit sizes.yaml --predict 1.3B\n"
               "scalestudy fit --db sizes.db --by study --rows --format csv",
    .min_arguments = 0,
    .max_arguments = 1,
};

static int check(const struct arguments *given, struct err *err)
{
    bool predict = !isnan(given->predict), iso = !isnan(given->iso);

    if (given->rows + predict + iso > 1)
        return err_set(
            err, ERR_INPUT, "--rows, --predict and --iso print different tables; give one of them");
    if ((predict && !(given->predict > 0 && given->predict < MOST_FLOPS)) ||
        (iso && !(given->iso > 0 && given->iso < MOST_FLOPS)))
        return err_set(
            err, ERR_INPUT, "--predict and --iso must be FLOPs above 0 and below %g", MOST_FLOPS);
    if (given->resamples < 100 || given->resamples > 1000000)
        return err_set(
            err, ERR_INPUT, "--resamples is %d; it must be from 100 to 1000000", given->resamples);
    if (given->seed < 0)
        return err_set(err, ERR_INPUT, "--seed must be at least 0");
    return 0;
}

static int print(const struct fit_curves *curves, const struct arguments *given, struct err *err)
{
    const struct fit_view *view = given->rows              ? &fit_view_rows
                                  : !isnan(given->predict) ? &fit_view_predictions
                                  : !isnan(given->iso)     ? &fit_view_iso
                                                           : &fit_view_laws;
    double macs = isnan(given->predict) ? given->iso : given->predict;
    struct str notes = STR_INIT;
    struct rowset rows;
    int result = -1;

    rowset_init(&rows, view->columns);
    if (view->fill(curves, macs, &rows, &notes, err) == 0 && str_check(&notes, err) == 0)
        result = document_print(
            &(struct document){.caption = view->caption, .rows = &rows, .notes = notes.text},
            stdout, given->format, err);
    rowset_release(&rows);
    str_release(&notes);
    return result;
}

static int run_fit(int argc, char **argv, struct err *err)
{
    struct arguments given = {
        .resamples = FIT_RESAMPLES, .by = "method", .predict = NAN, .iso = NAN};
    struct fit_options how = FIT_DEFAULTS;
    struct fit_curves curves = FIT_CURVES_INIT;
    struct store *store = NULL;
    char study[STUDY_NAME_BYTES], **arguments;
    int result = -1;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    how.model = given.model;
    how.method = given.method;
    how.resamples = given.resamples;
    how.seed = (uint64_t)given.seed;
    if (check(&given, err) == 0 && fit_by_find(given.by, &how.by, err) == 0 &&
        results_open_one(&store, study, given.database, arguments[0], given.study, err) == 0 &&
        fit_curves_load(&curves, store, study, &how, err) == 0)
        result = print(&curves, &given, err);
    fit_curves_release(&curves);
    store_close(store);
    return result;
}

const struct command command_fit = {
    .name = "fit",
    .summary = "fit accuracy against FLOPs as a power law",
    .run = run_fit,
};
