/*
 * A run folder with something in it, made by commands as users do, and by hand what tasks of a queue would leave: jobs
 * that are done, failed, running, stopped and waiting, and a submission.
 *
 *     make_whole();               root/whole.run, with root/t.yaml and root/hand.yaml
 *     CALL(&command_status, &err, "status", "whole.run")
 */
#ifndef SCALESTUDY_TESTS_HARNESS_MADE_RUN_H
#define SCALESTUDY_TESTS_HARNESS_MADE_RUN_H

#include "tests/lib/damage.h"

#include <ftw.h>
#include <jansson.h>
#include <unistd.h>

#include "harness/system/file.h"
#include "harness/cluster/cluster.h"
#include "harness/commands/command.h"
#include "results/store/shard.h"

#define MAX_BYTES (64 << 20)
#define N_JOBS    5
#define KEY       "0123456789abcdef0123456789abcdef"
#define STUDY                                                                                      \
    "name: t\ndata: {name: shapes}\nseeds: [0, 1, 2, 3, 4]\nmodels:\n  - base: mobilenet_v2\n"     \
    "    input: 32\n    variant: {width: 0.25}\n    scalings: [{method: baseline}]\n"

extern const struct command command_status, command_jobs, command_logs, command_cancel,
    command_retry, command_rm, command_collect, command_submit;

/* The working folder, in which all is. */
static char root[64];
static char ids[N_JOBS][65];

/* ---- files ---- */

static inline void path_of(char to[512], const char *name)
{
    assert_in_range(snprintf(to, 512, "%s/%s", root, name), 1, 511);
}

static inline void put(const char *name, const char *text)
{
    struct str content = STR_INIT;
    char path[512];

    str_add(&content, text);
    path_of(path, name);
    damage_put(path, &content);
    str_release(&content);
}

static inline void make_folder(const char *name)
{
    char path[512];
    struct err err = {0};

    path_of(path, name);
    assert_int_equal(file_make_folders(path, &err), 0);
}

static inline int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

