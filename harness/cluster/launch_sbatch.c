/* Slurm by its own programs: sbatch, squeue, scancel and scontrol. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launch.h"
#include "queue_match.h"
#include "harness/system/secret_file.h"
#include "slurm_call.h"
#include "submission.h"

/* A number of `scontrol show config`, whose lines are "Name   = value". */
static int config_number(const char *text, const char *name)
{
    const char *line = strstr(text, name);
    long long value = 0;
    char word[32];
    size_t length;

    if (!line)
        return 0;
    line = strchr(line, '=');
    if (!line)
        return 0;
    line += 1 + strspn(line + 1, " ");
    length = strcspn(line, " \n");
    if (length >= sizeof(word))
        return 0;
    memcpy(word, line, length);
    word[length] = '\0';
    return str_to_int64(word, &value) && value > 0 && value < 2000000000 ? (int)value : 0;
}

static int limits(const struct cluster *cluster, struct launch_limits *to, struct err *err)
{
    static const char *const arguments[] = {"scontrol", "show", "config", NULL};
    struct str output = STR_INIT;
    int result = slurm_call(cluster, arguments, &output, NULL, err);

    if (result == 0) {
        to->max_array = config_number(output.text, "\nMaxArraySize");
        to->max_jobs = config_number(output.text, "\nMaxJobCount");
        if (to->max_array == 0 || to->max_jobs == 0)
            result = err_set(
                err, ERR_CHILD, "scontrol show config does not say MaxArraySize and MaxJobCount");
    }
    str_release(&output);
    return result;
}

/* A plugin or a default of the site sent the array to another cluster, where status would not find it
 * and submit would send its jobs again: cancel it. */
static int take_back(
    const struct cluster *cluster, const char *job, const char *name, struct err *err)
{
    const char *const words[] = {"scancel", job, NULL};
    struct cluster other = *cluster;
    struct str output = STR_INIT;
    struct err problem = {0};

    str_copy(other.clusters, sizeof(other.clusters), name);
    (void)!slurm_call(&other, words, &output, NULL, &problem);
    str_release(&output);
    return err_set(err, ERR_INPUT,
        "sbatch sent the array %s to the cluster '%.60s', not to this folder's; it %s%s; "
        "--clusters %.60s sends it there",
        job, name,
        problem.code == ERR_NONE ? "was cancelled" : "could not be cancelled: ", problem.message,
        name);
}

/* What --parsable prints: the number, and of a cluster that was named ";" and its name. */
static int take_number(const struct cluster *cluster, char *output, const char *remarks,
    char job[QUEUE_JOB_BYTES], struct err *err)
{
    size_t length = strspn(output, "0123456789");
    const char *name = output[length] == ';' ? output + length + 1 : cluster->clusters;

    output[strcspn(output, "\r\n")] = '\0';
    if (length == 0 || length >= QUEUE_JOB_BYTES)
        return err_set(err, ERR_CHILD, "sbatch gave no number of a job: %.300s%s%s", output,
            output[0] ? "; " : "", remarks);
    snprintf(job, QUEUE_JOB_BYTES, "%.*s", (int)length, output);
    return strcmp(name, cluster->clusters) == 0 ? 0 : take_back(cluster, job, name, err);
}

/* sbatch hands its environment on whole, which is what tasks are to have (slurm_call.h). With
 * anything else than --export=ALL, Slurm up to 23 starts a login shell for each task and waits two
 * minutes for it (NIL is newer: there it was the name of a variable). */
static int call_sbatch(const struct cluster *cluster, const struct launch_array *array,
    const char *script, char job[QUEUE_JOB_BYTES], struct err *err)
{
    const char *const words[] = {"sbatch", "--parsable", script, NULL};
    struct str output = STR_INIT, remarks = STR_INIT;
    int result = slurm_call(cluster, words, &output, &remarks, err);

    if (result == 0)
        result = take_number(cluster, output.text, remarks.text, job, err);
    if (result == 0 && array->remarks)
        str_add(array->remarks, remarks.text);
    str_release(&output);
    str_release(&remarks);
    return result;
}

/* Others may write to the run folder, and to the script in it before sbatch reads it: sbatch reads one in
 * a folder that is ours alone. Its name has the key, which the queue may show. */
