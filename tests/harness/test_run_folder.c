/* Run folders from inside: who has a job, and many jobs. SCALESTUDY_TEST_JOBS=10000 measures more of them. */
#include "tests/lib/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/shared_queue/chain.h"
#include "harness/base/clock.h"
#include "harness/shared_queue/collect.h"
#include "harness/cluster/submission.h"
#include "results/query/query.h"
#include "results/store/shard.h"

#define JOBS 200 /* of the test of many */

struct made {
    char folder[64], path[96];
    struct study study;
    struct plan plan;
    struct run_folder run;
    struct chain_owner self;
    struct err err;
};

static void make_run(struct made *m, int n_seeds, double takeover_seconds)
{
    const struct run_settings settings = {
        .threads = 1, .checkpoint_seconds = 60, .takeover_seconds = takeover_seconds};
    struct str text = STR_INIT;
    bool in_memory = access("/dev/shm", W_OK) == 0;

    *m = (struct made){.study = STUDY_INIT, .plan = PLAN_INIT};
    snprintf(
        m->folder, sizeof(m->folder), "%s/scalestudy-test-XXXXXX", in_memory ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(m->folder));
    snprintf(m->path, sizeof(m->path), "%s/s.run", m->folder);
    str_add(&text, "name: t\ndata: {name: shapes}\nseeds: [0");
    for (int i = 1; i < n_seeds; i++)
        str_addf(&text, ", %d", i);
    str_add(&text, "]\nmodels:\n  - base: mobilenet_v2\n    input: 32\n"
                   "    variant: {width: 0.25}\n    scalings: [{method: baseline}]\n");
    if (study_parse(&m->study, "s.yaml", text.text, text.length, &m->err) < 0 ||
        plan_build(&m->plan, &m->study, 10, PLAN_FILE, &m->err) < 0 ||
        run_folder_create(&m->run, m->path, &m->plan, &settings, false, &m->err) < 0 ||
        chain_self(&m->self, NULL, &m->err) < 0)
        fail_msg("%s", m->err.message);
    str_release(&text);
}

static void remove_run(struct made *m)
{
    run_folder_close(&m->run);
    run_folder_remove(m->folder);
    plan_release(&m->plan);
    study_release(&m->study);
}

/* A claim by somebody on another machine, who cannot be looked at. */
static struct chain_owner stranger(const struct made *m)
{
    struct chain_owner owner = m->self;

    str_copy(owner.process.host, sizeof(owner.process.host), "elsewhere");
    return owner;
}

/* A result of a job, as a worker makes it, in the run folder's tmp. */
static void make_result(struct made *m, const char *job_id, int attempt, char to[RUN_NAME_BYTES])
{
    const struct shard_origin origin = {.run = m->run.id, .job_id = job_id, .attempt = attempt};
    const struct epoch_row epochs[] = {
        {1, "train", 2, 10, 50, 0.1, 1}, {1, "test", 1.5, 20, 60, 0.1, 1}};
    const struct job_outcome outcome = {.loss = 1.5, .top1 = 20, .top5 = 60, .epochs = 1};
    const struct owner owner = {.host = "h", .pid = 1, .process_start = 1, .boot_id = "b"};
    struct store *plan = NULL, *store = NULL;
    struct claim claim;
    char database[160], path[RUN_FILE_PATH];

    snprintf(database, sizeof(database), "%s/job.db", m->folder);
    unlink(database);
    if (run_folder_plan(&m->run, &plan, &m->err) < 0 ||
        store_open(&store, database, STORE_CREATE, &m->err) < 0 ||
        store_copy_job(plan, store, "t", job_id, &m->err) < 0 ||
        store_claim(store, "t", &owner, INT64_MAX, &claim, &m->err) != 1 ||
        store_finish(store, job_id, claim.attempt, &outcome, &m->err) < 0)
        fail_msg("%s", m->err.message);
    claim_release(&claim);
    store_close(store);
    store_close(plan);
    if (run_folder_temporary(to, &m->err) < 0)
        fail_msg("%s", m->err.message);
    run_folder_path(&m->run, path, "%s", to);
    if (shard_write(database, &origin, epochs, 2, path, &m->err) < 0)
        fail_msg("%s", m->err.message);
}

