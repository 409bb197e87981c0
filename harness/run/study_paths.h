/*
 * Where a study's files lie: the database STUDY.db in the current folder, and beside it STUDY.db.d
 * with what jobs leave while they run. A database that is a symbolic link has that folder beside the
 * file that the link leads to, whoever opens it by whatever name.
 */
#ifndef SCALESTUDY_HARNESS_RUN_STUDY_PATHS_H
#define SCALESTUDY_HARNESS_RUN_STUDY_PATHS_H

#include "harness/base/err.h"
#include "harness/system/dir.h"
#include "harness/base/sha256.h"

/* configs/studies/table3.yaml to table3.db. */
int study_paths_database(const char *study_path, char to[PATH_BYTES], struct err *err) MUST_CHECK;

/*
 * The folders in STUDY.db.d, held open. Whoever may write there could put links in the place of folders
 * and files: none is followed (dir.h).
 */
struct study_paths {
    struct dir logs, checkpoints, weights;
};

#define STUDY_PATHS_CLOSED                                                                         \
    {                                                                                              \
        .logs = DIR_CLOSED, .checkpoints = DIR_CLOSED, .weights = DIR_CLOSED                       \
    }

/* Create them, if need be, and open them for writing: ERR_INPUT if they are another user's, or all may
 * write there, unless `trust` says that it does not matter. */
int study_paths_prepare(
    struct study_paths *files, const char *database, bool trust, struct err *err) MUST_CHECK;
/* The same of those that are there; the others stay closed. */
int study_paths_open(
    struct study_paths *files, const char *database, bool trust, struct err *err) MUST_CHECK;
/* All in one folder, which the process was started with: that of an attempt (chain.h). */
int study_paths_take(struct study_paths *files, int fd, struct err *err) MUST_CHECK;
void study_paths_close(struct study_paths *files);

enum study_file {
    STUDY_FILE_LOG,
    STUDY_FILE_CHECKPOINT,
    STUDY_FILE_EPOCHS, /* epoch_file.h */
    STUDY_FILE_BEST,   /* weights of the best epoch, and the last ones */
    STUDY_FILE_LAST,
};
/* Its name in its folder. ERR_INPUT for an id that names no file. */
#define STUDY_PATHS_NAME_BYTES 128
int study_paths_name(enum study_file file, const char *job_id, char to[STUDY_PATHS_NAME_BYTES],
    struct err *err) MUST_CHECK;
/* Its path for this process (dir_path); and, in an error, what people can read in its place. */
int study_paths_path(const struct study_paths *files, enum study_file file, const char *job_id,
    char to[PATH_BYTES], struct err *err) MUST_CHECK;
void study_paths_show(const struct study_paths *files, struct err *err);

/* A job's log, for whoever looks; NULL if there is none. */
int study_paths_log(
    const char *database, const char *job_id, FILE **log, struct err *err) MUST_CHECK;
/* The last lines of a log as one line for a sentence; empty if there are none. It is closed; may be
 * NULL. */
#define STUDY_PATHS_TAIL_BYTES 401
void study_paths_tail(FILE *log, char tail[STUDY_PATHS_TAIL_BYTES]);

/* Remove what attempts of a job that were killed while they saved left half written. Only who holds
 * the job may. */
int study_paths_sweep(
    const struct study_paths *files, const char *job_id, struct err *err) MUST_CHECK;

/* Remove a job's log, checkpoints and weights, if there are any. */
void study_paths_remove(const struct study_paths *files, const char *job_id);

/*
 * For commands that look at a database: `given` if the user gave one, else that of the study file.
 * Neither is an ERR_INPUT.
 */
int study_paths_choose(
    const char *given, const char *study_path, char to[PATH_BYTES], struct err *err) MUST_CHECK;

#endif
