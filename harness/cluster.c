#include "cluster.h"

#include <math.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "launch.h"
#include "packed_copy.h"
#include "sbatch_options.h"
#include "yaml_tree.h"

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
    {TEXT_FIELD(url), .help = "of slurmrestd: unix:/PATH or http://HOST:PORT"},
    {TEXT_FIELD(user), .help = "for slurmrestd by TCP (default: who submits)"},
    {TEXT_FIELD(token_file), .help = "with the token for slurmrestd (default: $SLURM_JWT)"},
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

/* A path, or a name of configs/clusters, beside the program or where it was installed. */
static int find_file(const char *name, char to[PATH_BYTES], struct err *err)
{
    static const char *const places[] = {"configs/clusters", "../configs/clusters",
        "../../configs/clusters", "../../../configs/clusters", "../share/scalestudy/clusters"};
    char program[PATH_BYTES] = "", folder[PATH_BYTES];
    ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

    if (strchr(name, '/') || str_ends_with(name, ".yaml")) {
        str_copy(to, PATH_BYTES, name);
        return 0;
    }
    program[length > 0 ? length : 0] = '\0';
    file_folder_of(program, folder);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        int written = i == 0 ? snprintf(to, PATH_BYTES, "%s/%s.yaml", places[i], name)
                             : snprintf(to, PATH_BYTES, "%s/%s/%s.yaml", folder, places[i], name);

        if (written < PATH_BYTES && file_exists(to))
            return 0;
    }
    return err_set(err, ERR_INPUT,
        "there is no cluster '%.60s': give the path of a file like those in configs/clusters",
        name);
}

int cluster_load(struct cluster *cluster, const char *name, struct err *err)
{
    struct yaml_tree tree = YAML_TREE_INIT;
    struct str text = STR_INIT;
    char path[PATH_BYTES];
    int result = find_file(name, path, err);

    if (result == 0)
        result = file_read_text(path, FILE_BYTES, &text, err);
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
    const char *const texts[] = {
        cluster->partition, cluster->account, cluster->qos, cluster->constraint, cluster->options};
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    const char *name = cluster->clusters;
    int64_t value;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (strpbrk(texts[i], "\n\r"))
            return err_set(
                err, ERR_INPUT, "'%.40s...' has a line break, which ends an option", texts[i]);
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
