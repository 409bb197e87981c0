/* What submit does: find the missing jobs, estimate them, group them into tasks, send them. */
#include "submit.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/shared_queue/chain.h"
#include "harness/study/estimate.h"
#include "results/query/query.h"
#include "run_access.h"
#include "harness/shared_queue/run_elsewhere.h"
#include "harness/shared_queue/run_program.h"
#include "run_queue.h"

/* What a core does at least, in multiply-adds a second of training; and what a job takes besides. A
 * guess on the safe side, where nothing could be measured. */
#define MACS_PER_SECOND 2e9
#define BASE_SECONDS    20.0
#define BYTES_PER_MB    1048576.0

struct submitting {
    const struct run_folder *run;
    const struct plan *plan;
    const struct cluster *cluster;
    const struct launcher *via;
    const struct submit_options *options;
    struct submit_summary *summary;
    struct chain_index index;
    char (*elsewhere)[SHA256_HEX_BYTES]; /* done in the database, in the plan's order */
    int n_elsewhere;
    struct store *store;              /* that database, or NULL */
    struct queue queue;               /* sorted by key and task */
    char (*queued)[SHA256_HEX_BYTES]; /* sorted */
    int n_queued, in_queue;           /* jobs; tasks */
    bool looked;                      /* at the queue, and it answered */
    struct submission_job *jobs;
    int n_jobs;
    double train_images, test_images, now;
};

static void PRINTF_LIKE(2, 3) say(const struct submitting *s, const char *format, ...)
{
    char sentence[1200];
    va_list args;

    va_start(args, format);
    vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    s->options->say(s->options->context, sentence);
}

/* ---- what is missing ---- */

static int count_images(struct submitting *s, struct err *err)
{
    struct class_count *classes = NULL;
    struct data_config data = s->plan->data;
    int n = 0;

    if (file_expand_home(s->plan->data.root, data.root, err) < 0 ||
        workload_data_classes(&data, &classes, &n, NULL, err) < 0)
        return -1;
    for (int i = 0; i < n; i++) {
        s->train_images += classes[i].train;
        s->test_images += classes[i].test;
    }
    free(classes);
    return 0;
}

/* Of the engine, and of the decoded images that a job keeps. */
static int64_t megabytes_of(const struct submitting *s, const struct plan_net *net)
{
    const struct workload_images images = {
        .side = net->spec.input, .train = s->train_images, .test = s->test_images};
    int64_t bytes = net->cost.train_bytes + workload_decoded_bytes(&images, 0);

    return (int64_t)((double)bytes / BYTES_PER_MB) + 1;
}

static double guess_seconds(const struct submitting *s, const struct plan_net *net)
{
    double macs = 3.0 * (double)net->cost.macs * s->train_images * net->recipe->epochs;

    return BASE_SECONDS + macs / (MACS_PER_SECOND * s->run->settings.threads);
}

static int open_database(struct submitting *s, struct err *err)
{
    s->elsewhere = calloc((size_t)s->plan->n_jobs + 1, SHA256_HEX_BYTES);
    if (!s->elsewhere)
        return err_set(err, ERR_MEMORY, "no memory for %d jobs", s->plan->n_jobs);
    if (!s->options->database || !file_exists(s->options->database))
        return 0;
    return store_open(&s->store, s->options->database, STORE_READ, err);
}

/* 1: the database has the job's result, whichever study asked for it. */
static int is_done_elsewhere(struct submitting *s, const char *id, struct err *err)
{
    struct job_glance glance;

    if (!s->store)
        return 0;
    if (query_job_glance(s->store, id, &glance, err) < 0)
        return -1;
    if (strcmp(glance.state, "done") != 0)
        return 0;
    str_copy(s->elsewhere[s->n_elsewhere++], SHA256_HEX_BYTES, id);
    return 1;
}

static int compare_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static bool is_queued(const struct submitting *s, const char *id)
{
    return s->n_queued > 0 &&
           bsearch(id, s->queued, (size_t)s->n_queued, sizeof(*s->queued), compare_text);
}

/* Whether a task of the queue claimed a job and is not there any more; its name is "KEY/INDEX ...".
 * Should it run on all the same, on a machine that is cut off, whoever is sent waits for its silence. */
