/* The keys of a cluster file: reading it, and checking its values and those of the command line. */
#include "cluster.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/str.h"
#include "launch.h"
#include "harness/shared_queue/packed_copy.h"
#include "sbatch_options.h"
#include "harness/study/yaml_tree.h"
#include "harness/shared_queue/script_line.h"

#define FILE_BYTES 65536

void cluster_init(struct cluster *cluster)
{
    *cluster = (struct cluster){.launcher = "sbatch",
        .copy_packed = "auto",
        .signal_seconds = 120,
        .pack_seconds = 600,
        .answer_seconds = 60};
}

static void init(void *to)
{
    cluster_init(to);
}

#define FIELD(name) .offset = offsetof(struct cluster, name)
#define TEXT_FIELD(name)                                                                           \
    .key = #name, .type = CONFIG_TEXT, FIELD(name), .size = sizeof(((struct cluster *)0)->name)

static const struct config_field fields[] = {
    {.key = "launcher",
        .type = CONFIG_NAME,
        FIELD(launcher),
        .size = sizeof(((struct cluster *)0)->launcher),
        .choices = launcher_names,
        .help = "how tasks are started"},
    {TEXT_FIELD(partition), .help = "of Slurm"},
    {TEXT_FIELD(account), .help = "of Slurm"},
    {TEXT_FIELD(qos), .help = "of Slurm"},
    {TEXT_FIELD(constraint), .help = "features that nodes must have"},
    {TEXT_FIELD(clusters), .help = "the cluster of Slurm's database that tasks go to, for all of "
                                   "Slurm's programs (default: that of this machine)"},
    {TEXT_FIELD(time), .help = "limit of a task, as sbatch takes it (default: by the plan)"},
    {TEXT_FIELD(memory), .help = "of a task, as sbatch takes it (default: by the plan)"},
    {TEXT_FIELD(options), .help = "further options of sbatch, blanks between"},
    {TEXT_FIELD(setup), .help = "lines of the script before the program starts"},
    {TEXT_FIELD(scratch), .help = "folder of each node for files that need not last (default: "
                                  "$SLURM_TMPDIR, $TMPDIR, /tmp)"},
    {.key = "copy_packed",
        .type = CONFIG_NAME,
        FIELD(copy_packed),
        .size = sizeof(((struct cluster *)0)->copy_packed),
        .choices = packed_policy_names,
        .help = "whether a packed set is copied there, for the jobs of a task"},
    {TEXT_FIELD(url), .help = "of slurmrestd: unix:/PATH or https://HOST:PORT"},
    {TEXT_FIELD(user), .help = "for slurmrestd by TCP (default: who submits)"},
    {TEXT_FIELD(token_file),
        .help = "of your own, with the token for slurmrestd (default: $SLURM_JWT)"},
    {.key = "answer_seconds",
        .type = CONFIG_REAL,
        FIELD(answer_seconds),
        .least = 0.1,
        .most = 3600,
        .unit = "s",
        .help = "that slurmrestd, or one of Slurm's programs, may take for an answer"},
    {.key = "cpus",
        .type = CONFIG_INT,
        FIELD(cpus),
        .least = 0,
        .most = 1024,
        .help = "of a task (default: the threads of a job)"},
    {.key = "throttle",
        .type = CONFIG_INT,
        FIELD(throttle),
        .least = 0,
        .most = 1000000,
        .help = "tasks of an array at the same time (0: any number)"},
    {.key = "signal_seconds",
        .type = CONFIG_INT,
        FIELD(signal_seconds),
        .least = 1,
        .most = 60000,
        .unit = "s",
        .help = "before the time limit, jobs save what they have"},
    {.key = "pack_seconds",
        .type = CONFIG_REAL,
        FIELD(pack_seconds),
        .least = 0,
        .most = 1e7,
        .unit = "s",
        .help = "jobs that take less share a task (0: each job has its own)"},
    {.key = "max_array",
        .type = CONFIG_INT,
        FIELD(max_array),
        .least = 0,
        .most = 4000000,
        .help = "tasks of an array (0: as the controller says)"},
    {.key = "max_jobs",
        .type = CONFIG_INT,
        FIELD(max_jobs),
        .least = 0,
        .most = 10000000,
        .help = "tasks in the queue (0: as the controller says)"},
    {0},
};

#undef FIELD

const struct config_table cluster_table = {
    .name = "the cluster",
    .size = sizeof(struct cluster),
    .fields = fields,
    .init = init,
};

/* Whether a folder has a file of this name; to = its path. The program may lie in a folder that others
 * share: its file must come from whom the program comes from, from root or from the user. */
static bool look_in(const char *folder, const char *name, char to[PATH_BYTES])
{
    struct stat program, info;
    char path[PATH_BYTES];

    return snprintf(path, sizeof(path), "%s/%s.yaml", folder, name) < (int)sizeof(path) &&
           realpath(path, to) && stat(to, &info) == 0 && stat("/proc/self/exe", &program) == 0 &&
           (info.st_uid == 0 || info.st_uid == geteuid() || info.st_uid == program.st_uid);
}

/* What a cluster file says is run as the user's own. So a name never means a file of the folder where
 * one happens to be: only one's own, or what came with the program. */
