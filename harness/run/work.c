#include "work.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/system/cpu.h"
#include "harness/terminal/progress.h"
#include "results/query/query.h"
#include "harness/shared_queue/run_elsewhere.h"
#include "harness/cluster/run_queue.h"
#include "harness/cluster/slurm_call.h"
#include "harness/cluster/submission.h"
#include "harness/terminal/ui.h"
#include "work_slot.h"

#define POLL_MILLISECONDS 250
#define MAX_WORKERS       256
#define MEMORY_SHARE      0.85
/* How long until jobs of others are looked at again: at first, and at most. */
#define LOOK_SECONDS      1.0
#define MOST_LOOK_SECONDS 15.0

static volatile sig_atomic_t stops_seen, time_limits_seen;

/* A job that this process may have to do. */
struct wanted {
    const struct planned_job *job;
    bool closed; /* done, failed or stopped, or left to others: not looked at again */
    bool seen;   /* another attempt was seen, at `changed` */
    double changed;
};

struct work {
    const struct run_folder *run;
    const struct work_options *options;
    struct slot_setting setting;
    struct attempt_owner self;
    struct planned_job *jobs; /* all of the plan */
    int n_jobs;
    struct wanted *wanted;
    int n_wanted, next;
    struct slot *slots;
    int n_slots;
    double next_look, look_seconds;
    bool waiting; /* told that others have what is left */
    bool stopping, time_limit;
    struct progress progress;
    struct work_summary *summary;
    char scratch[PATH_BYTES], packed[PATH_BYTES];
    struct err problem; /* what ends the work */
};

static void on_stop(int number)
{
    (void)number;
    stops_seen++;
}

static void on_time_limit(int number)
{
    (void)number;
    time_limits_seen++;
}

static void set_signals(sigset_t *unblocked)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
    struct sigaction action = {.sa_handler = on_stop}, old;
    sigset_t blocked;

    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        action.sa_handler = numbers[i] == SIGUSR1 ? on_time_limit : on_stop;
        sigaction(numbers[i], NULL, &old);
        if (old.sa_handler == SIG_IGN && numbers[i] == SIGHUP)
            continue; /* nohup */
        sigaction(numbers[i], &action, NULL);
        sigaddset(&blocked, numbers[i]);
    }
    sigprocmask(SIG_BLOCK, &blocked, unblocked);
    signal(SIGPIPE, SIG_IGN);
}

static const char *label_of(const struct planned_job *job, char *to, size_t size)
{
    snprintf(to, size, "%s %s %d px, seed %lld", job->model, job->method, job->input,
        (long long)job->seed);
    return to;
}

/* ---- what there is to do ---- */

static int compare_jobs(const void *a, const void *b)
{
    return strcmp(((const struct planned_job *)a)->id, ((const struct planned_job *)b)->id);
}

/* The jobs of one task of a submission; jobs that the study no longer has are left out. */
static int want_task(struct work *w, struct err *err)
{
    char(*ids)[SHA256_HEX_BYTES] = NULL;
    int n = 0;

    if (submission_read_task(w->run, w->options->submission, w->options->task, &ids, &n, err) < 0)
        return -1;
    qsort(w->jobs, (size_t)w->n_jobs, sizeof(*w->jobs), compare_jobs);
    w->wanted = calloc((size_t)n + 1, sizeof(*w->wanted));
    for (int i = 0; w->wanted && i < n; i++) {
        struct planned_job key;
        const struct planned_job *found;

        str_copy(key.id, sizeof(key.id), ids[i]);
        found = bsearch(&key, w->jobs, (size_t)w->n_jobs, sizeof(key), compare_jobs);
        if (found)
            w->wanted[w->n_wanted++].job = found;
    }
    free(ids);
    return w->wanted ? 0 : err_set(err, ERR_MEMORY, "no memory for %d jobs", n);
}

