/* Jobs of a database: workers claim them, and the database says what is left. */
#include "source_database.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "harness/base/clock.h"
#include "harness/system/process.h"
#include "harness/terminal/ui.h"
#include "study_paths.h"
#include "scheduler.h"

#define RECOVER_SECONDS 2.0
/* How long jobs of another process that do not end are waited for, once ours are done. */
#define OTHERS_SECONDS 60.0
/* While no job fits into memory, one is tried again so often, besides whenever one ends. */
#define FULL_SECONDS 2.0
/* Workers that may be killed one after the other before they take a job. */
#define MOST_STILLBORN 10

struct database_source {
    struct store *store;
    const struct plan *plan;
    const struct run_options *options;
    struct study_status status;
    double next_recover;
    double full_until; /* start no worker before, for memory is full */
    bool full;
    int stillborn;         /* workers in a row that were killed before they took a job */
    double others_changed; /* when other processes' jobs last moved */
    int others_seen;
};

/* What is left and what is done. */
static int count_work(const struct scheduler *s, struct progress *progress, struct err *err)
{
    const struct database_source *source = s->context;

    for (int i = 0; i < s->n_jobs; i++) {
        char state[QUERY_STATE_BYTES];
        double work = (double)s->jobs[i].macs;

        if (query_job_state(source->store, s->jobs[i].id, state, err) < 0)
            return -1;
        if (strcmp(state, "failed") != 0)
            progress->work_total += work;
        if (strcmp(state, "done") == 0)
            progress->work_done += work;
    }
    progress->work_before = progress->work_done;
    return 0;
}

static int refresh(struct scheduler *s, struct err *err)
{
    struct database_source *source = s->context;
    struct study_status *rows = NULL;
    int n = 0;

    if (query_status(source->store, source->plan->study->name, &rows, &n, err) < 0)
        return -1;
    if (n > 0)
        source->status = rows[0];
    free(rows);
    progress_counts(&s->progress, source->status.total, source->status.done, source->status.failed,
        source->status.running);
    return 0;
}

/* Jobs whose owner died wait again. Asked now and then while there is nothing else to take. */
static int recover(struct scheduler *s, struct err *err)
{
    struct database_source *source = s->context;
    double now = clock_seconds();
    int recovered = 0;

    if (now < source->next_recover)
        return 0;
    source->next_recover = now + RECOVER_SECONDS;
    if (store_recover(source->store, process_is_alive, &recovered, err) < 0)
        return -1;
    return refresh(s, err);
}

/* ---- starting ---- */

static int look(struct scheduler *s, struct err *err)
{
    const struct database_source *source = s->context;

    if ((source->status.waiting == 0 || source->full) &&
        source->status.running > scheduler_count(s, true))
        return recover(s, err);
    return 0;
}

/* As many workers as there are jobs to take; while memory is full, one that tries. */
static int start(struct scheduler *s, struct slot *slot, struct err *err)
{
    const struct database_source *source = s->context;
    const struct run_options *options = source->options;
    const struct study_prune *prune = &source->plan->study->prune;
    const struct worker_options worker = {.database = options->database,
        .study = source->plan->study->name,
        .threads = options->threads,
        .loader_threads = source->plan->data.loader_threads,
        .checkpoint_seconds = options->checkpoint_seconds,
        .memory_bytes = options->memory_bytes,
        .keep_best = options->keep_best,
        .keep_last = options->keep_last,
        .trust = options->trust,
        .attempt_fd = -1,
        .prune_factor = prune->method == PRUNE_ASHA ? prune->factor : 0,
        .prune_epochs = prune->min_epochs};
    int seeking = scheduler_count(s, false);

    if (clock_seconds() < source->full_until || seeking >= source->status.waiting ||
        (source->full && seeking > 0))
        return 0;
    return worker_process_start(&slot->process, &worker, err) < 0 ? -1 : 1;
}

static int taken(struct scheduler *s, struct slot *slot, struct err *err)
{
    struct database_source *source = s->context;
    char label[SCHEDULER_LABEL_BYTES];

    source->full = false;
    source->stillborn = 0;
    if (source->options->verbose)
        progress_say(&s->progress, "process %d begins %s, job %.12s, attempt %d",
            (int)slot->process.pid, scheduler_label(slot, label), slot->process.job_id,
            slot->process.attempt);
    return refresh(s, err);
}

/* ---- ending ---- */

static enum slot_ending crashed(struct scheduler *s, struct slot *slot, int status, struct err *err)
{
    const struct database_source *source = s->context;
    const struct worker_process *process = &slot->process;
    struct err problem = {0};
    FILE *log;
    bool again;

