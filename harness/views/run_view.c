/* A snapshot of a run folder as a temporary database, and the state of its tasks in the queue. */
#include "run_view.h"

#include <stdlib.h>
#include <string.h>

#include "harness/shared_queue/collect.h"
#include "results/query/query.h"
#include "harness/shared_queue/run_elsewhere.h"
#include "harness/run/study_paths.h"
#include "harness/cluster/run_queue.h"

#define MOST_REASONS 16

int run_view_open(
    struct run_view *view, const char *path, enum run_folder_use use, bool brief, struct err *err)
{
    *view = (struct run_view){0};
    if (run_folder_open(&view->run, path, use, err) < 0 ||
        run_folder_scratch(NULL, view->scratch, err) < 0)
        return -1;
    view->is_open = true;
    if (snprintf(view->database, sizeof(view->database), "%s/run.db", view->scratch) >= PATH_BYTES)
        return err_set(err, ERR_INPUT, "the path of the scratch folder is too long");
    return collect_view(&view->run, view->database, brief, err);
}

void run_view_close(struct run_view *view)
{
    if (view->is_open)
        run_folder_remove(view->scratch);
    run_folder_close(&view->run);
    view->is_open = false;
}

int run_view_say(const struct run_view *view, const char *job_id, enum entry_kind kind,
    const char *reason, struct err *err)
{
    struct chain_entry last;
    bool over;
    int got = 0;

    if (!view->is_open)
        return 0;
    /* Somebody may say something else at the same moment: then look again. */
    for (int i = 0; got == 0 && i < 100; i++) {
        if (chain_last(&view->run, job_id, &last, err) < 0)
            return -1;
        over = last.kind == ENTRY_FAILED || last.kind == ENTRY_STOPPED;
        if (last.kind == ENTRY_DONE || over != (kind == ENTRY_RETRY))
            return 0;
        got = chain_add(&view->run, job_id, last.number, kind, reason, err);
    }
    return got < 0 ? -1 : 0;
}

int run_view_log(const struct run_view *view, const char *job_id, FILE **log, struct err *err)
{
    char folder[RUN_NAME_BYTES], file[STUDY_PATHS_NAME_BYTES], name[sizeof(folder) + sizeof(file)];
    struct chain_entry last;
    struct stat info;

    *log = NULL;
    if (chain_last(&view->run, job_id, &last, err) < 0 ||
        study_paths_name(STUDY_FILE_LOG, job_id, file, err) < 0)
        return -1;
    for (int i = last.number; i > 0; i--) {
        int there;

        attempt_folder(job_id, i, folder);
        snprintf(name, sizeof(name), "%s/%s", folder, file);
        there = dir_look(&view->run.folder, name, &info, err);
        if (there == 0)
            continue;
        *log = there < 0 ? NULL : dir_stream(&view->run.folder, name, err);
        return *log ? 0 : -1;
    }
    return 0;
}

/* ---- the queue, in words ---- */

struct reason {
    const char *state, *code;
    int n;
};

static int count_reason(struct reason *reasons, int n, const struct queue_task *task)
{
    bool pending = strcmp(task->state, "PENDING") == 0;

    for (int i = 0; i < n; i++)
        if (strcmp(reasons[i].state, task->state) == 0 &&
            (!pending || strcmp(reasons[i].code, task->reason) == 0)) {
            reasons[i].n++;
            return n;
        }
    if (n == MOST_REASONS)
        return n;
    reasons[n] = (struct reason){.state = task->state, .code = task->reason, .n = 1};
    return n + 1;
}

static void add_reason(struct str *to, const struct reason *reason)
{
    const char *tasks = reason->n == 1 ? "task" : "tasks", *ending = queue_ending(reason->state);

    if (ending)
        str_addf(to, "%d %s of the queue %s (%s)\n", reason->n, tasks, ending, reason->state);
    else if (strcmp(reason->state, "PENDING") == 0)
        str_addf(to, "%d %s of the queue waiting: %s (%s)\n", reason->n, tasks,
            queue_reason(reason->code), reason->code);
    else
        str_addf(to, "%d %s of the queue %s\n", reason->n, tasks, reason->state);
}

/* How the jobs of a folder stand. */
struct standing {
    bool over;             /* none waits or runs, but those that are done elsewhere */
    int failed, elsewhere; /* elsewhere: done there, so that nobody runs them here */
};

