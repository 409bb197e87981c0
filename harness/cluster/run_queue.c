/* Asking the queue about a run folder, and the answer that is cached in the folder. */
#include "run_queue.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/url.h"
#include "launch.h"

#define ANSWER  "queue.tsv"
#define CLUSTER "cluster.json"

#define URL_SHOWN_BYTES 512
#define ANSWER_BYTES    ((size_t)64 << 20)
#define MOST_TASKS      500000 /* of an answer: some 150 MB */

int run_queue_save(const struct run_folder *run, const struct cluster *cluster, struct err *err)
{
    struct str text = STR_INIT;
    struct cluster kept;
    int result;

    /* What later commands need, and what a reader may know: neither where a token is, nor what the
     * user's own cluster file says besides. */
    cluster_init(&kept);
    str_copy(kept.launcher, sizeof(kept.launcher), cluster->launcher);
    str_copy(kept.clusters, sizeof(kept.clusters), cluster->clusters);
    url_mask(cluster->url, kept.url, sizeof(kept.url));
    kept.answer_seconds = cluster->answer_seconds;
    config_dump(&cluster_table, &kept, &text);
    result = str_check(&text, err);
    if (result == 0)
        result = dir_write(&run->folder, CLUSTER, text.text, text.length, 0, err);
    str_release(&text);
    return result;
}

/* 1: something was sent to a queue from this folder. */
static int was_sent(const struct run_folder *run, struct err *err)
{
    struct stat info;

    return dir_look(&run->folder, CLUSTER, &info, err);
}

/* As the folder has it, from whomever. */
static int load_kept(const struct run_folder *run, struct cluster *cluster, struct err *err)
{
    char path[RUN_FILE_PATH];
    int fd, there = was_sent(run, err);

    if (there <= 0)
        return err_set(err, ERR_INPUT, "nothing was sent to a queue from %s", run->folder.path);
    fd = dir_file(&run->folder, CLUSTER, err);
    if (fd < 0)
        return -1;
    close(fd);
    run_folder_path(run, path, CLUSTER);
    return cluster_load(cluster, path, err);
}

int run_queue_load(const struct run_folder *run, const struct run_access *given,
    struct cluster *cluster, struct err *err)
{
    if (load_kept(run, cluster, err) < 0)
        return -1;
    return run_access_take(run, given, cluster, err);
}

/* ---- the answer, as it is kept ---- */

static int keep(const struct run_folder *run, const struct queue *queue, struct err *err)
{
    struct str text = STR_INIT;
    int result;

    for (int i = 0; i < queue->n; i++) {
        const struct queue_task *task = &queue->tasks[i];

        str_addf(&text, "%s\t%d\t%s\t%s\t%s\t%s\n", task->job, task->task, task->key, task->state,
            task->node, task->reason);
    }
    result = str_check(&text, err);
    if (result == 0)
        result = dir_write(&run->folder, ANSWER, text.text, text.length, 0, err);
    str_release(&text);
    return result;
}

static int take_line(char *line, struct queue *queue, struct err *err)
{
    struct queue_task task = {0};
    char *words[6], *rest = line;
    long long index;
    int n = 0;

    for (char *word; n < 6 && (word = strsep(&rest, "\t")); n++)
        words[n] = word;
    if (n < 6 || !str_to_int64(words[1], &index))
        return 0;
    task.task = (int)index;
    str_copy(task.job, sizeof(task.job), words[0]);
    str_copy(task.key, sizeof(task.key), words[2]);
    str_copy(task.state, sizeof(task.state), words[3]);
    str_copy(task.node, sizeof(task.node), words[4]);
    str_copy(task.reason, sizeof(task.reason), words[5]);
    return queue_add(queue, &task, err);
}

static int recall(const struct run_folder *run, struct queue *queue, struct err *err)
{
    struct str text = STR_INIT;
    char *rest;
    int result = dir_read(&run->folder, ANSWER, ANSWER_BYTES, &text, err);

    rest = text.text;
    if (result == 0 && text.length > 0)
        for (char *line; result == 0 && (line = strsep(&rest, "\n"));) {
            if (queue->n == MOST_TASKS)
                result = err_set(err, ERR_INPUT,
                    "%s/%s has more than %d tasks; remove it, and the queue is asked again",
                    run->folder.path, ANSWER, MOST_TASKS);
            else if (*line)
                result = take_line(line, queue, err);
        }
    str_release(&text);
    return result;
}

/* Seconds since the kept answer came; below 0 if there is none. */
static double age_of_answer(const struct run_folder *run)
{
    struct err ignored = {0};
    struct stat info;

    if (dir_look(&run->folder, ANSWER, &info, &ignored) != 1)
        return -1;
    return run_folder_now(run) -
           ((double)info.st_mtim.tv_sec + 1e-9 * (double)info.st_mtim.tv_nsec);
}

void run_queue_forget(const struct run_folder *run)
{
    if (run->may_write)
        dir_unlink(&run->folder, ANSWER);
}

/* A slurmrestd that only the folder names is not asked: the address may be anything that this user can
 * reach and the author of the folder cannot. */