    (void)!study_paths_log(source->options->database, process->job_id, &log, &problem);
    err_clear(&problem);
    worker_process_ending(process, status, "", log, slot->text, sizeof(slot->text));
    if (store_crash(source->store, process->job_id, process->attempt, slot->text,
            source->options->retries, &again, &problem) < 0) {
        /* Cancelled, or another run saw that its owner is gone, and put it back. */
        return problem.code == ERR_BUSY ? ENDING_SILENT
                                        : err_set(err, problem.code, "%s", problem.message);
    }
    return again ? ENDING_RETRIED : ENDING_FAILED;
}

/* It ended before it took a job. */
static enum slot_ending stillborn(
    struct scheduler *s, const struct slot *slot, int status, struct err *err)
{
    struct database_source *source = s->context;
    char text[600];

    /* Killed from outside: nothing is lost. */
    if (s->stopping || (WIFSIGNALED(status) && ++source->stillborn < MOST_STILLBORN))
        return ENDING_SILENT;
    worker_process_ending(&slot->process, status, "", NULL, text, sizeof(text));
    return err_set(err, ERR_CHILD, "a worker took no job: %s", text);
}

static enum slot_ending find_ending(
    struct scheduler *s, struct slot *slot, int status, struct err *err)
{
    struct database_source *source = s->context;
    const struct worker_process *process = &slot->process;

    str_copy(slot->text, sizeof(slot->text), process->text);
    switch (process->conclusion) {
    case WORKER_DONE:
        return ENDING_DONE;
    case WORKER_FAILED:
        return ENDING_FAILED;
    case WORKER_PRUNED:
        return ENDING_PRUNED;
    case WORKER_TROUBLE:
        return err_set(err, ERR_IO, "%s", process->text);
    case WORKER_FULL:
        source->full = true;
        source->full_until = clock_seconds() + FULL_SECONDS;
        return ENDING_SILENT;
    case WORKER_NOTHING:
        if (s->killed)
            return ENDING_SILENT;
        return process->took ? crashed(s, slot, status, err) : stillborn(s, slot, status, err);
    default:
        return ENDING_SILENT;
    }
}

static enum slot_ending ended(struct scheduler *s, struct slot *slot, int status, struct err *err)
{
    struct database_source *source = s->context;
    enum slot_ending ending;

    if (slot->process.took)
        source->full_until = 0;
    ending = find_ending(s, slot, status, err);
    return ending != ENDING_TROUBLE && refresh(s, err) < 0 ? ENDING_TROUBLE : ending;
}

/* Jobs that another process has are waited for while they move: if it dies, they are ours to take.
 */
static bool waits(struct scheduler *s)
{
    struct database_source *source = s->context;
    int others = source->status.running;
    int seen = others + source->status.done + source->status.failed;
    double now = clock_seconds();

    if (source->status.waiting > 0)
        return true;
    if (others == 0)
        return false;
    if (source->others_seen != seen) {
        if (source->others_seen == 0)
            progress_say(&s->progress, "waiting for %d job%s that another process is running",
                others, ui_plural(others));
        source->others_seen = seen;
        source->others_changed = now;
    }
    return now < source->others_changed + OTHERS_SECONDS;
}

static const struct job_source database_source = {
    .look = look, .start = start, .taken = taken, .ended = ended, .waits = waits};

static int run_jobs(struct scheduler *s, struct err *err)
{
    struct database_source *source = s->context;
    const struct study_status *status = &source->status;
    struct err ignored = {0};
    int result;

    progress_init(&s->progress, source->options->quiet);
    if (scheduler_jobs(s, source->store, source->plan->study->name, err) < 0 ||
        count_work(s, &s->progress, err) < 0)
        return -1;
    scheduler_hold_signals(s);
    result = recover(s, err);
    if (result == 0)
        result = scheduler_run(s, source->options->workers, err);
    source->next_recover = 0; /* jobs of workers that were killed at once */
    if (s->killed)
        (void)!recover(s, &ignored);
    if (result == 0 && s->interrupted)
        result = err_set(err, ERR_INTERRUPTED, "%s with %d of %d jobs done and %s saved",
            s->killed ? "stopped at once" : "interrupted", status->done, status->total,
            s->killed ? "the last checkpoints" : "everything");
    return result;
}

int run_plan(struct store *store, const struct plan *plan, const struct run_options *options,
    struct study_status *status, struct err *err)
{
    struct database_source source = {.store = store, .plan = plan, .options = options};
    struct scheduler s = {.source = &database_source,
        .context = &source,
        .stuck_seconds = options->stuck_seconds,
        .second_signal_kills = true};
    int result = run_jobs(&s, err);

    *status = source.status;
    scheduler_release(&s);
    return result;
}
