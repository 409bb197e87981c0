#include "supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "harness/base/clock.h"
#include "harness/system/process.h"
#include "harness/terminal/progress.h"
#include "run_files.h"
#include "harness/terminal/ui.h"
#include "worker.h"

#define POLL_MILLISECONDS 250
#define RECOVER_SECONDS   2.0
/* How long jobs of another process that do not end are waited for, once ours are done. */
#define OTHERS_SECONDS 60.0
/* A session's end sends several signals in a row; only one after this is a person's second. */
#define AGAIN_SECONDS 1.0
/* While no job fits into memory, one is tried again so often, besides whenever one ends. */
#define FULL_SECONDS 2.0
/* Workers that may die one after the other without having taken a job. */
#define MOST_STILLBORN 10
/* A turn that took so long was no turn: this process was stopped, and its workers with it. */
#define STOPPED_SECONDS 10.0

static volatile sig_atomic_t signals_seen;

/* Place of a job in the plan, by its id. */
struct by_id {
    const char *id;
    int place;
};

struct supervisor {
    struct store *store;
    const struct plan *plan;
    const struct supervisor_options *options;
    struct worker *workers; /* [options->workers] */
    struct by_id *index;    /* [plan->n_jobs], sorted */
    bool *weighed;          /* [plan->n_jobs]: what it had done before this run is in the sums */
    struct progress progress;
    struct study_status status;
    int signals_obeyed;
    bool interrupted, killed; /* asked to stop; to stop at once */
    double interrupted_at;
    bool stopping;        /* start no more */
    double finished_work; /* of jobs that ended in this run, and of those that were done before */
    double next_recover;
    double full_until; /* start no worker before, for memory is full */
    double last_turn;
    bool full;
    int stillborn;         /* workers in a row that a signal ended before they took a job */
    double others_changed; /* when other processes' jobs last moved */
    int others_seen;
    struct err err; /* what ends the whole run */
};

static void on_signal(int number)
{
    (void)number;
    signals_seen++;
}

/* ---- jobs of the plan ---- */

static int compare_by_id(const void *a, const void *b)
{
    return strcmp(((const struct by_id *)a)->id, ((const struct by_id *)b)->id);
}

/* -1 if the plan does not have it, which a study changed by another run can cause. */
static int place_of(const struct supervisor *s, const char *id)
{
    const struct by_id key = {.id = id};
    const struct by_id *found =
        bsearch(&key, s->index, (size_t)s->plan->n_jobs, sizeof(key), compare_by_id);

    return found ? found->place : -1;
}

static double work_of(const struct supervisor *s, const char *id)
{
    int place = place_of(s, id);

    return place >= 0 ? (double)plan_net(s->plan, place)->cost.macs : 0;
}

static const char *label_of(const struct supervisor *s, const char *id, char *to, size_t size)
{
    int place = place_of(s, id);
    const struct plan_net *net;

    if (place < 0) {
        snprintf(to, size, "%.12s", id);
        return to;
    }
    net = plan_net(s->plan, place);
    snprintf(to, size, "%s %s %d px, seed %lld", net->spec.name, net->scaling.method,
        net->spec.input, (long long)plan_seed(s->plan, place));
    return to;
}

/* What is left and what is done, in multiply-adds: jobs of a study differ in nothing else that
 * takes time. */
static int count_work(struct supervisor *s, struct err *err)
{
    for (int i = 0; i < s->plan->n_jobs; i++) {
        char state[QUERY_STATE_BYTES];
        double work = (double)plan_net(s->plan, i)->cost.macs;

        if (query_job_state(s->store, s->plan->ids[i], state, err) < 0)
            return -1;
        if (strcmp(state, "failed") != 0)
            s->progress.work_total += work;
        if (strcmp(state, "done") == 0)
            s->finished_work += work;
    }
    s->progress.work_before = s->progress.work_done = s->finished_work;
    return 0;
}

/* ---- the database's view ---- */

static int refresh(struct supervisor *s)
{
    struct study_status *rows = NULL;
    int n = 0;

    if (query_status(s->store, s->plan->study->name, &rows, &n, &s->err) < 0)
        return -1;
    if (n > 0)
        s->status = rows[0];
    free(rows);
    progress_counts(
        &s->progress, s->status.total, s->status.done, s->status.failed, s->status.running);
    return 0;
}

static int count_workers(const struct supervisor *s, bool only_without_job)
{
    int n = 0;

    for (int i = 0; i < s->options->workers; i++)
        if (s->workers[i].pid > 0 && !(only_without_job && s->workers[i].took))
            n++;
    return n;
}

static int count_took(const struct supervisor *s)
{
    return count_workers(s, false) - count_workers(s, true);
}

