/* The loop of `run` and `work`: fills slots, listens to workers, obeys signals, reports. */
#include "scheduler.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/base/clock.h"
#include "harness/terminal/ui.h"

#define POLL_MILLISECONDS 250
/* A session's end sends several signals in a row; only one after this is a person's second. */
#define AGAIN_SECONDS 1.0
/* A turn that took so long was no turn: this process was stopped, and its workers with it. */
#define STOPPED_SECONDS 10.0

static volatile sig_atomic_t stops_seen, warnings_seen;

/* ---- the jobs of the study ---- */

static int compare_by_id(const void *a, const void *b)
{
    const struct planned_job *const *x = a, *const *y = b;

    return strcmp((*x)->id, (*y)->id);
}

int scheduler_jobs(struct scheduler *s, struct store *store, const char *study, struct err *err)
{
    if (store_list_jobs(store, study, &s->jobs, &s->n_jobs, err) < 0)
        return -1;
    s->by_id = calloc((size_t)s->n_jobs + 1, sizeof(*s->by_id));
    s->weighed = calloc((size_t)s->n_jobs + 1, sizeof(*s->weighed));
    if (!s->by_id || !s->weighed)
        return err_set(err, ERR_MEMORY, "no memory to run %d jobs", s->n_jobs);
    for (int i = 0; i < s->n_jobs; i++)
        s->by_id[i] = &s->jobs[i];
    qsort(s->by_id, (size_t)s->n_jobs, sizeof(*s->by_id), compare_by_id);
    return 0;
}

const struct planned_job *scheduler_find(const struct scheduler *s, const char *job_id)
{
    struct planned_job key;
    const struct planned_job *wanted = &key, *const * found;

    str_copy(key.id, sizeof(key.id), job_id);
    found = bsearch(&wanted, s->by_id, (size_t)s->n_jobs, sizeof(wanted), compare_by_id);
    return found ? *found : NULL;
}

const char *scheduler_label(const struct slot *slot, char to[SCHEDULER_LABEL_BYTES])
{
    const struct planned_job *job = slot->job;

    if (job)
        snprintf(to, SCHEDULER_LABEL_BYTES, "%s %s %d px, seed %lld", job->model, job->method,
            job->input, (long long)job->seed);
    else
        snprintf(to, SCHEDULER_LABEL_BYTES, "%.12s", slot->process.job_id);
    return to;
}

/* In multiply-adds: jobs of a study differ in nothing else that takes time. */
static double work_of(const struct scheduler *s, const struct slot *slot)
{
    return s->progress.work_total > 0 && slot->job ? (double)slot->job->macs : 0;
}

/* What a job had done before this run saw it first is no work of this run. */
static void weigh(struct scheduler *s, const struct slot *slot)
{
    if (!slot->job || s->weighed[slot->job - s->jobs])
        return;
    s->weighed[slot->job - s->jobs] = true;
    s->progress.work_before += slot->process.first_share * work_of(s, slot);
}

/* ---- slots ---- */

int scheduler_count(const struct scheduler *s, bool with_job)
{
    int n = 0;

    for (int i = 0; i < s->n_slots; i++)
        n += s->slots[i].state == SLOT_RUNNING && s->slots[i].process.took == with_job;
    return n;
}

int scheduler_busy(const struct scheduler *s)
{
    int n = 0;

    for (int i = 0; i < s->n_slots; i++)
        n += s->slots[i].state != SLOT_FREE;
    return n;
}

static int fill(struct scheduler *s, struct err *err)
{
    if (s->source->look(s, err) < 0)
        return -1;
    for (int i = 0; i < s->n_slots; i++) {
        int started;

        if (s->slots[i].state != SLOT_FREE)
            continue;
        started = s->source->start(s, &s->slots[i], err);
        if (started <= 0)
            return started;
        s->slots[i].state = SLOT_RUNNING;
    }
    return 0;
}

/* Where others do jobs of the study too, our counts say little. */
static void report_done(struct scheduler *s, const struct slot *slot, const char *label)
{
    char took[UI_DURATION_BYTES], left[PROGRESS_LEFT_BYTES], count[32] = "";

    if (s->progress.work_total > 0)
        snprintf(count, sizeof(count), " %d/%d", s->progress.done, s->progress.total);
    progress_say(&s->progress, "done%s: %s: top-1 %.2f %% in %s%s", count, label,
        slot->process.top1, ui_duration(slot->process.seconds, took),
        progress_left(&s->progress, left));
}

