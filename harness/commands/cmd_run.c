/* `scalestudy run`: do what is missing of a study. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "harness/base/clock.h"
#include "harness/system/cpu.h"
#include "harness/terminal/cli.h"
#include "command.h"
#include "harness/options/data_options.h"
#include "harness/study/estimate.h"
#include "images_change.h"
#include "harness/study/plan.h"
#include "harness/views/plan_remarks.h"
#include "harness/study/plan_store.h"
#include "results/query/query.h"
#include "results/store/store.h"
#include "harness/run/study_paths.h"
#include "harness/run/source_database.h"
#include "harness/options/trust.h"
#include "harness/terminal/ui.h"

#define MAX_WORKERS 256
#define MAX_THREADS 64
/* The part of memory that jobs together may plan for: images and libraries need some besides. */
#define MEMORY_SHARE 0.85

struct arguments {
    const char *database, *order;
    int workers, threads, retries, nice;
    double checkpoint_seconds, stuck_seconds, memory;
    bool quiet, verbose, retry_failed, trust;
    const char *keep;
};

static const struct cli_option options[] = {
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F",
        "database of jobs and results (default: the study file's name with .db, in the current "
        "folder)"},
    {"workers", 0, CLI_INT, offsetof(struct arguments, workers), "N",
        "jobs at a time, each in its own process (default: as many as cores and memory allow)"},
    {"threads", 0, CLI_INT, offsetof(struct arguments, threads), "N",
        "threads per job (default: 1, or more if the study or the memory allows fewer jobs at a "
        "time than there are cores)"},
    {"memory", 0, CLI_COUNT, offsetof(struct arguments, memory), "BYTES",
        "memory for all running jobs, including their cached images, such as 12G; jobs whose "
        "estimated memory does not fit wait (default: 85 % of the machine's)"},
    {"nice", 0, CLI_INT, offsetof(struct arguments, nice), "N",
        "run at a lower priority, from 0 to 19 (default 0)"},
    {"checkpoint-seconds", 0, CLI_REAL, offsetof(struct arguments, checkpoint_seconds), "S",
        "save a checkpoint every S seconds as well as after every epoch (default 60)"},
    {"keep", 0, CLI_TEXT, offsetof(struct arguments, keep), "none|best|last|both",
        "keep the weights of each job: of its best epoch, its last epoch, or both (default none)"},
    {"retries", 0, CLI_INT, offsetof(struct arguments, retries), "N",
        "retries of a job whose process crashed or was killed (default 2); wrong input or a loss "
        "that is not finite fails at once"},
    {"stuck-seconds", 0, CLI_REAL, offsetof(struct arguments, stuck_seconds), "S",
        "kill and retry a job that sends no message for S seconds (default 1800; 0: never)"},
    {"order", 0, CLI_TEXT, offsetof(struct arguments, order), PLAN_ORDERS,
        "which jobs run first; see `scalestudy plan --help` (default telling)"},
    {"retry-failed", 0, CLI_FLAG, offsetof(struct arguments, retry_failed), NULL,
        "run failed jobs again"},
    TRUST_OPTION(struct arguments, trust),
    {"quiet", 'q', CLI_FLAG, offsetof(struct arguments, quiet), NULL, "show errors only"},
    {"verbose", 'v', CLI_FLAG, offsetof(struct arguments, verbose), NULL,
        "also report every job that begins"},
    {0},
};

static const struct cli_usage usage = {
    .command = "run",
    .arguments = "STUDY.yaml",
    .summary = "Run the jobs of a study that are not done yet.",
    .options = options,
    .details = "Results go into the database as they come. After an interruption or a crash, `run` "
               "continues from the last "
               "checkpoints; no job is done twice. If a job fails, the others go on, and "
               "`scalestudy jobs --state failed` shows its error. Several `run` processes may "
               "share a database.\n\n"
               "A job's id depends on everything that decides its result, including its images but "
               "not their path. If the images have "
               "changed since a job was done, `run` says so and does it again; the former result "
               "stays in the database. Paths in "
               "a study are relative to the folder of its file.\n\n"
               "Ctrl-C, SIGTERM and a terminal that closes make `run` save and stop within the "
               "current step; "
               "a second signal stops it at once. The same number of threads gives the same bits; "
               "another number may change the last digits.\n\n"
               "Exit status: 0 if all jobs are done, 2 if the study or its data are wrong, 3 if "
               "some jobs failed, 130 if "
               "interrupted.",
    .description = "A job that can never fit into --memory is an error that names the batch size "
                   "that would fit. A job whose process "
                   "crashes, is killed or is stuck is tried again from its last checkpoint. The "
                   "weights of --keep are in "
                   "`STUDY.db.d/weights`.",
    .example = "scalestudy run configs/studies/table3.yaml --workers 2\nscalestudy status "
               "configs/studies/table3.yaml",
    .min_arguments = 1,
    .max_arguments = 1,
};

