/* Slurm by its own programs: sbatch, squeue, scancel and scontrol. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launch.h"
#include "slurm_environment.h"
#include "subprocess.h"

#define CALL_SECONDS 120.0

/* Run one of Slurm's programs; its first line of complaint is the error. */
static int call(const char *const *arguments, struct str *output, struct err *err)
{
    struct str errors = STR_INIT;
    int status, result = subprocess_run(arguments, CALL_SECONDS, output, &errors, &status, err);

    if (result == 0 && status != 0) {
        const char *line = errors.text;

        result = err_set(err, ERR_CHILD, "%s: %.*s", arguments[0], (int)strcspn(line, "\n"),
            errors.length > 0 ? line : "ended without a word");
    }
    str_release(&errors);
    return result;
}

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
    int result = call(arguments, &output, err);

    (void)cluster;
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

/* sbatch in an environment of what tasks are to have, which it hands on whole. With anything else
 * than --export=ALL, Slurm up to 23 starts a login shell for each task and waits two minutes for it
 * (NIL is newer: there it was the name of a variable). */
static int call_sbatch(const char *script_path, struct str *output, struct err *err)
{
    const char *arguments[SLURM_ENVIRONMENT_MOST + 6] = {"env", "-i"};
    struct str settings[SLURM_ENVIRONMENT_MOST];
    int n = 2, n_settings = 0, result = 0;

    for (const char *const *name = slurm_environment_names(); *name; name++) {
        const char *value = slurm_environment(*name);

        if (!value)
            continue;
        settings[n_settings] = (struct str)STR_INIT;
        str_addf(&settings[n_settings], "%s=%s", *name, value);
        if (result == 0)
            result = str_check(&settings[n_settings], err);
        arguments[n++] = settings[n_settings++].text;
    }
    arguments[n++] = "sbatch";
    arguments[n++] = "--parsable";
    arguments[n++] = script_path;
    if (result == 0)
        result = call(arguments, output, err);
    for (int i = 0; i < n_settings; i++)
        str_release(&settings[i]);
    return result;
}

static int submit(const struct cluster *cluster, const struct launch_array *array,
    char job[QUEUE_JOB_BYTES], struct err *err)
{
    struct str output = STR_INIT;
    int result = call_sbatch(array->script_path, &output, err);
    size_t length;

    (void)cluster;
    if (result == 0) {
        length = strspn(output.text, "0123456789");
        if (length == 0 || length >= QUEUE_JOB_BYTES)
            result = err_set(err, ERR_CHILD, "sbatch gave no number of a job: %.100s", output.text);
        else
            snprintf(job, QUEUE_JOB_BYTES, "%.*s", (int)length, output.text);
    }
    str_release(&output);
    return result;
}

/* job|task|state|node|key|reason */
static int take_line(char *line, struct queue *queue, struct err *err)
{
    struct queue_task task = {0};
    char *words[6], *rest = line;
    long long index;
    int n = 0;

    for (char *word; n < 6 && (word = strsep(&rest, "|")); n++)
        words[n] = word;
    if (n < 6 || !str_to_int64(words[1], &index))
        return 0; /* not one of our arrays */
    task.task = (int)index;
    str_copy(task.job, sizeof(task.job), words[0]);
    str_copy(task.state, sizeof(task.state), words[2]);
    str_copy(task.node, sizeof(task.node), words[3]);
    str_copy(task.key, sizeof(task.key), words[4]);
    str_copy(task.reason, sizeof(task.reason), words[5]);
    return queue_add(queue, &task, err);
}

static int poll_queue(
    const struct cluster *cluster, const char *name, struct queue *queue, struct err *err)
{
    const char *const arguments[] = {"squeue", "--noheader", "--array", "--all", "--states=all",
        "--name", name, "--format=%F|%K|%T|%N|%k|%r", NULL};
    struct str output = STR_INIT;
    int result = call(arguments, &output, err);
    char *rest = output.text;

    (void)cluster;
    if (result == 0 && output.length > 0)
        for (char *line; result == 0 && (line = strsep(&rest, "\n"));)
            if (*line)
                result = take_line(line, queue, err);
    str_release(&output);
    return result;
}

static int cancel(const struct cluster *cluster, const char *const *tasks, int n, struct err *err)
{
    const char **arguments = calloc((size_t)n + 2, sizeof(*arguments));
    struct str output = STR_INIT;
    int result;

    (void)cluster;
    if (!arguments)
        return err_set(err, ERR_MEMORY, "no memory to cancel %d tasks", n);
    arguments[0] = "scancel";
    for (int i = 0; i < n; i++)
        arguments[i + 1] = tasks[i];
    result = call(arguments, &output, err);
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
