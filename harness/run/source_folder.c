/* Jobs of a shared folder: which of them can be claimed, and what a task of a queue does besides. */
#include "source_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folder_attempt.h"
#include "harness/base/clock.h"
#include "harness/cluster/run_queue.h"
#include "harness/cluster/slurm_call.h"
#include "harness/cluster/submission.h"
#include "harness/shared_queue/run_elsewhere.h"
#include "harness/system/cpu.h"
#include "harness/terminal/ui.h"
#include "results/query/query.h"
#include "scheduler.h"

#define MEMORY_SHARE 0.85
/* How long until jobs of others are looked at again: at first, and at most. */
#define LOOK_SECONDS      1.0
#define MOST_LOOK_SECONDS 15.0

/* A job that this process may have to do. */
struct wanted {
    const struct planned_job *job;
    bool closed; /* done, failed or stopped, or left to others: not looked at again */
    bool seen;   /* another attempt was seen, at `changed` */
    double changed;
};

struct folder_source {
    const struct run_folder *run;
    const struct work_options *options;
    struct attempt_setting setting;
    struct chain_owner self;
    struct wanted *wanted;
    int n_wanted, next;
    struct folder_attempt *attempts; /* one for each slot */
    double next_look, look_seconds;
    bool waiting; /* it was reported that others have what is left */
    struct work_summary *summary;
    char scratch[PATH_BYTES], packed[PATH_BYTES];
};

/* ---- what there is to do ---- */

/* The jobs of one task of a submission; jobs that the study no longer has are left out. */
static int want_task(struct scheduler *s, struct err *err)
{
    struct folder_source *source = s->context;
    char(*ids)[SHA256_HEX_BYTES] = NULL;
    int n = 0;

    if (submission_read_task(
            source->run, source->options->submission, source->options->task, &ids, &n, err) < 0)
        return -1;
    source->wanted = calloc((size_t)n + 1, sizeof(*source->wanted));
    for (int i = 0; source->wanted && i < n; i++) {
        const struct planned_job *job = scheduler_find(s, ids[i]);

        if (job)
            source->wanted[source->n_wanted++].job = job;
    }
    free(ids);
    return source->wanted ? 0 : err_set(err, ERR_MEMORY, "no memory for %d jobs", n);
}

static int want_all(struct scheduler *s, struct err *err)
{
    struct folder_source *source = s->context;

    source->wanted = calloc((size_t)s->n_jobs + 1, sizeof(*source->wanted));
    if (!source->wanted)
        return err_set(err, ERR_MEMORY, "no memory for %d jobs", s->n_jobs);
    for (int i = 0; i < s->n_jobs; i++)
        source->wanted[source->n_wanted++].job = &s->jobs[i];
    return 0;
}

static bool is_over(enum entry_kind kind)
{
    return kind == ENTRY_DONE || kind == ENTRY_FAILED || kind == ENTRY_STOPPED;
}

static int close_what_is_over(struct folder_source *source, struct err *err)
{
    struct run_elsewhere elsewhere;
    struct chain_index index;

    if (run_elsewhere_load(source->run, &elsewhere, err) < 0)
        return -1;
    if (chain_index(source->run, &index, err) < 0) {
        run_elsewhere_release(&elsewhere);
        return -1;
    }
    for (int i = 0; i < source->n_wanted; i++) {
        struct wanted *wanted = &source->wanted[i];
        const struct chain_index_entry *entry = chain_index_find(&index, wanted->job->id);

        wanted->closed = run_elsewhere_has(&elsewhere, wanted->job->id);
        if (entry && is_over(entry->kind)) {
            wanted->closed = true;
            source->summary->failed_in_all += entry->kind == ENTRY_FAILED;
        }
    }
    chain_sweep(source->run, &index);
    chain_index_release(&index);
    run_elsewhere_release(&elsewhere);
    return 0;
}

static int count_open(const struct folder_source *source)
{
    int n = 0;

    for (int i = 0; i < source->n_wanted; i++)
        n += !source->wanted[i].closed;
    return n;
}

static struct wanted *wanted_of(struct folder_source *source, const struct slot *slot)
{
    int i = 0;

    while (source->wanted[i].job != slot->job)
        i++;
    return &source->wanted[i];
}

/* A job that we could not have. A task of a queue leaves it to whoever gives signs of life. */
static void look_at_other(
    struct folder_source *source, struct wanted *wanted, const struct chain_entry *last)
{
    if (is_over(last->kind)) {
        wanted->closed = true;
        source->summary->failed_in_all += last->kind == ENTRY_FAILED;
        return;
    }
    if (source->options->submission && wanted->seen && last->changed > wanted->changed)
        wanted->closed = true;
    wanted->seen = true;
    wanted->changed = last->changed;
}

/* ---- for the scheduler ---- */

