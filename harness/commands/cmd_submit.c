/* `scalestudy submit`: what is missing of a study, to a cluster. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/terminal/cli.h"
#include "command.h"
#include "images_change.h"
#include "harness/shared_queue/packed_copy.h"
#include "harness/views/plan_remarks.h"
#include "harness/run/study_paths.h"
#include "harness/cluster/submit.h"
#include "harness/options/trust.h"
#include "harness/terminal/ui.h"

struct arguments {
    const char *run, *database, *cluster, *via, *partition, *account, *qos, *constraint, *time,
        *memory, *clusters, *url, *token_file, *scratch, *copy_packed;
    struct str options;
    int cpus, throttle;
    double pack_seconds;
    struct run_settings settings;
    bool dry, retry_failed, no_estimate, trust;
    enum output_format format;
};

#define ARGUMENT(name) offsetof(struct arguments, name)

static const struct cli_option options[] = {
    {"run", 0, CLI_TEXT, ARGUMENT(run), "DIR",
        "the run folder, on a file system that all machines share (default: the study file's name "
        "with .run, in the current folder)"},
    {"db", 0, CLI_TEXT, ARGUMENT(database), "F",
        "jobs that are done in this database are not sent, and `work` does not run them (default: "
        "the study file's name with .db)"},
    {"cluster", 0, CLI_TEXT, ARGUMENT(cluster), "NAME",
        "settings of a cluster: NAME.yaml in ~/.config/scalestudy/clusters or of those that came "
        "with the program, or the path of such a file; its `setup` is run. The options below take "
        "precedence"},
    {"via", 0, CLI_TEXT, ARGUMENT(via), "sbatch|rest|hand",
        "send with Slurm's programs (default), with its REST service, or not at all, to start "
        "`work` by hand"},
    {"partition", 'p', CLI_TEXT, ARGUMENT(partition), "NAME", "Slurm's partition"},
    {"account", 'A', CLI_TEXT, ARGUMENT(account), "NAME", "Slurm's account"},
    {"qos", 0, CLI_TEXT, ARGUMENT(qos), "NAME", "Slurm's quality of service"},
    {"constraint", 'C', CLI_TEXT, ARGUMENT(constraint), "F", "features that machines must have"},
    {"time", 0, CLI_TEXT, ARGUMENT(time), "T",
        "time limit of each task, as for sbatch: 2:00:00 (default: the estimate, with a margin); a "
        "job that reaches it continues in the next task"},
    {"memory", 0, CLI_TEXT, ARGUMENT(memory), "SIZE",
        "memory of each task, such as 4G (default: the estimate, with a margin)"},
    {"cpus", 0, CLI_INT, ARGUMENT(cpus), "N", "cores of each task (default: the threads of a job)"},
    {"throttle", 0, CLI_INT, ARGUMENT(throttle), "N", "run at most N tasks of an array at a time"},
    {"pack-seconds", 0, CLI_REAL, ARGUMENT(pack_seconds), "S",
        "jobs with an estimated time below S seconds share a task (default 600; 0: never)"},
    {"clusters", 'M', CLI_TEXT, ARGUMENT(clusters), "NAME",
        "the cluster of Slurm's database that tasks go to (default: this machine's)"},
    {"options", 0, CLI_JOINED, ARGUMENT(options), "TEXT",
        "more options of sbatch, separated by blanks: --options=\"--exclusive --nice=10\"; may be "
        "given several times. Options that submit sets itself are refused: name, comment, array, "
        "clusters, folder, outputs, variables, signal, time limit and requeueing of tasks"},
    {"scratch", 0, CLI_TEXT, ARGUMENT(scratch), "DIR",
        "folder of each machine for temporary files (default: the first of $SLURM_TMPDIR, $TMPDIR "
        "and /tmp there)"},
    {"copy-packed", 0, CLI_TEXT, ARGUMENT(copy_packed), "auto|always|never",
        "whether tasks copy the study's packed set there first (auto, the default: from network "
        "file systems)"},
    {"url", 0, CLI_TEXT, ARGUMENT(url), "URL",
        "address of the REST service: unix:/PATH, https://HOST:PORT or http://127.0.0.1:PORT"},
    {"token-file", 0, CLI_TEXT, ARGUMENT(token_file), "FILE",
        "your file with its token, which nobody else may read (default: $SLURM_JWT)"},
    {"threads", 0, CLI_INT, ARGUMENT(settings.threads), "N",
        "threads per job (default 1); the same number gives the same bits"},
    {"checkpoint-seconds", 0, CLI_REAL, ARGUMENT(settings.checkpoint_seconds), "S",
        "save a checkpoint every S seconds as well as after every epoch (default 60)"},
    {"takeover-seconds", 0, CLI_REAL, ARGUMENT(settings.takeover_seconds), "S",
        "a machine that is silent for S seconds counts as dead, and its jobs go to others (default "
        "180)"},
    {"retries", 0, CLI_INT, ARGUMENT(settings.retries), "N",
        "retries of a job whose process crashed or was killed (default 2); wrong input fails at "
        "once"},
    {"retry-failed", 0, CLI_FLAG, ARGUMENT(retry_failed), NULL,
        "also send failed and stopped jobs"},
    {"no-estimate", 0, CLI_FLAG, ARGUMENT(no_estimate), NULL,
        "do not measure on this machine; guess times from multiply-adds"},
    TRUST_OPTION(struct arguments, trust),
    {"dry-run", 'n', CLI_FLAG, ARGUMENT(dry), NULL,
        "print the script and the arrays; send and write nothing"},
    {"format", 0, CLI_FORMAT, ARGUMENT(format), "table|csv|json", "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "submit",
    .arguments = "STUDY.yaml",
    .summary = "Send the missing jobs of a study to a cluster.",
    .options = options,
    .details =
        "`submit` makes a run folder with the study, its jobs, the program and the exact scripts, "
        "and sends "
        "the jobs that are neither done nor on their way as arrays of the queue. Called again, it "
        "sends "
        "the jobs that are missing then, none twice, and replaces settings of the folder by those "
        "that are "
        "given. Jobs save their progress before the time limit and "
        "put themselves back into the queue. `collect` brings the results into a database; `status "
        "DIR` shows the progress and why tasks wait.\n\n"
        "By default, the time of a task is twice the time that `plan` estimates for its jobs plus "
        "ten minutes, rounded up, and its memory "
        "is the estimated memory of a job, including its cached images, plus a fifth. The estimate "
        "trains some networks on this machine, once. Tasks "
        "with similar needs share an array.\n\n"
        "The output has a row for each array. Exit status: 0 if everything was sent, 1 if the "
        "queue refused or did not answer, "
        "2 if the study or an option is wrong.",
    .description =
        "The launchers of --via are listed under `Launchers`. `rest` uses the newest version of "
        "slurmrestd's interface that it offers, from 0.0.38 to "
        "0.0.45, at --url, with the token in --token-file or `$SLURM_JWT`. `hand` sends nothing: "
        "it says how many jobs are left, and `work`, started "
        "by hand, does them.\n\n"
        "Jobs that are done in the database, that are on their way, that failed or that were "
        "stopped are not sent; --retry-failed sends the last "
        "two.\n\n"
        "--url is `unix:/PATH`, which needs no token, `https://HOST:PORT`, whose certificate must "
        "be valid, or http to this machine "
        "(`http://127.0.0.1:PORT`), such as the end of an `ssh -L` tunnel. The token is sent "
        "nowhere else, and no redirection is followed. The token "
        "file must belong to you or to root, and nobody else may read it.\n\n"
        "--cluster names a file NAME.yaml in `~/.config/scalestudy/clusters` or of those that came "
        "with the program, never one in the current "
        "folder; a name with a slash or the ending .yaml is a path. `submit` says which file it "
        "used. Options take precedence over it. Tasks run "
        "its `setup` as you, and it is written into scripts that everybody who can read the run "
        "folder can read.\n\n"
        "--clusters is passed to sbatch, squeue, scancel and scontrol. All tasks of a run folder "
        "go to one cluster. --options is added to the "
        "script for sbatch. Options that `submit` sets itself are refused in every spelling, also "
        "in a cluster's file, and so are options with "
        "which sbatch sends nothing or waits. --scratch and --copy-packed are passed to `work`.\n\n"
        "Tasks run the program that submitted them, from the run folder, after checking its "
        "SHA-256 against the one in their script; they end "
        "with an error if another file is there.",
    .example = "scalestudy submit birds.yaml --partition cpu --dry-run\nscalestudy submit "
               "birds.yaml --cluster university\nscalestudy collect birds.yaml",
    .min_arguments = 1,
    .max_arguments = 1,
};

static const struct column columns[] = {
    {.name = "array", .type = COLUMN_TEXT},
    {.name = "key", .type = COLUMN_TEXT, .json_only = true},
    {.name = "tasks", .type = COLUMN_INT},
    {.name = "jobs", .type = COLUMN_INT},
    {.name = "minutes", .type = COLUMN_INT},
    {.name = "megabytes", .type = COLUMN_INT},
    {0},
};

static void add_row(
    void *context, const struct submission_array *array, const char *key, const char *job)
{
    struct rowset *rows = context;

    rowset_text(rows, job[0] ? job : NULL);
    rowset_text(rows, key[0] ? key : NULL);
    rowset_int(rows, array->n_tasks);
    rowset_int(rows, array->n_jobs);
    rowset_int(rows, (array->seconds + 59) / 60);
    rowset_int(rows, array->megabytes);
}

static void say(void *context, const char *sentence)
{
    (void)context;
    ui_say("%s", sentence);
}

/* ---- how to send ---- */

