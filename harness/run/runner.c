#include "runner.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/system/cpu.h"
#include "harness/system/file.h"
#include "epoch_file.h"
#include "harness/study/job.h"
#include "harness/system/process.h"
#include "results/query/query.h"
#include "results/store/store.h"
#include "results/store/store_images.h"
#include "run_files.h"
#include "harness/version.h"

#define HEARTBEAT_SECONDS 5.0
#define REPORT_SECONDS    0.25
#define ALIVE_SECONDS     1.0
/* After SIGTERM: for the step that is going on, and for saving. */
#define GRACE_SECONDS 120

static volatile sig_atomic_t asked_to_stop;

struct runner {
    const struct runner_options *options;
    struct store *store;
    struct claim claim;
    struct err trouble; /* the database or the log failed, which is not the job's fault */
    bool trained;       /* to the end; then trouble on the way matters no more */
    double next_heartbeat, next_report, next_alive;
    bool stepped;                       /* in this attempt */
    int last_epoch;                     /* of the job */
    char pruned[200];                   /* why it is to be stopped; empty: it is not */
    double progress, images_per_second; /* share of the job, at the last step */
    struct run_files files;
    char best[PATH_BYTES], last[PATH_BYTES]; /* weights */
    char log[PATH_BYTES], checkpoint[PATH_BYTES], epochs[PATH_BYTES];
};

static void on_terminate(int number)
{
    (void)number;
    if (!asked_to_stop)
        alarm(GRACE_SECONDS);
    asked_to_stop = 1;
}

