/*
 * A study's file beside what a database has of it: whether it was edited since it was last run, and
 * which jobs are its own now.
 *
 *     if (study_edits_look(store, &study, database, STUDY_EDITS_NARROW, NULL, err) < 0) goto done;
 *
 * An edit that changes no job says nothing. Any other is said in one line, with the number of the
 * file's jobs that are not in the database; and with STUDY_EDITS_NARROW the store shows the file's own
 * jobs from then on (store_narrow.h). Images are not looked at: jobs are the file's own whatever
 * their images are, if the study has run them.
 */
#ifndef SCALESTUDY_HARNESS_STUDY_EDITS_H
#define SCALESTUDY_HARNESS_STUDY_EDITS_H

#include "results/store.h"
#include "study.h"

enum study_edits {
    STUDY_EDITS_SAY,    /* for who steers jobs, or watches them: the database's are meant */
    STUDY_EDITS_NARROW, /* for who shows results */
};

/* `database`: its path, for the line; *edited: whether the line was said, may be NULL. A study that
 * the database does not have is none of ours. */
int study_edits_look(struct store *store, const struct study *study, const char *database,
    enum study_edits how, bool *edited, struct err *err) MUST_CHECK;

#endif