static int take_text(char *to, size_t size, const char *option, const char *given, struct err *err)
{
    if (given && !str_copy(to, size, given))
        return err_set(err, ERR_INPUT, "--%s is longer than %zu bytes", option, size - 1);
    return 0;
}

static int take_options(struct cluster *cluster, const struct arguments *given, struct err *err)
{
#define TAKE(field, option)                                                                        \
    take_text(cluster->field, sizeof(cluster->field), option, given->field, err) < 0
    if (TAKE(partition, "partition") || TAKE(account, "account") || TAKE(qos, "qos") ||
        TAKE(constraint, "constraint") || TAKE(time, "time") || TAKE(memory, "memory") ||
        TAKE(clusters, "clusters") || TAKE(url, "url") || TAKE(token_file, "token-file") ||
        TAKE(scratch, "scratch") || TAKE(copy_packed, "copy-packed") ||
        take_text(cluster->launcher, sizeof(cluster->launcher), "via", given->via, err) < 0)
        return -1;
#undef TAKE
    if (str_check(&given->options, err) < 0 ||
        take_text(cluster->options, sizeof(cluster->options), "options",
            given->options.length > 0 ? given->options.text : NULL, err) < 0)
        return -1;
    if (!launcher_find(cluster->launcher, err))
        return err_context(err, "--via");
    if (str_find("policy", cluster->copy_packed, packed_policy_names(), err) < 0)
        return err_context(err, "--copy-packed");
    if (given->cpus < -1 || given->throttle < -1 || given->pack_seconds < -1)
        return err_set(err, ERR_INPUT, "--cpus, --throttle and --pack-seconds must be at least 0");
    if (given->cpus >= 0)
        cluster->cpus = given->cpus;
    if (given->throttle >= 0)
        cluster->throttle = given->throttle;
    if (given->pack_seconds >= 0)
        cluster->pack_seconds = given->pack_seconds;
    return cluster_check(cluster, err);
}

