/*
 * A snapshot of a run folder as a temporary database, so that commands that read databases read run folders, too; and
 * changes of a job's state, written to the folder.
 *
 *     if (run_view_open(&view, "birds.run", RUN_FOLDER_WRITE, false, err) < 0) goto done;     view.database
 *     run_view_say(&view, job_id, ENTRY_STOPPED, "cancelled", err)
 * done:
 *     run_view_close(&view);
 */
#ifndef SCALESTUDY_HARNESS_VIEWS_RUN_VIEW_H
#define SCALESTUDY_HARNESS_VIEWS_RUN_VIEW_H

#include "harness/shared_queue/chain.h"
#include "harness/cluster/run_access.h"

struct run_view {
    bool is_open;
    struct run_folder run;
    struct run_access access; /* options of the command, for what asks the queue; OPTIONAL */
    char scratch[PATH_BYTES], database[PATH_BYTES];
};

/* Brief: as in collect.h. */
int run_view_open(struct run_view *view, const char *path, enum run_folder_use use, bool brief,
    struct err *err) MUST_CHECK;
void run_view_close(struct run_view *view);

/* ENTRY_STOPPED of a job that waits or runs, ENTRY_RETRY of one that failed or was stopped;
 * others stay as they are. A view that is not open: nothing. */
int run_view_say(const struct run_view *view, const char *job_id, enum entry_kind kind,
    const char *reason, struct err *err) MUST_CHECK;

/* The log of a job's last attempt that left one; NULL if none did. */
int run_view_log(
    const struct run_view *view, const char *job_id, FILE **log, struct err *err) MUST_CHECK;

/* If no job of the folder waits or runs any more, its arrays leave the queue: *arrays of them. */
int run_view_empty_queue(const struct run_view *view, int *arrays, struct err *err) MUST_CHECK;

/* What the queue says, in sentences for people: tasks by state, and why they wait. */
int run_view_queue(const struct run_view *view, struct str *sentences, struct err *err) MUST_CHECK;

#endif
