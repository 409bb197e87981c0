/* `scalestudy compare`: which scaling of a baseline is better at equal FLOPs, and whether one can
 * tell. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "base/str.h"
#include "cli.h"
#include "command.h"
#include "document.h"
#include "results/compare.h"
#include "results/query.h"
#include "results_open.h"
#include "ui.h"

struct arguments {
    const char *database, *study, *model, *method, *against;
    double within; /* per cent */
    enum output_format format;
};

static const struct cli_option options[] = {
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F",
        "database with what was measured"},
    {"study", 0, CLI_TEXT, offsetof(struct arguments, study), "NAME",
        "study of that database, if it has several"},
    {"model", 0, CLI_TEXT, offsetof(struct arguments, model), "NAME", "only this baseline"},
    {"method", 0, CLI_TEXT, offsetof(struct arguments, method), "NAME",
        "only this scaling method, against the others"},
    {"against", 0, CLI_TEXT, offsetof(struct arguments, against), "NAME",
        "only against this method"},
    {"within", 0, CLI_REAL, offsetof(struct arguments, within), "PERCENT",
        "FLOPs that differ by less are equal; default 2"},
    {"format", 0, CLI_DOCUMENT_FORMAT, offsetof(struct arguments, format),
        "table|csv|json|markdown|latex", "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "compare",
    .arguments = "[STUDY.yaml]",
    .summary = "compare scaling methods at equal FLOPs: by how much, how sure, and with how many "
               "seeds one could tell",
    .options = options,
    .details =
        "Networks of one baseline are compared, seed by seed where they have the same seeds. If "
        "FLOPs\ndiffer, the larger network's accuracy is interpolated to the FLOPs of the smaller, "
        "between it\nand the next smaller one of its method, or the baseline. What is called "
        "better or worse is so\nat a level of 5 % for all comparisons together (Holm's "
        "correction).",
    .example = "scalestudy compare configs/studies/table3.yaml\n"
               "scalestudy compare --db table3.db --method compound --format csv",
    .min_arguments = 0,
    .max_arguments = 1,
};

static const struct column columns[] = {
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
}

/* ---- notes ---- */

static void note_seeds(const struct comparisons *list, int n_unsure, struct str *notes)
{
    if (n_unsure == 0)
        return;
    if (isnan(list->seed_deviation)) {
        str_add(notes, "With one seed of each network nothing says how large chance is: two of "
                       "each are the least, five are better.\n");
        return;
    }
    str_addf(notes,
        "seeds needed: of each network, to tell a difference as large as this one with a "
        "probability of 80 %%, if it and its spread are as they look here; %d means so many or "
        "more. Seeds of one network differ by %.2f (standard deviation, all networks together).\n",
        COMPARE_MOST_SEEDS, list->seed_deviation);
}

static void add_notes(const struct comparisons *list, double within, struct str *notes)
{
    int n_between = 0, n_unsure = 0, n_unequal = 0;

    for (int i = 0; i < list->n; i++) {
        n_between += list->all[i].interpolated >= 0;
        n_unsure += list->all[i].verdict == COMPARE_CANNOT_TELL;
        n_unequal += list->all[i].verdict == COMPARE_UNEQUAL;
    }
    str_add(notes, "diff. is the top-1 of the first scaling less that of the other, in per cent, "
                   "at equal multiply-adds; low and high are its 95 % interval, n the seeds.\n");
    if (list->n_tests > 0)
        str_addf(notes,
            "p is corrected for %d comparison%s (Holm): better and worse hold at 5 %% for all of "
            "them together. Each interval stands for itself.\n",
            list->n_tests, ui_plural(list->n_tests));
    if (n_between > 0)
        str_addf(notes,
            "~: its FLOPs are more than %g %% larger, so that its accuracy is interpolated to "
            "macs, "
            "in the logarithm, from the next smaller network of its method or the baseline. "
            "The straight line lies below a curve that levels off: against this network.\n",
            within);
    if (n_unequal > 0)
        str_add(notes, "unequal FLOPs: there is no smaller network of the same seeds to "
                       "interpolate from; the difference is that of unequal networks.\n");
    note_seeds(list, n_unsure, notes);
}

static int print(const struct comparisons *list, const struct arguments *given, struct err *err)
{
    struct str notes = STR_INIT;
    struct rowset rows;
    int result = -1;

    if (list->n == 0)
        return err_set(err, ERR_INPUT,
            "there is nothing to compare: no baseline of the study has finished networks of two "
            "scaling methods whose FLOPs are within a factor of %g",
            COMPARE_MOST_RATIO);
    rowset_init(&rows, columns);
    for (int i = 0; i < list->n; i++)
        add_row(&rows, list, &list->all[i], document_has_notes(given->format), err);
    add_notes(list, given->within, &notes);
    if (err->code == ERR_NONE && str_check(&notes, err) == 0)
        result = document_print(
            &(struct document){
                .caption = "Scaling methods at equal FLOPs", .rows = &rows, .notes = notes.text},
            stdout, given->format, err);
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
    char asked[STUDY_NAME_BYTES], study[STUDY_NAME_BYTES], **arguments;
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
    if (results_open(&store, asked, given.database, arguments[0], given.study, err) == 0 &&
        runs_choose_study(store, asked[0] ? asked : NULL, study, sizeof(study), err) == 0 &&
        compare_load(&list, store, study, &how, err) == 0)
        result = print(&list, &given, err);
    compare_release(&list);
    store_close(store);
    return result;
}

const struct command command_compare = {
    .name = "compare",
    .summary = "scaling methods at equal FLOPs: which is better, and can one tell",
    .run = run_compare,
};
