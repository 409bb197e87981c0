/* JSON to and from slurmrestd, for each version of its data parser. */
#include "rest_shape.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/shared_queue/slurm_environment.h"

/* From here on numbers say whether they are set, variables are a list, states are one. */
#define NUMBERS_ARE_OBJECTS 39
#define SCRIPT_IS_OF_JOB    40

int rest_newest(const json_t *openapi, char *offered, size_t size)
{
    json_t *ignored, *paths = json_object_get(openapi, "paths");
    const char *path;
    int newest = 0;

    offered[0] = '\0';
    json_object_foreach(paths, path, ignored)
    {
        static const char start[] = "/slurm/v0.0.";
        char *end, word[24];
        long version;

        if (!str_starts_with(path, start))
            continue;
        version = strtol(path + strlen(start), &end, 10);
        if (*end != '/' || version < 1 || version > 9999)
            continue;
        snprintf(word, sizeof(word), " v0.0.%ld", version);
        if (!strstr(offered, word) && strlen(offered) + strlen(word) < size)
            str_copy(offered + strlen(offered), size - strlen(offered), word);
        if (version >= REST_OLDEST && version <= REST_NEWEST && version > newest)
            newest = (int)version;
    }
    return newest;
}

/* ---- what is sent ---- */

static json_t *number(int version, int64_t value)
{
    if (version < NUMBERS_ARE_OBJECTS)
        return json_integer((json_int_t)value);
    return json_pack("{s:b, s:b, s:I}", "set", 1, "infinite", 0, "number", (json_int_t)value);
}

static json_t *environment(int version)
{
    json_t *variables = version < NUMBERS_ARE_OBJECTS ? json_object() : json_array();

    for (const char *const *name = slurm_environment_names(); *name; name++) {
        const char *value = slurm_environment(*name);

        if (!value)
            continue;
        if (version < NUMBERS_ARE_OBJECTS)
            json_object_set_new(variables, *name, json_string(value));
        else
            json_array_append_new(variables, json_sprintf("%s=%s", *name, value));
    }
    return variables;
}

static void set_text(json_t *job, const char *key, const char *value)
{
    if (value[0])
        json_object_set_new(job, key, json_string(value));
}

/* A signal so long before the time limit; of a short limit a good part is left for work. */
static void set_warning(
    json_t *job, int version, const struct cluster *cluster, const struct launch_array *array)
{
    int64_t seconds =
        cluster->signal_seconds < array->seconds / 3 ? cluster->signal_seconds : array->seconds / 3;
    char before[32];

    if (version < NUMBERS_ARE_OBJECTS) {
        snprintf(before, sizeof(before), "USR1@%lld", (long long)seconds);
        set_text(job, "signal", before);
        return;
    }
    set_text(job, "kill_warning_signal", "USR1");
    json_object_set_new(job, "kill_warning_delay", number(version, seconds));
}

json_t *rest_job(int version, const struct cluster *cluster, const struct launch_array *array)
{
    char tasks[64], output[RUN_FILE_PATH + 16];
    json_t *job, *mode = json_string("append");

    if (version >= NUMBERS_ARE_OBJECTS)
        mode = json_pack("[o]", mode);
    snprintf(tasks, sizeof(tasks), "0-%d", array->n_tasks - 1);
    if (cluster->throttle > 0)
        snprintf(tasks + strlen(tasks), sizeof(tasks) - strlen(tasks), "%%%d", cluster->throttle);
    snprintf(output, sizeof(output), "%s/%%A_%%a.out", array->logs);
    job = json_pack("{s:s, s:s, s:s, s:i, s:i, s:o, s:o, s:b, s:o, s:s, s:s, s:o}", "name",
        array->name, "comment", array->key, "array", tasks, "tasks", 1, "cpus_per_task",
        array->cpus, "memory_per_node", number(version, array->megabytes), "time_limit",
        number(version, (array->seconds + 59) / 60), "requeue", 1, "open_mode", mode,
        "current_working_directory", array->folder, "standard_output", output, "environment",
        environment(version));
    if (!job)
        return NULL;
    set_warning(job, version, cluster, array);
    set_text(job, "partition", cluster->partition);
    set_text(job, "account", cluster->account);
    set_text(job, "qos", cluster->qos);
    set_text(job, "constraints", cluster->constraint);
    if (version < SCRIPT_IS_OF_JOB)
        return json_pack("{s:s, s:o}", "script", array->script, "job", job);
    set_text(job, "script", array->script);
    return json_pack("{s:o}", "job", job);
}

/* ---- what is answered ---- */

/* False: it is not set. */
static bool get_number(const json_t *json, int64_t *value)
{
    if (json_is_object(json)) {
        if (!json_is_true(json_object_get(json, "set")))
            return false;
        json = json_object_get(json, "number");
    }
    *value = (int64_t)json_integer_value(json);
    return json_is_integer(json);
}

/* Of a list, which has the state and then its flags, that a task is not quite gone matters most. */
static const char *state_of(const json_t *json)
{
    const char *text = json_string_value(json_is_array(json) ? json_array_get(json, 0) : json);
    const json_t *flag;
    size_t i;

    json_array_foreach(json, i, flag)
    {
        if (json_is_string(flag) && strcmp(json_string_value(flag), "COMPLETING") == 0)
            text = "COMPLETING";
    }
    return text ? text : "";
}

int64_t rest_job_id(const json_t *reply)
{
    int64_t id;

    if (get_number(json_object_get(reply, "job_id"), &id))
        return id;
    return get_number(json_object_get(json_object_get(reply, "result"), "job_id"), &id) ? id : 0;
}

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

int rest_add_tasks(
    struct queue *queue, const json_t *record, struct queue_match *match, struct err *err)
{
    struct queue_task task = {0};
    struct queue_sight sight;
    struct str text = STR_INIT;
    int64_t job, index;
    bool ours;

    if (!get_number(json_object_get(record, "array_job_id"), &job) || job <= 0)
        return 0;
    snprintf(task.job, sizeof(task.job), "%lld", (long long)job);
    str_addf(&text, "%s %s", member(record, "comment"), member(record, "command"));
    sight = (struct queue_sight){.job = task.job,
        .name = member(record, "name"),
        .text = text.text,
        .folder = member(record, "current_working_directory")};
    ours = queue_match(match, &sight, task.key);
    if (str_check(&text, err) < 0)
        return -1;
    str_release(&text);
    if (!ours)
        return 0;
    str_copy(task.state, sizeof(task.state), state_of(json_object_get(record, "job_state")));
    /* Of tasks that could not be started, only the description says so. */
    str_copy(task.reason, sizeof(task.reason),
        member(
            record, member(record, "state_description")[0] ? "state_description" : "state_reason"));
    str_copy(task.node, sizeof(task.node), member(record, "nodes"));
    if (get_number(json_object_get(record, "array_task_id"), &index)) {
        task.task = (int)index;
        return queue_add(queue, &task, err);
    }
    return add_range(queue, &task, member(record, "array_task_string"), err);
}
