/*
 * The jobs that a command line means: by the beginning of their ids, or all in a state, or all for
 * which an expression is true.
 *
 *     if (job_choice_open(&choice, &options, arguments, STORE_WRITE, err) < 0) goto done;
 *     for (int i = 0; i < choice.n; i++) ... choice.ids[i] ...
 * done:
 *     job_choice_close(&choice);
 *
 * Arguments are [STUDY.yaml|DIR] JOB...: a first one that ends in .yaml or .yml names the study's
 * file, and with it the database; a run folder is read as a temporary database (run_view.h). An unknown or ambiguous id is
 * an ERR_INPUT.
 */
#ifndef SCALESTUDY_HARNESS_COMMANDS_JOB_CHOICE_H
#define SCALESTUDY_HARNESS_COMMANDS_JOB_CHOICE_H

#include "harness/terminal/cli.h"
#include "harness/system/file.h"
#include "results/query/query.h"
#include "harness/views/run_view.h"
#include "harness/study/study.h"

/* Fields for these options, in a command's arguments. */
struct job_choice_options {
    const char *database, *study, *state, *where;
    bool trust; /* of commands that write: a run folder is written in whoever owns it */
};

/* Rows of the table of options of a command that works on one job, or on several. */
#define JOB_OPTIONS(type, field)                                                                   \
    {                                                                                              \
        "db", 0, CLI_TEXT, offsetof(type, field.database), "F",                                    \
            "the database, instead of STUDY.yaml"                                                  \
    }
#define JOB_CHOICE_OPTIONS(type, field)                                                            \
    JOB_OPTIONS(type, field),                                                                      \
        {"study", 0, CLI_TEXT, offsetof(type, field.study), "NAME", "only jobs of this study"},    \
        {"state", 0, CLI_TEXT, offsetof(type, field.state), "waiting|running|done|failed|stopped", \
            "only jobs in this state"},                                                            \
    {                                                                                              \
        "where", 0, CLI_TEXT, offsetof(type, field.where), "SQL",                                  \
            "only jobs for which this is true: any SQL expression over the columns of `jobs`"      \
    }

struct job_choice {
    char database[PATH_BYTES];
    struct study study_file;
    const char *study; /* name, or NULL: all */
    struct store *store;
    struct run_view view; /* open if a run folder was named */
    char (*ids)[65];
    int n;
};

#define JOB_CHOICE_INIT                                                                            \
    {                                                                                              \
        .study_file = STUDY_INIT                                                                   \
    }

/* Open the database, and read nothing but the study's file; of one that was edited since it was run
 * those that only read see the file's own jobs (study_edits.h). *jobs: the arguments behind it. */
int job_choice_database(struct job_choice *choice, const struct job_choice_options *options,
    char **arguments, enum store_mode mode, char ***jobs, struct err *err) MUST_CHECK;
/* And find the jobs; none named, nor a state nor an expression: an ERR_INPUT. */
int job_choice_open(struct job_choice *choice, const struct job_choice_options *options,
    char **arguments, enum store_mode mode, struct err *err) MUST_CHECK;
/* Of a choice in a study the jobs that other studies list too become `shared` (ids and n; free() its
 * ids), and the others' names are appended to `others`. Without a study all lists are meant. */
int job_choice_split(struct job_choice *choice, struct job_choice *shared, struct str *others,
    struct err *err) MUST_CHECK;
void job_choice_close(struct job_choice *choice);

#endif