static void test_run_folder__a_job_is_claimed_once(void **state)
{
    struct chain_claim first, second;
    struct chain_entry last;
    struct made m;

    (void)state;
    make_run(&m, 1, 100);
    assert_int_equal(chain_claim(&m.run, m.plan.ids[0], &m.self, &first, &last, &m.err), 1);
    assert_int_equal(first.number, 1);
    assert_int_equal(chain_claim(&m.run, m.plan.ids[0], &m.self, &second, &last, &m.err), 0);
    assert_int_equal(last.kind, ENTRY_CLAIMED);
    assert_true(chain_heartbeat(&m.run, &first));
    remove_run(&m);
}

static void test_run_folder__a_silent_attempt_is_followed_and_cannot_publish(void **state)
{
    struct chain_owner other;
    struct chain_claim old, new;
    struct chain_entry last;
    struct made m;
    char result[RUN_NAME_BYTES];

    (void)state;
    make_run(&m, 1, 0.05);
    other = stranger(&m);
    assert_int_equal(chain_claim(&m.run, m.plan.ids[0], &other, &old, &last, &m.err), 1);
    usleep(120000);
    assert_int_equal(chain_claim(&m.run, m.plan.ids[0], &m.self, &new, &last, &m.err), 1);
    assert_int_equal(new.number, 2);
    assert_false(chain_heartbeat(&m.run, &old));
    make_result(&m, m.plan.ids[0], old.number, result);
    assert_int_equal(chain_publish(&m.run, &old, result, true, &m.err), 0);
    make_result(&m, m.plan.ids[0], new.number, result);
    assert_int_equal(chain_publish(&m.run, &new, result, true, &m.err), 1);
    assert_int_equal(chain_last(&m.run, m.plan.ids[0], &last, &m.err), 0);
    assert_int_equal(last.kind, ENTRY_DONE);
    assert_int_equal(last.number, 3);
    remove_run(&m);
}

static void test_run_folder__a_task_started_again_follows_itself_at_once(void **state)
{
    struct chain_owner other;
    struct chain_claim claim;
    struct chain_entry last;
    struct made m;

    (void)state;
    make_run(&m, 1, 1000);
    other = stranger(&m);
    str_copy(other.task, sizeof(other.task), "key/3 77_3");
    assert_int_equal(chain_claim(&m.run, m.plan.ids[0], &other, &claim, &last, &m.err), 1);
    assert_int_equal(chain_claim(&m.run, m.plan.ids[0], &m.self, &claim, &last, &m.err), 0);
    str_copy(m.self.task, sizeof(m.self.task), "key/3 77_3");
    assert_int_equal(chain_claim(&m.run, m.plan.ids[0], &m.self, &claim, &last, &m.err), 1);
    remove_run(&m);
}

static void test_run_folder__who_died_on_this_machine_is_followed_at_once(void **state)
{
    struct chain_owner dead;
    struct chain_claim claim;
    struct chain_entry last;
    struct made m;

    (void)state;
    make_run(&m, 1, 1000);
    dead = m.self;
    dead.process.process_start += 1; /* that pid is somebody else now */
    assert_int_equal(chain_claim(&m.run, m.plan.ids[0], &dead, &claim, &last, &m.err), 1);
    assert_int_equal(chain_claim(&m.run, m.plan.ids[0], &m.self, &claim, &last, &m.err), 1);
    remove_run(&m);
}

