/*
 * The database and study that a command looks at: those of a study's file, or --db and --study.
 *
 *     if (results_open(&store, study, given.database, arguments[0], given.study, err) < 0) goto done;
 *     ... study[0] ? study : NULL ...
 * done:
 *     store_close(store);
 */
#ifndef SCALESTUDY_HARNESS_COMMANDS_RESULTS_OPEN_H
#define SCALESTUDY_HARNESS_COMMANDS_RESULTS_OPEN_H

#include "results/store/store.h"
#include "harness/study/study.h"

/* `study` becomes the name of the file's study, or the name that was given, or empty. ERR_INPUT if
 * both were given, or neither a file nor a database. Opened for reading; of a file that was edited
 * since it was run the store shows the file's own jobs (study_edits.h). */
int results_open(struct store **store, char study[STUDY_NAME_BYTES], const char *database,
    const char *study_path, const char *study_name, struct err *err) MUST_CHECK;

/* The same of commands that look at one study: the only one of the database, if none is named;
 * ERR_INPUT that lists them if there are several. */
int results_open_one(struct store **store, char study[STUDY_NAME_BYTES], const char *database,
    const char *study_path, const char *study_name, struct err *err) MUST_CHECK;

#endif