static int want_all(struct work *w, struct err *err)
{
    w->wanted = calloc((size_t)w->n_jobs + 1, sizeof(*w->wanted));
    if (!w->wanted)
        return err_set(err, ERR_MEMORY, "no memory for %d jobs", w->n_jobs);
    for (int i = 0; i < w->n_jobs; i++)
        w->wanted[w->n_wanted++].job = &w->jobs[i];
    return 0;
}

static bool is_over(enum attempt_kind kind)
{
    return kind == ATTEMPT_DONE || kind == ATTEMPT_FAILED || kind == ATTEMPT_STOPPED;
}

static int close_what_is_over(struct work *w, struct err *err)
{
    struct run_elsewhere elsewhere;
    struct attempt_index index;

    if (run_elsewhere_load(w->run, &elsewhere, err) < 0)
        return -1;
    if (attempts_index(w->run, &index, err) < 0) {
        run_elsewhere_release(&elsewhere);
        return -1;
    }
    for (int i = 0; i < w->n_wanted; i++) {
        const struct attempt_index_entry *entry = attempts_find(&index, w->wanted[i].job->id);

        w->wanted[i].closed = run_elsewhere_has(&elsewhere, w->wanted[i].job->id);
        if (entry && is_over(entry->kind)) {
            w->wanted[i].closed = true;
            w->summary->failed_in_all += entry->kind == ATTEMPT_FAILED;
        }
    }
    attempts_sweep(w->run, &index);
    attempts_index_release(&index);
    run_elsewhere_release(&elsewhere);
    return 0;
}

static int count_open(const struct work *w)
{
    int n = 0;

    for (int i = 0; i < w->n_wanted; i++)
        n += !w->wanted[i].closed;
    return n;
}

static int count_busy(const struct work *w)
{
    int n = 0;

    for (int i = 0; i < w->n_slots; i++)
        n += w->slots[i].state != SLOT_FREE;
    return n;
}

static struct wanted *wanted_of(struct work *w, const struct slot *slot)
{
    for (int i = 0; i < w->n_wanted; i++)
        if (w->wanted[i].job == slot->job)
            return &w->wanted[i];
    return NULL;
}

static bool is_ours(const struct work *w, const struct planned_job *job)
{
    for (int i = 0; i < w->n_slots; i++)
        if (w->slots[i].state != SLOT_FREE && w->slots[i].job == job)
            return true;
    return false;
}

/* A job that we could not have. A task of a queue leaves it to whoever gives signs of life. */
static void look_at_other(struct work *w, struct wanted *wanted, const struct attempt *last)
{
    if (is_over(last->kind)) {
        wanted->closed = true;
        w->summary->failed_in_all += last->kind == ATTEMPT_FAILED;
        return;
    }
    if (w->options->submission && wanted->seen && last->changed > wanted->changed)
        wanted->closed = true;
    wanted->seen = true;
    wanted->changed = last->changed;
}

/* Fill one place with the next job that can be had; false if there is none now. */
static bool take_next(struct work *w, struct slot *slot)
{
    char label[160];

    for (; w->next < w->n_wanted; w->next++) {
        struct wanted *wanted = &w->wanted[w->next];
        struct attempt last;
        int got;

        if (wanted->closed || is_ours(w, wanted->job))
            continue;
        got = slot_claim(slot, &w->setting, wanted->job, &last, &w->problem);
        if (got < 0)
            return false;
        if (got == 1) {
            w->next++;
            w->look_seconds = LOOK_SECONDS;
            progress_say(&w->progress, "%s: %s%s", slot->claim.number > 1 ? "goes on" : "starts",
                label_of(wanted->job, label, sizeof(label)),
                last.kind == ATTEMPT_CLAIMED ? ", whose last owner is gone" : "");
            return true;
        }
        look_at_other(w, wanted, &last);
    }
    return false;
}