static bool has_left_queue(const struct submitting *s, const struct chain_owner *owner)
{
    struct queue_task wanted = {0};
    const struct queue_task *found = NULL;
    const char *slash = strchr(owner->task, '/');

    if (!s->looked || !slash || slash - owner->task != RUN_ID_BYTES - 1)
        return false;
    memcpy(wanted.key, owner->task, RUN_ID_BYTES - 1);
    wanted.task = (int)strtol(slash + 1, NULL, 10);
    if (s->queue.n > 0)
        found = bsearch(&wanted, s->queue.tasks, (size_t)s->queue.n, sizeof(wanted), queue_compare);
    return !found || !queue_is_live(found->state);
}

/* 1: to be sent. */
static int is_missing(struct submitting *s, const char *id, struct err *err)
{
    const struct chain_index_entry *entry = chain_index_find(&s->index, id);
    enum entry_kind kind = entry ? entry->kind : ENTRY_NONE;
    struct chain_entry last;
    int elsewhere = kind == ENTRY_DONE ? 0 : is_done_elsewhere(s, id, err);

    if (elsewhere < 0)
        return -1;
    if (kind == ENTRY_DONE || elsewhere) {
        s->summary->done++;
        return 0;
    }
    if (kind == ENTRY_FAILED || kind == ENTRY_STOPPED) {
        if (s->options->retry_failed)
            return s->options->dry ? 1
                   : chain_add(
                         s->run, id, entry->number, ENTRY_RETRY, "submit --retry-failed", err) < 0
                       ? -1
                       : 1;
        s->summary->failed += kind == ENTRY_FAILED;
        s->summary->stopped += kind == ENTRY_STOPPED;
        return 0;
    }
    if (kind == ENTRY_CLAIMED) {
        if (chain_last(s->run, id, &last, err) < 0)
            return -1;
        if (last.kind == ENTRY_CLAIMED && !chain_is_dead(s->run, &last, NULL, s->now) &&
            !has_left_queue(s, &last.owner)) {
            s->summary->underway++;
            return 0;
        }
    }
    if (is_queued(s, id)) {
        s->summary->underway++;
        return 0;
    }
    return 1;
}

static int find_missing(struct submitting *s, struct err *err)
{
    s->jobs = calloc((size_t)s->plan->n_jobs + 1, sizeof(*s->jobs));
    if (!s->jobs)
        return err_set(err, ERR_MEMORY, "no memory for %d jobs", s->plan->n_jobs);
    for (int i = 0; i < s->plan->n_jobs; i++) {
        int missing = is_missing(s, s->plan->ids[i], err);

        if (missing < 0)
            return -1;
        if (missing)
            s->jobs[s->n_jobs++] = (struct submission_job){.id = s->plan->ids[i],
                .megabytes = megabytes_of(s, plan_net(s->plan, i)),
                .place = i};
    }
    s->summary->missing = s->n_jobs;
    return s->options->dry ? 0 : run_elsewhere_put(s->run, s->elsewhere, s->n_elsewhere, err);
}

/* How long they take, as `plan` says it; where that decides nothing, nothing is measured. */
static int find_seconds(struct submitting *s, struct err *err)
{
    struct estimate estimate = ESTIMATE_INIT;
    const struct estimate_options how = {.threads = s->run->settings.threads,
        .only_known = s->options->no_estimate,
        .measuring = s->options->measuring};
    bool wanted = s->n_jobs > 0 && (!s->cluster->time[0] || s->cluster->pack_seconds > 0);

    if (wanted && estimate_make(&estimate, s->plan, &how, err) < 0)
        return -1;
    for (int i = 0; i < s->n_jobs; i++) {
        int net = s->jobs[i].place % s->plan->n_nets;

        s->jobs[i].seconds = wanted ? estimate.seconds[net] : NAN;
        if (!isfinite(s->jobs[i].seconds))
            s->jobs[i].seconds = guess_seconds(s, plan_net(s->plan, s->jobs[i].place));
    }
    estimate_release(&estimate);
    return 0;
}

/* Tasks that nobody will ever start are taken out of the queue, so that their jobs are missing. */
static int cancel_stranded(struct submitting *s, struct queue *queue, struct err *err)
{
    char(*texts)[2 * QUEUE_JOB_BYTES] = calloc((size_t)queue->n + 1, sizeof(*texts));
    const char **names = calloc((size_t)queue->n + 1, sizeof(*names));
    int n = 0, result = 0;

    for (int i = 0; texts && names && i < queue->n; i++) {
        struct queue_task *task = &queue->tasks[i];

        if (!queue_is_stranded(task))
            continue;
        snprintf(texts[n], sizeof(*texts), "%s_%d", task->job, task->task);
        names[n] = texts[n];
        n++;
        str_copy(task->state, sizeof(task->state), "CANCELLED");
    }
    if (!texts || !names)
        result = err_set(err, ERR_MEMORY, "no memory for %d tasks of the queue", queue->n);
    else if (n > 0 && !s->options->dry)
        result = run_queue_cancel(s->run, s->cluster, names, n, err);
    if (result == 0 && n > 0)
        say(s, "%d task%s that the queue could not start and held %s cancelled", n,
            n == 1 ? "" : "s",
            s->options->dry ? "would be"
            : n == 1        ? "was"
                            : "were");
    free(names);
    free(texts);
    return result;
}

