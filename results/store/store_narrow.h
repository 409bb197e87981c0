/*
 * A study as its file is now: this connection shows the file's own jobs in place of those that the
 * study had when it was last run. Nothing in the database changes.
 *
 *     struct own_job jobs[] = {{.job = 17, .position = 0, .model = "resnet18", ...}, ...};
 *     if (store_narrow(store, "birds", text, jobs, n, err) < 0) ...
 *
 * Tables and views of that study answer so from then on: study (its text), study_job, study_group and
 * all views on them.
 */
#ifndef SCALESTUDY_RESULTS_STORE_STORE_NARROW_H
#define SCALESTUDY_RESULTS_STORE_STORE_NARROW_H

#include "store.h"

struct own_job {
    int64_t job; /* its number */
    int position;
    const char *model, *method;
    double depth, width, resolution;
};

/* Once for a store that is open for reading. */
int store_narrow(struct store *store, const char *study, const char *text,
    const struct own_job *jobs, int n, struct err *err) MUST_CHECK;

/* Number of a job by its id; 0: the database does not have it. */
int store_job_number(
    struct store *store, const char *job_id, int64_t *number, struct err *err) MUST_CHECK;

#endif
