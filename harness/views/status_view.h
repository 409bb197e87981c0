/*
 * How far studies are, as text for people: what `status` prints, and what `status --watch` draws.
 *
 *     if (status_load(&status, store, study, err) < 0) return -1;
 *     status_screen(&status, &style, &text);     a screen full, or
 *     status_line(&status, &text);               one line for each study
 *     status_release(&status);
 */
#ifndef SCALESTUDY_HARNESS_VIEWS_STATUS_VIEW_H
#define SCALESTUDY_HARNESS_VIEWS_STATUS_VIEW_H

#include <stdbool.h>

#include "harness/base/str.h"
#include "results/query/query.h"

struct status {
    struct study_status *studies;
    struct progress_group *groups;
    struct running_job *running;
    int n_studies, n_groups, n_running;
};

struct status_style {
    int rows, columns;
    bool colour;
    const char *database; /* for the title */
};

/* Zero the struct before. study NULL: all. */
int status_load(
    struct status *status, struct store *store, const char *study, struct err *err) MUST_CHECK;
void status_release(struct status *status);

void status_screen(const struct status *status, const struct status_style *style, struct str *text);
/* Counts and time left of every study, a line each. */
void status_line(const struct status *status, struct str *text);

/* How good the estimate of `plan` was, of jobs that are done, a line for each study that had one. */
void status_estimate_line(const struct status *status, struct str *text);

/* Seconds that the jobs of a group will take, with as many at a time as run now; NaN: unknown. */
double status_group_seconds(const struct status *status, const struct progress_group *group);

/* Jobs that failed, or still wait or run, in all studies. */
int status_failed(const struct status *status);
int status_unfinished(const struct status *status);

#endif
