/*
 * A study's file compared with its study in a database: whether it was edited since it was last run,
 * and which jobs it has now.
 *
 *     if (study_edits_look(store, &study, database, STUDY_EDITS_NARROW, NULL, err) < 0) goto done;
 *
 * After an edit that changes jobs, one line says how many of the file's jobs are not in the database.
 * With STUDY_EDITS_NARROW the store shows only the file's own jobs from then on (store_narrow.h).
 * Images are not compared: a job of the study is the file's own whatever its images are.
 * If the file's images are at another path than the study's jobs were planned with, a line says so.
 */
#ifndef SCALESTUDY_HARNESS_COMMANDS_STUDY_EDITS_H
#define SCALESTUDY_HARNESS_COMMANDS_STUDY_EDITS_H

#include "results/store/store.h"
#include "harness/study/study.h"

enum study_edits {
    STUDY_EDITS_SAY,    /* for commands that steer or watch the database's jobs */
    STUDY_EDITS_NARROW, /* for commands that show results */
};

/* `database`: its path, for the line. *edited: whether the line was said; may be NULL. Does nothing
 * if the database does not have the study. */
int study_edits_look(struct store *store, const struct study *study, const char *database,
    enum study_edits how, bool *edited, struct err *err) MUST_CHECK;

#endif
