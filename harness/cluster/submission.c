/* A submission from its plan to the queue: keys, files, scripts, sending, and what is queued
 * already. */
#include "submission.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/array.h"
#include "sbatch_options.h"
#include "harness/shared_queue/slurm_environment.h"
#include "harness/shared_queue/script_line.h"

#define TASKS_BYTES ((size_t)64 << 20) /* of the file `tasks`: a million jobs */

/* A controller that does not answer is asked again after so long, so many times. */
#define ASK_SECONDS 5
#define ASKS        4
#define SENDS       3

static int check_key(const char *key, struct err *err)
{
    if (strlen(key) != RUN_ID_BYTES - 1 || strspn(key, "0123456789abcdef") != strlen(key))
        return err_set(err, ERR_INPUT, "'%.60s' is no key of a submission", key);
    return 0;
}

static void file_name(const char *key, const char *file, char to[RUN_NAME_BYTES])
{
    snprintf(to, RUN_NAME_BYTES, "submissions/%.32s/%.32s", key, file);
}

/* The line of a task in the text of `tasks`; NULL if there is none. Ends it. */
static char *find_line(char *text, int task)
{
    char *end;

    for (int i = 0; i < task; i++) {
        text = strchr(text, '\n');
        if (!text)
            return NULL;
        text++;
    }
    end = strchr(text, '\n');
    if (!end)
        return NULL;
    *end = '\0';
    return text;
}

int submission_read_task(const struct run_folder *run, const char *key, int task,
    char (**ids)[SHA256_HEX_BYTES], int *n_ids, struct err *err)
{
    struct str text = STR_INIT;
    char name[RUN_NAME_BYTES], *line = NULL;
    int result = check_key(key, err);

    file_name(key, "tasks", name);
    if (result == 0)
        result = dir_read(&run->folder, name, TASKS_BYTES, &text, err);
    if (result == 0)
        line = find_line(text.text, task);
    if (result == 0 && !line)
        result = err_set(err, ERR_INPUT, "%s/%s has no task %d", run->folder.path, name, task);
    if (result == 0) {
        *n_ids = 0;
        *ids = calloc(strlen(line) / (SHA256_HEX_BYTES - 1) + 1, sizeof(**ids));
        if (!*ids)
            result = err_set(err, ERR_MEMORY, "no memory for the jobs of a task");
    }
    for (char *word; result == 0 && (word = strsep(&line, " "));)
        if (sha256_is_hex(word))
            str_copy((*ids)[(*n_ids)++], SHA256_HEX_BYTES, word);
    str_release(&text);
    return result;
}

/* ---- what is sent ---- */

void submission_name(const struct run_folder *run, char to[SUBMISSION_NAME_BYTES])
{
    snprintf(to, SUBMISSION_NAME_BYTES, "scalestudy-%.12s", run->id);
}

/* An option's value in a line of #SBATCH. */
static void add_value(struct str *script, const char *option, const char *value)
{
    if (!value[0])
        return;
    str_addf(script, "#SBATCH --%s=", option);
    sbatch_add_quoted(script, value);
    str_add(script, "\n");
}

/* Of tasks' outputs, in a folder whose name may have a sign of patterns. */
static void add_output(struct str *script, const char *folder)
{
    struct str pattern = STR_INIT;

    for (; *folder; folder++)
        str_addf(&pattern, "%.1s%s", folder, *folder == '%' ? "%" : "");
    str_add(&pattern, "/%A_%a.out");
    add_value(script, "output", pattern.text);
    str_release(&pattern);
}

/* A word for the shell, whatever is in it. */
static void add_word(struct str *script, const char *word)
{
    str_add(script, "'");
    for (; *word; word++) {
        if (*word == '\'')
            str_add(script, "'\\''");
        else
            str_add_bytes(script, word, 1);
    }
    str_add(script, "'");
}

static void add_environment(struct str *script)
{
    for (const char *const *name = slurm_environment_names(); *name; name++) {
        const char *value = slurm_environment(*name);

        if (!value)
            continue;
        str_addf(script, "export %s=", *name);
        add_word(script, value);
        str_add(script, "\n");
    }
}

