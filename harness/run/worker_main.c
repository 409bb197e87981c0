/* Inside a worker process: take a job, train it, record what came of it. */
#include "worker_main.h"

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
#include "study_paths.h"
#include "harness/version.h"

#define HEARTBEAT_SECONDS 5.0
#define REPORT_SECONDS    0.25
#define ALIVE_SECONDS     1.0
/* After SIGTERM: for the step that is going on, and for saving. */
#define GRACE_SECONDS 120

static volatile sig_atomic_t asked_to_stop;

struct worker {
    const struct worker_options *options;
    struct store *store;
    struct claim claim;
    struct err trouble; /* the database or the log failed, which is not the job's fault */
    bool trained;       /* to the end; then trouble on the way matters no more */
    double next_heartbeat, next_report, next_alive;
    bool stepped;                       /* in this attempt */
    int last_epoch;                     /* of the job */
    char pruned[200];                   /* why it is to be stopped; empty: it is not */
    double progress, images_per_second; /* share of the job, at the last step */
    struct study_paths files;
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

/* The scheduler hears of Ctrl-C too, and decides what it means. */
static void set_signals(void)
{
    struct sigaction terminate = {.sa_handler = on_terminate, .sa_flags = SA_RESTART};

    sigaction(SIGTERM, &terminate, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
}

/* A scheduler that is gone hears nothing; the job goes on until SIGTERM comes. */
static void PRINTF_LIKE(2, 3) report(const struct worker *worker, const char *format, ...)
{
    char line[1200];
    va_list args;
    int length;

    if (worker->options->progress_fd < 0)
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
    while (write(worker->options->progress_fd, line, (size_t)length + 1) < 0 && errno == EINTR)
        ;
}

/* ---- while training ---- */

static void on_step(void *context, const struct step_record *step)
{
    struct worker *worker = context;
    double now = clock_seconds();

    worker->stepped = true;
    worker->last_epoch = step->epochs;
    worker->progress = (step->epoch - 1 + (double)step->step / step->steps) / step->epochs;
    worker->images_per_second = step->images_per_second;
    if (now < worker->next_report)
        return;
    worker->next_report = now + REPORT_SECONDS;
    worker->next_alive = now + ALIVE_SECONDS;
    report(worker, "step %d %d %d %d %.1f", step->epoch, step->epochs, step->step, step->steps,
        step->images_per_second);
}

/* Signs of life, to the scheduler and to the database. */
static void live(struct worker *worker)
{
    double now = clock_seconds();

    if (now >= worker->next_alive) {
        worker->next_alive = now + ALIVE_SECONDS;
        report(worker, "alive");
    }
    if (now >= worker->next_heartbeat && worker->trouble.code == ERR_NONE) {
        worker->next_heartbeat = now + HEARTBEAT_SECONDS;
        (void)!store_progress(worker->store, worker->claim.job_id, worker->claim.attempt,
            worker->progress, worker->images_per_second, &worker->trouble);
    }
}

/* Whether jobs are compared after that epoch: min_epochs, and factor times as many, and so on. */
static bool is_rung(const struct worker_options *options, int epoch)
{
    double rung = options->prune_epochs;

    while (rung < epoch)
        rung *= options->prune_factor;
    return rung == epoch;
}

/* One in `factor` of the jobs that came as far as this one goes on (Li et al. 2020, algorithm 2, with
 * jobs stopped instead of promoted: each is judged when it comes there, by those that were there).
 * What another study lists too is not this one's to stop. */
static int compare(struct worker *worker, int epoch, struct err *err)
{
    const struct worker_options *options = worker->options;
    struct str others = STR_INIT;
    int rank, of, best, n_others = 0, result = 0;

    if (options->prune_factor < 2 || !options->study || epoch >= worker->last_epoch ||
        !is_rung(options, epoch))
        return 0;
    if (store_rank(worker->store, options->study, worker->claim.job_id, epoch, &rank, &of, err) < 0)
        return -1;
    best = (of + options->prune_factor - 1) / options->prune_factor;
    if (rank > best && store_other_studies(worker->store, worker->claim.job_id, options->study,
                           &others, &n_others, err) < 0)
        result = -1;
    else if (rank > best && n_others == 0)
        snprintf(worker->pruned, sizeof(worker->pruned),
            "stopped early after epoch %d: number %d by top-1 of the %d jobs that came there, of "
            "which %d go on",
            epoch, rank, of, best);
    str_release(&others);
    return result;
}

static int on_epoch(void *context, const struct epoch_record *record, struct err *err)
{
    struct worker *worker = context;
    struct epoch_row row = {.epoch = record->epoch,
        .split = record->split,
        .loss = record->loss,
        .top1 = record->top1,
        .top5 = record->top5,
        .lr = record->lr,
        .seconds = record->seconds};

    if (store_epoch(worker->store, worker->claim.job_id, worker->claim.attempt, &row,
            &worker->trouble) < 0 ||
        (worker->options->attempt_fd >= 0 &&
            epoch_file_add(worker->epochs, &row, &worker->trouble) < 0))
        return err_set(err, worker->trouble.code, "%s", worker->trouble.message);
    if (strcmp(record->split, "test") == 0 && compare(worker, record->epoch, &worker->trouble) < 0)
        return err_set(err, worker->trouble.code, "%s", worker->trouble.message);
    return 0;
}

/* Asked after every step, and every batch of an evaluation. */
static bool should_stop(void *context)
{
    struct worker *worker = context;

    live(worker);
    return asked_to_stop || worker->pruned[0] || worker->trouble.code != ERR_NONE;
}

/* ---- one job ---- */

static int put_environment(struct worker *worker, struct err *err)
{
    char cpu[128], host[256] = "localhost", version[VERSION_FULL_BYTES];
    struct environment environment = {.host = host,
        .cpu = cpu,
        .isa = workload_isa(),
        .version = version,
        .blas = workload_products(),
        .cores = cpu_count(),
        .threads = worker->options->threads};

    cpu_name(cpu, sizeof(cpu));
    version_full(version);
    (void)!gethostname(host, sizeof(host) - 1);
    return store_environment(
        worker->store, worker->claim.job_id, worker->claim.attempt, &environment, err);
}

/* Of epochs before a checkpoint. Those behind it are done again, and are the best again. */
static int best_so_far(struct worker *worker, double *top1, struct err *err)
{
    struct epoch_metric *epochs = NULL;
    int n = 0;

    *top1 = 0;
    if (!file_exists(worker->checkpoint) || !file_exists(worker->best))
        return 0;
    if (query_epochs(worker->store, worker->claim.job_id, &epochs, &n, err) < 0)
        return -1;
    for (int i = 0; i < n; i++)
        if (strcmp(epochs[i].split, "test") == 0 && epochs[i].top1 > *top1)
            *top1 = epochs[i].top1;
    free(epochs);
    return 0;
}

/* The paths of the job's images, which are no part of the job. */
static int find_images(struct worker *worker, struct data_config *data, struct err *err)
{
    struct image_set set;
    bool found;

    if (!data->images[0])
        return 0;
    if (query_images(worker->store, data->images, &set, &found, err) < 0)
        return -1;
    if (!found)
        return err_set(err, ERR_INPUT,
            "%s does not say where the job's images (fingerprint %.12s) are; run the study again "
            "to record it",
            worker->options->database, data->images);
    str_copy(data->root, sizeof(data->root), set.root);
    str_copy(data->packed, sizeof(data->packed), set.packed);
    str_copy(data->class_map, sizeof(data->class_map), set.class_map);
    return 0;
}

static int train_once(struct worker *worker, struct workload_result *result, struct err *err)
{
    const struct workload_events events = {
        .context = worker, .step = on_step, .epoch = on_epoch, .should_stop = should_stop};
    struct workload workload;
    struct job job;

    if (job_parse(&job, worker->claim.canonical, err) < 0 ||
        find_images(worker, &job.data, err) < 0 || job_workload(&job, &workload, err) < 0)
        return -1;
    if (workload.data.packed[0] && worker->options->packed &&
        access(worker->options->packed, R_OK) == 0 &&
        !str_copy(workload.data.packed, sizeof(workload.data.packed), worker->options->packed))
        return err_set(err, ERR_INPUT, "--packed: the path is too long");
    workload.threads = worker->options->threads;
    workload.data.loader_threads = worker->options->loader_threads;
    workload.checkpoint = worker->checkpoint;
    workload.save_weights = worker->options->keep_last ? worker->last : NULL;
    workload.best_weights = worker->options->keep_best ? worker->best : NULL;
    if (best_so_far(worker, &workload.best_top1, err) < 0)
        return -1;
    workload.checkpoint_seconds = worker->options->checkpoint_seconds;
    return workload_train(&workload, &events, result, err);
}

/* A checkpoint may be what keeps a job from beginning: then it is tried without. */
static int train(struct worker *worker, struct workload_result *result, struct err *err)
{
    char aside[PATH_BYTES + 16];
    bool goes_on = file_exists(worker->checkpoint);
    struct err first = {0};

    if (train_once(worker, result, &first) == 0)
        return 0;
    if (!goes_on || worker->stepped || first.code == ERR_INTERRUPTED ||
        worker->trouble.code != ERR_NONE)
        return err_set(err, first.code, "%s", first.message);
    snprintf(aside, sizeof(aside), "%s.damaged", worker->checkpoint);
    if (rename(worker->checkpoint, aside) != 0)
        return err_set(err, first.code, "%s", first.message);
    if (train_once(worker, result, err) == 0 || worker->stepped || err->code == ERR_INTERRUPTED) {
        study_paths_show(&worker->files, &first);
        fprintf(stderr, "begun anew without its checkpoint, now %s/%s: %s\n",
            worker->files.checkpoints.path, strrchr(aside, '/') + 1, first.message);
        return err->code == ERR_NONE ? 0 : -1;
    }
    /* It was not the checkpoint. */
    (void)!rename(aside, worker->checkpoint);
    return -1;
}

static int finish(struct worker *worker, const struct workload_result *result, struct err *err)
{
    const struct job_outcome outcome = {.loss = result->loss,
        .top1 = result->top1,
        .top5 = result->top5,
        .epochs = result->epochs,
        .train_seconds = result->train_seconds,
        .images_per_second = result->images_per_second,
        .peak_bytes = result->peak_bytes};
    struct stat info;

    if (store_finish(worker->store, worker->claim.job_id, worker->claim.attempt, &outcome, err) < 0)
        return -1;
    unlink(worker->checkpoint);
    if (stat(worker->log, &info) == 0 && info.st_size == 0)
        unlink(worker->log);
    report(worker, "done %.17g %.17g", result->top1, result->train_seconds);
    return 0;
}

/* What came of the job goes into the database; -1 only if that is not possible. */
static int record_outcome(struct worker *worker, const struct workload_result *result,
    const struct err *job_err, struct err *err)
{
    const char *id = worker->claim.job_id;
    int attempt = worker->claim.attempt, recorded;
    bool held = true, interrupted = job_err->code == ERR_INTERRUPTED;

    if (store_is_held(worker->store, id, attempt, &held, err) < 0)
        return -1;
    if (!held) {
        report(worker, "stopped");
        return 0;
    }
    if (worker->trained)
        return finish(worker, result, err);
    if (worker->trouble.code != ERR_NONE) {
        struct err ignored = {0};

        (void)!store_give_back(worker->store, id, attempt, &ignored);
        return err_set(err, worker->trouble.code, "%s", worker->trouble.message);
    }
    if (!interrupted)
        recorded = store_fail(worker->store, id, attempt, job_err->message, err);
    else if (worker->pruned[0])
        recorded = store_stop(worker->store, id, attempt, worker->pruned, err);
    else
        recorded = store_give_back(worker->store, id, attempt, err);
    if (recorded < 0)
        return -1;
    /* Going on from there would come to the same end. */
    if (job_err->code == ERR_NUMERIC)
        unlink(worker->checkpoint);
    if (!interrupted)
        report(worker, "failed %s", job_err->message);
    else if (worker->pruned[0])
        report(worker, "pruned %s", worker->pruned);
    else
        report(worker, "stopped");
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
static int open_log(const struct worker *worker, struct err *err)
{
    int fd;

    if (refuse_link(worker->log, err) < 0)
        return -1;
    unlink(worker->log);
    fd = file_create(worker->log, 0666, err);
    if (fd < 0)
        return err_context(err, "the job's log");
    fflush(stderr);
    if (dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
        return err_set_errno(err, errno, "cannot write the log %s", worker->log);
    close(fd);
    return 0;
}

static int find_files(struct worker *worker, struct err *err)
{
    const struct worker_options *options = worker->options;
    const struct study_paths *files = &worker->files;
    const char *id = worker->claim.job_id;

    if (options->attempt_fd >= 0
            ? study_paths_take(&worker->files, options->attempt_fd, err) < 0
            : study_paths_prepare(&worker->files, options->database, options->trust, err) < 0)
        return -1;
    if (study_paths_path(files, STUDY_FILE_LOG, id, worker->log, err) < 0 ||
        study_paths_path(files, STUDY_FILE_CHECKPOINT, id, worker->checkpoint, err) < 0 ||
        study_paths_path(files, STUDY_FILE_EPOCHS, id, worker->epochs, err) < 0 ||
        study_paths_path(files, STUDY_FILE_BEST, id, worker->best, err) < 0)
        return -1;
    return study_paths_path(files, STUDY_FILE_LAST, id, worker->last, err);
}

/* What a job needs besides itself; nothing here is the job's fault. */
static int prepare(struct worker *worker, struct err *err)
{
    if (claim_check(&worker->claim, err) < 0 || find_files(worker, err) < 0 ||
        open_log(worker, err) < 0 || refuse_link(worker->checkpoint, err) < 0 ||
        refuse_link(worker->best, err) < 0 || refuse_link(worker->last, err) < 0 ||
        study_paths_sweep(&worker->files, worker->claim.job_id, err) < 0)
        return -1;
    return put_environment(worker, err);
}

static int run_claimed(struct worker *worker, struct err *err)
{
    struct workload_result result = {0};
    struct err job_err = {0};

    report(worker, "job %s %d", worker->claim.job_id, worker->claim.attempt);
    if (prepare(worker, &worker->trouble) == 0)
        worker->trained = train(worker, &result, &job_err) == 0;
    study_paths_show(&worker->files, &worker->trouble);
    study_paths_show(&worker->files, &job_err);
    if (record_outcome(worker, &result, &job_err, err) == 0)
        return 0;
    report(worker, "trouble %s", err->message);
    return -1;
}

int worker_main(const struct worker_options *options, struct err *err)
{
    struct worker worker = {.options = options, .files = STUDY_PATHS_CLOSED};
    struct owner owner;
    int result = -1, claimed;

    set_signals();
    worker.next_heartbeat = clock_seconds() + 1;
    if (process_owner(&owner, err) < 0 ||
        store_open(&worker.store, options->database, STORE_WRITE, err) < 0)
        goto done;
    claimed = asked_to_stop ? 0
                            : store_claim(worker.store, options->study, &owner,
                                  options->memory_bytes > 0 ? options->memory_bytes : INT64_MAX,
                                  &worker.claim, err);
    if (claimed < 0)
        goto done;
    if (claimed != 1) {
        report(&worker, claimed == STORE_CLAIM_FULL ? "full" : "idle");
        result = 0;
        goto done;
    }
    result = run_claimed(&worker, err);
done:
    claim_release(&worker.claim);
    study_paths_close(&worker.files);
    store_close(worker.store);
    return result;
}
