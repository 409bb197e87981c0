/* `scalestudy plan`: what a study expands to, without running anything. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/system/cpu.h"
#include "harness/system/file.h"
#include "harness/terminal/cli.h"
#include "command.h"
#include "harness/options/data_options.h"
#include "harness/study/estimate.h"
#include "images_change.h"
#include "harness/study/plan.h"
#include "harness/views/plan_remarks.h"
#include "results/query/groups.h"
#include "results/query/query.h"
#include "results/store/store.h"
#include "harness/run/study_paths.h"
#include "harness/study/study_keys.h"
#include "harness/terminal/ui.h"

struct arguments {
    const char *database, *order;
    enum output_format format;
    int workers, threads;
    bool keys, no_estimate;
};

static const struct cli_option options[] = {
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F",
        "database that records which jobs are done (default: the study's, if it exists)"},
    {"order", 0, CLI_TEXT, offsetof(struct arguments, order), PLAN_ORDERS,
        "which jobs run first: baselines, then cheap scalings (telling, the default); models in "
        "the order of the file; "
        "the cheapest; or the most expensive. In every order, all networks run with one seed "
        "before the next seed"},
    {"workers", 0, CLI_INT, offsetof(struct arguments, workers), "N",
        "jobs at a time, for the total time (default: cores divided by threads)"},
    {"threads", 0, CLI_INT, offsetof(struct arguments, threads), "N",
        "threads per job, for its time (default 1)"},
    {"no-estimate", 0, CLI_FLAG, offsetof(struct arguments, no_estimate), NULL,
        "do not measure and show times"},
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format"},
    {"keys", 0, CLI_FLAG, offsetof(struct arguments, keys), NULL,
        "list every key that a study file can have instead"},
    {0},
};

static const struct cli_usage usage = {
    .command = "plan",
    .arguments = "STUDY.yaml",
    .summary = "List the jobs of a study with their cost, memory and estimated time, in the order "
               "in which they run.",
    .options = options,
    .details =
        "No job is run and no result is written. `seconds` is the estimated time of one job on "
        "this machine "
        "while all cores are busy. For the estimate, at most 16 networks of the study are trained "
        "for some tenths of "
        "a second, once; the times are kept in `XDG_CACHE_HOME/scalestudy` (or "
        "`~/.cache/scalestudy`). Where jobs are done, the last lines compare the estimate with "
        "their times.\n\n"
        "A job's id depends on its images. If they have changed since jobs were done, a line says "
        "so, and `run` does "
        "these jobs again. If the images are missing, the ids are those of the images that the "
        "database records "
        "for the study; if it records none, jobs have no ids.\n\n"
        "`macs` are the multiply-adds of one image (which the EfficientNet paper calls FLOPS); "
        "`train_bytes` is the memory of one job at the study's batch size.",
    .example = "scalestudy plan configs/studies/table3.yaml\nscalestudy plan --keys",
    .min_arguments = 0,
    .max_arguments = 1,
};

static const struct column columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "method", .type = COLUMN_TEXT},
    {.name = "depth", .type = COLUMN_REAL, .decimals = 2, .heading = "d"},
    {.name = "width", .type = COLUMN_REAL, .decimals = 2, .heading = "w"},
    {.name = "resolution", .type = COLUMN_REAL, .decimals = 2, .heading = "r"},
    {.name = "input", .type = COLUMN_INT},
    {.name = "seed", .type = COLUMN_INT},
    {.name = "params", .type = COLUMN_INT},
    {.name = "macs", .type = COLUMN_INT},
    {.name = "train_bytes", .type = COLUMN_INT},
    {.name = "state", .type = COLUMN_TEXT},
    {.name = "job_id", .type = COLUMN_TEXT, .json_only = true},
    {.name = "seconds", .type = COLUMN_REAL, .decimals = 1},
    {.name = "setting", .type = COLUMN_TEXT, .if_any = true},
    {0},
};

/* What is known of the jobs besides the plan. */
struct outlook {
    struct estimate estimate; /* NULL seconds: none was wanted */
    bool images_are_there;    /* to be measured with */
    bool *left;               /* [n_jobs] neither done nor failed nor stopped */
    int n_left, n_done;       /* done: on this host, so that the estimate can be held against it */
    double done_seconds, done_estimate; /* of training */
    char host[256];
    struct group_member *networks; /* [n_nets] their labels */
    struct canonical_keys *keys;   /* [n_nets] */
};

