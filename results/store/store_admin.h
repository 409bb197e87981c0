/*
 * Maintenance of a database file: check, back up, compact, merge another one into it.
 *
 *     if (store_check(store, &problems, err) < 0) ...            problems.n == 0: it is sound
 *     if (store_backup(store, "copy.db", err) < 0) ...           whole, or not there
 *     if (store_merge(store, "other.db", NULL, &merged, err) < 0) ...  one transaction
 *
 * store_check and store_backup only read, and may run beside a `run` that writes.
 */
#ifndef SCALESTUDY_RESULTS_STORE_STORE_ADMIN_H
#define SCALESTUDY_RESULTS_STORE_STORE_ADMIN_H

#include "harness/base/rowset.h"
#include "store.h"

/* A row for each problem: columns `what` and `detail`; at most STORE_MAX_PROBLEMS of a kind. */
extern const struct column store_problem_columns[];
#define STORE_MAX_PROBLEMS 100
/* Checks pages, indexes and references as SQLite does, the counts of studies against their jobs, and
 * ids against the texts that they are hashes of. */
int store_check(struct store *store, struct rowset *problems, int *n, struct err *err) MUST_CHECK;

/* Writes a compact copy of all committed data. ERR_INPUT if the file exists. */
int store_backup(struct store *store, const char *path, struct err *err) MUST_CHECK;

/* Returns the space of deleted rows to the disk. Needs the file to itself, and as much disk space again
 * meanwhile. */
int store_vacuum(struct store *store, struct err *err) MUST_CHECK;

struct store_merged {
    int studies, jobs; /* new here */
    int results;       /* copied: of new jobs, and of our unfinished ones */
    int known;         /* finished in both, with the same loss */
    int differing;     /* finished in both, with different losses: ours stay */
};

/*
 * All studies, jobs, results and benchmarks of another database that are not here. Studies of one
 * name are one study if the networks of one are all among those of the other, whatever their seeds;
 * else ERR_INPUT, unless `as` names theirs (of several, as NAME-STUDY). A job of ours
 * that is done or running stays as it is; one that runs there waits here. The other file is not
 * changed, and may be of an older program: a copy beside this database, removed at the end, is
 * brought to this version. Merging again changes nothing.
 */
int store_merge(struct store *store, const char *path, const char *as, struct store_merged *merged,
    struct err *err) MUST_CHECK;

#endif
