/* Which jobs go to the queue together: for submission.h. */
#include <stdlib.h>
#include <string.h>

#include "submission.h"

/* What a task asks for beyond the estimate: an estimate is only one, machines differ, and a job that
 * meets its limit goes on later all the same. */
#define TIME_FACTOR   2.0
#define TIME_SECONDS  600.0
#define MEMORY_FACTOR 1.2
#define MEMORY_MB     300
#define MOST_PER_TASK 1000

/* Tasks of about the same need go into one array. */
static int64_t time_class(double seconds)
{
    static const int64_t minutes[] = {30, 60, 120, 240, 480, 720, 1440, 2880, 5760, 10080};
    double wanted = (TIME_FACTOR * seconds + TIME_SECONDS) / 60;

    for (size_t i = 0; i < sizeof(minutes) / sizeof(minutes[0]); i++)
        if (wanted <= (double)minutes[i])
            return 60 * minutes[i];
    return 60 * minutes[sizeof(minutes) / sizeof(minutes[0]) - 1];
}

/* 512, 768, 1024, 1536, ... megabytes. */
static int64_t memory_class(int64_t megabytes)
{
    int64_t wanted = (int64_t)(MEMORY_FACTOR * (double)megabytes) + MEMORY_MB, size = 512;

    while (size < wanted && size < ((int64_t)1 << 40)) {
        if (size + size / 2 >= wanted)
            return size + size / 2;
        size *= 2;
    }
    return size;
}

/* Larger needs first: they take longest to find a place. Equals stay in the study's order. */
static int compare_jobs(const void *a, const void *b)
{
    const struct submission_job *x = a, *y = b;
    int64_t mx = memory_class(x->megabytes), my = memory_class(y->megabytes);
    int64_t tx = time_class(x->seconds), ty = time_class(y->seconds);

    if (mx != my)
        return mx > my ? -1 : 1;
    if (tx != ty)
        return tx > ty ? -1 : 1;
    return 0;
}

/* A stable sort by need; glibc's qsort is stable for what fits into memory, but does not promise it. */
static void sort_by_need(struct submission_job *jobs, int n)
{
    struct submission_job *copy = n > 1 ? malloc((size_t)n * sizeof(*copy)) : NULL;

    if (!copy) {
        if (n > 1)
            qsort(jobs, (size_t)n, sizeof(*jobs), compare_jobs);
        return;
    }
    for (int width = 1; width < n; width *= 2) {
        for (int low = 0; low < n; low += 2 * width) {
            int middle = low + width < n ? low + width : n;
            int high = low + 2 * width < n ? low + 2 * width : n;
            int i = low, k = middle;

            for (int at = low; at < high; at++)
                copy[at] = i < middle && (k >= high || compare_jobs(&jobs[i], &jobs[k]) <= 0)
                               ? jobs[i++]
                               : jobs[k++];
        }
        memcpy(jobs, copy, (size_t)n * sizeof(*jobs));
    }
    free(copy);
}

struct need {
    int64_t seconds, megabytes;
};

/* What a task with these jobs asks for: they run one after the other. */
static int need_of(const struct submission_job *jobs, int n, const struct cluster *cluster,
    struct need *need, struct err *err)
{
    double seconds = 0;
    int64_t megabytes = 0;

    for (int i = 0; i < n; i++) {
        seconds += jobs[i].seconds;
        megabytes = jobs[i].megabytes > megabytes ? jobs[i].megabytes : megabytes;
    }
    *need = (struct need){time_class(seconds), memory_class(megabytes)};
    if (cluster->time[0] && cluster_seconds(cluster->time, &need->seconds, err) < 0)
        return -1;
    if (cluster->memory[0] && cluster_megabytes(cluster->memory, &need->megabytes, err) < 0)
        return -1;
    return 0;
}

/* How many of the first jobs share a task: as many as together take no longer than pack_seconds, of
 * the same need; at least so many that the tasks fit into the queue. */
static int jobs_together(
    const struct submission_job *jobs, int n, const struct cluster *cluster, int at_least)
{
    double seconds = 0;
    int count = 0;

    while (count < n && count < MOST_PER_TASK) {
        seconds += jobs[count].seconds;
        if (count > 0 && count >= at_least && seconds > cluster->pack_seconds)
            break;
        if (count > 0 && !cluster->memory[0] &&
            memory_class(jobs[count].megabytes) != memory_class(jobs[0].megabytes))
            break;
        count++;
    }
    return count > 0 ? count : 1;
}

static int add_task(struct submission_plan *plan, int n_jobs, const struct need *need,
    const struct launch_limits *limits)
{
    struct submission_array *array = plan->n_arrays > 0 ? &plan->arrays[plan->n_arrays - 1] : NULL;

    if (!array || array->n_tasks == limits->max_array || array->seconds != need->seconds ||
        array->megabytes != need->megabytes) {
        array = &plan->arrays[plan->n_arrays++];
        *array = (struct submission_array){
            .first_task = plan->n_tasks, .seconds = need->seconds, .megabytes = need->megabytes};
    }
    array->n_tasks++;
    array->n_jobs += n_jobs;
    plan->task_starts[plan->n_tasks + 1] = plan->task_starts[plan->n_tasks] + n_jobs;
    plan->n_tasks++;
    return n_jobs;
}

int submission_plan(struct submission_plan *plan, const struct submission_job *jobs, int n_jobs,
    const struct cluster *cluster, const struct launch_limits *limits, struct err *err)
{
    size_t n = (size_t)(n_jobs > 0 ? n_jobs : 0);
    int at_least, at = 0;

    *plan = (struct submission_plan){.n_jobs = n_jobs};
    plan->jobs = calloc(n + 1, sizeof(*plan->jobs));
    plan->task_starts = calloc(n + 2, sizeof(*plan->task_starts));
    plan->arrays = calloc(n + 1, sizeof(*plan->arrays));
    if (!plan->jobs || !plan->task_starts || !plan->arrays) {
        submission_plan_release(plan);
        return err_set(err, ERR_MEMORY, "no memory to send %d jobs", n_jobs);
    }
    if (n > 0)
        memcpy(plan->jobs, jobs, n * sizeof(*jobs));
    sort_by_need(plan->jobs, n_jobs);
    at_least = limits->max_jobs > 0 ? (n_jobs + limits->max_jobs - 1) / limits->max_jobs : 1;
    while (at < n_jobs && plan->n_tasks < limits->max_jobs) {
        int count = jobs_together(&plan->jobs[at], n_jobs - at, cluster, at_least);
        struct need need;

        if (need_of(&plan->jobs[at], count, cluster, &need, err) < 0) {
            submission_plan_release(plan);
            return -1;
        }
        at += add_task(plan, count, &need, limits);
    }
    plan->left_out = n_jobs - at;
    return 0;
}

void submission_plan_release(struct submission_plan *plan)
{
    free(plan->jobs);
    free(plan->task_starts);
    free(plan->arrays);
    *plan = (struct submission_plan){0};
}