/* The supervisor hears of Ctrl-C too, and decides what it means. */
static void set_signals(void)
{
    struct sigaction terminate = {.sa_handler = on_terminate, .sa_flags = SA_RESTART};

    sigaction(SIGTERM, &terminate, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
}

/* A supervisor that is gone hears nothing; the job goes on until SIGTERM comes. */
static void PRINTF_LIKE(2, 3) report(const struct runner *runner, const char *format, ...)
{
    char line[1200];
    va_list args;
    int length;

    if (runner->options->progress_fd < 0)
        return;
    va_start(args, format);
    length = vsnprintf(line, sizeof(line) - 1, format, args);
    va_end(args);
    if (length > (int)sizeof(line) - 2)
        length = (int)sizeof(line) - 2;
    for (int i = 0; i < length; i++)
        if (line[i] == '\n')
            line[i] = ' ';
    line[length] = '\n';
    while (write(runner->options->progress_fd, line, (size_t)length + 1) < 0 && errno == EINTR)
        ;
}

/* ---- while training ---- */

static void on_step(void *context, const struct step_record *step)
{
    struct runner *runner = context;
    double now = clock_seconds();

    runner->stepped = true;
    runner->last_epoch = step->epochs;
    runner->progress = (step->epoch - 1 + (double)step->step / step->steps) / step->epochs;
    runner->images_per_second = step->images_per_second;
    if (now < runner->next_report)
        return;
    runner->next_report = now + REPORT_SECONDS;
    runner->next_alive = now + ALIVE_SECONDS;
    report(runner, "step %d %d %d %d %.1f", step->epoch, step->epochs, step->step, step->steps,
        step->images_per_second);
}

/* Signs of life, to the supervisor and to the database. */
static void live(struct runner *runner)
{
    double now = clock_seconds();

    if (now >= runner->next_alive) {
        runner->next_alive = now + ALIVE_SECONDS;
        report(runner, "alive");
    }
    if (now >= runner->next_heartbeat && runner->trouble.code == ERR_NONE) {
        runner->next_heartbeat = now + HEARTBEAT_SECONDS;
        (void)!store_progress(runner->store, runner->claim.job_id, runner->claim.attempt,
            runner->progress, runner->images_per_second, &runner->trouble);
    }
}

/* Whether jobs are compared after that epoch: min_epochs, and factor times as many, and so on. */
static bool is_rung(const struct runner_options *options, int epoch)
{
    double rung = options->prune_epochs;

    while (rung < epoch)
        rung *= options->prune_factor;
    return rung == epoch;
}

/* One in `factor` of the jobs that came as far as this one goes on (Li et al. 2020, algorithm 2, with
 * jobs stopped instead of promoted: each is judged when it comes there, by those that were there).
 * What another study lists too is not this one's to stop. */
static int compare(struct runner *runner, int epoch, struct err *err)
{
    const struct runner_options *options = runner->options;
    struct str others = STR_INIT;
    int rank, of, best, n_others = 0, result = 0;

    if (options->prune_factor < 2 || !options->study || epoch >= runner->last_epoch ||
        !is_rung(options, epoch))
        return 0;
    if (store_rank(runner->store, options->study, runner->claim.job_id, epoch, &rank, &of, err) < 0)
        return -1;
    best = (of + options->prune_factor - 1) / options->prune_factor;
    if (rank > best && store_other_studies(runner->store, runner->claim.job_id, options->study,
                           &others, &n_others, err) < 0)
        result = -1;
    else if (rank > best && n_others == 0)
        snprintf(runner->pruned, sizeof(runner->pruned),
            "stopped early after epoch %d: number %d by top-1 of the %d jobs that came there, of "
            "which %d go on",
            epoch, rank, of, best);
    str_release(&others);
    return result;
}

static int on_epoch(void *context, const struct epoch_record *record, struct err *err)
{
    struct runner *runner = context;
    struct epoch_row row = {.epoch = record->epoch,
        .split = record->split,
        .loss = record->loss,
        .top1 = record->top1,
        .top5 = record->top5,
        .lr = record->lr,
        .seconds = record->seconds};

    if (store_epoch(runner->store, runner->claim.job_id, runner->claim.attempt, &row,
            &runner->trouble) < 0 ||
        (runner->options->attempt_fd >= 0 &&
            epoch_file_add(runner->epochs, &row, &runner->trouble) < 0))
        return err_set(err, runner->trouble.code, "%s", runner->trouble.message);
    if (strcmp(record->split, "test") == 0 && compare(runner, record->epoch, &runner->trouble) < 0)
        return err_set(err, runner->trouble.code, "%s", runner->trouble.message);
    return 0;
}

/* Asked after every step, and every batch of an evaluation. */
static bool should_stop(void *context)
{
    struct runner *runner = context;

    live(runner);
    return asked_to_stop || runner->pruned[0] || runner->trouble.code != ERR_NONE;
}

/* ---- one job ---- */

static int put_environment(struct runner *runner, struct err *err)
{
    char cpu[128], host[256] = "localhost", version[VERSION_FULL_BYTES];
    struct environment environment = {.host = host,
        .cpu = cpu,
        .isa = workload_isa(),
        .version = version,
        .blas = workload_products(),
        .cores = cpu_count(),
        .threads = runner->options->threads};

    cpu_name(cpu, sizeof(cpu));
    version_full(version);
    (void)!gethostname(host, sizeof(host) - 1);
    return store_environment(
        runner->store, runner->claim.job_id, runner->claim.attempt, &environment, err);
}

/* Of epochs before a checkpoint. Those behind it are done again, and are the best again. */
static int best_so_far(struct runner *runner, double *top1, struct err *err)
{
    struct epoch_metric *epochs = NULL;
    int n = 0;

    *top1 = 0;
    if (!file_exists(runner->checkpoint) || !file_exists(runner->best))
        return 0;
    if (query_epochs(runner->store, runner->claim.job_id, &epochs, &n, err) < 0)
        return -1;
    for (int i = 0; i < n; i++)
        if (strcmp(epochs[i].split, "test") == 0 && epochs[i].top1 > *top1)
            *top1 = epochs[i].top1;
    free(epochs);
    return 0;
}

/* The paths of the job's images, which are no part of the job. */
static int find_images(struct runner *runner, struct data_config *data, struct err *err)
{
    struct image_set set;
    bool found;

    if (!data->images[0])
        return 0;
    if (query_images(runner->store, data->images, &set, &found, err) < 0)
        return -1;
    if (!found)
        return err_set(err, ERR_INPUT,
            "%s does not say where the job's images (fingerprint %.12s) are; run the study again "
            "to record it",
            runner->options->database, data->images);
    str_copy(data->root, sizeof(data->root), set.root);
    str_copy(data->packed, sizeof(data->packed), set.packed);
    str_copy(data->class_map, sizeof(data->class_map), set.class_map);
    return 0;
}

static int train_once(struct runner *runner, struct workload_result *result, struct err *err)
{
    const struct workload_events events = {
        .context = runner, .step = on_step, .epoch = on_epoch, .should_stop = should_stop};
    struct workload workload;
    struct job job;

    if (job_parse(&job, runner->claim.canonical, err) < 0 ||
        find_images(runner, &job.data, err) < 0 || job_workload(&job, &workload, err) < 0)
        return -1;
    if (workload.data.packed[0] && runner->options->packed &&
        access(runner->options->packed, R_OK) == 0 &&
        !str_copy(workload.data.packed, sizeof(workload.data.packed), runner->options->packed))
        return err_set(err, ERR_INPUT, "--packed: the path is too long");
    workload.threads = runner->options->threads;
    workload.data.loader_threads = runner->options->loader_threads;
    workload.checkpoint = runner->checkpoint;
    workload.save_weights = runner->options->keep_last ? runner->last : NULL;
    workload.best_weights = runner->options->keep_best ? runner->best : NULL;
    if (best_so_far(runner, &workload.best_top1, err) < 0)
        return -1;
    workload.checkpoint_seconds = runner->options->checkpoint_seconds;
    return workload_train(&workload, &events, result, err);
}

/* A checkpoint may be what keeps a job from beginning: then it is tried without. */
static int train(struct runner *runner, struct workload_result *result, struct err *err)
{
    char aside[PATH_BYTES + 16];
    bool goes_on = file_exists(runner->checkpoint);
    struct err first = {0};

    if (train_once(runner, result, &first) == 0)
        return 0;
    if (!goes_on || runner->stepped || first.code == ERR_INTERRUPTED ||
        runner->trouble.code != ERR_NONE)
        return err_set(err, first.code, "%s", first.message);
    snprintf(aside, sizeof(aside), "%s.damaged", runner->checkpoint);
    if (rename(runner->checkpoint, aside) != 0)
        return err_set(err, first.code, "%s", first.message);
    if (train_once(runner, result, err) == 0 || runner->stepped || err->code == ERR_INTERRUPTED) {
        run_files_show(&runner->files, &first);
        fprintf(stderr, "begun anew without its checkpoint, now %s/%s: %s\n",
            runner->files.checkpoints.path, strrchr(aside, '/') + 1, first.message);
        return err->code == ERR_NONE ? 0 : -1;
    }
    /* It was not the checkpoint. */
    (void)!rename(aside, runner->checkpoint);
    return -1;
}

static int finish(struct runner *runner, const struct workload_result *result, struct err *err)
{
    const struct job_outcome outcome = {.loss = result->loss,
        .top1 = result->top1,
        .top5 = result->top5,
        .epochs = result->epochs,
        .train_seconds = result->train_seconds,
        .images_per_second = result->images_per_second,
        .peak_bytes = result->peak_bytes};
    struct stat info;

    if (store_finish(runner->store, runner->claim.job_id, runner->claim.attempt, &outcome, err) < 0)
        return -1;
    unlink(runner->checkpoint);
    if (stat(runner->log, &info) == 0 && info.st_size == 0)
        unlink(runner->log);
    report(runner, "done %.17g %.17g", result->top1, result->train_seconds);
    return 0;
}

/* What came of the job goes into the database; -1 only if that is not possible. */
static int conclude(struct runner *runner, const struct workload_result *result,
    struct err *job_err, struct err *err)
{
    const char *id = runner->claim.job_id;
    int attempt = runner->claim.attempt;

    bool held = true;

    if (store_is_held(runner->store, id, attempt, &held, err) < 0)
        return -1;
    if (!held) {
        report(runner, "stopped");
        return 0;
    }
    if (runner->trained)
        return finish(runner, result, err);
    if (runner->trouble.code != ERR_NONE) {
        struct err ignored = {0};

        (void)!store_give_back(runner->store, id, attempt, &ignored);
        return err_set(err, runner->trouble.code, "%s", runner->trouble.message);
    }
    if (job_err->code == ERR_INTERRUPTED && runner->pruned[0]) {
        if (store_stop(runner->store, id, attempt, runner->pruned, err) < 0)
            return -1;
        report(runner, "pruned %s", runner->pruned);
        return 0;
    }
    if (job_err->code == ERR_INTERRUPTED) {
        if (store_give_back(runner->store, id, attempt, err) < 0)
            return -1;
        report(runner, "stopped");
        return 0;
    }
    if (store_fail(runner->store, id, attempt, job_err->message, err) < 0)
        return -1;
    /* Going on from there would come to the same end. */
    if (job_err->code == ERR_NUMERIC)
        unlink(runner->checkpoint);
    report(runner, "failed %s", job_err->message);
    return 0;
}

/* What a job writes is a file of its own; a link in its place would have another one overwritten. */
static int refuse_link(const char *path, struct err *err)
{
    if (!file_is_link(path))
        return 0;
    return err_set(err, ERR_INPUT,
        "%s is a symbolic link, which scalestudy never makes there; remove it", path);
}

/* Standard output and error go to the job's log: of this attempt alone, so that its end is about
 * it. A new file: what was there may be another one's by a second name. */
static int open_log(const struct runner *runner, struct err *err)
{
    int fd;

    if (refuse_link(runner->log, err) < 0)
        return -1;
    unlink(runner->log);
    fd = file_create(runner->log, 0666, err);
    if (fd < 0)
        return err_context(err, "the job's log");
    fflush(stderr);
    if (dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
        return err_set_errno(err, errno, "cannot write the log %s", runner->log);
    close(fd);
    return 0;
}

static int find_files(struct runner *runner, struct err *err)
{
    const struct runner_options *options = runner->options;
    const struct run_files *files = &runner->files;
    const char *id = runner->claim.job_id;

    if (options->attempt_fd >= 0
            ? run_files_take(&runner->files, options->attempt_fd, err) < 0
            : run_files_prepare(&runner->files, options->database, options->trust, err) < 0)
        return -1;
    if (run_files_path(files, RUN_FILE_LOG, id, runner->log, err) < 0 ||
        run_files_path(files, RUN_FILE_CHECKPOINT, id, runner->checkpoint, err) < 0 ||
        run_files_path(files, RUN_FILE_EPOCHS, id, runner->epochs, err) < 0 ||
        run_files_path(files, RUN_FILE_BEST, id, runner->best, err) < 0)
        return -1;
    return run_files_path(files, RUN_FILE_LAST, id, runner->last, err);
}

/* What a job needs besides itself; nothing here is the job's fault. */
static int prepare(struct runner *runner, struct err *err)
{
    if (claim_check(&runner->claim, err) < 0 || find_files(runner, err) < 0 ||
        open_log(runner, err) < 0 || refuse_link(runner->checkpoint, err) < 0 ||
        refuse_link(runner->best, err) < 0 || refuse_link(runner->last, err) < 0 ||
        run_files_sweep(&runner->files, runner->claim.job_id, err) < 0)
        return -1;
    return put_environment(runner, err);
}

static int run_claimed(struct runner *runner, struct err *err)
{
    struct workload_result result = {0};
    struct err job_err = {0};

    report(runner, "job %s %d", runner->claim.job_id, runner->claim.attempt);
    if (prepare(runner, &runner->trouble) == 0)
        runner->trained = train(runner, &result, &job_err) == 0;
    run_files_show(&runner->files, &runner->trouble);
    run_files_show(&runner->files, &job_err);
    if (conclude(runner, &result, &job_err, err) == 0)
        return 0;
    report(runner, "trouble %s", err->message);
    return -1;
}

int runner_run(const struct runner_options *options, struct err *err)
{
    struct runner runner = {.options = options, .files = RUN_FILES_CLOSED};
    struct owner owner;
    int result = -1, claimed;

    set_signals();
    runner.next_heartbeat = clock_seconds() + 1;
    if (process_owner(&owner, err) < 0 ||
        store_open(&runner.store, options->database, STORE_WRITE, err) < 0)
        goto done;
    claimed = asked_to_stop ? 0
                            : store_claim(runner.store, options->study, &owner,
                                  options->memory_bytes > 0 ? options->memory_bytes : INT64_MAX,
                                  &runner.claim, err);
    if (claimed < 0)
        goto done;
    if (claimed != 1) {
        report(&runner, claimed == STORE_CLAIM_FULL ? "full" : "idle");
        result = 0;
        goto done;
    }
    result = run_claimed(&runner, err);
done:
    claim_release(&runner.claim);
    run_files_close(&runner.files);
    store_close(runner.store);
    return result;
}
