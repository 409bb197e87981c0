/*
 * Jobs of a run folder that were done in the database when `submit` last looked at it. `work` does
 * not run them. The folder's file `elsewhere` lists them, one job a line.
 *
 *     run_elsewhere_put(&run, ids, n, err)
 *     if (run_elsewhere_load(&run, &elsewhere, err) < 0) ...
 *     if (run_elsewhere_has(&elsewhere, id)) ...
 *     run_elsewhere_release(&elsewhere)
 */
#ifndef SCALESTUDY_HARNESS_SHARED_QUEUE_RUN_ELSEWHERE_H
#define SCALESTUDY_HARNESS_SHARED_QUEUE_RUN_ELSEWHERE_H

#include "harness/base/sha256.h"
#include "run_folder.h"

struct run_elsewhere {
    char (*ids)[SHA256_HEX_BYTES]; /* sorted */
    int n;
};

/* Replaces the file. */
int run_elsewhere_put(const struct run_folder *run, const char (*ids)[SHA256_HEX_BYTES], int n,
    struct err *err) MUST_CHECK;
/* None if there is no such file, as in folders of older versions. */
int run_elsewhere_load(
    const struct run_folder *run, struct run_elsewhere *elsewhere, struct err *err) MUST_CHECK;
void run_elsewhere_release(struct run_elsewhere *elsewhere);
bool run_elsewhere_has(const struct run_elsewhere *elsewhere, const char *id);

#endif