static void report(struct scheduler *s, const struct slot *slot, enum slot_ending ending)
{
    char label[SCHEDULER_LABEL_BYTES];
    double work = work_of(s, slot);

    scheduler_label(slot, label);
    switch (ending) {
    case ENDING_TROUBLE:
    case ENDING_OPEN:
    case ENDING_SILENT:
        break;
    case ENDING_DONE:
        s->finished_work += work;
        report_done(s, slot, label);
        break;
    case ENDING_FAILED:
        s->progress.work_total -= work;
        progress_say(&s->progress, "failed: %s: %s", label, slot->text);
        break;
    case ENDING_PRUNED:
        s->progress.work_total -= work;
        progress_say(&s->progress, "%s: %s", label, slot->text);
        break;
    case ENDING_RETRIED:
        progress_say(&s->progress, "tried again: %s: %s", label, slot->text);
        break;
    case ENDING_RELEASED:
        progress_say(
            &s->progress, s->killed ? "given back: %s" : "saved and given back: %s", label);
        break;
    case ENDING_SUPERSEDED:
        progress_say(&s->progress, "left: %s: another attempt has it, or it was stopped", label);
        break;
    }
}

static int conclude(struct scheduler *s, struct slot *slot, enum slot_ending ending)
{
    if (ending == ENDING_OPEN)
        return 0;
    report(s, slot, ending);
    *slot = (struct slot){.index = slot->index};
    return ending == ENDING_TROUBLE ? -1 : 0;
}

static int take(struct scheduler *s, struct slot *slot, struct err *err)
{
    slot->job = scheduler_find(s, slot->process.job_id);
    return s->source->taken ? s->source->taken(s, slot, err) : 0;
}

static int listen_to(struct scheduler *s, struct slot *slot, struct err *err)
{
    enum worker_message message;
    int result = 0, status;

    while ((message = worker_process_read(&slot->process)) != WORKER_NOTHING) {
        if (message == WORKER_STEP)
            weigh(s, slot);
        if (message == WORKER_TOOK && take(s, slot, err) < 0)
            result = -1;
        if (message != WORKER_GONE)
            continue;
        status = worker_process_reap(&slot->process);
        slot->state = SLOT_RECORDING;
        return conclude(s, slot, s->source->ended(s, slot, status, err)) < 0 ? -1 : result;
    }
    return result;
}

static int tend(struct scheduler *s, struct slot *slot, struct err *err)
{
    enum slot_ending ending;

    if (slot->state == SLOT_FREE || !s->source->tend)
        return 0;
    ending = s->source->tend(s, slot, err);
    return slot->state == SLOT_RECORDING ? conclude(s, slot, ending) : 0;
}

/* ---- stopping ---- */

static void signal_workers(struct scheduler *s, int number)
{
    for (int i = 0; i < s->n_slots; i++)
        if (s->slots[i].state == SLOT_RUNNING)
            worker_process_signal(&s->slots[i].process, number);
}

static void stop(struct scheduler *s)
{
    if (s->stopping)
        return;
    s->stopping = true;
    signal_workers(s, SIGTERM);
}

static void obey_signals(struct scheduler *s)
{
    double now = clock_seconds();
    bool again = stops_seen != s->stops_obeyed;

    if (!again && warnings_seen == s->warnings_obeyed)
        return;
    s->stops_obeyed = stops_seen;
    s->warnings_obeyed = warnings_seen;
    if (!s->interrupted) {
        s->interrupted = true;
        s->interrupted_at = now;
        s->time_limit = stops_seen == 0;
        progress_say(&s->progress, "%s: the jobs save what they have%s",
            s->time_limit ? "the time limit is near" : "stopping",
            s->second_signal_kills ? " (once more to stop at once)" : "");
        stop(s);
    } else if (again && s->second_signal_kills && now > s->interrupted_at + AGAIN_SECONDS) {
        s->killed = true;
        signal_workers(s, SIGKILL);
    }
}

/* Workers without a message for too long are killed; the source then says what becomes of the job. */
static void kill_stuck(struct scheduler *s)
{
    double now = clock_seconds();
    bool was_stopped = now - s->last_turn > STOPPED_SECONDS;

    s->last_turn = now;
    for (int i = 0; i < s->n_slots && s->stuck_seconds > 0; i++) {
        struct worker_process *process = &s->slots[i].process;

        if (s->slots[i].state != SLOT_RUNNING)
            continue;
        if (was_stopped)
            process->heard = now;
        if (now - process->heard <= s->stuck_seconds)
            continue;
        process->stuck_seconds = s->stuck_seconds;
        worker_process_signal(process, SIGKILL);
    }
}

