/* Slurm by its REST service, slurmrestd; its interface of version 0.0.38 (Slurm 21.08 to 23.11). */
#include <jansson.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launch.h"
#include "rest.h"
#include "slurm_environment.h"

#define VERSION     "v0.0.38"
#define PREFIX      "/slurm/" VERSION
#define TOKEN_BYTES 16384

struct access {
    struct str token;
    char user[64];
};

/* ---- who we are ---- */

/* A token that others can read is one that others can use. */
static int read_token_file(const char *path, struct str *token, struct err *err)
{
    char expanded[PATH_BYTES];
    struct stat info;

    if (file_expand_home(path, expanded, err) < 0)
        return -1;
    if (stat(expanded, &info) == 0 && (info.st_mode & 077) != 0)
        return err_set(err, ERR_INPUT,
            "others may read the token in %s: `chmod 600` it, and get a new one", expanded);
    if (file_read(expanded, TOKEN_BYTES, token, err) < 0)
        return -1;
    token->text[strcspn(token->text, " \r\n")] = '\0';
    return 0;
}

static int open_access(const struct cluster *cluster, struct access *access, struct err *err)
{
    const char *given = slurm_environment("SLURM_JWT");
    const struct passwd *self = getpwuid(geteuid());

    *access = (struct access){.token = STR_INIT};
    if (!cluster->url[0])
        return err_set(err, ERR_INPUT,
            "where is slurmrestd? Give --url, or url in the cluster's file: unix:/PATH or "
            "http://HOST:PORT");
    str_copy(access->user, sizeof(access->user),
        cluster->user[0] ? cluster->user : (self ? self->pw_name : "root"));
    if (str_starts_with(cluster->url, "unix:"))
        return 0;
    if (cluster->token_file[0])
        return read_token_file(cluster->token_file, &access->token, err);
    if (!given || !*given)
        return err_set(err, ERR_INPUT,
            "slurmrestd at %s needs a token: in $SLURM_JWT (`scontrol token` gives one), or in the "
            "token_file of the cluster's file",
            cluster->url);
    str_add(&access->token, given);
    return str_check(&access->token, err);
}

static int call(const struct cluster *cluster, const char *method, const char *path,
    const json_t *body, json_t **reply, struct err *err)
{
    struct access access;
    int result = open_access(cluster, &access, err);
    const struct rest_call what = {.url = cluster->url,
        .method = method,
        .path = path,
        .body = body,
        .timeout_seconds = cluster->answer_seconds,
        .user = access.token.length > 0 ? access.user : NULL,
        .token = access.token.length > 0 ? access.token.text : NULL};

    *reply = NULL;
    if (result == 0)
        result = rest_call(&what, reply, err);
    str_release(&access.token);
    return result;
}

/* The service must offer the version that we speak; if it does not, the ones that it has are named. */
static int check_version(const struct cluster *cluster, struct err *err)
{
    json_t *reply, *paths, *ignored;
    struct str offered = STR_INIT;
    const char *path;
    bool found = false;

    if (call(cluster, "GET", "/openapi", NULL, &reply, err) < 0) {
        json_decref(reply);
        return -1;
    }
    paths = json_object_get(reply, "paths");
    json_object_foreach(paths, path, ignored)
    {
        found = found || str_starts_with(path, PREFIX "/");
        if (str_starts_with(path, "/slurm/v") && str_ends_with(path, "/jobs/"))
            str_addf(&offered, " %.20s", path + strlen("/slurm/"));
    }
    json_decref(reply);
    if (!found)
        err_set(err, ERR_INPUT,
            "slurmrestd at %s does not speak " VERSION ", the version that scalestudy speaks; it "
            "has:%s; use --via sbatch",
            cluster->url, offered.length > 0 ? offered.text : " none that could be found");
    str_release(&offered);
    return found ? 0 : -1;
}

/* ---- submitting ---- */

static json_t *environment(void)
{
    json_t *variables = json_object();

    for (const char *const *name = slurm_environment_names(); *name; name++)
        if (slurm_environment(*name))
            json_object_set_new(variables, *name, json_string(slurm_environment(*name)));
    return variables;
}

static void set_text(json_t *job, const char *key, const char *value)
{
    if (value[0])
        json_object_set_new(job, key, json_string(value));
}

static json_t *describe(const struct cluster *cluster, const struct launch_array *array)
{
    char tasks[64], output[RUN_FILE_PATH + 16], before[32];
    int64_t seconds =
        cluster->signal_seconds < array->seconds / 3 ? cluster->signal_seconds : array->seconds / 3;
    json_t *job;

    snprintf(tasks, sizeof(tasks), "0-%d", array->n_tasks - 1);
    if (cluster->throttle > 0)
        snprintf(tasks + strlen(tasks), sizeof(tasks) - strlen(tasks), "%%%d", cluster->throttle);
    snprintf(output, sizeof(output), "%s/%%A_%%a.out", array->logs);
    snprintf(before, sizeof(before), "USR1@%lld", (long long)seconds);
    job = json_pack("{s:s, s:s, s:s, s:i, s:i, s:I, s:I, s:b, s:s, s:s, s:s, s:s, s:o}", "name",
        array->name, "comment", array->key, "array", tasks, "tasks", 1, "cpus_per_task",
        array->cpus, "memory_per_node", (json_int_t)array->megabytes, "time_limit",
        (json_int_t)((array->seconds + 59) / 60), "requeue", 1, "open_mode", "append", "signal",
        before, "current_working_directory", array->folder, "standard_output", output,
        "environment", environment());
    if (!job)
        return NULL;
    set_text(job, "partition", cluster->partition);
    set_text(job, "account", cluster->account);
    set_text(job, "qos", cluster->qos);
    set_text(job, "constraints", cluster->constraint);
    return json_pack("{s:s, s:o}", "script", array->script, "job", job);
}