/* Jobs whose owner died wait again. Asked now and then while there is nothing else to take. */
static int recover(struct supervisor *s)
{
    double now = clock_seconds();
    int recovered = 0;

    if (now < s->next_recover)
        return 0;
    s->next_recover = now + RECOVER_SECONDS;
    if (store_recover(s->store, process_is_alive, &recovered, &s->err) < 0)
        return -1;
    return refresh(s);
}

/* ---- workers ---- */

static int start_worker(struct supervisor *s, struct worker *worker)
{
    const struct study_prune *prune = &s->plan->study->prune;
    const struct worker_options options = {.database = s->options->database,
        .study = s->plan->study->name,
        .threads = s->options->threads,
        .loader_threads = s->plan->data.loader_threads,
        .checkpoint_seconds = s->options->checkpoint_seconds,
        .memory_bytes = s->options->memory_bytes,
        .keep_best = s->options->keep_best,
        .keep_last = s->options->keep_last,
        .trust = s->options->trust,
        .attempt_fd = -1,
        .prune_factor = prune->method == PRUNE_ASHA ? prune->factor : 0,
        .prune_epochs = prune->min_epochs};

    return worker_start(worker, &options, &s->err);
}

/* As many workers as there are jobs to take, at most one a place. */
static int fill(struct supervisor *s)
{
    int wanted;

    if ((s->status.waiting == 0 || s->full) && s->status.running > count_took(s) && recover(s) < 0)
        return -1;
    if (clock_seconds() < s->full_until)
        return 0;
    wanted = s->status.waiting - count_workers(s, true);
    if (s->full && wanted > 1)
        wanted = 1;
    for (int i = 0; i < s->options->workers && wanted > 0; i++) {
        if (s->workers[i].pid > 0)
            continue;
        if (start_worker(s, &s->workers[i]) < 0)
            return -1;
        wanted--;
    }
    return 0;
}

static void signal_workers(struct supervisor *s, int number)
{
    for (int i = 0; i < s->options->workers; i++)
        worker_signal(&s->workers[i], number);
}

static void stop(struct supervisor *s)
{
    if (s->stopping)
        return;
    s->stopping = true;
    signal_workers(s, SIGTERM);
}

/* How a worker ended that did not say it itself. */
static void describe_end(
    const struct supervisor *s, const struct worker *worker, int status, char *to, size_t size)
{
    char ending[PROCESS_ENDING_BYTES], tail[RUN_FILES_TAIL_BYTES], silence[UI_DURATION_BYTES];
    struct err ignored = {0};
    FILE *log;

    (void)!run_files_log(s->options->database, worker->job_id, &log, &ignored);
    run_files_tail(log, tail);
    if (worker->stuck)
        snprintf(to, size, "it gave no sign of life for %s and was killed%s%s",
            ui_duration(s->options->stuck_seconds, silence), tail[0] ? "; its log ends with: " : "",
            tail);
    else
        snprintf(to, size, "its process ended with %s%s%s%s", process_ending(status, ending),
            WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL
                ? ", from outside or for want of memory"
                : "",
            tail[0] ? "; its log ends with: " : "", tail);
}

static int mark_crashed(struct supervisor *s, const struct worker *worker, int status)
{
    char label[160], message[900];
    struct err err = {0};
    bool again;

    describe_end(s, worker, status, message, sizeof(message));
    label_of(s, worker->job_id, label, sizeof(label));
    if (store_crash(s->store, worker->job_id, worker->attempt, message, s->options->retries, &again,
            &err) < 0) {
        /* Cancelled, or another run saw that its owner is gone, and put it back. */
        return err.code == ERR_BUSY ? 0 : err_set(&s->err, err.code, "%s", err.message);
    }
    if (!again)
        s->progress.work_total -= work_of(s, worker->job_id);
    progress_say(&s->progress, "%s: %s: %s", again ? "tried again" : "failed", label, message);
    return 0;
}

/* A process ended: what it did not say is said for it. */
static int bury(struct supervisor *s, struct worker *worker)
{
    struct worker gone = *worker;
    int status = worker_reap(worker);
    char ending[PROCESS_ENDING_BYTES];

    if (gone.took)
        s->full_until = 0;
    if (gone.concluded || s->killed)
        return refresh(s);
    if (gone.took)
        return mark_crashed(s, &gone, status) < 0 ? -1 : refresh(s);
    /* Killed from outside: nothing is lost. */
    if (s->stopping || (WIFSIGNALED(status) && ++s->stillborn < MOST_STILLBORN))
        return refresh(s);
    return err_set(&s->err, ERR_CHILD, "a worker ended with %s before it took a job",
        process_ending(status, ending));
}