static void fill(struct work *w)
{
    double now = clock_seconds();

    if (w->next >= w->n_wanted && now >= w->next_look && count_open(w) > count_busy(w)) {
        w->next = 0;
        w->next_look = now + w->look_seconds;
        w->look_seconds *= 2;
        if (w->look_seconds > MOST_LOOK_SECONDS)
            w->look_seconds = MOST_LOOK_SECONDS;
    }
    for (int i = 0; i < w->n_slots && w->problem.code == ERR_NONE; i++)
        if (w->slots[i].state == SLOT_FREE && !take_next(w, &w->slots[i]))
            break;
    if (!w->waiting && count_busy(w) == 0 && count_open(w) > 0 && w->problem.code == ERR_NONE) {
        w->waiting = true;
        progress_say(&w->progress,
            "waiting for %d job%s that others run; should they die, we go on after %.0f s of "
            "silence",
            count_open(w), ui_plural(count_open(w)), w->run->settings.takeover_seconds);
    }
}

/* ---- what became of it ---- */

static void conclude(struct work *w, struct slot *slot)
{
    struct wanted *wanted = wanted_of(w, slot);
    char label[160], took[UI_DURATION_BYTES];

    /* A slot may never have had a job: there are more of them than jobs. */
    if (slot->ending == SLOT_NOTHING)
        return;
    label_of(slot->job, label, sizeof(label));
    switch (slot->ending) {
    case SLOT_NOTHING:
        return;
    case SLOT_DONE:
        w->summary->done++;
        w->progress.done++;
        wanted->closed = true;
        progress_say(&w->progress, "done: %s: top-1 %.2f %% in %s", label, slot->top1,
            ui_duration(slot->seconds, took));
        break;
    case SLOT_FAILED:
        w->summary->failed++;
        w->summary->failed_in_all++;
        w->progress.failed++;
        wanted->closed = true;
        progress_say(&w->progress, "failed: %s: %s", label, slot->said);
        break;
    case SLOT_RELEASED:
        progress_say(&w->progress, "saved and given back: %s", label);
        break;
    case SLOT_CRASHED:
        progress_say(&w->progress, "tried again: %s: %s", label, slot->said);
        w->next_look = 0;
        break;
    case SLOT_SUPERSEDED:
        progress_say(&w->progress, "left: %s: another attempt has it, or it was stopped", label);
        break;
    case SLOT_TROUBLE:
        err_set(&w->problem, slot->problem.code, "%s", slot->problem.message);
        break;
    }
    slot->ending = SLOT_NOTHING;
}

static void stop(struct work *w)
{
    w->stopping = true;
    for (int i = 0; i < w->n_slots; i++)
        slot_stop(&w->slots[i]);
}

static void obey_signals(struct work *w)
{
    if (w->stopping || (stops_seen == 0 && time_limits_seen == 0))
        return;
    w->time_limit = stops_seen == 0;
    progress_say(&w->progress, w->time_limit
                                   ? "the time limit is near: the jobs save what they have"
                                   : "stopping: the jobs save what they have");
    stop(w);
}

static void wait_for_slots(struct work *w, const sigset_t *unblocked)
{
    const struct timespec most = {.tv_nsec = POLL_MILLISECONDS * 1000000L};
    struct pollfd fds[MAX_WORKERS];
    nfds_t n = 0;

    for (int i = 0; i < w->n_slots; i++)
        if (w->slots[i].state == SLOT_RUNNING)
            fds[n++] = (struct pollfd){.fd = w->slots[i].worker.fd, .events = POLLIN};
    (void)!ppoll(fds, n, &most, unblocked);
}

static void show(struct work *w)
{
    char now[400] = "", label[160];
    size_t length = 0;

    w->progress.running = count_busy(w);
    for (int i = 0; i < w->n_slots; i++)
        if (w->slots[i].state == SLOT_RUNNING && length < sizeof(now))
            length += (size_t)snprintf(now + length, sizeof(now) - length, "%s%s %.0f %%",
                length ? "; " : "", label_of(w->slots[i].job, label, sizeof(label)),
                100 * w->slots[i].worker.share);
    progress_show(&w->progress, now);
}

