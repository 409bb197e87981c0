/*
 * Sending what is missing of a run folder to a queue: what `scalestudy submit` does. With a launcher
 * that sends nothing, what is missing is found, and left to whoever starts `work`.
 *
 *     submit_missing(&run, &plan, &cluster, &options, &done, err)
 */
#ifndef SCALESTUDY_HARNESS_CLUSTER_SUBMIT_H
#define SCALESTUDY_HARNESS_CLUSTER_SUBMIT_H

#include "submission.h"

struct submit_options {
    const char *database;                 /* jobs that are done there are not sent; NULL: none */
    bool dry;                             /* only plan; the first script goes to script_of_first */
    bool retry_failed;                    /* failed and stopped jobs are sent again */
    bool no_estimate;                     /* measure nothing to know how long jobs take */
    void (*measuring)(int done, int all); /* OPTIONAL: as in estimate.h */
    /* OPTIONAL: an array was sent (or would be, with dry). */
    void (*sent)(
        void *context, const struct submission_array *array, const char *key, const char *job);
    void (*say)(void *context, const char *sentence); /* REQUIRED */
    void *context;
};

struct submit_summary {
    int missing;                         /* jobs that were sent, or would be */
    int done, failed, stopped, underway; /* jobs that were not */
    int tasks, arrays, left_out;
    struct str first_script; /* str_release */
};

int submit_missing(const struct run_folder *run, const struct plan *plan,
    const struct cluster *cluster, const struct submit_options *options,
    struct submit_summary *summary, struct err *err) MUST_CHECK;

#endif