static int check_arguments(const struct arguments *given, struct err *err)
{
    const struct run_settings *settings = &given->settings;

    /* -1 is what was not said. */
    if (settings->threads != -1 && (settings->threads < 1 || settings->threads > RUN_MOST_THREADS))
        return err_set(
            err, ERR_INPUT, "--threads is %d; it must be from 1 to 64", settings->threads);
    if (settings->checkpoint_seconds != -1 &&
        !(settings->checkpoint_seconds >= 0 && settings->checkpoint_seconds <= RUN_MOST_SECONDS))
        return err_set(err, ERR_INPUT, "--checkpoint-seconds is %g; it must be from 0 to 1000000",
            settings->checkpoint_seconds);
    if (settings->takeover_seconds != -1 &&
        !(settings->takeover_seconds >= 1 && settings->takeover_seconds <= RUN_MOST_SECONDS))
        return err_set(err, ERR_INPUT, "--takeover-seconds is %g; it must be from 1 to 1000000",
            settings->takeover_seconds);
    if (settings->retries < -1 || settings->retries > RUN_MOST_RETRIES)
        return err_set(err, ERR_INPUT, "--retries is %d; it must be from 0 to %d",
            settings->retries, RUN_MOST_RETRIES);
    return 0;
}

/* The folder as it would be, for a dry run; nothing is made. */
static int imagine(struct run_folder *run, const char *path, const struct plan *plan,
    const struct run_settings *settings, bool trust, struct err *err)
{
    char here[PATH_BYTES];

    if (run_folder_is(path)) {
        if (run_folder_open(run, path, RUN_FOLDER_LOOK, err) < 0)
            return -1;
        run->trusted = trust;
        run->may_write = false;
        return run_folder_take(run, settings, err);
    }
    *run = (struct run_folder){.folder = DIR_CLOSED,
        .trusted = trust,
        .id = "000000000000",
        .settings = RUN_SETTINGS_DEFAULTS};
    run_settings_take(&run->settings, settings);
    if (!getcwd(here, sizeof(here)) ||
        snprintf(run->folder.path, sizeof(run->folder.path), "%s%s%s", path[0] == '/' ? "" : here,
            path[0] == '/' ? "" : "/", path) >= (int)sizeof(run->folder.path))
        return err_set(err, ERR_INPUT, "the path of the run folder is too long");
    str_copy(run->study, sizeof(run->study), plan->study->name);
    return 0;
}