static void add_demands(struct str *script, const struct run_folder *run,
    const struct cluster *cluster, const struct submission_array *array, const char *key)
{
    char name[SUBMISSION_NAME_BYTES], logs[RUN_FILE_PATH];
    int64_t minutes = (array->seconds + 59) / 60;
    /* Of a short limit a good part is left for work. */
    int64_t signal_seconds =
        cluster->signal_seconds < array->seconds / 3 ? cluster->signal_seconds : array->seconds / 3;

    submission_name(run, name);
    run_folder_path(run, logs, "logs");
    add_value(script, "job-name", name);
    add_value(script, "comment", key);
    str_addf(script, "#SBATCH --array=0-%d", array->n_tasks - 1);
    if (cluster->throttle > 0)
        str_addf(script, "%%%d", cluster->throttle);
    str_addf(script, "\n#SBATCH --ntasks=1\n#SBATCH --cpus-per-task=%d\n",
        cluster->cpus > 0 ? cluster->cpus : run->settings.threads);
    str_addf(script, "#SBATCH --mem=%lldM\n#SBATCH --time=%lld\n", (long long)array->megabytes,
        (long long)minutes);
    str_addf(script, "#SBATCH --signal=B:USR1@%lld\n", (long long)signal_seconds);
    str_add(script, "#SBATCH --requeue\n#SBATCH --open-mode=append\n#SBATCH --export=ALL\n");
    add_value(script, "chdir", run->folder.path);
    add_output(script, logs);
    add_value(script, "partition", cluster->partition);
    add_value(script, "account", cluster->account);
    add_value(script, "qos", cluster->qos);
    add_value(script, "constraint", cluster->constraint);
    add_value(script, "clusters", cluster->clusters);
    sbatch_options_add(cluster->options, script);
}

/* Everything in the script that is one line, or a part of one. `setup` is lines. */
static int check_lines(const struct run_folder *run, const struct cluster *cluster,
    const struct run_program *program, struct err *err)
{
    const char *const texts[] = {run->folder.path, program->path, cluster->partition,
        cluster->account, cluster->qos, cluster->constraint, cluster->clusters, cluster->options,
        cluster->scratch, cluster->copy_packed};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (script_line_check(texts[i], err) < 0)
            return -1;
    for (const char *const *name = slurm_environment_names(); *name; name++)
        if (slurm_environment(*name) && script_line_check(slurm_environment(*name), err) < 0)
            return err_context(err, "$%s", *name);
    return 0;
}

int submission_script(const struct run_folder *run, const struct cluster *cluster,
    const struct submission_array *array, const struct run_program *program, const char *key,
    struct str *script, struct err *err)
{
    if (check_lines(run, cluster, program, err) < 0)
        return -1;
    str_add(script,
        "#!/bin/bash\n# Written by scalestudy submit. A task of the array does the jobs "
        "in its line of the file\n# `tasks` beside this script.\n");
    add_demands(script, run, cluster, array, key);
    add_environment(script);
    if (cluster->setup[0])
        str_addf(script, "%s\n", cluster->setup);
    /* The signal before the time limit goes to the script, whose place the work takes; until it
     * listens, it is not to end it. */
    str_add(script, strcmp(cluster->launcher, "rest") == 0
                        /* slurmrestd signals steps only, so the work is one. */
                        ? "trap : USR1\nsrun --ntasks=1 "
                        : "trap '' USR1\nexec ");
    run_program_add_check(script);
    add_word(script, program->path);
    str_addf(script, " %s work ", program->hash);
    add_word(script, run->folder.path);
    if (run->trusted)
        str_add(script, " --trust");
    if (cluster->scratch[0]) {
        str_add(script, " --scratch ");
        add_word(script, cluster->scratch);
    }
    str_addf(script,
        " --copy-packed %s --workers 1 --submission %s --task \"$SLURM_ARRAY_TASK_ID\" \\\n    "
        "--queue-job \"${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}\"\n",
        cluster->copy_packed, key);
    return str_check(script, err);
}

/* ---- sending ---- */

static int put_file(const struct run_folder *run, const char *key, const char *file,
    const struct str *text, struct err *err)
{
    char name[RUN_NAME_BYTES];

    file_name(key, file, name);
    if (str_check(text, err) < 0)
        return -1;
    return dir_write(&run->folder, name, text->text, text->length, 0, err);
}

static int put_word(const struct run_folder *run, const char *key, const char *name,
    const char *word, struct err *err)
{
    struct str text = STR_INIT;
    int result;

    str_addf(&text, "%s\n", word);
    result = put_file(run, key, name, &text, err);
    str_release(&text);
    return result;
}

static int write_down(const struct run_folder *run, const struct submission_plan *plan,
    const struct submission_array *array, const char *key, const struct str *script,
    struct err *err)
{
    struct str tasks = STR_INIT;
    char folder[RUN_NAME_BYTES];
    int result;

    for (int i = array->first_task; i < array->first_task + array->n_tasks; i++)
        for (int k = plan->task_starts[i]; k < plan->task_starts[i + 1]; k++)
            str_addf(
                &tasks, "%s%s", plan->jobs[k].id, k + 1 < plan->task_starts[i + 1] ? " " : "\n");
    snprintf(folder, sizeof(folder), "submissions/%s", key);
    result = dir_make(&run->folder, folder, err) < 0 ? -1 : 0;
    if (result == 0)
        result = put_file(run, key, "tasks", &tasks, err);
    if (result == 0)
        result = put_file(run, key, "script.sh", script, err);
    str_release(&tasks);
    return result;
}