static int check_arguments(const struct arguments *given, struct err *err)
{
    static const char *const keeps[] = {"none", "best", "last", "both", NULL};

    if (given->workers < 0 || given->workers > MAX_WORKERS)
        return err_set(err, ERR_INPUT, "--workers is %d; it must be from 1 to %d", given->workers,
            MAX_WORKERS);
    if (given->threads < 0 || given->threads > MAX_THREADS)
        return err_set(err, ERR_INPUT, "--threads is %d; it must be from 1 to %d", given->threads,
            MAX_THREADS);
    if (!(given->checkpoint_seconds >= 0 && given->checkpoint_seconds <= 1e6))
        return err_set(err, ERR_INPUT, "--checkpoint-seconds is %g; it must be from 0 to 1000000",
            given->checkpoint_seconds);
    if (!(given->stuck_seconds >= 0 && given->stuck_seconds <= 1e9))
        return err_set(err, ERR_INPUT, "--stuck-seconds is %g; it must be from 0 to 1000000000",
            given->stuck_seconds);
    if (given->retries < 0)
        return err_set(err, ERR_INPUT, "--retries is %d; it must be at least 0", given->retries);
    if (given->nice < 0 || given->nice > 19)
        return err_set(err, ERR_INPUT, "--nice is %d; it must be from 0 to 19", given->nice);
    if (str_find("choice of --keep", given->keep, keeps, err) < 0)
        return -1;
    if (!(given->memory >= 0 && given->memory < 9e18))
        return err_set(
            err, ERR_INPUT, "--memory is %g; it must be a number of bytes", given->memory);
    return 0;
}

/* Bytes that jobs may plan to take together; 0 if nobody knows. */
static int64_t memory_limit(const struct arguments *given)
{
    return given->memory > 0 ? (int64_t)given->memory
                             : (int64_t)(MEMORY_SHARE * (double)cpu_memory_bytes());
}

static int compare_bytes(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x < y) - (x > y);
}

