/*
 * Where a study's files lie: the database STUDY.db in the current folder, and beside it STUDY.db.d
 * with what jobs leave while they run. A database that is a symbolic link has that folder beside the
 * file that the link leads to, whoever opens it by whatever name.
 */
#ifndef SCALESTUDY_HARNESS_RUN_FILES_H
#define SCALESTUDY_HARNESS_RUN_FILES_H

#include "harness/base/err.h"
#include "harness/base/file.h"
#include "harness/base/sha256.h"

/* configs/studies/table3.yaml to table3.db. */
int run_files_database(const char *study_path, char to[PATH_BYTES], struct err *err) MUST_CHECK;

/* Create the folders for logs, checkpoints and weights. */
int run_files_prepare(const char *database, struct err *err) MUST_CHECK;

int run_files_log(
    const char *database, const char *job_id, char to[PATH_BYTES], struct err *err) MUST_CHECK;
/* The last lines of a job's log as one line for a sentence; empty if there are none. */
#define RUN_FILES_TAIL_BYTES 401
void run_files_log_tail(const char *database, const char *job_id, char tail[RUN_FILES_TAIL_BYTES]);
int run_files_checkpoint(
    const char *database, const char *job_id, char to[PATH_BYTES], struct err *err) MUST_CHECK;
int run_files_epochs(
    const char *database, const char *job_id, char to[PATH_BYTES], struct err *err) MUST_CHECK;

/* Weights that a job keeps: `which` is "best" or "last". */
int run_files_weights(const char *database, const char *job_id, const char *which,
    char to[PATH_BYTES], struct err *err) MUST_CHECK;

/* Remove what attempts of a job that were killed while they saved left half written. Only who holds
 * the job may. */
int run_files_sweep(const char *database, const char *job_id, struct err *err) MUST_CHECK;

/* Remove a job's log, checkpoints and weights, if there are any. */
void run_files_remove(const char *database, const char *job_id);

/*
 * For commands that look at a database: `given` if the user gave one, else that of the study file.
 * Neither is an ERR_INPUT.
 */
int run_files_choose(
    const char *given, const char *study_path, char to[PATH_BYTES], struct err *err) MUST_CHECK;

#endif