/* All tasks of a folder go to one cluster, so that one question finds them all. Another cluster may be
 * named once the former has no task of the folder left, or never accepted one. */
static int check_same_cluster(const struct submitting *s, struct err *err)
{
    struct cluster before;
    struct run_queue view = {0};
    struct err problem = {0};
    int live = 0;

    if (run_queue_load(s->run, NULL, &before, &problem) < 0 ||
        strcmp(before.clusters, s->cluster->clusters) == 0 || !submission_any_accepted(s->run))
        return 0;
    if (run_queue_look(s->run, NULL, 0, &view, err) < 0)
        return -1;
    for (int i = 0; i < view.queue.n; i++)
        live += queue_is_live(view.queue.tasks[i].state);
    if (view.asked && !view.answered)
        err_set(err, ERR_BUSY,
            "this folder's tasks were sent to the cluster '%s', which does not answer: %s",
            before.clusters, view.problem.message);
    else if (live > 0)
        err_set(err, ERR_INPUT,
            "%d task%s of this folder wait or run on the cluster '%s': cancel them (`scalestudy "
            "cancel %s`), or give another folder with --run for another cluster",
            live, live == 1 ? "" : "s", before.clusters, s->run->folder.path);
    run_queue_release(&view);
    return err->code == ERR_NONE ? 0 : -1;
}

/* What the queue has of this folder already; a controller that is silent stops us here. */
static int look_at_queue(struct submitting *s, struct err *err)
{
    struct queue *queue = &s->queue;
    int found = 0, lost = 0, result;

    if (check_same_cluster(s, err) < 0)
        return err_context(err, "nothing was sent");
    if (s->via->poll(s->cluster, s->run, queue, err) < 0)
        return err_context(
            err, "nothing was sent, since it is not known what the queue has already");
    s->looked = true;
    result = submission_settle(s->run, queue, &found, &lost, err);
    if (found + lost > 0)
        say(s, "an earlier submit was cut short: %d of its arrays %s in the queue, %d %s not",
            found, found == 1 ? "is" : "are", lost, lost == 1 ? "is" : "are");
    if (result == 0)
        result = cancel_stranded(s, queue, err);
    if (result == 0)
        result = submission_queued(s->run, queue, &s->queued, &s->n_queued, err);
    for (int i = 0; i < queue->n; i++)
        s->in_queue += queue_is_live(queue->tasks[i].state);
    if (queue->n > 0)
        qsort(queue->tasks, (size_t)queue->n, sizeof(*queue->tasks), queue_compare);
    return result;
}

/* Before `work` is started by hand, tasks may have been sent to a queue: if it answers, their jobs are
 * on their way. */
static int look_at_former_queue(struct submitting *s, struct err *err)
{
    struct run_queue view;

    if (run_queue_look(s->run, NULL, RUN_QUEUE_SECONDS, &view, err) < 0)
        return -1;
    if (view.asked && !view.answered)
        say(s, "the queue does not say which tasks of this folder it has: %s",
            view.problem.message);
    s->looked = view.asked && view.answered;
    s->queue = view.queue;
    if (s->queue.n > 0)
        qsort(s->queue.tasks, (size_t)s->queue.n, sizeof(*s->queue.tasks), queue_compare);
    return submission_queued(s->run, &s->queue, &s->queued, &s->n_queued, err);
}

/* ---- sending it ---- */

static int find_limits(struct submitting *s, struct launch_limits *limits, struct err *err)
{
    *limits = (struct launch_limits){
        .max_array = s->cluster->max_array, .max_jobs = s->cluster->max_jobs};
    if (limits->max_array == 0 || limits->max_jobs == 0) {
        struct launch_limits said = {.max_array = 1000, .max_jobs = 5000};

        if (s->via->limits && s->via->limits(s->cluster, &said, err) < 0)
            return err_context(err, "the limits of the queue are not known (max_array and max_jobs "
                                    "of the cluster's file would say them)");
        if (limits->max_array == 0)
            limits->max_array = said.max_array;
        if (limits->max_jobs == 0)
            limits->max_jobs = said.max_jobs;
    }
    limits->max_jobs -= s->in_queue;
    if (limits->max_jobs < 1)
        return err_set(err, ERR_BUSY,
            "the queue holds as many tasks of this study as it can (%d); `submit` again later",
            s->in_queue);
    return 0;
}