static void turn(struct work *w, const sigset_t *unblocked)
{
    double now;

    obey_signals(w);
    if (!w->stopping && w->problem.code == ERR_NONE)
        fill(w);
    wait_for_slots(w, unblocked);
    now = clock_seconds();
    for (int i = 0; i < w->n_slots; i++) {
        struct slot *slot = &w->slots[i];

        if (slot->state == SLOT_RUNNING)
            slot_listen(slot, &w->setting);
        slot_tend(slot, &w->setting, now);
        conclude(w, slot);
    }
    show(w);
}

static void work_loop(struct work *w, const sigset_t *unblocked)
{
    /* What came while a packed set was copied. */
    (void)!ppoll(NULL, 0, &(const struct timespec){0}, unblocked);
    for (;;) {
        if (count_busy(w) == 0 &&
            (w->stopping || w->problem.code != ERR_NONE || count_open(w) == 0))
            return;
        turn(w, unblocked);
        /* What ends the work still lets the others save what they have. */
        if (w->problem.code != ERR_NONE && !w->stopping)
            stop(w);
    }
}

/* ---- before and after ---- */

static int choose_workers(const struct work *w)
{
    int cores = cpu_count() / w->run->settings.threads, n = w->options->workers;
    double memory = MEMORY_SHARE * (double)cpu_memory_bytes();
    int64_t largest = 1;

    if (n > 0)
        return n < MAX_WORKERS ? n : MAX_WORKERS;
    for (int i = 0; i < w->n_wanted; i++)
        if (w->wanted[i].job->train_bytes > largest)
            largest = w->wanted[i].job->train_bytes;
    n = cores < 1 ? 1 : cores;
    if (memory > 0 && n > memory / (double)largest)
        n = (int)(memory / (double)largest);
    if (n > w->n_wanted)
        n = w->n_wanted;
    return n < 1 ? 1 : n > MAX_WORKERS ? MAX_WORKERS : n;
}

/* Relative paths of a study mean what they meant where it was submitted. */
static void go_to_origin(const struct run_folder *run)
{
    if (chdir(run->origin) != 0)
        ui_say("there is no folder %s on this machine: relative paths of the study start here",
            run->origin);
}

static int prepare(struct work *w, struct err *err)
{
    char task[TASK_BYTES] = "";

    if (w->options->submission)
        snprintf(task, sizeof(task), "%s/%d %s", w->options->submission, w->options->task,
            w->options->queue_job ? w->options->queue_job : "");
    if (attempts_owner(&w->self, task, err) < 0 ||
        run_folder_plan(w->run, &w->setting.plan, err) < 0 ||
        query_has_study(w->setting.plan, w->run->study, err) < 0 ||
        store_list_jobs(w->setting.plan, w->run->study, &w->jobs, &w->n_jobs, err) < 0 ||
        (w->options->submission ? want_task(w, err) : want_all(w, err)) < 0 ||
        close_what_is_over(w, err) < 0)
        return -1;
    if (run_folder_scratch(w->options->scratch, w->scratch, err) < 0)
        return -1;
    w->setting.run = w->run;
    w->setting.loader_threads = w->run->loader_threads;
    w->setting.self = &w->self;
    w->setting.scratch = w->scratch;
    w->setting.checkpoint_seconds = w->options->checkpoint_seconds >= 0
                                        ? w->options->checkpoint_seconds
                                        : w->run->settings.checkpoint_seconds;
    w->n_slots = choose_workers(w);
    w->slots = calloc((size_t)w->n_slots, sizeof(*w->slots));
    if (!w->slots)
        return err_set(err, ERR_MEMORY, "no memory to run %d jobs", w->n_slots);
    w->look_seconds = LOOK_SECONDS;
    progress_init(&w->progress, w->options->quiet);
    progress_counts(&w->progress, w->n_wanted, w->n_wanted - count_open(w), 0, 0);
    return 0;
}