static void conclude(const struct submit_summary *summary, const struct run_folder *run, bool dry)
{
    ui_say("%s: %d of the study's jobs done, %d failed, %d stopped, %d on their way; %d %s%s in "
           "%d task%s of %d array%s",
        run->folder.path, summary->done, summary->failed, summary->stopped, summary->underway,
        summary->missing, summary->missing == 1 ? "job" : "jobs", dry ? " would be sent" : " sent",
        summary->tasks, ui_plural(summary->tasks), summary->arrays, ui_plural(summary->arrays));
    if (summary->left_out > 0)
        ui_say("%d more do not fit into the queue now; `submit` again when there is room",
            summary->left_out);
}

/* The jobs that are left for `work`, which the user starts. */
static void conclude_by_hand(const struct submit_summary *summary, const struct run_folder *run,
    const char *folder, const char *study_path, bool dry)
{
    const char *made = !dry                  ? "is ready"
                       : run->folder.fd >= 0 ? "would be brought up to date"
                                             : "would be made";

    ui_say("%s %s: %d of the study's jobs done, %d failed, %d stopped, %d on their way; %d %s left",
        run->folder.path, made, summary->done, summary->failed, summary->stopped, summary->underway,
        summary->missing, summary->missing == 1 ? "job is" : "jobs are");
    if (summary->missing > 0)
        ui_say("run `scalestudy work %s%s` on each machine that shares it%s; `scalestudy collect "
               "%s` brings the results together",
            run->trusted ? "--trust " : "", folder, dry ? " once it is made" : "", study_path);
}

static int submit_to(const struct run_folder *run, const struct plan *plan,
    const struct cluster *cluster, const struct arguments *given, const char *database,
    struct submit_summary *summary, struct err *err)
{
    struct rowset rows;
    const struct submit_options how = {.database = database,
        .dry = given->dry,
        .retry_failed = given->retry_failed,
        .no_estimate = given->no_estimate,
        .measuring = ui_measuring,
        .sent = add_row,
        .say = say,
        .context = &rows};
    int result;