static int look_at_job(const struct plan *plan, int i, struct store *store, struct outlook *outlook,
    struct rowset *rows, struct err *err)
{
    struct job_glance job = {0};
    int net = i % plan->n_nets;
    const char *label = outlook->networks[net].label;

    if (store && query_job_glance(store, plan->ids[i], &job, err) < 0)
        return -1;
    rowset_text(rows, job.state[0] ? job.state : NULL);
    rowset_text(rows, plan->unseen ? NULL : plan->ids[i]);
    rowset_real(rows, outlook->estimate.seconds ? outlook->estimate.seconds[net] : NAN);
    rowset_text(rows, label[0] ? label : NULL);
    outlook->left[i] =
        !job.state[0] || strcmp(job.state, "waiting") == 0 || strcmp(job.state, "running") == 0;
    outlook->n_left += outlook->left[i];
    if (outlook->estimate.seconds && strcmp(job.state, "done") == 0 &&
        strcmp(job.host, outlook->host) == 0 && isfinite(job.train_seconds)) {
        outlook->n_done++;
        outlook->done_seconds += job.train_seconds;
        outlook->done_estimate += outlook->estimate.train_seconds[net];
    }
    return 0;
}

static int add_row(const struct plan *plan, int i, struct store *store, struct outlook *outlook,
    struct rowset *rows, struct err *err)
{
    const struct plan_net *net = plan_net(plan, i);

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
    return look_at_job(plan, i, store, outlook, rows, err);
}

static int print_plan(const struct plan *plan, struct store *store, enum output_format format,
    struct outlook *outlook, struct err *err)
{
    struct rowset rows;
    int result = 0;

    rowset_init(&rows, columns);
    for (int i = 0; i < plan->n_jobs && result == 0; i++)
        result = add_row(plan, i, store, outlook, &rows, err);
    if (result == 0)
        result = rowset_print(&rows, stdout, format, err);
    rowset_release(&rows);
    return result;
}

static int network_text(void *context, int net, struct str *text, struct err *err)
{
    plan_canonical(context, net, text);
    return str_check(text, err);
}

/* What tells networks apart that share model, method and factors. */
static int label_networks(struct plan *plan, struct outlook *outlook, struct err *err)
{
    struct str text = STR_INIT;
    int result;

    outlook->networks = calloc((size_t)plan->n_nets, sizeof(*outlook->networks));
    outlook->keys = calloc((size_t)plan->n_nets, sizeof(*outlook->keys));
    if (!outlook->networks || !outlook->keys)
        return err_set(err, ERR_MEMORY, "no memory for %d networks", plan->n_nets);
    for (int i = 0; i < plan->n_nets; i++) {
        const struct plan_net *net = plan_net(plan, i);

        str_clear(&text);
        plan_canonical(plan, i, &text);
        canonical_keys(text.text, text.length, &outlook->keys[i]);
        outlook->networks[i] = (struct group_member){.model = net->spec.name,
            .method = net->scaling.method,
            .depth = net->scaling.depth,
            .width = net->scaling.width,
            .resolution = net->scaling.resolution,
            .input = net->spec.input,
            .macs = net->cost.macs,
            .keys = &outlook->keys[i]};
    }
    result = str_check(&text, err);
    if (result == 0)
        result = groups_relate(outlook->networks, plan->n_nets, network_text, plan, err);
    str_release(&text);
    return result;
}

static int look_ahead(
    struct plan *plan, const struct arguments *given, struct outlook *outlook, struct err *err)
{
    const struct estimate_options how = {.threads = given->threads, .measuring = ui_measuring};

    (void)!gethostname(outlook->host, sizeof(outlook->host) - 1);
    outlook->left = calloc((size_t)plan->n_jobs, sizeof(*outlook->left));
    if (!outlook->left)
        return err_set(err, ERR_MEMORY, "no memory for a plan of %d jobs", plan->n_jobs);
    if (label_networks(plan, outlook, err) < 0)
        return -1;
    return given->no_estimate || !outlook->images_are_there
               ? 0
               : estimate_make(&outlook->estimate, plan, &how, err);
}

