/* The jobs that a command line means. */
#include "job_choice.h"

#include <stdlib.h>
#include <string.h>

#include "harness/run/study_paths.h"
#include "study_edits.h"

static int check_state(const char *state, struct err *err)
{
    static const char *const states[] = {"waiting", "running", "done", "failed", "stopped", NULL};

    if (!state)
        return 0;
    for (int i = 0; states[i]; i++)
        if (strcmp(states[i], state) == 0)
            return 0;
    return err_set(err, ERR_INPUT,
        "--state is '%.60s'; it must be waiting, running, done, failed or stopped", state);
}

static bool is_study_file(const char *argument)
{
    return argument && (str_ends_with(argument, ".yaml") || str_ends_with(argument, ".yml"));
}

static int open_view(struct job_choice *choice, const struct job_choice_options *options,
    const char *folder, enum store_mode mode, struct err *err)
{
    enum run_folder_use use = mode == STORE_READ ? RUN_FOLDER_LOOK
                              : options->trust   ? RUN_FOLDER_TRUST
                                                 : RUN_FOLDER_WRITE;

    if (options->database)
        return err_set(err, ERR_INPUT, "give a run folder or --db, but not both");
    if (run_view_open(&choice->view, folder, use, false, err) < 0)
        return -1;
    str_copy(choice->database, sizeof(choice->database), choice->view.database);
    return 0;
}

int job_choice_database(struct job_choice *choice, const struct job_choice_options *options,
    char **arguments, enum store_mode mode, char ***jobs, struct err *err)
{
    const char *file = is_study_file(arguments[0]) ? arguments[0] : NULL;

    choice->study = options->study;
    if (check_state(options->state, err) < 0)
        return -1;
    if (arguments[0] && run_folder_is(arguments[0])) {
        if (open_view(choice, options, arguments[0], mode, err) < 0)
            return -1;
        file = NULL;
        *jobs = arguments + 1;
    } else {
        *jobs = file ? arguments + 1 : arguments;
        if (study_paths_choose(options->database, file, choice->database, err) < 0)
            return -1;
    }
    if (file) {
        if (study_load(&choice->study_file, file, err) < 0)
            return -1;
        choice->study = choice->study ? choice->study : choice->study_file.name;
    }
    if (store_open(&choice->store, choice->database, mode, err) < 0)
        return -1;
    if (file && choice->study == choice->study_file.name &&
        study_edits_look(choice->store, &choice->study_file, choice->database,
            mode == STORE_READ ? STUDY_EDITS_NARROW : STUDY_EDITS_SAY, NULL, err) < 0)
        return -1;
    return choice->study ? query_has_study(choice->store, choice->study, err) : 0;
}

static int find_named(struct job_choice *choice, char **names, int n, struct err *err)
{
    choice->ids = calloc((size_t)n, sizeof(*choice->ids));
    if (!choice->ids)
        return err_set(err, ERR_MEMORY, "no memory for %d jobs", n);
    for (; choice->n < n; choice->n++)
        if (query_find_job(choice->store, names[choice->n], choice->ids[choice->n], err) < 0)
            return -1;
    return 0;
}

int job_choice_open(struct job_choice *choice, const struct job_choice_options *options,
    char **arguments, enum store_mode mode, struct err *err)
{
    bool by_rule = options->state || options->where;
    char **names;
    int n = 0;

    if (job_choice_database(choice, options, arguments, mode, &names, err) < 0)
        return -1;
    while (names[n])
        n++;
    if (n > 0 && by_rule)
        return err_set(
            err, ERR_INPUT, "give jobs by their ids, or by --state and --where, but not both");
    if (n > 0)
        return find_named(choice, names, n, err);
    if (!by_rule)
        return err_set(err, ERR_INPUT,
            "no job is given: give the beginnings of jobs' ids, which `scalestudy jobs` shows, or "
            "--state or --where");
    if (query_job_ids(choice->store, choice->study, options->state, options->where, &choice->ids,
            &choice->n, err) < 0)
        return options->where ? err_context(err, "--where") : -1;
    return 0;
}

int job_choice_split(
    struct job_choice *choice, struct job_choice *shared, struct str *others, struct err *err)
{
    int kept = 0;

    shared->n = 0;
    shared->ids = calloc((size_t)choice->n + 1, sizeof(*shared->ids));
    if (!shared->ids)
        return err_set(err, ERR_MEMORY, "no memory for %d jobs", choice->n);
    for (int i = 0; i < choice->n; i++) {
        int n;

        if (store_other_studies(choice->store, choice->ids[i], choice->study, others, &n, err) < 0)
            return -1;
        memmove(n > 0 ? shared->ids[shared->n++] : choice->ids[kept++], choice->ids[i],
            sizeof(choice->ids[i]));
    }
    choice->n = kept;
    return 0;
}

void job_choice_close(struct job_choice *choice)
{
    free(choice->ids);
    store_close(choice->store);
    run_view_close(&choice->view);
    study_release(&choice->study_file);
}
