/*
 * A study of trivial jobs from its text to its table: planned and stored, taken and finished by four
 * processes at once, counted, tabulated. Every job is done exactly once, and all counts agree.
 * `make bench-store` does it with 1,000, 10,000 and 100,000 jobs, and prints what it took: seconds,
 * and, which other programs disturb less, microseconds of processor time a job.
 */
#include "tests/lib/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "harness/base/clock.h"
#include "harness/study/plan_store.h"
#include "harness/views/status_view.h"
#include "harness/views/table_counter.h"
#include "results/store/store_admin.h"
#include "tests/results/fixture.h"

#define PROCESSES 4
#define NETWORKS  10

/* Seconds by the clock, and of the processor for plan, store and work together. */
struct times {
    double plan, store, work, status, table, processor;
};

static double processor_seconds(void)
{
    double seconds = 0;
    struct rusage usage;

    for (int i = 0; i < 2; i++) {
        getrusage(i ? RUSAGE_CHILDREN : RUSAGE_SELF, &usage);
        seconds += (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
                   1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    }
    return seconds;
}

static void study_of(int n_jobs, struct str *text)
{
    str_add(text, "name: s\ndata: {name: shapes}\nrecipe: {epochs: 1, batch: 32}\nseeds: [");
    for (int seed = 0; seed < n_jobs / NETWORKS; seed++)
        str_addf(text, "%s%d", seed ? ", " : "", seed);
    str_add(text, "]\nmodels:\n  - base: mobilenet_v2\n    input: 32\n    variant: {width: 0.25}\n"
                  "    scalings:\n      - {method: baseline}\n      - {method: width, w: "
                  "[1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.5]}\n");
}

static void plan_into(struct store *store, int n_jobs, struct times *times)
{
    struct study study = STUDY_INIT;
    struct plan plan = PLAN_INIT;
    struct str text = STR_INIT;
    struct err err = {0};
    double began;
    int dropped;

    study_of(n_jobs, &text);
    began = clock_seconds();
    if (study_parse(&study, "s.yaml", text.text, text.length, &err) < 0 ||
        plan_build(&plan, &study, 10, PLAN_TELLING, &err) < 0)
        fail_msg("%s", err.message);
    times->plan = clock_seconds() - began;
    assert_int_equal(plan.n_jobs, n_jobs);
    began = clock_seconds();
    if (plan_store(&plan, store, &dropped, &err) < 0)
        fail_msg("%s", err.message);
    times->store = clock_seconds() - began;
    plan_release(&plan);
    study_release(&study);
    str_release(&text);
}

/* Take jobs and be done with them until none waits; how many, or -1. */
static int work(struct store *store, struct err *err)
{
    static const struct job_outcome outcome = {.loss = 1,
        .top1 = 50,
        .top5 = NAN,
        .epochs = 1,
        .train_seconds = 2,
        .images_per_second = 3,
        .peak_bytes = 4};
    struct claim claim;
    int done = 0, got;

    while ((got = store_claim(store, "s", &fixture_owner, INT64_MAX, &claim, err)) > 0) {
        if (store_finish(store, claim.job_id, claim.attempt, &outcome, err) < 0)
            return -1;
        claim_release(&claim);
        done++;
    }
    return got < 0 ? -1 : done;
}

static void work_in_processes(const char *path, struct times *times)
{
    pid_t pids[PROCESSES];
    double began = clock_seconds();

    for (int i = 0; i < PROCESSES; i++) {
        struct store *store = NULL;
        struct err err = {0};
        int done;

        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] > 0)
            continue;
        done = store_open(&store, path, STORE_WRITE, &err) < 0 ? -1 : work(store, &err);
        if (done < 0)
            fprintf(stderr, "%s\n", err.message);
        store_close(store);
        _exit(done >= 0 ? 0 : 1);
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status;

        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    times->work = clock_seconds() - began;
}

static void look(struct store *store, int n_jobs, struct times *times)
{
    const struct table_options options = {.study = "s", .counter = &table_counter};
    struct status status = {0};
    struct err err = {0};
    struct rowset rows;
    const struct table *table = table_find("table3", &err);
    double began = clock_seconds();

    if (status_load(&status, store, "s", &err) < 0)
        fail_msg("%s", err.message);
    times->status = clock_seconds() - began;
    assert_int_equal(status.studies[0].done, n_jobs);
    assert_int_equal(status.groups[0].done + status.groups[1].done, n_jobs);
    status_release(&status);
    began = clock_seconds();
    rowset_init(&rows, table->columns);
    if (table->fill(store, &options, &rows, &err) < 0)
        fail_msg("%s", err.message);
    times->table = clock_seconds() - began;
    rowset_release(&rows);
}

static void assert_each_once(struct fixture *f, int n_jobs)
{
    struct rowset problems;
    char text[256];
    int n;

    assert_int_equal(
        fixture_sql(f, "SELECT count(*) FROM job WHERE state = 'done' AND attempt = 1", text), 0);
    assert_int_equal((int)strtol(text, NULL, 10), n_jobs);
    rowset_init(&problems, store_problem_columns);
    if (store_check(f->store, &problems, &n, &f->err) < 0)
        fail_msg("%s", f->err.message);
    assert_int_equal(n, 0);
    rowset_release(&problems);
}

static struct times all_the_way(int n_jobs)
{
    struct fixture f;
    struct times times;
    double began = processor_seconds();

    fixture_folder(&f);
    assert_int_equal(store_open(&f.store, f.path, STORE_CREATE, &f.err), 0);
    plan_into(f.store, n_jobs, &times);
    store_close(f.store);
    work_in_processes(f.path, &times);
    times.processor = processor_seconds() - began;
    assert_int_equal(store_open(&f.store, f.path, STORE_READ, &f.err), 0);
    look(f.store, n_jobs, &times);
    assert_each_once(&f, n_jobs);
    fixture_release(&f);
    return times;
}

static void test_store__four_processes_do_every_job_once(void **state)
{
    char *sizes = getenv("BENCH_JOBS"), *rest = sizes ? strdup(sizes) : NULL, *size;

    (void)state;
    if (!rest) {
        all_the_way(200);
        return;
    }
    printf("%8s %8s %8s %10s %9s %9s %12s\n", "jobs", "plan", "store", "jobs/s", "status", "table",
        "CPU per job");
    for (char *list = rest; (size = strsep(&list, " "));) {
        int n = (int)strtol(size, NULL, 10);
        struct times t = all_the_way(n);

        printf("%8d %6.2f s %6.2f s %10.0f %6.1f ms %6.1f ms %9.0f us\n", n, t.plan, t.store,
            n / t.work, 1e3 * t.status, 1e3 * t.table, 1e6 * t.processor / n);
    }
    free(rest);
}