static inline void remove_tree(const char *name)
{
    char path[512];

    path_of(path, name);
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- commands ---- */

/* Standard streams that go nowhere: what commands print is not looked at here. */
static FILE *nowhere, *output, *errors;

/* As the program runs it. */
static inline int call(const struct command *command, char **words, struct err *err)
{
    int n = 0, result;

    while (words[n])
        n++;
    output = stdout;
    errors = stderr;
    stdout = stderr = nowhere;
    result = command->run(n, words, err);
    stdout = output;
    stderr = errors;
    return result;
}

#define CALL(command, err, ...) call(command, (char *[]){__VA_ARGS__, NULL}, err)

/* ---- a run folder with something in it ---- */

static inline void put_entry(int job, int number, const char *kind)
{
    char name[256], text[512];

    snprintf(name, sizeof(name), "whole.run/chain/%.2s/%.64s.%d", ids[job], ids[job], number);
    snprintf(text, sizeof(text),
        "{\"kind\": \"%s\", \"since\": \"2026-01-01T00:00:00Z\", \"host\": \"elsewhere\", \"pid\": "
        "4711, "
        "\"process_start\": 99, \"boot_id\": \"b\", \"pid_space\": \"p\", \"task\": \"" KEY
        "/0 77_0\", \"reason\": \"\"}",
        kind);
    put(name, text);
}

/* A result of a job, as a worker makes it, in the chain and among the results. */
static inline void put_result(int job, const char *run_id)
{
    const struct shard_origin origin = {.run = run_id, .job_id = ids[job], .attempt = 1};
    const struct epoch_row epochs[] = {
        {1, "train", 2, 10, 50, 0.1, 1}, {1, "test", 1.5, 20, 60, 0.1, 1}};
    const struct job_outcome outcome = {.loss = 1.5, .top1 = 20, .top5 = 60, .epochs = 1};
    const struct owner owner = {.host = "h", .pid = 1, .process_start = 1, .boot_id = "b"};
    struct store *plan = NULL, *store = NULL;
    struct claim claim;
    struct err err = {0};
    char from[512], database[512], chain[512], shown[512], name[256];

    path_of(from, "whole.run/plan.db");
    path_of(database, "job.db");
    snprintf(name, sizeof(name), "whole.run/chain/%.2s/%.64s.2", ids[job], ids[job]);
    path_of(chain, name);
    snprintf(name, sizeof(name), "whole.run/results/%.64s.2.%s", ids[job], job ? "failed" : "done");
    path_of(shown, name);
    if (store_open(&plan, from, STORE_FROZEN, &err) < 0 ||
        store_open(&store, database, STORE_CREATE, &err) < 0 ||
        store_copy_job(plan, store, "t", ids[job], &err) < 0 ||
        store_claim(store, "t", &owner, INT64_MAX, &claim, &err) != 1 ||
        (job ? store_fail(store, ids[job], claim.attempt, "it failed", &err)
             : store_finish(store, ids[job], claim.attempt, &outcome, &err)) < 0)
        fail_msg("%s", err.message);
    claim_release(&claim);
    store_close(store);
    store_close(plan);
    if (shard_write(database, &origin, epochs, 2, chain, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(link(chain, shown), 0);
    unlink(database);
}

static inline void list_jobs(void)
{
    struct planned_job *jobs = NULL;
    struct store *plan = NULL;
    struct err err = {0};
    char path[512];
    int n = 0;

    path_of(path, "whole.run/plan.db");
    if (store_open(&plan, path, STORE_FROZEN, &err) < 0 ||
        store_list_jobs(plan, "t", &jobs, &n, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(n, N_JOBS);
    for (int i = 0; i < N_JOBS; i++)
        str_copy(ids[i], sizeof(ids[i]), jobs[i].id);
    store_close(plan);
    free(jobs);
}

static inline void read_run_id(char to[33])
{
    struct str text = STR_INIT;
    struct err err = {0};
    json_t *json;
    char path[512];

    path_of(path, "whole.run/run.json");
    assert_int_equal(file_read(path, MAX_BYTES, &text, &err), 0);
    json = json_loads(text.text, 0, NULL);
    str_copy(to, 33, json_string_value(json_object_get(json, "run")));
    json_decref(json);
    str_release(&text);
}

static inline void put_submission(void)
{
    struct cluster cluster;
    struct str text = STR_INIT;

    cluster_init(&cluster);
    config_dump(&cluster_table, &cluster, &text);
    put("whole.run/cluster.json", text.text);
    str_clear(&text);
    make_folder("whole.run/submissions/" KEY);
    str_addf(&text, "%s %s\n%s\n", ids[3], ids[2], ids[4]);
    put("whole.run/submissions/" KEY "/tasks", text.text);
    put("whole.run/submissions/" KEY "/script.sh", "#!/bin/bash\nexec true\n");
    put("whole.run/submissions/" KEY "/accepted", "77\n");
    put("whole.run/queue.tsv",
        "77\t0\t" KEY "\tRUNNING\tn1\tNone\n77\t1\t" KEY "\tPENDING\t\tResources\n");
    str_clear(&text);
    str_addf(&text, "%s\n", ids[4]);
    put("whole.run/elsewhere", text.text);
    str_release(&text);
}

static inline void make_whole(void)
{
    char id[33], name[256];
    struct err err = {0};

    put("t.yaml", STUDY);
    put("hand.yaml", "launcher: hand\n");
    if (CALL(&command_submit, &err, "submit", "t.yaml", "--run", "whole.run", "--cluster",
            "./hand.yaml", "--no-estimate", "--db", "none.db") < 0)
        fail_msg("%s", err.message);
    list_jobs();
    read_run_id(id);
    for (int job = 0; job < 2; job++) {
        put_entry(job, 1, "claimed");
        put_result(job, id);
    }
    put_entry(2, 1, "claimed");
    put_entry(2, 2, "released");
    put_entry(2, 3, "claimed");
    put_entry(3, 1, "stopped");
    for (int number = 1; number <= 3; number += 2) {
        snprintf(name, sizeof(name), "whole.run/attempts/%.64s.%d", ids[2], number);
        make_folder(name);
        snprintf(
            name, sizeof(name), "whole.run/attempts/%.64s.%d/%.64s.log", ids[2], number, ids[2]);
        put(name, "epoch 1\n");
    }
    put_submission();
}

#endif