/* Jobs of others are looked at again after a while, and then ever more seldom. */
static int look(struct scheduler *s, struct err *err)
{
    struct folder_source *source = s->context;
    double now = clock_seconds();

    (void)err;
    if (source->next < source->n_wanted || now < source->next_look ||
        count_open(source) <= scheduler_busy(s))
        return 0;
    source->next = 0;
    source->next_look = now + source->look_seconds;
    source->look_seconds *= 2;
    if (source->look_seconds > MOST_LOOK_SECONDS)
        source->look_seconds = MOST_LOOK_SECONDS;
    return 0;
}

static void report_start(
    struct scheduler *s, const struct slot *slot, int number, const struct chain_entry *last)
{
    char label[SCHEDULER_LABEL_BYTES];

    progress_say(&s->progress, "%s: %s%s", number > 1 ? "goes on" : "starts",
        scheduler_label(slot, label),
        last->kind == ENTRY_CLAIMED ? ", whose last owner is gone" : "");
}

static bool is_ours(const struct scheduler *s, const struct planned_job *job)
{
    for (int i = 0; i < s->n_slots; i++)
        if (s->slots[i].job == job)
            return true;
    return false;
}

/* The next job that can be claimed. */
static int start(struct scheduler *s, struct slot *slot, struct err *err)
{
    struct folder_source *source = s->context;
    struct folder_attempt *attempt = &source->attempts[slot->index];

    for (; source->next < source->n_wanted; source->next++) {
        struct wanted *wanted = &source->wanted[source->next];
        struct chain_entry last;
        int got;

        if (wanted->closed || is_ours(s, wanted->job))
            continue;
        got = folder_attempt_start(attempt, &source->setting, slot, wanted->job, &last, err);
        if (got < 0)
            return -1;
        if (got == 1) {
            source->next++;
            source->look_seconds = LOOK_SECONDS;
            report_start(s, slot, attempt->claim.number, &last);
            s->progress.running++;
            return 1;
        }
        look_at_other(source, wanted, &last);
    }
    return 0;
}

static enum slot_ending count_ending(
    struct scheduler *s, const struct slot *slot, enum slot_ending ending)
{
    struct folder_source *source = s->context;
    struct wanted *wanted;

    if (ending == ENDING_OPEN)
        return ending;
    wanted = wanted_of(source, slot);
    s->progress.running--;
    wanted->closed = wanted->closed || ending == ENDING_DONE || ending == ENDING_FAILED;
    if (ending == ENDING_DONE) {
        source->summary->done++;
        s->progress.done++;
    } else if (ending == ENDING_FAILED) {
        source->summary->failed++;
        source->summary->failed_in_all++;
        s->progress.failed++;
    } else if (ending == ENDING_RETRIED) {
        source->next_look = 0;
    }
    return ending;
}

static enum slot_ending ended(struct scheduler *s, struct slot *slot, int status, struct err *err)
{
    struct folder_source *source = s->context;

    return count_ending(s, slot,
        folder_attempt_ended(
            &source->attempts[slot->index], &source->setting, slot, status, s->stopping, err));
}

static enum slot_ending tend(struct scheduler *s, struct slot *slot, struct err *err)
{
    struct folder_source *source = s->context;

    return count_ending(s, slot,
        folder_attempt_tend(
            &source->attempts[slot->index], &source->setting, slot, s->stopping, err));
}

static bool waits(struct scheduler *s)
{
    struct folder_source *source = s->context;
    int others = count_open(source);

    if (others > 0 && !source->waiting) {
        source->waiting = true;
        progress_say(&s->progress,
            "waiting for %d job%s that others run; should they die, we go on after %.0f s of "
            "silence",
            others, ui_plural(others), source->run->settings.takeover_seconds);
    }
    return others > 0;
}

static const struct job_source folder_source = {
    .look = look, .start = start, .ended = ended, .tend = tend, .waits = waits};

/* ---- before and after ---- */

static int choose_workers(const struct folder_source *source)
{
    int cores = cpu_count() / source->run->settings.threads, n = source->options->workers;
    double memory = MEMORY_SHARE * (double)cpu_memory_bytes();
    int64_t largest = 1;

    if (n > 0)
        return n < SCHEDULER_MOST_SLOTS ? n : SCHEDULER_MOST_SLOTS;
    for (int i = 0; i < source->n_wanted; i++)
        if (source->wanted[i].job->train_bytes > largest)
            largest = source->wanted[i].job->train_bytes;
    n = cores < 1 ? 1 : cores;
    if (memory > 0 && n > memory / (double)largest)
        n = (int)(memory / (double)largest);
    if (n > source->n_wanted)
        n = source->n_wanted;
    return n < 1 ? 1 : n > SCHEDULER_MOST_SLOTS ? SCHEDULER_MOST_SLOTS : n;
}