static void test_run_folder__a_stopped_job_is_not_claimed_until_it_is_wanted(void **state)
{
    struct chain_claim claim;
    struct chain_entry last;
    struct made m;
    const char *id;

    (void)state;
    make_run(&m, 1, 1000);
    id = m.plan.ids[0];
    assert_int_equal(chain_claim(&m.run, id, &m.self, &claim, &last, &m.err), 1);
    assert_int_equal(chain_add(&m.run, id, 1, ENTRY_STOPPED, "x", &m.err), 1);
    assert_int_equal(chain_add(&m.run, id, 1, ENTRY_RETRY, "late", &m.err), 0);
    assert_false(chain_heartbeat(&m.run, &claim));
    assert_int_equal(chain_claim(&m.run, id, &m.self, &claim, &last, &m.err), 0);
    assert_int_equal(chain_add(&m.run, id, 2, ENTRY_RETRY, "y", &m.err), 1);
    assert_int_equal(chain_claim(&m.run, id, &m.self, &claim, &last, &m.err), 1);
    assert_int_equal(claim.number, 4);
    remove_run(&m);
}

static void test_run_folder__takes_what_is_said_anew_and_keeps_the_rest(void **state)
{
    struct run_settings said = RUN_SETTINGS_UNSAID;
    struct run_folder again;
    struct made m;

    (void)state;
    make_run(&m, 1, 10);
    said.retries = 7;
    m.plan.data.loader_threads = 3;
    assert_int_equal(run_folder_create(&again, m.path, &m.plan, &said, false, &m.err), 0);
    assert_int_equal(run_folder_open(&again, m.path, RUN_FOLDER_LOOK, &m.err), 0);
    assert_int_equal(again.settings.retries, 7);
    assert_int_equal(again.settings.threads, 1);
    assert_true(again.settings.takeover_seconds == 10);
    assert_int_equal(again.loader_threads, 3);
    assert_string_equal(again.id, m.run.id);
    remove_run(&m);
}

static void test_run_folder__other_threads_are_refused(void **state)
{
    const struct run_settings settings = {
        .threads = 2, .checkpoint_seconds = 60, .takeover_seconds = 10};
    struct run_folder again;
    struct made m;

    (void)state;
    make_run(&m, 1, 10);
    assert_int_equal(run_folder_create(&again, m.path, &m.plan, &settings, false, &m.err), -1);
    assert_non_null(strstr(m.err.message, "other digits"));
    remove_run(&m);
}

/* One result is made as a worker does; the others are copies with their own names in them. */
static void publish_all(struct made *m, int n)
{
    struct chain_claim claim;
    struct chain_entry last;
    char result[RUN_NAME_BYTES];

    for (int i = 0; i < n; i++) {
        if (chain_claim(&m->run, m->plan.ids[i], &m->self, &claim, &last, &m->err) != 1)
            fail_msg("%s", m->err.message);
        make_result(m, m->plan.ids[i], claim.number, result);
        if (chain_publish(&m->run, &claim, result, true, &m->err) != 1)
            fail_msg("%s", m->err.message);
    }
}

static void test_run_folder__many_results_are_collected_once_each(void **state)
{
    const char *given = getenv("SCALESTUDY_TEST_JOBS");
    long long n = JOBS;
    struct collect_summary summary;
    struct store *store = NULL;
    struct made m;
    char database[160];
    double started;

    (void)state;
    if (given)
        assert_true(str_to_int64(given, &n));
    make_run(&m, (int)n, 100);
    publish_all(&m, (int)n);
    snprintf(database, sizeof(database), "%s/all.db", m.folder);
    for (int round = 0; round < 2; round++) {
        started = clock_seconds();
        if (store_open(&store, database, STORE_CREATE, &m.err) < 0 ||
            collect_into(store, &m.run, NULL, &summary, &m.err) < 0)
            fail_msg("%s", m.err.message);
        print_message("round %d: %lld results in %.3f s\n", round, n, clock_seconds() - started);
        store_close(store);
        assert_int_equal(summary.merged, round == 0 ? n : 0);
        assert_int_equal(summary.known, round == 0 ? 0 : n);
        assert_int_equal(summary.set_aside, 0);
    }
    remove_run(&m);
}

