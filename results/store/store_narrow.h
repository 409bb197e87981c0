/*
 * Shows a study as its file is now: this connection sees the jobs of the edited file instead of those
 * of the last run. The database does not change.
 *
 *     struct own_job jobs[] = {{.job = 17, .position = 0, .model = "resnet18", ...}, ...};
 *     if (store_narrow(store, "birds", text, jobs, n, err) < 0) ...
 *
 * This holds for the tables study (its text), study_job and study_group, and for all views of them.
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

/* At most once per store, which must be open for reading. */
int store_narrow(struct store *store, const char *study, const char *text,
    const struct own_job *jobs, int n, struct err *err) MUST_CHECK;

/* Number of a job by its id; 0: the database does not have it. */
int store_job_number(
    struct store *store, const char *job_id, int64_t *number, struct err *err) MUST_CHECK;

#endif