static void print_totals(
    const struct plan *plan, const struct arguments *given, const struct outlook *outlook)
{
    int seeds = plan->study->seeds.count, cores = cpu_count();
    int workers = given->workers > 0 ? given->workers : cores / given->threads;
    char took[UI_DURATION_BYTES], guess[UI_DURATION_BYTES];

    printf("\n%d job%s: %d network%s, %d seed%s\n", plan->n_jobs, ui_plural(plan->n_jobs),
        plan->n_nets, ui_plural(plan->n_nets), seeds, ui_plural(seeds));
    if (!outlook->estimate.seconds)
        return;
    if (workers < 1)
        workers = 1;
    printf("%s left: about %s with %d at a time\n",
        outlook->n_left == plan->n_jobs ? "all"
        : outlook->n_left > 0           ? "some"
                                        : "none",
        ui_duration(estimate_total(&outlook->estimate, plan, outlook->left, workers), guess),
        workers);
    if (outlook->n_done > 0 && outlook->done_seconds > 0)
        printf("%d done here: trained for %s, estimated %s (%+.0f %%)\n", outlook->n_done,
            ui_duration(outlook->done_seconds, took), ui_duration(outlook->done_estimate, guess),
            100 * (outlook->done_estimate / outlook->done_seconds - 1));
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

    if (study_paths_choose(given, study_path, path, err) < 0)
        return -1;
    if (!given && !file_exists(path))
        return 0;
    return store_open(store, path, STORE_READ, err);
}

/* If the images are missing, assume those of the study's jobs in the database. */
static int suppose_images(struct plan *plan, struct study *study, struct store *store,
    enum plan_order order, struct err *err)
{
    char dataset[DATA_NAME_BYTES];
    struct fingerprint print = {.bytes = -1};
    int classes = 0;
    bool supposed = false;

    if (store && query_data_name(store, study->name, dataset, sizeof(dataset), err) < 0)
        return -1;
    if (store && strcmp(dataset, study->data.name) == 0) {
        if (query_data_images(store, study->name, print.images, err) < 0 ||
            query_data_classes(store, study->name, &classes, err) < 0)
            return -1;
        supposed = print.images[0] && classes > 0;
    }
    if (supposed && plan_suppose(plan, study, &print, classes, order, err) < 0)
        return -1;
    ui_say("the images of %s are missing at %s: %s", study->data.name,
        study->data.packed[0] ? study->data.packed
        : study->data.root[0] ? study->data.root
                              : "their usual place",
        supposed ? "the plan is for the images that the database records"
                 : "the ids and states of the jobs are unknown, and so is the cost of their last "
                   "layer unless the study sets the number of classes");
    return 0;
}

static int run_plan(int argc, char **argv, struct err *err)
{
    struct arguments given = {.threads = 1};
    struct outlook outlook = {.estimate = ESTIMATE_INIT};
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
        return err_set(err, ERR_INPUT, "the study file is missing: scalestudy plan STUDY.yaml");
    if (given.threads < 1 || given.threads > 64 || given.workers < 0 || given.workers > 256)
        return err_set(
            err, ERR_INPUT, "--threads must be from 1 to 64, and --workers from 1 to 256");
    if (plan_order_find(given.order, &order, err) < 0 ||
        plan_load_anyway(&plan, &study, arguments[0], order, err) < 0 ||
        open_database(given.database, arguments[0], &store, err) < 0)
        goto done;
    outlook.images_are_there = !plan.unseen;
    if ((plan.unseen ? suppose_images(&plan, &study, store, order, err)
            : store  ? images_change_say(store, &plan, err)
                     : 0) < 0 ||
        look_ahead(&plan, &given, &outlook, err) < 0 ||
        print_plan(&plan, store, given.format, &outlook, err) < 0)
        goto done;
    if (given.format == FORMAT_TABLE)
        print_totals(&plan, &given, &outlook);
    say_skipped(&plan);
    data_notes_show(&plan.notes, true);
    result = plan_say_remarks(&plan, err);
done:
    estimate_release(&outlook.estimate);
    free(outlook.left);
    free(outlook.networks);
    free(outlook.keys);
    store_close(store);
    plan_release(&plan);
    study_release(&study);
    return result;
}

const struct command command_plan = {
    .name = "plan",
    .summary = "list the jobs of a study without running them",
    .run = run_plan,
};