/* ---- what is sent ---- */

static void plan_jobs(struct submission_plan *plan, int n, double seconds, int64_t megabytes,
    const struct cluster *cluster, int max_array, int max_jobs)
{
    const struct launch_limits limits = {.max_array = max_array, .max_jobs = max_jobs};
    struct submission_job *jobs = calloc((size_t)n, sizeof(*jobs));
    struct err err = {0};

    assert_non_null(jobs);
    for (int i = 0; i < n; i++)
        jobs[i] = (struct submission_job){
            .id = "x", .seconds = seconds, .megabytes = i % 2 ? megabytes : 10 * megabytes};
    if (submission_plan(plan, jobs, n, cluster, &limits, &err) < 0)
        fail_msg("%s", err.message);
    free(jobs);
}

static void test_submission__arrays_keep_to_the_queues_limits(void **state)
{
    struct submission_plan plan;
    struct cluster cluster;
    int jobs = 0;

    (void)state;
    cluster_init(&cluster);
    plan_jobs(&plan, 10000, 3600, 200, &cluster, 1001, 20000);
    assert_int_equal(plan.n_tasks, 10000);
    assert_int_equal(plan.left_out, 0);
    assert_true(plan.n_arrays <= 12);
    for (int i = 0; i < plan.n_arrays; i++) {
        assert_true(plan.arrays[i].n_tasks <= 1001);
        jobs += plan.arrays[i].n_jobs;
    }
    assert_int_equal(jobs, 10000);
    /* Large needs are arrays of their own, and first. */
    assert_true(plan.arrays[0].megabytes > plan.arrays[plan.n_arrays - 1].megabytes);
    submission_plan_release(&plan);
}

static void test_submission__short_jobs_share_tasks(void **state)
{
    struct submission_plan plan;
    struct cluster cluster;

    (void)state;
    cluster_init(&cluster);
    plan_jobs(&plan, 1000, 60, 200, &cluster, 1001, 20000);
    assert_int_equal(plan.n_tasks, 100);
    submission_plan_release(&plan);
    cluster.pack_seconds = 0;
    plan_jobs(&plan, 1000, 60, 200, &cluster, 1001, 20000);
    assert_int_equal(plan.n_tasks, 1000);
    submission_plan_release(&plan);
    /* A queue with room for less gets several jobs a task all the same. */
    plan_jobs(&plan, 1000, 60, 200, &cluster, 1001, 300);
    assert_true(plan.n_tasks <= 300);
    assert_int_equal(plan.left_out, 0);
    submission_plan_release(&plan);
}

static void test_cluster__times_and_sizes_are_slurms(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } times[] = {{"90", 5400}, {"1:30", 90}, {"2:00:00", 7200}, {"1-0", 86400}, {"1-12:30", 131400},
        {"2-0:0:1", 172801}};
    static const char *const wrong[] = {"", "x", "1:2:3:4", "-5", "1-", "1-x", "1::2", "5h"};
    struct err err = {0};
    int64_t value;

    (void)state;
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        assert_int_equal(cluster_seconds(times[i].text, &value, &err), 0);
        assert_int_equal(value, times[i].seconds);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        err_clear(&err);
        assert_int_equal(cluster_seconds(wrong[i], &value, &err), -1);
    }
    err_clear(&err);
    assert_int_equal(cluster_megabytes("4G", &value, &err), 0);
    assert_int_equal(value, 4096);
    assert_int_equal(cluster_megabytes("300", &value, &err), 0);
    assert_int_equal(value, 300);
    assert_int_equal(cluster_megabytes("2048K", &value, &err), 0);
    assert_int_equal(value, 2);
    assert_int_equal(cluster_megabytes("4X", &value, &err), -1);
}