static int ask(const struct run_folder *run, const struct cluster *cluster, const char *named,
    const struct launcher *via, struct run_queue *view)
{
    char shown[URL_SHOWN_BYTES];

    if (!via->needs_url || cluster->url[0])
        return via->poll(cluster, run, &view->queue, &view->problem);
    url_mask(named, shown, sizeof(shown));
    view->withheld = true;
    return err_set(&view->problem, ERR_INPUT,
        "only the run folder names the slurmrestd at %s, which is not asked for that; if you know "
        "it, give --url, and --token-file or $SLURM_JWT",
        shown[0] ? shown : "(no address)");
}

int run_queue_look(const struct run_folder *run, const struct run_access *given,
    double most_seconds, struct run_queue *view, struct err *err)
{
    char named[sizeof(((struct cluster *)0)->url)];
    struct cluster cluster;
    const struct launcher *via;
    double age = age_of_answer(run);
    int sent = was_sent(run, err);

    *view = (struct run_queue){0};
    if (sent <= 0)
        return sent;
    if (load_kept(run, &cluster, err) < 0)
        return -1;
    str_copy(named, sizeof(named), cluster.url);
    view->names_token = cluster.token_file[0] != '\0';
    if (run_access_take(run, given, &cluster, err) < 0)
        return -1;
    via = launcher_find(cluster.launcher, err);
    if (!via)
        return -1;
    if (!via->poll)
        return 0;
    view->asked = true;
    if (age >= 0 && age < most_seconds) {
        view->answered = true;
        view->age = age;
        return recall(run, &view->queue, err);
    }
    view->answered = ask(run, &cluster, named, via, view) == 0;
    if (!view->answered) {
        queue_release(&view->queue);
        return 0;
    }
    /* Kept if that is possible; a full disk is no reason not to look. */
    if (run->may_write)
        (void)!keep(run, &view->queue, &(struct err){0});
    return 0;
}

void run_queue_release(struct run_queue *view)
{
    queue_release(&view->queue);
}

/* ---- taking tasks out ---- */

#define GONE_SECONDS  15.0 /* that the queue may take, at most, to show as cancelled what was */
#define FIRST_PAUSE   0.1
#define LONGEST_PAUSE 2.0

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* How many of the tasks wait or run still; *example is one of them. */
static int count_left(const struct queue *queue, const char **names, int n, char *example)
{
    int left = 0;

    for (int i = 0; i < queue->n; i++) {
        const struct queue_task *task = &queue->tasks[i];
        char name[2 * QUEUE_JOB_BYTES];
        const char *whole = task->job, *one = name;

        if (!queue_is_live(task->state) || queue_is_ending(task->state))
            continue;
        snprintf(name, sizeof(name), "%s_%d", task->job, task->task);
        if (!bsearch(&whole, names, (size_t)n, sizeof(*names), compare_names) &&
            !bsearch(&one, names, (size_t)n, sizeof(*names), compare_names))
            continue;
        left++;
        str_copy(example, 2 * QUEUE_JOB_BYTES, name);
    }
    return left;
}

/* Look until none of them waits or runs, or too long. */
static int see_them_go(const struct run_folder *run, const struct cluster *cluster,
    const struct launcher *via, const char **names, int n, const struct err *said, struct err *err)
{
    double patience = fmin(GONE_SECONDS, cluster->answer_seconds), pause = FIRST_PAUSE;
    double until = clock_seconds() + patience;
    char example[2 * QUEUE_JOB_BYTES];

    for (;;) {
        struct queue queue = {0};
        int left, result = via->poll(cluster, run, &queue, err);

        left = result == 0 ? count_left(&queue, names, n, example) : 0;
        queue_release(&queue);
        if (result < 0)
            return err_context(err, "whether tasks left the queue is not known");
        if (left == 0)
            return 0;
        if (clock_seconds() >= until)
            return err_set(err, ERR_BUSY,
                "%d task%s still in the queue after cancelling, such as %s%s%s", left,
                left == 1 ? " is" : "s are", example, said->code != ERR_NONE ? ": " : "",
                said->message);
        nanosleep(&(const struct timespec){.tv_sec = (time_t)pause,
                      .tv_nsec = (long)((pause - (double)(time_t)pause) * 1e9)},
            NULL);
        pause = 2 * pause < LONGEST_PAUSE ? 2 * pause : LONGEST_PAUSE;
    }
}

int run_queue_cancel(const struct run_folder *run, const struct cluster *cluster,
    const char *const *names, int n, struct err *err)
{
    const struct launcher *via = launcher_find(cluster->launcher, err);
    const char **sorted = calloc((size_t)n + 1, sizeof(*sorted));
    struct err said = {0};
    int result;

    if (!via || !sorted) {
        free(sorted);
        return err_set(err, ERR_MEMORY, "no memory to cancel %d tasks", n);
    }
    memcpy(sorted, names, (size_t)n * sizeof(*sorted));
    qsort(sorted, (size_t)n, sizeof(*sorted), compare_names);
    /* It fails also where a task has just ended: what counts is whether any is left. */
    (void)!via->cancel(cluster, names, n, &said);
    result = see_them_go(run, cluster, via, sorted, n, &said, err);
    run_queue_forget(run);
    free(sorted);
    return result;
}