static int look_at_jobs(const struct run_view *view, struct standing *standing, struct err *err)
{
    struct run_elsewhere elsewhere = {0};
    struct job_state *states = NULL;
    struct store *store = NULL;
    int n = 0, open = 0;
    int result = store_open(&store, view->database, STORE_READ, err) == 0 &&
                         query_states(store, view->run.study, &states, &n, err) == 0 &&
                         run_elsewhere_load(&view->run, &elsewhere, err) == 0
                     ? 0
                     : -1;

    *standing = (struct standing){0};
    for (int i = 0; result == 0 && i < n; i++) {
        bool waits = strcmp(states[i].state, "waiting") == 0;

        standing->failed += strcmp(states[i].state, "failed") == 0;
        if (waits && run_elsewhere_has(&elsewhere, states[i].id))
            standing->elsewhere++;
        else
            open += waits || strcmp(states[i].state, "running") == 0;
    }
    standing->over = result == 0 && open == 0;
    run_elsewhere_release(&elsewhere);
    free(states);
    store_close(store);
    return result;
}

/* What has ended matters while jobs are missing for it; of those that failed, that a task had too
 * little memory. */
static bool is_to_be_told(const struct queue_task *task, bool over, int failed)
{
    if (queue_is_live(task->state))
        return true;
    if (over)
        return failed > 0 && strcmp(task->state, "OUT_OF_MEMORY") == 0;
    return queue_ending(task->state) != NULL;
}

int run_view_queue(const struct run_view *view, struct str *sentences, struct err *err)
{
    struct reason reasons[MOST_REASONS];
    struct run_queue queue;
    struct standing standing;
    int n = 0;

    if (!view->is_open)
        return 0;
    if (look_at_jobs(view, &standing, err) < 0 ||
        run_queue_look(&view->run, &view->access, RUN_QUEUE_SECONDS, &queue, err) < 0)
        return -1;
    if (standing.elsewhere > 0)
        str_addf(sentences,
            "%d of the waiting jobs %s done in the database that `submit` checked, and will not "
            "run here\n",
            standing.elsewhere, standing.elsewhere == 1 ? "is" : "are");
    if (queue.asked && !queue.answered)
        str_addf(sentences, "the queue's state is unknown%s: %s\n",
            queue.withheld ? "" : ", since its controller does not answer", queue.problem.message);
    if (queue.names_token)
        str_add(sentences, "the run folder's cluster.json names a token_file, which is ignored: "
                           "tokens come from your own files, by --token-file\n");
    for (int i = 0; i < queue.queue.n; i++)
        if (is_to_be_told(&queue.queue.tasks[i], standing.over, standing.failed))
            n = count_reason(reasons, n, &queue.queue.tasks[i]);
    for (int i = 0; i < n; i++)
        add_reason(sentences, &reasons[i]);
    if (n > 0 && queue.age >= 1)
        str_addf(sentences, "(as the queue was %.0f s ago)\n", queue.age);
    run_queue_release(&queue);
    return str_check(sentences, err);
}

/* ---- nothing left to do ---- */

/* The arrays that have tasks which wait or run, each once; free(). */
static int live_arrays(
    const struct queue *queue, const char ***arrays, int *n_arrays, struct err *err)
{
    *n_arrays = 0;
    *arrays = calloc((size_t)queue->n + 1, sizeof(**arrays));
    if (!*arrays)
        return err_set(err, ERR_MEMORY, "no memory for %d tasks of the queue", queue->n);
    for (int i = 0; i < queue->n; i++) {
        bool known = !queue_is_live(queue->tasks[i].state);

        for (int k = *n_arrays - 1; k >= 0 && !known; k--)
            known = strcmp((*arrays)[k], queue->tasks[i].job) == 0;
        if (!known)
            (*arrays)[(*n_arrays)++] = queue->tasks[i].job;
    }
    return 0;
}

int run_view_empty_queue(const struct run_view *view, int *arrays, struct err *err)
{
    struct run_queue queue;
    struct cluster cluster;
    struct standing standing;
    const char **names = NULL;
    int result;

    *arrays = 0;
    if (!view->is_open)
        return 0;
    if (look_at_jobs(view, &standing, err) < 0)
        return -1;
    if (!standing.over)
        return 0;
    if (run_queue_look(&view->run, &view->access, 0, &queue, err) < 0)
        return -1;
    result =
        queue.asked && !queue.answered
            ? err_set(err, ERR_BUSY, "the jobs are stopped, but their tasks stay in the queue: %s",
                  queue.problem.message)
            : 0;
    if (result == 0 && queue.queue.n > 0)
        result = live_arrays(&queue.queue, &names, arrays, err);
    if (result == 0 && *arrays > 0)
        result = run_queue_load(&view->run, &view->access, &cluster, err);
    if (result == 0 && *arrays > 0)
        result = run_queue_cancel(&view->run, &cluster, names, *arrays, err);
    free(names);
    run_queue_release(&queue);
    return result;
}