static int submit(const struct cluster *cluster, const struct launch_array *array,
    char job[QUEUE_JOB_BYTES], struct err *err)
{
    json_t *body, *reply = NULL;
    int result = -1;

    if (cluster->options[0])
        return err_set(err, ERR_INPUT,
            "options of sbatch (%.100s) cannot be sent by REST; use --via sbatch",
            cluster->options);
    if (strchr(array->logs, '%'))
        return err_set(err, ERR_INPUT,
            "the path %s has a %%, which slurmrestd takes for a pattern; use --via sbatch",
            array->logs);
    if (check_version(cluster, err) < 0)
        return -1;
    body = describe(cluster, array);
    if (!body)
        return err_set(
            err, ERR_INPUT, "the path %s is no UTF-8 text, which JSON needs", array->folder);
    if (call(cluster, "POST", PREFIX "/job/submit", body, &reply, err) == 0) {
        json_int_t number = json_integer_value(json_object_get(reply, "job_id"));

        if (number > 0) {
            snprintf(job, QUEUE_JOB_BYTES, "%lld", (long long)number);
            result = 0;
        } else {
            err_set(err, ERR_CHILD, "slurmrestd gave no number of a job");
        }
    }
    json_decref(reply);
    json_decref(body);
    return result;
}

/* ---- looking ---- */

static const char *member(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));

    return text ? text : "";
}

/* Tasks that wait together are one record, which names them as "0-4,7%2". */
static int add_range(
    struct queue *queue, struct queue_task *task, const char *range, struct err *err)
{
    while (*range && *range != '%') {
        char *end;
        long first = strtol(range, &end, 10), last = first;

        if (end == range)
            return 0;
        if (*end == '-')
            last = strtol(end + 1, &end, 10);
        if (first < 0 || last - first > 10000000)
            return 0;
        for (long i = first; i <= last; i++) {
            task->task = (int)i;
            if (queue_add(queue, task, err) < 0)
                return -1;
        }
        range = *end == ',' ? end + 1 : end;
        if (end == range && *range != '%')
            return 0;
    }
    return 0;
}

static int add_record(struct queue *queue, const json_t *record, struct err *err)
{
    const json_t *index = json_object_get(record, "array_task_id");
    struct queue_task task = {0};

    snprintf(task.job, sizeof(task.job), "%lld",
        (long long)json_integer_value(json_object_get(record, "array_job_id")));
    str_copy(task.key, sizeof(task.key), member(record, "comment"));
    str_copy(task.state, sizeof(task.state), member(record, "job_state"));
    /* Of tasks that could not be started, only the description says so. */
    str_copy(task.reason, sizeof(task.reason),
        member(record, member(record, "state_description")[0] ? "state_description"
                                                              : "state_reason"));
    str_copy(task.node, sizeof(task.node), member(record, "nodes"));
    if (json_is_integer(index)) {
        task.task = (int)json_integer_value(index);
        return queue_add(queue, &task, err);
    }
    return add_range(queue, &task, member(record, "array_task_string"), err);
}

static int poll_queue(
    const struct cluster *cluster, const char *name, struct queue *queue, struct err *err)
{
    json_t *reply, *record;
    size_t i;
    int result = call(cluster, "GET", PREFIX "/jobs", NULL, &reply, err);

    if (result == 0 && !json_is_array(json_object_get(reply, "jobs")))
        result = err_set(err, ERR_CHILD, "slurmrestd answered without a list of jobs");
    if (result == 0)
        json_array_foreach(json_object_get(reply, "jobs"), i, record)
        {
            if (result == 0 && strcmp(member(record, "name"), name) == 0)
                result = add_record(queue, record, err);
        }
    json_decref(reply);
    return result;
}

static int cancel(const struct cluster *cluster, const char *const *tasks, int n, struct err *err)
{
    int result = 0;

    for (int i = 0; result == 0 && i < n; i++) {
        char path[128];
        json_t *reply;

        snprintf(path, sizeof(path), PREFIX "/job/%.60s", tasks[i]);
        result = call(cluster, "DELETE", path, NULL, &reply, err);
        json_decref(reply);
    }
    return result;
}

const struct launcher launcher_rest = {
    .name = "rest",
    .summary = "Slurm, by slurmrestd",
    .submit = submit,
    .poll = poll_queue,
    .cancel = cancel,
};
