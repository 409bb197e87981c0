/*
 * A shard: what came of one job, in a small SQLite file of its own, as it travels between machines
 * that share a folder but no database.
 *
 *     shard_write("scratch.db", &origin, epochs, n, "shard.tmp", err)   where the job ran
 *     shard_merge(store, &content, path, run, job_id, false, &merged, err)   where results are
 *                                                                              collected
 *
 * A shard is written once and never changes. It says which run folder it belongs to, so that one of
 * another is not taken for ours. Merging is one transaction, and merging again changes nothing.
 */
#ifndef SCALESTUDY_RESULTS_STORE_SHARD_H
#define SCALESTUDY_RESULTS_STORE_SHARD_H

#include "store.h"

#define SHARD_MAX_BYTES ((size_t)64 << 20) /* some 300,000 epochs */

struct shard_origin {
    const char *run; /* the run folder's id */
    const char *job_id;
    int attempt;
};

/*
 * The finished or failed job `job_id` of a database, with the metrics of its epochs, to a new file
 * `path` (one that exists is replaced), which is on the disk when the call returns. A job in
 * another state is an ERR_BUG.
 */
int shard_write(const char *database, const struct shard_origin *origin,
    const struct epoch_row *epochs, int n_epochs, const char *path, struct err *err) MUST_CHECK;

enum shard_merged {
    SHARD_MERGED,
    SHARD_KNOWN,   /* the job was done already, with the same loss */
    SHARD_DIFFERS, /* the job was done already, with another loss; the first one stays */
};

/* What is read of a shard is what the caller read of the file, which may change any time; `path` is for
 * messages. Brief: only what became of the job, without its epochs and its machine, and without a search for
 * damage. ERR_INPUT: the file is damaged, or is no shard of this run; nothing was changed. Other errors are
 * of the database or the system. */
int shard_merge(struct store *store, const struct str *content, const char *path, const char *run,
    const char *job_id, bool brief, enum shard_merged *merged, struct err *err) MUST_CHECK;

/* Whether a shard says "done" or "failed", without looking at the rest. */
int shard_is_done(
    const struct str *content, const char *path, bool *done, struct err *err) MUST_CHECK;

#endif
