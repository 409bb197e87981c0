/*
 * A shard: the result of one job in a small SQLite file of its own, for machines that share a folder but
 * no database.
 *
 *     shard_write("scratch.db", &origin, epochs, n, "shard.tmp", err)   where the job ran
 *     shard_merge(store, &content, path, run, job_id, false, &merged, err)   where results are
 *                                                                              collected
 *
 * A shard is written once and never changes. It names the run folder that it belongs to, so that a
 * shard of another folder is refused. Merging is one transaction, and merging again changes nothing.
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

/* `content` is the file as the caller read it, since the file may change at any time; `path` is for
 * messages. Brief: merges only the job's state, without its epochs and machine, and skips the check for
 * damage. ERR_INPUT: the file is damaged or is not a shard of this run; nothing was changed. Other errors
 * come from the database or the system. */
int shard_merge(struct store *store, const struct str *content, const char *path, const char *run,
    const char *job_id, bool brief, enum shard_merged *merged, struct err *err) MUST_CHECK;

/* Reads only whether the job is "done" or "failed". */
int shard_is_done(
    const struct str *content, const char *path, bool *done, struct err *err) MUST_CHECK;

#endif