/* So many jobs at once that even the largest of them fit into memory together; at least 1. */
static int workers_in_memory(const struct plan *plan, int64_t limit, int workers)
{
    double sum = 0;
    int64_t *bytes = calloc((size_t)plan->n_nets, sizeof(*bytes));
    int n = 0;

    if (!bytes || limit <= 0) {
        free(bytes);
        return workers;
    }
    for (int i = 0; i < plan->n_nets; i++)
        bytes[i] = plan->nets[i].cost.train_bytes;
    qsort(bytes, (size_t)plan->n_nets, sizeof(*bytes), compare_bytes);
    /* Seeds run one after the other, so that a network is seldom in memory twice; beyond that it
     * repeats. */
    while (n < workers && (sum += (double)bytes[n % plan->n_nets]) <= (double)limit)
        n++;
    free(bytes);
    return n > 0 ? n : 1;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/*
 * Cores are divided among jobs. By the plan alone, not by what is left of it: the threads of a job are
 * part of what its last bits depend on, so a study that goes on must choose them as it did before.
 */
static void divide_cores(
    const struct arguments *given, const struct plan *plan, struct run_options *how)
{
    int cores = cpu_count(), workers = given->workers, threads = given->threads;

    if (workers == 0) {
        workers =
            smaller(threads > 0 && cores / threads > 0 ? cores / threads : cores, MAX_WORKERS);
        if (threads > cores)
            workers = 1;
        workers = workers_in_memory(plan, how->memory_bytes, smaller(workers, plan->n_jobs));
    }
    if (threads == 0)
        threads = smaller(cores / workers > 0 ? cores / workers : 1, MAX_THREADS);
    if (workers * threads > cores)
        ui_say("%d workers with %d thread%s each need more than the %d cores here and will slow "
               "each other down",
            workers, threads, ui_plural(threads), cores);
    how->workers = smaller(workers, plan->n_jobs);
    how->threads = threads;
}

/* Largest batch with which a network fits; 0 if none does. */
static int batch_that_fits(const struct plan_net *net, int64_t limit)
{
    int fits = 0, too_large = net->recipe->batch;

    while (too_large - fits > 1) {
        struct recipe recipe = *net->recipe;
        struct err ignored = {0};
        int64_t bytes;

        recipe.batch = fits + (too_large - fits) / 2;
        recipe.micro_batch = 0;
        if (workload_train_bytes(&net->spec, &recipe, &bytes, &ignored) == 0 && bytes <= limit)
            fits = recipe.batch;
        else
            too_large = recipe.batch;
    }
    return fits;
}

static int refuse_size(
    const struct plan *plan, const struct plan_net *net, int64_t limit, struct err *err)
{
    int batch = batch_that_fits(net, limit);
    char advice[200] = "not even a batch of 1 would";

    if (batch > 0)
        snprintf(advice, sizeof(advice),
            "a batch of %d would fit, or a `micro_batch` of at most that, which divides %d", batch,
            net->recipe->batch);
    return err_set(err, ERR_INPUT,
        "%s:%d:%d: %s by %s at %d pixels needs %lld bytes to train, more than the %lld "
        "bytes that jobs may use (--memory): %s",
        plan->study->path, net->place.line, net->place.column, net->spec.name, net->scaling.method,
        net->spec.input, (long long)net->cost.train_bytes, (long long)limit, advice);
}

/* A job that is still to be done and can never fit is told before any is run. */
static int check_sizes(struct store *store, const struct plan *plan, int64_t limit, struct err *err)
{
    for (int i = 0; i < plan->n_jobs && limit > 0; i++) {
        const struct plan_net *net = plan_net(plan, i);
        char state[QUERY_STATE_BYTES];

        if (net->cost.train_bytes <= limit)
            continue;
        if (query_job_state(store, plan->ids[i], state, err) < 0)
            return -1;
        if (strcmp(state, "waiting") == 0)
            return refuse_size(plan, net, limit, err);
    }
    return 0;
}

/* ---- the database ---- */

static int put_plan(
    struct store *store, const struct plan *plan, bool retry_failed, struct err *err)
{
    int retried = 0, dropped = 0;

    if (images_change_say(store, plan, err) < 0 || plan_store(plan, store, &dropped, err) < 0)
        return -1;
    if (dropped > 0)
        ui_say(
            "%d job%s that the study no longer has removed from it; results stay in the database",
            dropped, ui_plural(dropped));
    if (retry_failed && store_retry(store, plan->study->name, &retried, err) < 0)
        return -1;
    if (retried > 0)
        ui_say("running %d failed job%s again", retried, ui_plural(retried));
    return 0;
}

/* Decoded images, which jobs keep beside what is planned for them, take their part of the memory;
 * but the largest job may always run, alone. */
static void leave_room_for_images(
    const struct plan *plan, const struct estimate *estimate, struct run_options *how)
{
    int64_t largest = 0, decoded = 0, left;

    for (int i = 0; i < plan->n_nets; i++) {
        const struct workload_images images = {.side = plan->nets[i].spec.input,
            .train = estimate->train_images,
            .test = estimate->test_images};
        int64_t bytes = workload_decoded_bytes(&images, cpu_memory_bytes());

        if (bytes > decoded)
            decoded = bytes;
        if (plan->nets[i].cost.train_bytes > largest)
            largest = plan->nets[i].cost.train_bytes;
    }
    if (largest > how->memory_bytes)
        largest = how->memory_bytes;
    left = how->memory_bytes - decoded * how->workers;
    if (how->memory_bytes > 0)
        how->memory_bytes = left > largest ? left : largest;
}

/* What `plan` measured on this machine tells how long the jobs take: it is kept with them. */
static int put_estimate(
    struct store *store, const struct plan *plan, struct run_options *how, struct err *err)
{
    const struct estimate_options known = {.threads = how->threads, .only_known = true};
    struct estimate estimate = ESTIMATE_INIT;
    int result = estimate_make(&estimate, plan, &known, err);

    if (result == 0)
        result = plan_store_estimate(plan, &estimate, store, err);
    if (result == 0)
        leave_room_for_images(plan, &estimate, how);
    estimate_release(&estimate);
    return result;
}

/* ---- the end ---- */

static int conclude(
    const struct study_status *status, const char *database, double seconds, struct err *err)
{
    char took[UI_DURATION_BYTES];

    if (status->failed > 0)
        return err_set(err, ERR_JOBS,
            "%d of %d jobs failed: `scalestudy jobs --db %s --state failed` shows why, `run "
            "--retry-failed` runs them again",
            status->failed, status->total, database);
    if (status->stopped > 0)
        ui_say("%d job%s stopped; tables leave them out, `scalestudy retry` makes them wait again",
            status->stopped, ui_plural(status->stopped));
    if (status->running > 0)
        ui_say("%d job%s still running in another process", status->running,
            ui_plural(status->running));
    ui_say("%d of %d jobs of %s done, in %s: `scalestudy jobs --db %s` lists the results",
        status->done, status->total, status->study, ui_duration(seconds, took), database);
    return 0;
}

static void say_how_to_go_on(const char *study_path, const char *given_database, struct err *err)
{
    struct err interrupted = *err;

    err_clear(err);
    err_set(err, interrupted.code, "%s: `scalestudy run %s%s%s` goes on from there",
        interrupted.message, study_path, given_database ? " --db " : "",
        given_database ? given_database : "");
}

static int run_study(
    const struct plan *plan, const struct arguments *given, const char *database, struct err *err)
{
    struct run_options how = {.database = database,
        .checkpoint_seconds = given->checkpoint_seconds,
        .stuck_seconds = given->stuck_seconds,
        .retries = given->retries,
        .memory_bytes = memory_limit(given),
        .keep_best = strcmp(given->keep, "best") == 0 || strcmp(given->keep, "both") == 0,
        .keep_last = strcmp(given->keep, "last") == 0 || strcmp(given->keep, "both") == 0,
        .trust = given->trust,
        .quiet = given->quiet,
        .verbose = given->verbose};
    struct study_paths files = STUDY_PATHS_CLOSED;
    struct study_status status = {0};
    struct store *store = NULL;
    double started = clock_seconds();
    int result = -1;

    if (store_open(&store, database, STORE_CREATE, err) < 0 ||
        study_paths_prepare(&files, database, given->trust, err) < 0 ||
        put_plan(store, plan, given->retry_failed, err) < 0 ||
        check_sizes(store, plan, how.memory_bytes, err) < 0)
        goto done;
    divide_cores(given, plan, &how);
    if (put_estimate(store, plan, &how, err) < 0)
        goto done;
    if (given->nice > 0 && setpriority(PRIO_PROCESS, 0, given->nice) != 0)
        ui_say("--nice %d could not be set", given->nice);
    data_notes_show(&plan->notes, given->quiet);
    if (plan_say_remarks(plan, err) < 0)
        goto done;
    ui_say("%s: running %d job%s, %d at a time, %d thread%s each; results are in %s",
        plan->study->name, plan->n_jobs, ui_plural(plan->n_jobs), how.workers, how.threads,
        ui_plural(how.threads), database);
    result = run_plan(store, plan, &how, &status, err);
    if (result == 0)
        result = conclude(&status, database, clock_seconds() - started, err);
    else if (err->code == ERR_INTERRUPTED)
        say_how_to_go_on(plan->study->path, given->database, err);
done:
    study_paths_close(&files);
    store_close(store);
    return result;
}

static int run_run(int argc, char **argv, struct err *err)
{
    struct arguments given = {
        .checkpoint_seconds = 60, .keep = "none", .stuck_seconds = 1800, .retries = 2};
    struct study study = STUDY_INIT;
    struct plan plan = PLAN_INIT;
    char database[PATH_BYTES], **arguments;
    enum plan_order order;
    int result = -1;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    if (given.quiet)
        ui_quiet();
    if (check_arguments(&given, err) == 0 && plan_order_find(given.order, &order, err) == 0 &&
        study_paths_choose(given.database, arguments[0], database, err) == 0 &&
        plan_load(&plan, &study, arguments[0], order, err) == 0)
        result = run_study(&plan, &given, database, err);
    plan_release(&plan);
    study_release(&study);
    return result;
}

const struct command command_run = {
    .name = "run",
    .summary = "run the jobs of a study that are not done yet",
    .run = run_run,
};