static int submit(const struct cluster *cluster, const struct launch_array *array,
    char job[QUEUE_JOB_BYTES], struct err *err)
{
    char folder[PATH_BYTES], name[RUN_ID_BYTES + 8], script[PATH_BYTES];
    struct str text = STR_INIT;
    int result;

    if (file_make_temporary_folder(folder, err) < 0)
        return -1;
    str_add(&text, array->script);
    snprintf(name, sizeof(name), "%s.sh", array->key);
    result = file_join(script, folder, name, err);
    if (result == 0)
        result = secret_file_write(script, &text, err);
    if (result == 0) {
        result = call_sbatch(cluster, array, script, job, err);
        unlink(script);
    }
    rmdir(folder);
    str_release(&text);
    return result;
}

/* job|task|state|node|comment|name|command|folder|reason: people may write what they like into what
 * stands between the node and the reason, separators too. */
#define LINE_FORMAT "--format=%F|%K|%T|%N|%k|%j|%o|%Z|%r"
#define LINE_WORDS  4 /* before that */

/* Whether a word that stands between separators is among the texts. */
static bool has_word(const char *texts, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = texts; (at = strstr(at, word)); at++)
        if ((at == texts || at[-1] == '|') && (at[length] == '|' || !at[length]))
            return true;
    return false;
}

static int take_line(char *line, struct queue_match *match, struct queue *queue, struct err *err)
{
    char name[SUBMISSION_NAME_BYTES], *words[LINE_WORDS], *rest = line, *reason;
    struct queue_task task = {0};
    struct queue_sight sight;
    long long index;
    int n = 0;

    while (n < LINE_WORDS && rest)
        words[n++] = strsep(&rest, "|");
    reason = rest ? strrchr(rest, '|') : NULL;
    if (!reason || !str_to_int64(words[1], &index))
        return 0; /* no task of an array */
    *reason = '\0';
    submission_name(match->run, name);
    sight = (struct queue_sight){.job = words[0],
        .name = has_word(rest, name) ? name : "",
        .text = rest,
        .folder = has_word(rest, match->run->folder.path) ? match->run->folder.path : ""};
    if (!queue_match(match, &sight, task.key))
        return 0;
    task.task = (int)index;
    str_copy(task.job, sizeof(task.job), words[0]);
    str_copy(task.state, sizeof(task.state), words[2]);
    str_copy(task.node, sizeof(task.node), words[3]);
    str_copy(task.reason, sizeof(task.reason), reason + 1);
    return queue_add(queue, &task, err);
}

/* The whole queue, of everybody: squeue gets all of it from the controller anyhow, and what it can
 * be told to select by may have been rewritten. */
static int poll_queue(const struct cluster *cluster, const struct run_folder *run,
    struct queue *queue, struct err *err)
{
    static const char *const words[] = {
        "squeue", "--noheader", "--array", "--all", "--states=all", LINE_FORMAT, NULL};
    struct str output = STR_INIT, remarks = STR_INIT;
    struct queue_match match = {0};
    char *rest = NULL;
    int result = slurm_call(cluster, words, &output, &remarks, err);

    /* It ends with 0, too, when it could not ask. */
    if (result == 0 && remarks.length > 0 && !strchr(output.text, '|'))
        result = err_set(err, ERR_CHILD, "squeue: %s", remarks.text);
    if (result == 0)
        result = queue_match_open(&match, run, err);
    if (result == 0 && output.length > 0)
        rest = output.text;
    for (char *line; result == 0 && (line = strsep(&rest, "\n"));)
        result = take_line(line, &match, queue, err);
    queue_match_close(&match);
    str_release(&output);
    str_release(&remarks);
    return result;
}

static int cancel(const struct cluster *cluster, const char *const *tasks, int n, struct err *err)
{
    const char **arguments = calloc((size_t)n + 2, sizeof(*arguments));
    struct str output = STR_INIT;
    int result;

    if (!arguments)
        return err_set(err, ERR_MEMORY, "no memory to cancel %d tasks", n);
    arguments[0] = "scancel";
    for (int i = 0; i < n; i++)
        arguments[i + 1] = tasks[i];
    result = slurm_call(cluster, arguments, &output, NULL, err);
    str_release(&output);
    free(arguments);
    return result;
}

const struct launcher launcher_sbatch = {
    .name = "sbatch",
    .summary = "Slurm, by sbatch and squeue",
    .limits = limits,
    .submit = submit,
    .poll = poll_queue,
    .cancel = cancel,
};