/* Signals are blocked but where the loop waits. */
static bool no_signal_waits(void *context)
{
    sigset_t waiting;

    (void)context;
    return sigpending(&waiting) != 0 ||
           !(sigismember(&waiting, SIGINT) || sigismember(&waiting, SIGTERM) ||
               sigismember(&waiting, SIGHUP) || sigismember(&waiting, SIGUSR1));
}

/* The packed set into the scratch folder, if that is wanted; jobs read the original otherwise. */
static int copy_packed(struct work *w, struct err *err)
{
    char given[PATH_BYTES], from[PATH_BYTES], why[512], took[UI_DURATION_BYTES];
    double start = clock_seconds();
    struct err problem = {0};

    if (count_open(w) == 0)
        return 0;
    if (query_data_packed(w->setting.plan, w->run->study, given, sizeof(given), err) < 0)
        return -1;
    if (!given[0] || file_expand_home(given, from, &problem) < 0)
        return 0;
    if (!packed_copy_is_wanted(w->options->packed, from, w->scratch, why, sizeof(why))) {
        if (why[0])
            progress_say(&w->progress, "%s", why);
        return 0;
    }
    progress_say(&w->progress, "copying the packed set %s to this machine", from);
    if (packed_copy_make(from, w->scratch, w->packed, no_signal_waits, NULL, &problem) < 0) {
        progress_say(&w->progress, "%s; jobs read the packed set where it is", problem.message);
        return 0;
    }
    w->setting.packed = w->packed;
    progress_say(&w->progress, "copied and compared in %s: %s",
        ui_duration(clock_seconds() - start, took), w->packed);
    return 0;
}

/* Back into the queue, by the only name that means this task and no other. */
static int requeue(const struct work *w, struct err *err)
{
    const char *const words[] = {"scontrol", "requeue", w->options->queue_job, NULL};
    struct str output = STR_INIT;
    struct cluster cluster;
    struct err problem = {0};
    int result;

    if (run_queue_load(w->run, NULL, &cluster, &problem) < 0)
        cluster_init(&cluster); /* of another version: the cluster of this machine */
    err_clear(&problem);
    result = slurm_call(&cluster, words, &output, NULL, &problem);
    if (result < 0)
        err_set(err, ERR_REQUEUE,
            "the time limit came with everything saved, but the task could not go back into the "
            "queue (%.300s); `scalestudy submit` sends what is missing",
            problem.message);
    str_release(&output);
    return result;
}

static int conclude_all(struct work *w, struct err *err)
{
    w->summary->open = count_open(w);
    if (w->problem.code != ERR_NONE)
        return err_set(err, w->problem.code, "%s", w->problem.message);
    if (w->time_limit && w->options->queue_job && w->summary->open > 0)
        return requeue(w, err);
    if (w->stopping && w->summary->open > 0)
        return err_set(err, ERR_INTERRUPTED,
            "interrupted with everything saved; `scalestudy work %s` goes on from there",
            w->run->folder.path);
    return 0;
}

int work_on(const struct run_folder *run, const struct work_options *options,
    struct work_summary *summary, struct err *err)
{
    struct work w = {.run = run, .options = options, .summary = summary};
    sigset_t unblocked;
    int result;

    *summary = (struct work_summary){0};
    set_signals(&unblocked);
    go_to_origin(run);
    result = prepare(&w, err);
    if (result == 0)
        result = copy_packed(&w, err);
    if (result == 0) {
        work_loop(&w, &unblocked);
        progress_end(&w.progress);
        result = conclude_all(&w, err);
    }
    if (w.scratch[0])
        run_folder_remove(w.scratch);
    store_close(w.setting.plan);
    free(w.slots);
    free(w.wanted);
    free(w.jobs);
    return result;
}
