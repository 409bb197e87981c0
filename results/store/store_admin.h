/*
 * Care of a database file: look for damage, copy, compact, take over another's results.
 *
 *     if (store_check(store, &problems, err) < 0) ...            problems.n == 0: it is sound
 *     if (store_backup(store, "copy.db", err) < 0) ...           whole, or not there
 *     if (store_merge(store, "other.db", NULL, &merged, err) < 0) ...  one transaction
 *
 * All but store_merge and store_vacuum only read, and go beside a `run` that writes.
 */
#ifndef SCALESTUDY_RESULTS_STORE_STORE_ADMIN_H
#define SCALESTUDY_RESULTS_STORE_STORE_ADMIN_H

#include "harness/base/rowset.h"
#include "store.h"

/* A row for each problem: columns `what` and `detail`; at most STORE_MAX_PROBLEMS of a kind. */
extern const struct column store_problem_columns[];
#define STORE_MAX_PROBLEMS 100
/* SQLite's own checks of pages, indices and references; counts of studies against their jobs; ids
 * against the texts that they are hashes of. */
int store_check(struct store *store, struct rowset *problems, int *n, struct err *err) MUST_CHECK;

/* A compact copy with all that is committed. A file that exists is an ERR_INPUT. */
int store_backup(struct store *store, const char *path, struct err *err) MUST_CHECK;

/* Give what deleted rows left free back to the disk; takes the file alone, and as much again of the
 * disk meanwhile. */
int store_vacuum(struct store *store, struct err *err) MUST_CHECK;

struct store_merged {
    int studies, jobs; /* that were not there */
    int results;       /* taken over: of new jobs, and of ours that were not done */
    int known;         /* done here and there, the same loss */
    int differing;     /* done here and there with another loss: ours stay */
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