int cluster_find(const char *name, char to[PATH_BYTES], struct err *err)
{
    static const char *const places[] = {
        "../configs/clusters", "../../configs/clusters", "../share/scalestudy/clusters"};
    char program[PATH_BYTES] = "", beside[PATH_BYTES], folder[PATH_BYTES];
    ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
    struct err none = {0};

    if (strchr(name, '/') || str_ends_with(name, ".yaml")) {
        if (!str_copy(to, PATH_BYTES, name))
            return err_set(err, ERR_INPUT, "the path of the cluster's file is too long");
        return 0;
    }
    if (file_config_folder(beside, &none) == 0 &&
        file_join(folder, beside, "clusters", &none) == 0 && look_in(folder, name, to))
        return 0;
    program[length > 0 ? length : 0] = '\0';
    file_folder_of(program, beside);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (file_join(folder, beside, places[i], &none) == 0 && look_in(folder, name, to))
            return 0;
    return err_set(err, ERR_INPUT,
        "there is no cluster '%.60s': put %.60s.yaml into ~/.config/scalestudy/clusters, or give "
        "the path of a file, such as ./%.60s.yaml",
        name, name, name);
}

int cluster_load(struct cluster *cluster, const char *path, struct err *err)
{
    struct yaml_tree tree = YAML_TREE_INIT;
    struct str text = STR_INIT;
    int result = file_read_text(path, FILE_BYTES, &text, err);

    if (result == 0)
        result = yaml_tree_parse(&tree, path, text.text, text.length, err);
    if (result == 0)
        result = config_load(&cluster_table, &tree, tree.root, cluster, err);
    yaml_tree_release(&tree);
    str_release(&text);
    return result;
}

/* Whole numbers between separators; -1 unless all of `text` is made of them. */
static int split_numbers(const char *text, int64_t numbers[3])
{
    char copy[32], *rest = copy;
    int n = 0;

    if (!str_copy(copy, sizeof(copy), text))
        return -1;
    for (char *word; (word = strsep(&rest, ":"));) {
        long long value;

        if (n == 3 || !str_to_int64(word, &value) || value < 0 || value > 10000000)
            return -1;
        numbers[n++] = value;
    }
    return n;
}

int cluster_seconds(const char *time, int64_t *seconds, struct err *err)
{
    const char *dash = strchr(time, '-');
    int64_t numbers[3] = {0}, days[3] = {0};
    char first[32] = "";
    int n;

    if (dash && dash - time < (long)sizeof(first))
        memcpy(first, time, (size_t)(dash - time));
    n = split_numbers(dash ? dash + 1 : time, numbers);
    if (n < 1 || (dash && split_numbers(first, days) != 1))
        return err_set(err, ERR_INPUT,
            "'%.40s' is no time as sbatch takes it: minutes, H:M:S, or D-H:M:S", time);
    if (dash)
        *seconds = days[0] * 86400 + numbers[0] * 3600 + numbers[1] * 60 + numbers[2];
    else if (n == 1)
        *seconds = numbers[0] * 60;
    else if (n == 2)
        *seconds = numbers[0] * 60 + numbers[1];
    else
        *seconds = numbers[0] * 3600 + numbers[1] * 60 + numbers[2];
    return 0;
}

int cluster_megabytes(const char *memory, int64_t *megabytes, struct err *err)
{
    static const char units[] = "KMGT";
    char digits[32];
    size_t length = strlen(memory);
    const char *unit = length > 0 ? strchr(units, memory[length - 1] & ~0x20) : NULL;
    double value;

    str_copy(digits, sizeof(digits), memory);
    if (unit && *unit && length < sizeof(digits))
        digits[length - 1] = '\0';
    else
        unit = &units[1];
    if (!str_to_double(digits, &value) || !(value > 0 && value < 1e9))
        return err_set(
            err, ERR_INPUT, "'%.40s' is no size of memory as sbatch takes it: 4G, 3500M", memory);
    *megabytes = (int64_t)ceil(value * pow(1024, (double)(unit - units) - 1));
    return 0;
}

int cluster_check(const struct cluster *cluster, struct err *err)
{
    const char *const texts[] = {cluster->partition, cluster->account, cluster->qos,
        cluster->constraint, cluster->options, cluster->scratch};
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    const char *name = cluster->clusters;
    int64_t value;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (script_line_check(texts[i], err) < 0)
            return -1;
    if (name[strspn(name, letters)] || name[0] == '-' || strcmp(name, "all") == 0)
        return err_set(err, ERR_INPUT,
            "clusters: '%.60s' is not the name of one cluster; a run folder's tasks go to one",
            name);
    if (name[0] && strcmp(cluster->launcher, "rest") == 0)
        return err_set(err, ERR_INPUT,
            "clusters: a slurmrestd has one cluster; give the url of that of %.60s", name);
    if (sbatch_options_check(cluster->options, err) < 0 ||
        sbatch_setup_check(cluster->setup, err) < 0)
        return -1;
    if (cluster->time[0] && cluster_seconds(cluster->time, &value, err) < 0)
        return -1;
    if (cluster->memory[0] && cluster_megabytes(cluster->memory, &value, err) < 0)
        return -1;
    return 0;
}
