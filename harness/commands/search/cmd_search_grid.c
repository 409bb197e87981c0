/* `scalestudy search grid`: step 1 of compound scaling, alpha, beta and gamma on a small grid. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "harness/system/file.h"
#include "harness/base/str.h"
#include "harness/terminal/cli.h"
#include "harness/commands/command.h"
#include "grid_study.h"
#include "harness/study/plan.h"
#include "ranking_view.h"
#include "harness/commands/results_open.h"
#include "harness/terminal/ui.h"

#define SUFFIX "-grid"

struct arguments {
    const char *database, *study, *model, *output;
    struct grid_options grid;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"output", 'o', CLI_TEXT, offsetof(struct arguments, output), "F.yaml",
        "write the study that trains the grid of STUDY.yaml's baselines"},
    {"step", 0, CLI_REAL, offsetof(struct arguments, grid.step), "S",
        "with -o: step between the values of each coefficient (default 0.1)"},
    {"times", 0, CLI_REAL, offsetof(struct arguments, grid.times), "T",
        "with -o: alpha beta^2 gamma^2, the FLOPs as a multiple of the baseline's (default 2)"},
    {"within", 0, CLI_REAL, offsetof(struct arguments, grid.within), "W",
        "with -o: tolerance of that multiple (default 0.1)"},
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F",
        "without -o: the database (default: the study's)"},
    {"study", 0, CLI_TEXT, offsetof(struct arguments, study), "NAME",
        "without -o: the study, if the database has several"},
    {"model", 0, CLI_TEXT, offsetof(struct arguments, model), "NAME",
        "without -o: only this baseline"},
    {"format", 0, CLI_DOCUMENT_FORMAT, offsetof(struct arguments, format),
        "table|csv|json|markdown|latex", "without -o: output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "search grid",
    .arguments = "[STUDY.yaml]",
    .summary = "Find alpha, beta and gamma of compound scaling for a baseline, as step 1 of the "
               "paper: write the study that trains a grid of them, or rank its results.",
    .options = options,
    .details = "With -o, the models of the new study keep their data, recipe and seeds. Their "
               "scalings are "
               "the baseline and every alpha, beta, gamma >= 1 of the grid at phi = 1: the depth "
               "factor is "
               "alpha, the width factor beta, the resolution factor gamma. The default grid has 22 "
               "points; `--step 0.05` has 111, including the "
               "paper's 1.2, 1.1, 1.15. Points that round to the same network are trained "
               "once.\n\n"
               "Without -o, the finished compound networks of each baseline are ranked, "
               "and each is tested against the best. Rounding makes their FLOPs differ; a "
               "column shows by how much. `scale --alpha A --beta B --gamma C --phi P` applies the "
               "result to larger networks, which is step 2.",
    .example = "scalestudy search grid birds.yaml -o birds-grid.yaml\n"
               "scalestudy run birds-grid.yaml\n"
               "scalestudy search grid birds-grid.yaml",
    .min_arguments = 0,
    .max_arguments = 1,
};

/* ---- making it ---- */

static int rename_study(struct study *study, struct err *err)
{
    size_t length = strlen(study->name);

    if (length + sizeof(SUFFIX) > sizeof(study->name))
        return err_set(err, ERR_INPUT, "the study's name is too long to have " SUFFIX " behind it");
    memcpy(study->name + length, SUFFIX, sizeof(SUFFIX));
    return 0;
}

static int write_study(const struct arguments *given, const char *path, struct err *err)
{
    struct study study = STUDY_INIT;
    struct plan plan = PLAN_INIT;
    struct str text = STR_INIT;
    int n_points, result = -1;

    if (study_load(&study, path, err) < 0 ||
        grid_study_make(&study, &given->grid, &n_points, err) < 0 ||
        rename_study(&study, err) < 0 || plan_build(&plan, &study, 0, PLAN_FILE, err) < 0)
        goto done;
    str_addf(&text,
        "# The baselines of %s with %d alpha, beta, gamma: steps of %g, alpha beta^2 gamma^2 "
        "within %g of %g.\n"
        "# By `scalestudy search grid`, which ranks it once `scalestudy run` has run it.\n",
        path, n_points, given->grid.step, given->grid.within, given->grid.times);
    if (plan_show(&plan, &study, false, &text, err) < 0 ||
        file_write(given->output, text.text, text.length, err) < 0)
        goto done;
    ui_say("%s: %d points, %d network%s%s, %d job%s", given->output, n_points, plan.n_nets,
        ui_plural(plan.n_nets), plan.n_skipped ? " (others are the same or were skipped)" : "",
        plan.n_jobs, ui_plural(plan.n_jobs));
    result = 0;
done:
    str_release(&text);
    plan_release(&plan);
    study_release(&study);
    return result;
}

/* ---- ranking it ---- */

static int rank(const struct arguments *given, const char *path, struct err *err)
{
    struct ranking_options how = RANKING_DEFAULTS;
    struct store *store = NULL;
    char study[STUDY_NAME_BYTES];
    int result = -1;

    how.model = given->model;
    how.method = "compound";
    how.by_baseline = true;
    if (results_open_one(&store, study, given->database, path, given->study, err) == 0)
        result = ranking_view_print(store, study, &how, given->format, stdout, err);
    store_close(store);
    return result;
}

static int run(int argc, char **argv, struct err *err)
{
    struct arguments given = {.grid = GRID_DEFAULTS};
    char **arguments;
    int result = cli_parse(&usage, argc, argv, &given, &arguments, err);

    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    if (!given.output)
        return rank(&given, arguments[0], err);
    if (given.database || given.study || given.model)
        return err_set(err, ERR_INPUT,
            "-o writes a study, and --db, --study and --model choose among results; give one of "
            "the two");
    if (!arguments[0])
        return err_set(err, ERR_INPUT, "-o needs the study with the baselines: STUDY.yaml");
    return write_study(&given, arguments[0], err);
}

const struct command search_command_grid = {
    .name = "grid",
    .summary = "write the study of alpha, beta and gamma, or rank its results",
    .run = run,
};