static void tell_taken(struct supervisor *s, const struct worker *worker)
{
    char label[160];

    if (s->options->verbose)
        progress_say(&s->progress, "process %d begins %s, job %.12s, attempt %d", (int)worker->pid,
            label_of(s, worker->job_id, label, sizeof(label)), worker->job_id, worker->attempt);
}

static void tell_done(struct supervisor *s, const struct worker *worker)
{
    char label[160], took[UI_DURATION_BYTES], left[PROGRESS_LEFT_BYTES];

    progress_say(&s->progress, "done %d/%d: %s: top-1 %.2f %% in %s%s", s->status.done,
        s->status.total, label_of(s, worker->job_id, label, sizeof(label)), worker->top1,
        ui_duration(worker->seconds, took), progress_left(&s->progress, left));
}

/* What a job had done before this run saw it first is no work of this run. */
static void weigh(struct supervisor *s, const struct worker *worker, double work)
{
    int place = place_of(s, worker->job_id);

    if (place < 0 || s->weighed[place])
        return;
    s->weighed[place] = true;
    s->progress.work_before += worker->first_share * work;
}

static int hear(struct supervisor *s, struct worker *worker, enum worker_message message)
{
    double work = worker->took ? work_of(s, worker->job_id) : 0;
    char label[160];

    switch (message) {
    case WORKER_NOTHING:
    case WORKER_ALIVE:
        return 0;
    case WORKER_STEP:
        weigh(s, worker, work);
        return 0;
    case WORKER_FULL:
        s->full = true;
        s->full_until = clock_seconds() + FULL_SECONDS;
        return refresh(s);
    case WORKER_TOOK:
        s->full = false;
        s->stillborn = 0;
        tell_taken(s, worker);
        return refresh(s);
    case WORKER_STOPPED:
    case WORKER_IDLE:
        return refresh(s);
    case WORKER_DONE:
        s->finished_work += work;
        if (refresh(s) < 0)
            return -1;
        tell_done(s, worker);
        return 0;
    case WORKER_FAILED:
        s->progress.work_total -= work;
        progress_say(&s->progress, "failed: %s: %s",
            label_of(s, worker->job_id, label, sizeof(label)), worker->text);
        return refresh(s);
    case WORKER_PRUNED:
        s->progress.work_total -= work;
        progress_say(&s->progress, "%s: %s", label_of(s, worker->job_id, label, sizeof(label)),
            worker->text);
        return refresh(s);
    case WORKER_TROUBLE:
        return err_set(&s->err, ERR_IO, "%s", worker->text);
    case WORKER_GONE:
        return bury(s, worker);
    }
    return 0;
}

static int listen_to(struct supervisor *s, struct worker *worker)
{
    enum worker_message message;

    do {
        message = worker_read(worker);
        if (hear(s, worker, message) < 0)
            return -1;
    } while (message != WORKER_NOTHING && message != WORKER_GONE);
    return 0;
}

/* ---- the loop ---- */

static void show(struct supervisor *s)
{
    char now[400] = "", label[160];
    size_t length = 0;

    s->progress.work_done = s->finished_work;
    s->progress.images_per_second = 0;
    for (int i = 0; i < s->options->workers; i++) {
        const struct worker *worker = &s->workers[i];

        if (worker->pid == 0 || !worker->took || worker->concluded)
            continue;
        s->progress.work_done += worker->share * work_of(s, worker->job_id);
        s->progress.images_per_second += worker->images_per_second;
        if (length < sizeof(now))
            length += (size_t)snprintf(now + length, sizeof(now) - length, "%s%s %.0f %%",
                length ? "; " : "", label_of(s, worker->job_id, label, sizeof(label)),
                100 * worker->share);
    }
    progress_show(&s->progress, now);
}

static void obey_signals(struct supervisor *s)
{
    double now = clock_seconds();

    if (signals_seen == s->signals_obeyed)
        return;
    s->signals_obeyed = signals_seen;
    if (!s->interrupted) {
        s->interrupted = true;
        s->interrupted_at = now;
        progress_say(
            &s->progress, "stopping: the jobs save what they have (once more to stop at once)");
        stop(s);
    } else if (now > s->interrupted_at + AGAIN_SECONDS) {
        s->killed = true;
        signal_workers(s, SIGKILL);
    }
}

static void wait_for_workers(struct supervisor *s, const sigset_t *unblocked)
{
    const struct timespec most = {.tv_nsec = POLL_MILLISECONDS * 1000000L};
    struct pollfd fds[s->options->workers];
    nfds_t n = 0;

    for (int i = 0; i < s->options->workers; i++)
        if (s->workers[i].pid > 0)
            fds[n++] = (struct pollfd){.fd = s->workers[i].fd, .events = POLLIN};
    (void)!ppoll(fds, n, &most, unblocked);
}

