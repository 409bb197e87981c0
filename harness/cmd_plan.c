/* `scalestudy plan`: what a study expands to, without running anything. */
#include <stddef.h>
#include <stdio.h>

#include "base/file.h"
#include "cli.h"
#include "command.h"
#include "plan.h"
#include "results/query.h"
#include "results/store.h"
#include "run_files.h"
#include "study_keys.h"
#include "ui.h"

struct arguments {
    const char *database, *order;
    enum output_format format;
    bool keys;
};

static const struct cli_option options[] = {
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F",
        "database that knows which jobs are done (default: the study's, if it is there)"},
    {"order", 0, CLI_TEXT, offsetof(struct arguments, order), PLAN_ORDERS,
        "what runs first: baselines and then cheap scalings (the default); models as in the file; "
        "what costs least; or what costs most. Seeds come last in all"},
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format"},
    {"keys", 0, CLI_FLAG, offsetof(struct arguments, keys), NULL,
        "list every key that a study file can have instead"},
    {0},
};

static const struct cli_usage usage = {
    .command = "plan",
    .arguments = "STUDY.yaml",
    .summary =
        "the jobs that a study expands to: every model, scaling and seed, checked and counted",
    .options = options,
    .details = "Nothing is run or written. macs are multiply-adds of one image (what the "
               "EfficientNet paper calls "
               "FLOPS), train_bytes is the memory of one job at the study's batch size.",
    .example = "scalestudy plan configs/studies/table3.yaml\nscalestudy plan --keys",
    .min_arguments = 0,
    .max_arguments = 1,
};

static const struct column columns[] = {
    {"model", COLUMN_TEXT, 0, NULL, false},
    {"method", COLUMN_TEXT, 0, NULL, false},
    {"depth", COLUMN_REAL, 2, "d", false},
    {"width", COLUMN_REAL, 2, "w", false},
    {"resolution", COLUMN_REAL, 2, "r", false},
    {"input", COLUMN_INT, 0, NULL, false},
    {"seed", COLUMN_INT, 0, NULL, false},
    {"params", COLUMN_INT, 0, NULL, false},
    {"macs", COLUMN_INT, 0, NULL, false},
    {"train_bytes", COLUMN_INT, 0, NULL, false},
    {"state", COLUMN_TEXT, 0, NULL, false},
    {"job_id", COLUMN_TEXT, 0, NULL, true},
    {NULL, COLUMN_TEXT, 0, NULL, false},
};

static int add_row(
    const struct plan *plan, int i, struct store *store, struct rowset *rows, struct err *err)
{
    const struct plan_net *net = plan_net(plan, i);
    char state[QUERY_STATE_BYTES] = "";

    if (store && query_job_state(store, plan->ids[i], state, err) < 0)
        return -1;
    rowset_text(rows, net->spec.name);
    rowset_text(rows, net->scaling.method);
    rowset_real(rows, net->scaling.depth);
    rowset_real(rows, net->scaling.width);
    rowset_real(rows, net->scaling.resolution);
    rowset_int(rows, net->spec.input);
    rowset_int(rows, plan_seed(plan, i));
    rowset_int(rows, net->cost.parameters);
    rowset_int(rows, net->cost.macs);
    rowset_int(rows, net->cost.train_bytes);
    rowset_text(rows, state[0] ? state : NULL);
    rowset_text(rows, plan->ids[i]);
    return 0;
}

static int print_plan(
    const struct plan *plan, struct store *store, enum output_format format, struct err *err)
{
    struct rowset rows;
    int result = 0;

    rowset_init(&rows, columns);
    for (int i = 0; i < plan->n_jobs && result == 0; i++)
        result = add_row(plan, i, store, &rows, err);
    if (result == 0)
        result = rowset_print(&rows, stdout, format, err);
    rowset_release(&rows);
    return result;
}

/* Networks that are not in the plan; so many by name. */
#define SKIPPED_NAMED 20

static void say_skipped(const struct plan *plan)
{
    int named = plan->n_skipped < SKIPPED_NAMED ? plan->n_skipped : SKIPPED_NAMED;

    for (int i = 0; i < named; i++) {
        const struct plan_skip *skipped = &plan->skipped[i];

        ui_say("%s:%d skips %s %s d=%.10g w=%.10g r=%.10g: %s", skipped->net.place.file,
            skipped->net.place.line, skipped->net.spec.name, skipped->net.scaling.method,
            skipped->net.scaling.depth, skipped->net.scaling.width, skipped->net.scaling.resolution,
            skipped->reason);
    }
    if (plan->n_skipped > named)
        ui_say("%d more are skipped", plan->n_skipped - named);
}

/* The study's own database need not be there yet; one that the user names must be. */
static int open_database(
    const char *given, const char *study_path, struct store **store, struct err *err)
{
    char path[PATH_BYTES];

    if (run_files_choose(given, study_path, path, err) < 0)
        return -1;
    if (!given && !file_exists(path))
        return 0;
    return store_open(store, path, STORE_READ, err);
}

static int run_plan(int argc, char **argv, struct err *err)
{
    struct arguments given = {0};
    struct study study = STUDY_INIT;
    struct plan plan = PLAN_INIT;
    struct store *store = NULL;
    enum plan_order order;
    char **arguments;
    int result = -1;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    if (given.keys)
        return study_print_keys(given.format, err);
    if (!arguments[0])
        return err_set(err, ERR_INPUT, "plan needs a study file: scalestudy plan STUDY.yaml");
    if (plan_order_find(given.order, &order, err) < 0 ||
        plan_load(&plan, &study, arguments[0], order, err) < 0 ||
        open_database(given.database, arguments[0], &store, err) < 0 ||
        print_plan(&plan, store, given.format, err) < 0)
        goto done;
    if (given.format == FORMAT_TABLE)
        printf("\n%d job%s: %d network%s, %d seed%s\n", plan.n_jobs, ui_plural(plan.n_jobs),
            plan.n_nets, ui_plural(plan.n_nets), study.seeds.count, ui_plural(study.seeds.count));
    say_skipped(&plan);
    result = 0;
done:
    store_close(store);
    plan_release(&plan);
    study_release(&study);
    return result;
}

const struct command command_plan = {
    .name = "plan",
    .summary = "the jobs that a study expands to, without running them",
    .run = run_plan,
};