/* Relative paths of a study mean what they meant where it was submitted. */
static void go_to_origin(const struct run_folder *run)
{
    if (chdir(run->origin) != 0)
        ui_say("there is no folder %s on this machine: relative paths of the study start here",
            run->origin);
}

static int prepare(struct scheduler *s, struct err *err)
{
    struct folder_source *source = s->context;
    const struct work_options *options = source->options;
    const struct run_folder *run = source->run;
    struct attempt_setting *setting = &source->setting;
    char task[TASK_BYTES] = "";

    if (options->submission)
        snprintf(task, sizeof(task), "%s/%d %s", options->submission, options->task,
            options->queue_job ? options->queue_job : "");
    if (chain_self(&source->self, task, err) < 0 || run_folder_plan(run, &setting->plan, err) < 0 ||
        query_has_study(setting->plan, run->study, err) < 0 ||
        scheduler_jobs(s, setting->plan, run->study, err) < 0 ||
        (options->submission ? want_task(s, err) : want_all(s, err)) < 0 ||
        close_what_is_over(source, err) < 0 ||
        run_folder_scratch(options->scratch, source->scratch, err) < 0)
        return -1;
    setting->run = run;
    setting->self = &source->self;
    setting->scratch = source->scratch;
    setting->checkpoint_seconds = options->checkpoint_seconds >= 0
                                      ? options->checkpoint_seconds
                                      : run->settings.checkpoint_seconds;
    source->look_seconds = LOOK_SECONDS;
    progress_init(&s->progress, options->quiet);
    progress_counts(&s->progress, source->n_wanted, source->n_wanted - count_open(source), 0, 0);
    return 0;
}

/* The packed set into the scratch folder, if that is wanted; jobs read the original otherwise. */
static int copy_packed(struct scheduler *s, struct err *err)
{
    struct folder_source *source = s->context;
    char given[PATH_BYTES], from[PATH_BYTES], why[512], took[UI_DURATION_BYTES];
    double start = clock_seconds();
    struct err problem = {0};

    if (count_open(source) == 0)
        return 0;
    if (query_data_packed(source->setting.plan, source->run->study, given, sizeof(given), err) < 0)
        return -1;
    if (!given[0] || file_expand_home(given, from, &problem) < 0)
        return 0;
    if (!packed_copy_is_wanted(source->options->packed, from, source->scratch, why, sizeof(why))) {
        if (why[0])
            progress_say(&s->progress, "%s", why);
        return 0;
    }
    progress_say(&s->progress, "copying the packed set %s to this machine", from);
    if (packed_copy_make(
            from, source->scratch, source->packed, scheduler_no_signal, NULL, &problem) < 0) {
        progress_say(&s->progress, "%s; jobs read the packed set where it is", problem.message);
        return 0;
    }
    source->setting.packed = source->packed;
    progress_say(&s->progress, "copied and compared in %s: %s",
        ui_duration(clock_seconds() - start, took), source->packed);
    return 0;
}

/* Back into the queue, by the only name that means this task and no other. */
static int requeue(const struct folder_source *source, struct err *err)
{
    const char *const words[] = {"scontrol", "requeue", source->options->queue_job, NULL};
    struct str output = STR_INIT;
    struct cluster cluster;
    struct err problem = {0};
    int result;

    if (run_queue_load(source->run, NULL, &cluster, &problem) < 0)
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

static int run_jobs(struct scheduler *s, struct err *err)
{
    struct folder_source *source = s->context;
    int n_slots;

    if (prepare(s, err) < 0 || copy_packed(s, err) < 0)
        return -1;
    n_slots = choose_workers(source);
    source->attempts = calloc((size_t)n_slots, sizeof(*source->attempts));
    if (!source->attempts)
        return err_set(err, ERR_MEMORY, "no memory to run %d jobs", n_slots);
    if (scheduler_run(s, n_slots, err) < 0)
        return -1;
    source->summary->open = count_open(source);
    if (source->summary->open == 0 || !s->interrupted)
        return 0;
    if (s->time_limit && source->options->queue_job)
        return requeue(source, err);
    return err_set(err, ERR_INTERRUPTED, "%s saved; `scalestudy work %s` goes on from there",
        s->killed ? "stopped at once with the last checkpoints" : "interrupted with everything",
        source->run->folder.path);
}

int work_on(const struct run_folder *run, const struct work_options *options,
    struct work_summary *summary, struct err *err)
{
    struct folder_source source = {.run = run, .options = options, .summary = summary};
    struct scheduler s = {
        .source = &folder_source, .context = &source, .second_signal_kills = !options->submission};
    int result;

    *summary = (struct work_summary){0};
    scheduler_hold_signals(&s);
    go_to_origin(run);
    result = run_jobs(&s, err);
    if (source.scratch[0])
        run_folder_remove(source.scratch);
    store_close(source.setting.plan);
    scheduler_release(&s);
    free(source.attempts);
    free(source.wanted);
    return result;
}