/* Jobs that another process has are waited for while they move: if it dies, they are ours to take.
 */
static bool others_hold_us(struct supervisor *s)
{
    int others = s->status.running, moved = s->status.done + s->status.failed;
    double now = clock_seconds();

    if (others == 0)
        return false;
    if (s->others_seen != others + moved) {
        if (s->others_seen == 0)
            progress_say(&s->progress, "waiting for %d job%s that another process is running",
                others, ui_plural(others));
        s->others_seen = others + moved;
        s->others_changed = now;
    }
    return now < s->others_changed + OTHERS_SECONDS;
}

/* Workers that nothing was heard of for too long are killed; what they say no more is said by
 * bury. */
static void watch(struct supervisor *s)
{
    double now = clock_seconds();
    bool was_stopped = now - s->last_turn > STOPPED_SECONDS;

    s->last_turn = now;
    for (int i = 0; i < s->options->workers; i++) {
        struct worker *worker = &s->workers[i];

        if (worker->pid == 0 || s->options->stuck_seconds <= 0)
            continue;
        if (was_stopped)
            worker->heard = now;
        if (now - worker->heard <= s->options->stuck_seconds)
            continue;
        worker->stuck = true;
        worker_signal(worker, SIGKILL);
    }
}

static int turn(struct supervisor *s, const sigset_t *unblocked)
{
    obey_signals(s);
    watch(s);
    if (!s->stopping && fill(s) < 0)
        return -1;
    wait_for_workers(s, unblocked);
    for (int i = 0; i < s->options->workers; i++)
        if (s->workers[i].pid > 0 && listen_to(s, &s->workers[i]) < 0)
            return -1;
    show(s);
    return 0;
}

static void run_loop(struct supervisor *s, const sigset_t *unblocked)
{
    for (;;) {
        bool idle = count_workers(s, false) == 0;

        if (idle && (s->stopping || s->err.code != ERR_NONE))
            return;
        if (idle && s->status.waiting == 0 && !others_hold_us(s))
            return;
        /* What ends the run still lets the others save their work. */
        if (turn(s, unblocked) < 0)
            stop(s);
    }
}

static int prepare(struct supervisor *s, struct err *err)
{
    int n = s->plan->n_jobs;

    s->workers = calloc((size_t)s->options->workers, sizeof(*s->workers));
    s->index = calloc((size_t)n, sizeof(*s->index));
    s->weighed = calloc((size_t)n, sizeof(*s->weighed));
    if (!s->workers || !s->index || !s->weighed)
        return err_set(err, ERR_MEMORY, "no memory to run %d jobs", n);
    for (int i = 0; i < n; i++)
        s->index[i] = (struct by_id){.id = s->plan->ids[i], .place = i};
    qsort(s->index, (size_t)n, sizeof(*s->index), compare_by_id);
    progress_init(&s->progress, s->options->quiet);
    return count_work(s, err);
}

/* Signals are held back except while waiting, so that none comes between looking and sleeping. */
static void set_signals(sigset_t *unblocked)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal}, old;
    sigset_t blocked;

    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        sigaction(numbers[i], NULL, &old);
        if (old.sa_handler == SIG_IGN)
            continue; /* nohup */
        sigaction(numbers[i], &action, NULL);
        sigaddset(&blocked, numbers[i]);
    }
    sigprocmask(SIG_BLOCK, &blocked, unblocked);
    signal(SIGPIPE, SIG_IGN); /* nobody listening to the progress must not end the study */
}

int supervise(struct store *store, const struct plan *plan,
    const struct supervisor_options *options, struct study_status *status, struct err *err)
{
    struct supervisor s = {.store = store, .plan = plan, .options = options};
    sigset_t unblocked;
    int result = prepare(&s, err);

    if (result < 0)
        goto done;
    s.last_turn = clock_seconds();
    set_signals(&unblocked);
    if (recover(&s) == 0)
        run_loop(&s, &unblocked);
    progress_end(&s.progress);
    s.next_recover = 0; /* jobs of workers that were killed at once */
    if (s.killed)
        (void)!recover(&s);
    *status = s.status;
    if (s.err.code != ERR_NONE)
        result = err_set(err, s.err.code, "%s", s.err.message);
    else if (s.interrupted)
        result = err_set(err, ERR_INTERRUPTED, "%s with %d of %d jobs done and %s saved",
            s.killed ? "stopped at once" : "interrupted", s.status.done, s.status.total,
            s.killed ? "the last checkpoints" : "everything");
done:
    free(s.workers);
    free(s.index);
    free(s.weighed);
    return result;
}