/* 1: the queue has the key, and calls it *job. 0: the controller does not know it. -1: it
 * does not answer. */
static int look_up(const struct launcher *via, const struct run_folder *run,
    const struct cluster *cluster, const char *key, char job[QUEUE_JOB_BYTES], struct err *err)
{
    for (int i = 0; i < ASKS; i++) {
        struct queue queue = {0};
        struct err problem = {0};
        int found = 0;

        if (i > 0)
            nanosleep(&(struct timespec){.tv_sec = ASK_SECONDS << (i - 1)}, NULL);
        if (via->poll(cluster, run, &queue, &problem) == 0) {
            for (int k = 0; k < queue.n && !found; k++)
                if (strcmp(queue.tasks[k].key, key) == 0) {
                    str_copy(job, QUEUE_JOB_BYTES, queue.tasks[k].job);
                    found = 1;
                }
            queue_release(&queue);
            return found;
        }
        queue_release(&queue);
        if (i + 1 == ASKS)
            err_set(err, ERR_BUSY, "%s", problem.message);
    }
    return -1;
}

/* Words by which Slurm's programs and daemon say that they could not talk to each other: then
 * sending again may help. */
static bool is_of_the_line(const char *message)
{
    static const char *const words[] = {"contact slurm controller", "timed out",
        "Connection refused", "Zero Bytes", "temporarily", "did not answer", "Unable to contact",
        "Communication"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strstr(message, words[i]))
            return true;
    return false;
}

static int send(const struct run_folder *run, const struct cluster *cluster,
    const struct launch_array *array, char job[QUEUE_JOB_BYTES], struct err *err)
{
    const struct launcher *via = launcher_find(cluster->launcher, err);
    struct err first = {0};

    if (!via)
        return -1;
    for (int i = 0; i < SENDS; i++) {
        struct err problem = {0}, silence = {0};
        int known;

        if (via->submit(cluster, array, job, &problem) == 0)
            return 0;
        known = look_up(via, run, cluster, array->key, job, &silence);
        if (known == 1)
            return 0;
        if (known < 0)
            return err_set(err, ERR_BUSY,
                "%s; whether the array %s was accepted is not known, since the controller does not "
                "answer: run `submit` again later, it asks before it sends anything",
                problem.message, array->key);
        err_set(&first, problem.code, "%s", problem.message);
        if (!is_of_the_line(problem.message))
            break;
    }
    (void)!put_word(run, array->key, "refused", first.message, &(struct err){0});
    return err_set(err, first.code == ERR_INPUT ? ERR_INPUT : ERR_CHILD,
        "the array was not accepted: %s", first.message);
}

int submission_send(const struct run_folder *run, const struct cluster *cluster,
    const struct submission_plan *plan, const struct submission_array *array,
    const struct run_program *program, char key[RUN_ID_BYTES], char job[QUEUE_JOB_BYTES],
    struct str *remarks, struct err *err)
{
    struct str script = STR_INIT;
    char name[SUBMISSION_NAME_BYTES], logs[RUN_FILE_PATH];
    struct launch_array what;
    int result = file_random_name(key, RUN_ID_BYTES - 1, err);

    if (result == 0) {
        result = submission_script(run, cluster, array, program, key, &script, err);
        if (result == 0)
            result = write_down(run, plan, array, key, &script, err);
    }
    submission_name(run, name);
    run_folder_path(run, logs, "logs");
    what = (struct launch_array){.name = name,
        .key = key,
        .script = script.text,
        .folder = run->folder.path,
        .logs = logs,
        .n_tasks = array->n_tasks,
        .cpus = cluster->cpus > 0 ? cluster->cpus : run->settings.threads,
        .seconds = array->seconds,
        .megabytes = array->megabytes,
        .remarks = remarks};
    if (result == 0)
        result = send(run, cluster, &what, job, err);
    if (result == 0)
        result = put_word(run, key, "accepted", job, err);
    str_release(&script);
    return result;
}

/* ---- what is in the queue ---- */

/* 1: it is there. */
static int has_file(
    const struct run_folder *run, const char *key, const char *file, struct err *err)
{
    char name[RUN_NAME_BYTES];
    struct stat info;

    file_name(key, file, name);
    return dir_look(&run->folder, name, &info, err);
}

