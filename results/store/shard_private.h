/* The format of a shard, which shard_write.c writes and shard_merge.c reads. */
#ifndef SCALESTUDY_RESULTS_STORE_SHARD_PRIVATE_H
#define SCALESTUDY_RESULTS_STORE_SHARD_PRIVATE_H

#include "shard.h"
#include "store_sql.h"

#define SHARD_APPLICATION_ID      1935897448
#define SHARD_APPLICATION_ID_TEXT "1935897448"
#define SHARD_VERSION             1
#define SHARD_MAX_TEXT            (1 << 20) /* bytes of its longest text: an error */

/* The two tables of a shard; it has nothing else. */
#define SHARD_RESULT                                                                               \
    "CREATE TABLE result (run TEXT NOT NULL, job_id TEXT NOT NULL, attempt INTEGER NOT NULL,"      \
    " state TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL, started_utc TEXT NOT NULL,"   \
    " finished_utc TEXT NOT NULL, error TEXT, loss REAL, top1 REAL, top5 REAL, epochs INTEGER,"    \
    " train_seconds REAL, images_per_second REAL, peak_bytes INTEGER,"                             \
    " environment_host TEXT, cpu TEXT, isa TEXT, version TEXT, blas TEXT, cores INTEGER,"          \
    " threads INTEGER) STRICT"
#define SHARD_EPOCH                                                                                \
    "CREATE TABLE epoch (epoch INTEGER NOT NULL, split TEXT NOT NULL, loss REAL, top1 REAL,"       \
    " top5 REAL, lr REAL, seconds REAL) STRICT"

#endif
