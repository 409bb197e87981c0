/*
 * A run folder: a study on its way through many machines, in a folder that all of them see.
 *
 *     run_folder_create(&run, "table3.run", &plan, &settings, err)    made, or brought up to date
 *     run_folder_open(&run, "table3.run", err)
 *     run_folder_plan(&run, &store, err)          its jobs, in a database that nobody changes
 *
 * What is in it:
 *     run.json           what it is (below); the last file to appear
 *     study.yaml, plan.db            the study's text, and the jobs that it expands to
 *     program/HASH.UID/scalestudy    programs that submitted (run_program.h)
 *     chain/XX/JOB.N     what happened to a job, in order (chain.h)
 *     attempts/JOB.N/    checkpoint and log of an attempt
 *     results/JOB.N.done, .failed    results (results/store/shard.h), also in the chain
 *     submissions/KEY/   what was sent to the queue, and what came back
 *     logs/              what tasks of the queue printed
 *     elsewhere          jobs that another database has done (run_elsewhere.h)
 *     set-aside/         results that could not be used
 *     tmp/               files that are being written
 *
 * Colleagues may write in it, so all that is in it is reached from the descriptor of the folder, by
 * names that dir.h takes; a symbolic link is refused, wherever it is.
 *
 * The folder's file system must know hard links and make them atomically, as local ones and NFS do.
 * Two machines need not agree on the time. No daemon and no lock is needed.
 */
#ifndef SCALESTUDY_HARNESS_SHARED_QUEUE_RUN_FOLDER_H
#define SCALESTUDY_HARNESS_SHARED_QUEUE_RUN_FOLDER_H

#include <stdint.h>

#include "harness/system/dir.h"
#include "harness/study/plan.h"
#include "results/store/store.h"

#define RUN_ID_BYTES  33
#define RUN_FILE_PATH (PATH_BYTES + 256)
/* Of a file in the folder, as dir.h takes it. */
#define RUN_NAME_BYTES 256

/* What a folder is opened for. */
enum run_folder_use {
    RUN_FOLDER_LOOK, /* whoever owns it; nothing is written if that is refused for RUN_FOLDER_WRITE */
    RUN_FOLDER_WRITE, /* ERR_INPUT if another user owns it, or everybody may write in it */
    RUN_FOLDER_TRUST, /* --trust: written in whoever owns it */
};

/* The most of each; the least are 1 thread, 1 second to take over, else 0. */
#define RUN_MOST_THREADS        64
#define RUN_MOST_LOADER_THREADS 1024 /* harness/study/data_ranges.h */
#define RUN_MOST_SECONDS        1e6
#define RUN_MOST_RETRIES        1000000

/* Below 0 where nobody says: as the folder has it, or a new one's default. */
struct run_settings {
    int threads;               /* of each job: more of them give other bits */
    double checkpoint_seconds; /* a job saves so often, besides at every epoch */
    double takeover_seconds;   /* an attempt that is silent for so long is taken for dead */
    int retries;               /* so many times a job is tried again whose process crashed */
};

#define RUN_SETTINGS_UNSAID                                                                        \
    {                                                                                              \
        .threads = -1, .checkpoint_seconds = -1, .takeover_seconds = -1, .retries = -1             \
    }
#define RUN_SETTINGS_DEFAULTS                                                                      \
    {                                                                                              \
        .threads = 1, .checkpoint_seconds = 60, .takeover_seconds = 180, .retries = 2              \
    }

struct run_folder {
    struct dir folder;     /* closed in a dry run that would make it; its path is known then, too */
    bool may_write;        /* ours, or trusted */
    bool trusted;          /* by --trust */
    char id[RUN_ID_BYTES]; /* 32 random hexadecimal digits */
    char study[STUDY_NAME_BYTES];
    /* The folder it was made in: relative paths in jobs of earlier versions are relative to it. */
    char origin[PATH_BYTES];
    int loader_threads; /* as the study says */
    struct run_settings settings;
};

/* What is said goes into the settings of a folder that is still to be made. */
void run_settings_take(struct run_settings *settings, const struct run_settings *said);

/* A folder that is there must be of the same study and threads; its jobs are replaced by the plan's, and
 * what else is said by that. */
int run_folder_create(struct run_folder *run, const char *path, const struct plan *plan,
    const struct run_settings *settings, bool trust, struct err *err) MUST_CHECK;
int run_folder_open(
    struct run_folder *run, const char *path, enum run_folder_use use, struct err *err) MUST_CHECK;
/* What is open or zeroed. */
void run_folder_close(struct run_folder *run);

/* The same for one that is there, in memory alone: ERR_INPUT for another number of threads. */
int run_folder_take(
    struct run_folder *run, const struct run_settings *said, struct err *err) MUST_CHECK;

/* Whether a path looks like one: a folder with a run.json. */
bool run_folder_is(const char *path);

/* table3.yaml to table3.run, in the current folder; a run folder's path stays as it is. */
int run_folder_choose(
    const char *given, const char *study_path, char to[PATH_BYTES], struct err *err) MUST_CHECK;

int run_folder_plan(const struct run_folder *run, struct store **store, struct err *err) MUST_CHECK;

/* to = a path in the folder, as format says: for messages, and for other programs. */
void run_folder_path(const struct run_folder *run, char to[RUN_FILE_PATH], const char *format, ...)
    PRINTF_LIKE(3, 4);

/* The name of a file in tmp/ that nobody can foresee. */
int run_folder_temporary(char to[RUN_NAME_BYTES], struct err *err) MUST_CHECK;

/* Now by the clock of the file system, seconds since 1970: what times of files compare with. By this
 * machine's where nothing may be written. */
double run_folder_now(const struct run_folder *run);

/* A folder for files of this machine alone, made in `scratch`, or, if that is NULL, in $SLURM_TMPDIR,
 * $TMPDIR or /tmp, one at a time for a process; folders there whose process has died, on whatever machine
 * and in whatever container, are removed. */
int run_folder_scratch(const char *scratch, char to[PATH_BYTES], struct err *err) MUST_CHECK;

/* Remove such a folder with the files and folders in it; what cannot be removed stays. */
void run_folder_remove(const char *path);

#endif