/* 1: it was sent, or begun to be, and nobody wrote down what became of that. */
static int is_open(const struct run_folder *run, const char *key, struct err *err)
{
    int script = has_file(run, key, "script.sh", err);
    int accepted = script == 1 ? has_file(run, key, "accepted", err) : 0;
    int refused = accepted == 0 ? has_file(run, key, "refused", err) : 0;

    if (script < 0 || accepted < 0 || refused < 0)
        return -1;
    return script && !accepted && !refused;
}

static int settle(const struct run_folder *run, const char *key, const struct queue *queue,
    int *found, int *lost, struct err *err)
{
    const char *job = NULL;
    int open = is_open(run, key, err);

    if (open <= 0)
        return open;
    for (int i = 0; i < queue->n && !job; i++)
        if (strcmp(queue->tasks[i].key, key) == 0)
            job = queue->tasks[i].job;
    *found += job != NULL;
    *lost += job == NULL;
    if (!run->may_write)
        return 0;
    return job ? put_word(run, key, "accepted", job, err)
               : put_word(run, key, "refused", "not in the queue when that was asked", err);
}

int submission_settle(
    const struct run_folder *run, const struct queue *queue, int *found, int *lost, struct err *err)
{
    DIR *folder = dir_list(&run->folder, "submissions", err);
    const struct dirent *entry;
    int result = 0;

    *found = *lost = 0;
    if (!folder)
        return -1;
    while (result == 0 && (entry = readdir(folder)))
        if (check_key(entry->d_name, &(struct err){0}) == 0)
            result = settle(run, entry->d_name, queue, found, lost, err);
    closedir(folder);
    return result;
}

bool submission_any_accepted(const struct run_folder *run)
{
    struct err ignored = {0};
    DIR *folder = dir_list(&run->folder, "submissions", &ignored);
    const struct dirent *entry;
    bool any = false;

    while (folder && !any && (entry = readdir(folder)))
        any = check_key(entry->d_name, &ignored) == 0 &&
              has_file(run, entry->d_name, "accepted", &ignored) == 1;
    if (folder)
        closedir(folder);
    return any;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(a, b);
}

struct id_list {
    char (*ids)[SHA256_HEX_BYTES];
    int n;
};

static int add_id(struct id_list *list, const char *id, struct err *err)
{
    if (!array_grow(&list->ids, list->n, sizeof(*list->ids)))
        return err_set(err, ERR_MEMORY, "no memory for %d jobs of the queue", list->n + 1);
    str_copy(list->ids[list->n++], SHA256_HEX_BYTES, id);
    return 0;
}

/* The jobs of some tasks, sorted by index, of one submission. */
static int add_tasks(const struct run_folder *run, const struct queue_task *tasks, int n,
    struct id_list *list, struct err *err)
{
    struct str text = STR_INIT;
    char name[RUN_NAME_BYTES], *rest, *line;
    int result, at = 0;

    if (check_key(tasks[0].key, &(struct err){0}) < 0)
        return 0;
    result = has_file(run, tasks[0].key, "tasks", err);
    if (result <= 0)
        return result;
    file_name(tasks[0].key, "tasks", name);
    result = dir_read(&run->folder, name, TASKS_BYTES, &text, err);
    rest = text.text;
    for (int i = 0; result == 0 && at < n && (line = strsep(&rest, "\n")); i++) {
        while (at < n && tasks[at].task < i)
            at++;
        if (at == n || tasks[at].task != i)
            continue;
        for (char *word; result == 0 && (word = strsep(&line, " "));)
            if (*word)
                result = add_id(list, word, err);
    }
    str_release(&text);
    return result;
}

int submission_queued(const struct run_folder *run, const struct queue *queue,
    char (**ids)[SHA256_HEX_BYTES], int *n_ids, struct err *err)
{
    struct queue_task *live = calloc((size_t)queue->n + 1, sizeof(*live));
    struct id_list list = {0};
    int n = 0, result = 0;

    if (!live)
        return err_set(err, ERR_MEMORY, "no memory for %d tasks of the queue", queue->n);
    for (int i = 0; i < queue->n; i++)
        if (queue_is_live(queue->tasks[i].state))
            live[n++] = queue->tasks[i];
    if (n > 0)
        qsort(live, (size_t)n, sizeof(*live), queue_compare);
    for (int i = 0, end; result == 0 && i < n; i = end) {
        for (end = i + 1; end < n && strcmp(live[end].key, live[i].key) == 0; end++)
            ;
        result = add_tasks(run, &live[i], end - i, &list, err);
    }
    free(live);
    if (result == 0 && list.n > 0)
        qsort(list.ids, (size_t)list.n, sizeof(*list.ids), compare_ids);
    *ids = list.ids;
    *n_ids = list.n;
    return result;
}
