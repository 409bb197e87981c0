/*
 * What machines left in a run folder, brought into one database.
 *
 *     collect_into(store, &run, &options, &summary, err)     any number of times, by anyone
 *     collect_view(&run, database, false, err)               a database of the moment, to look at
 *
 * Each result is merged in a transaction of its own and only once. One that is damaged or not of
 * this folder is moved to set-aside/ and its job waits again; left out and named, if nothing may be
 * written in the folder (run_folder.h).
 */
#ifndef SCALESTUDY_HARNESS_SHARED_QUEUE_COLLECT_H
#define SCALESTUDY_HARNESS_SHARED_QUEUE_COLLECT_H

#include "chain.h"

struct collect_options {
    void *context;
    /* OPTIONAL: a result was set aside, or differs from one that is known; `why` is a sentence. */
    void (*tell)(void *context, const char *why);
};

struct collect_summary {
    int merged, known, set_aside, differing;
};

int collect_into(struct store *store, const struct run_folder *run,
    const struct collect_options *options, struct collect_summary *summary,
    struct err *err) MUST_CHECK;

/* A new database at `path` with all jobs as they stand: results, and who runs what. Nothing in the
 * folder is changed. Brief: without the metrics of epochs, and damage is not looked for: many jobs are
 * counted sooner. */
int collect_view(
    const struct run_folder *run, const char *path, bool brief, struct err *err) MUST_CHECK;

#endif