/* Send one array. A remark of the queue is shown, once for consecutive arrays. */
static int send_array(struct submitting *s, const struct submission_plan *plan,
    const struct submission_array *array, const struct run_program *program, struct str *remarked,
    struct err *err)
{
    char key[RUN_ID_BYTES] = "", job[QUEUE_JOB_BYTES] = "";
    struct str remarks = STR_INIT;
    int result = 0;

    if (!s->options->dry)
        result = submission_send(s->run, s->cluster, plan, array, program, key, job, &remarks, err);
    if (result == 0) {
        if (remarks.length > 0 && strcmp(remarks.text, remarked->text) != 0)
            say(s, "%s: %s", s->via->name, remarks.text);
        str_clear(remarked);
        str_add(remarked, remarks.text);
        s->summary->tasks += array->n_tasks;
        s->summary->arrays++;
        if (s->options->sent)
            s->options->sent(s->options->context, array, key, job);
    }
    str_release(&remarks);
    return result;
}

/* Whoever cannot keep it can still send. */
static void remember_access(struct submitting *s)
{
    struct err problem = {0};

    if (s->via->needs_url && run_access_remember(s->run, s->cluster, &problem) < 0)
        say(s, "`status` and `cancel` of this folder will need --url and --token-file: %s",
            problem.message);
}

static int send_arrays(struct submitting *s, const struct submission_plan *plan, struct err *err)
{
    struct run_program program = {.hash = "HASH"};
    struct str remarked = STR_INIT;
    int result = 0;

    if (s->options->dry) {
        run_folder_path(s->run, program.path, "program/HASH.UID/scalestudy");
        if (plan->n_arrays > 0 && submission_script(s->run, s->cluster, &plan->arrays[0], &program,
                                      "KEY", &s->summary->first_script, err) < 0)
            return -1;
    } else if (run_program_put(s->run, &program, err) < 0 ||
               run_queue_save(s->run, s->cluster, err) < 0) {
        return -1;
    }
    for (int i = 0; result == 0 && i < plan->n_arrays; i++)
        result = send_array(s, plan, &plan->arrays[i], &program, &remarked, err);
    str_release(&remarked);
    return result;
}

static int send_missing(struct submitting *s, struct err *err)
{
    struct launch_limits limits;
    struct submission_plan plan;
    int result;

    if (!s->options->dry)
        remember_access(s);
    if (s->n_jobs == 0)
        return 0;
    if (find_limits(s, &limits, err) < 0 ||
        submission_plan(&plan, s->jobs, s->n_jobs, s->cluster, &limits, err) < 0)
        return -1;
    s->summary->left_out = plan.left_out;
    s->summary->missing -= plan.left_out;
    result = send_arrays(s, &plan, err);
    submission_plan_release(&plan);
    run_queue_forget(s->run);
    return result;
}

static int look_at_folder(struct submitting *s, struct err *err)
{
    s->now = run_folder_now(s->run);
    if (chain_index(s->run, &s->index, err) < 0)
        return -1;
    return s->via->submit ? look_at_queue(s, err) : look_at_former_queue(s, err);
}

int submit_missing(const struct run_folder *run, const struct plan *plan,
    const struct cluster *cluster, const struct submit_options *options,
    struct submit_summary *summary, struct err *err)
{
    struct submitting s = {.run = run,
        .plan = plan,
        .cluster = cluster,
        .via = launcher_find(cluster->launcher, err),
        .options = options,
        .summary = summary};
    int result = s.via ? 0 : -1;

    *summary = (struct submit_summary){.first_script = STR_INIT};
    if (result == 0 && s.via->submit)
        result = count_images(&s, err);
    if (result == 0)
        result = open_database(&s, err);
    if (result == 0 && run->folder.fd >= 0)
        result = look_at_folder(&s, err);
    if (result == 0)
        result = find_missing(&s, err);
    if (result == 0 && s.via->submit)
        result = find_seconds(&s, err);
    if (result == 0 && s.via->submit)
        result = send_missing(&s, err);
    chain_index_release(&s.index);
    store_close(s.store);
    queue_release(&s.queue);
    free(s.elsewhere);
    free(s.queued);
    free(s.jobs);
    return result;
}
