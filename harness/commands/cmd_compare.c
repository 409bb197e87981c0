/* `scalestudy compare`: which scaling of a baseline is better at equal FLOPs, and whether one can
 * tell. */
#include <stddef.h>
#include <stdio.h>

#include "harness/base/str.h"
#include "harness/terminal/cli.h"
#include "command.h"
#include "harness/views/compare_view.h"
#include "harness/terminal/document.h"
#include "results/analysis/compare.h"
#include "results_open.h"

struct arguments {
    const char *database, *study, *model, *method, *against;
    bool gains;
    double within; /* per cent */
    enum output_format format;
};

static const struct cli_option options[] = {
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F",
        "the database (default: the study's)"},
    {"study", 0, CLI_TEXT, offsetof(struct arguments, study), "NAME",
        "the study, if the database has several"},
    {"model", 0, CLI_TEXT, offsetof(struct arguments, model), "NAME", "only this baseline"},
    {"method", 0, CLI_TEXT, offsetof(struct arguments, method), "NAME",
        "only this scaling method, against the others"},
    {"against", 0, CLI_TEXT, offsetof(struct arguments, against), "NAME",
        "only against this method"},
    {"gains", 0, CLI_FLAG, offsetof(struct arguments, gains), NULL,
        "compare every scaled network with its baseline instead"},
    {"within", 0, CLI_REAL, offsetof(struct arguments, within), "PERCENT",
        "FLOPs that differ by less count as equal (default 2)"},
    {"format", 0, CLI_DOCUMENT_FORMAT, offsetof(struct arguments, format),
        "table|csv|json|markdown|latex", "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "compare",
    .arguments = "[STUDY.yaml]",
    .summary = "Compare scaling methods at equal FLOPs: the difference, its 95 % interval, and the "
               "number of seeds "
               "needed to tell them apart.",
    .options = options,
    .details =
        "Networks of one baseline are compared, seed by seed where they have the same seeds. If "
        "FLOPs differ, the larger network's accuracy is interpolated to the FLOPs of the smaller, "
        "between it and the next smaller network of its method, or the baseline. `better` and "
        "`worse` hold at a level of 5 % for all comparisons together (Holm's "
        "correction). --gains compares every scaled network with its baseline, each at its own "
        "FLOPs.",
    .example = "scalestudy compare configs/studies/table3.yaml\n"
               "scalestudy compare configs/studies/table3.yaml --gains\n"
               "scalestudy compare --db table3.db --method compound --format csv",
    .min_arguments = 0,
    .max_arguments = 1,
};

static int nothing(const struct compare_options *how, struct err *err)
{
    if (how->with_baseline)
        return err_set(err, ERR_INPUT,
            "there is nothing to compare: no scaled network and its baseline are both done");
    return err_set(err, ERR_INPUT,
        "there is nothing to compare: no baseline of the study has finished networks of two "
        "scaling methods whose FLOPs are within a factor of %g",
        COMPARE_MOST_RATIO);
}

static int print(const struct comparisons *list, const struct compare_options *how,
    enum output_format format, struct err *err)
{
    const struct compare_view view = {.how = how, .marks = document_has_notes(format)};
    struct str notes = STR_INIT;
    struct rowset rows;
    int result = -1;

    if (list->n == 0)
        return nothing(how, err);
    rowset_init(&rows, compare_view_columns);
    compare_view_notes(list, &view, &notes);
    if (compare_view_fill(list, &view, &rows, err) == 0 && str_check(&notes, err) == 0)
        result = document_print(
            &(struct document){
                .caption = compare_view_caption(&view), .rows = &rows, .notes = notes.text},
            stdout, format, err);
    rowset_release(&rows);
    str_release(&notes);
    return result;
}

static int run_compare(int argc, char **argv, struct err *err)
{
    struct arguments given = {.within = 2};
    struct comparisons list = COMPARISONS_INIT;
    struct compare_options how = COMPARE_DEFAULTS;
    struct store *store = NULL;
    char study[STUDY_NAME_BYTES], **arguments;
    int result = -1;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    if (!(given.within >= 0 && given.within < 100))
        return err_set(err, ERR_INPUT, "--within is %g; it must be from 0 to below 100 per cent",
            given.within);
    how.model = given.model;
    how.method = given.method;
    how.against = given.against;
    how.within = given.within / 100;
    how.with_baseline = given.gains;
    if (results_open_one(&store, study, given.database, arguments[0], given.study, err) == 0 &&
        compare_load(&list, store, study, &how, err) == 0)
        result = print(&list, &how, given.format, err);
    compare_release(&list);
    store_close(store);
    return result;
}

const struct command command_compare = {
    .name = "compare",
    .summary = "compare scaling methods at equal FLOPs",
    .run = run_compare,
};