static void on_stop(int number)
{
    (void)number;
    stops_seen++;
}

static void on_warning(int number)
{
    (void)number;
    warnings_seen++;
}

void scheduler_hold_signals(struct scheduler *s)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
    struct sigaction action = {.sa_handler = on_stop}, old;
    sigset_t blocked;

    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        sigaction(numbers[i], NULL, &old);
        /* nohup. Scripts of a queue ignore SIGUSR1, which is meant for us, until we are there. */
        if (old.sa_handler == SIG_IGN && numbers[i] != SIGUSR1)
            continue;
        action.sa_handler = numbers[i] == SIGUSR1 ? on_warning : on_stop;
        sigaction(numbers[i], &action, NULL);
        sigaddset(&blocked, numbers[i]);
    }
    sigprocmask(SIG_BLOCK, &blocked, &s->unblocked);
    signal(SIGPIPE, SIG_IGN); /* nobody listening to the progress must not end the study */
}

bool scheduler_no_signal(void *context)
{
    sigset_t waiting;

    (void)context;
    return sigpending(&waiting) != 0 ||
           !(sigismember(&waiting, SIGINT) || sigismember(&waiting, SIGTERM) ||
               sigismember(&waiting, SIGHUP) || sigismember(&waiting, SIGUSR1));
}

/* ---- the loop ---- */

static void show(struct scheduler *s)
{
    char now[400] = "", label[SCHEDULER_LABEL_BYTES];
    size_t length = 0;

    s->progress.work_done = s->finished_work;
    s->progress.images_per_second = 0;
    for (int i = 0; i < s->n_slots; i++) {
        const struct slot *slot = &s->slots[i];

        if (slot->state != SLOT_RUNNING || !slot->process.took || slot->process.conclusion)
            continue;
        s->progress.work_done += slot->process.share * work_of(s, slot);
        s->progress.images_per_second += slot->process.images_per_second;
        if (length < sizeof(now))
            length += (size_t)snprintf(now + length, sizeof(now) - length, "%s%s %.0f %%",
                length ? "; " : "", scheduler_label(slot, label), 100 * slot->process.share);
    }
    progress_show(&s->progress, now);
}

static void wait_for_workers(const struct scheduler *s)
{
    const struct timespec most = {.tv_nsec = POLL_MILLISECONDS * 1000000L};
    struct pollfd fds[SCHEDULER_MOST_SLOTS];
    nfds_t n = 0;

    for (int i = 0; i < s->n_slots; i++)
        if (s->slots[i].state == SLOT_RUNNING)
            fds[n++] = (struct pollfd){.fd = s->slots[i].process.fd, .events = POLLIN};
    (void)!ppoll(fds, n, &most, &s->unblocked);
}

static int serve(struct scheduler *s, struct err *err)
{
    int result = 0;

    for (int i = 0; i < s->n_slots; i++) {
        struct slot *slot = &s->slots[i];

        if (slot->state == SLOT_RUNNING && listen_to(s, slot, err) < 0)
            result = -1;
        if (tend(s, slot, err) < 0)
            result = -1;
    }
    return result;
}

int scheduler_run(struct scheduler *s, int n_slots, struct err *err)
{
    s->slots = calloc((size_t)n_slots, sizeof(*s->slots));
    if (!s->slots)
        return err_set(err, ERR_MEMORY, "no memory to run %d jobs", n_slots);
    s->n_slots = n_slots;
    for (int i = 0; i < n_slots; i++)
        s->slots[i].index = i;
    s->finished_work = s->progress.work_done;
    s->last_turn = clock_seconds();
    /* What has come since signals are held back. */
    (void)!ppoll(NULL, 0, &(const struct timespec){0}, &s->unblocked);
    for (;;) {
        obey_signals(s);
        kill_stuck(s);
        /* What ends the run still lets the workers save. */
        if (!s->stopping && fill(s, err) < 0)
            stop(s);
        if (scheduler_busy(s) == 0 && (s->stopping || !s->source->waits(s)))
            break;
        wait_for_workers(s);
        if (serve(s, err) < 0)
            stop(s);
        show(s);
    }
    progress_end(&s->progress);
    return err->code == ERR_NONE ? 0 : -1;
}

void scheduler_release(struct scheduler *s)
{
    free(s->jobs);
    free(s->by_id);
    free(s->weighed);
    free(s->slots);
}
