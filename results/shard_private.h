/* What makes a file a shard: for shard_write.c and shard_merge.c. */
#ifndef SCALESTUDY_RESULTS_SHARD_PRIVATE_H
#define SCALESTUDY_RESULTS_SHARD_PRIVATE_H

#include "shard.h"
#include "store_private.h"

#define SHARD_APPLICATION_ID      1935897448
#define SHARD_APPLICATION_ID_TEXT "1935897448"
#define SHARD_VERSION             1

#endif