    rowset_init(&rows, columns);
    result = submit_missing(run, plan, cluster, &how, summary, err);
    if (given->dry && result == 0)
        fputs(summary->first_script.text, stdout);
    /* What was sent before an error is told, too. */
    if (rowset_count(&rows) > 0 && !given->dry &&
        rowset_print(&rows, stdout, given->format, err) < 0)
        result = -1;
    if (rowset_count(&rows) > 0 && given->dry && result == 0)
        result = rowset_print(&rows, stderr, FORMAT_TABLE, err);
    str_release(&summary->first_script);
    rowset_release(&rows);
    return result;
}

/* Say that jobs of the folder with other images are replaced. */
static int look_at_images(const char *folder, const struct plan *plan, struct err *err)
{
    struct run_folder run;
    struct store *store = NULL;
    int result = -1;

    if (!run_folder_is(folder))
        return 0;
    if (run_folder_open(&run, folder, RUN_FOLDER_LOOK, err) == 0 &&
        run_folder_plan(&run, &store, err) == 0)
        result = images_change_say_of_folder(store, plan, folder, err);
    store_close(store);
    run_folder_close(&run);
    return result;
}

static int submit_study(const struct plan *plan, const struct cluster *cluster,
    const struct arguments *given, const char *study_path, struct err *err)
{
    char folder[PATH_BYTES], database[PATH_BYTES];
    const struct launcher *via = launcher_find(cluster->launcher, err);
    struct submit_summary summary;
    struct run_folder run;
    int result = -1;

    if (run_folder_choose(given->run, study_path, folder, err) < 0 ||
        study_paths_choose(given->database, study_path, database, err) < 0 ||
        look_at_images(folder, plan, err) < 0)
        return -1;
    if (given->dry
            ? imagine(&run, folder, plan, &given->settings, given->trust, err) == 0
            : run_folder_create(&run, folder, plan, &given->settings, given->trust, err) == 0)
        result = submit_to(&run, plan, cluster, given, database, &summary, err);
    if (result == 0)
        result = plan_say_remarks(plan, err);
    if (result == 0 && via->submit)
        conclude(&summary, &run, given->dry);
    else if (result == 0)
        conclude_by_hand(&summary, &run, folder, study_path, given->dry);
    run_folder_close(&run);
    return result;
}

/* The cluster's file, which says its name in its own errors. */
static int load_cluster(struct cluster *cluster, const char *name, struct err *err)
{
    char path[PATH_BYTES];

    cluster_init(cluster);
    if (!name)
        return 0;
    if (cluster_find(name, path, err) < 0 || cluster_load(cluster, path, err) < 0)
        return -1;
    if (strcmp(path, name) != 0)
        ui_say("the cluster %s is described by %s", name, path);
    return cluster_check(cluster, err) < 0 ? err_context(err, "--cluster %.200s", name) : 0;
}

static int run_submit(int argc, char **argv, struct err *err)
{
    struct arguments given = {.cpus = -1,
        .throttle = -1,
        .pack_seconds = -1,
        .options = STR_INIT,
        .settings = RUN_SETTINGS_UNSAID};
    struct study study = STUDY_INIT;
    struct plan plan = PLAN_INIT;
    struct cluster cluster;
    char **arguments;
    int result = -1;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        str_release(&given.options);
        return -1;
    }
    if (check_arguments(&given, err) == 0 && load_cluster(&cluster, given.cluster, err) == 0 &&
        take_options(&cluster, &given, err) == 0 &&
        plan_load(&plan, &study, arguments[0], PLAN_TELLING, err) == 0)
        result = submit_study(&plan, &cluster, &given, arguments[0], err);
    plan_release(&plan);
    study_release(&study);
    str_release(&given.options);
    return result;
}

const struct command command_submit = {
    .name = "submit",
    .summary = "send the missing jobs of a study to a cluster",
    .run = run_submit,
};
