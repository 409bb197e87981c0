/* `scalestudy logs`: what a job did, and what its process said. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/base/clock.h"
#include "harness/system/file.h"
#include "harness/base/utf8.h"
#include "harness/terminal/cli.h"
#include "command.h"
#include "harness/terminal/interrupt.h"
#include "job_choice.h"
#include "harness/run/study_paths.h"
#include "harness/terminal/ui.h"

#define FOLLOW_SECONDS 0.5
#define LOOK_SHARE     20 /* between two looks at a run folder, in times of what one took */

struct arguments {
    struct job_choice_options choice;
    bool follow;
};

static const struct cli_option options[] = {
    JOB_OPTIONS(struct arguments, choice),
    {"follow", 'f', CLI_FLAG, offsetof(struct arguments, follow), NULL,
        "keep printing until the job ends"},
    {0},
};

static const struct cli_usage usage = {
    .command = "logs",
    .arguments = "[STUDY.yaml|DIR] JOB",
    .summary = "Show what a job did, epoch by epoch, and what its process printed.",
    .options = options,
    .details = "JOB is the beginning of a job's id, as `scalestudy jobs` shows it.",
    .example = "scalestudy logs birds.yaml 3f2a\nscalestudy logs --db birds.db 3f2a --follow",
    .min_arguments = 1,
    .max_arguments = 2,
};

/* How much was shown already. */
struct shown {
    int epochs; /* rows of epochs and splits */
    long bytes; /* of the log */
};

static void print_head(const struct job_detail *job)
{
    ui_line(stdout, "job %s", job->job_id);
    if (job->study[0])
        ui_line(stdout, "%s: %s %s, %d px, seed %lld", job->study, job->model, job->method,
            job->input, (long long)job->seed);
    else
        ui_line(stdout, "no study lists it now: %s, %d px, seed %lld", job->model, job->input,
            (long long)job->seed);
    if (job->attempt > 0)
        ui_line(stdout, "attempt %d on %s, process %lld, began %s", job->attempt, job->host,
            (long long)job->pid, job->started_utc);
    if (job->crashes > 0)
        printf("its process ended without an error message in %d of the attempts\n", job->crashes);
}

static int print_epochs(struct store *store, const char *id, struct shown *shown, struct err *err)
{
    struct epoch_metric *epochs = NULL;
    int n = 0;

    if (query_epochs(store, id, &epochs, &n, err) < 0)
        return -1;
    for (; shown->epochs < n; shown->epochs++) {
        const struct epoch_metric *epoch = &epochs[shown->epochs];

        printf("epoch %d %s: loss %.4f, top-1 %.2f %%", epoch->epoch, epoch->split, epoch->loss,
            epoch->top1);
        if (isfinite(epoch->lr))
            printf(", learning rate %.6g", epoch->lr);
        printf(", %.1f s\n", epoch->seconds);
    }
    free(epochs);
    return 0;
}

/* As a terminal may show it: a bar that was drawn over and over is many lines. */
static void print_showable(char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (line[i] == '\0')
            line[i] = '?';
        else if (line[i] == '\r')
            line[i] = '\n';
    fputs(utf8_show_lines(line), stdout);
}

/* Print what was added to the log since, without an unfinished last line, unless this is the last look.
 * A new attempt starts the log from its beginning. */
static int print_log(const struct job_choice *choice, const char *id, bool is_last,
    struct shown *shown, struct err *err)
{
    char *line = NULL;
    FILE *stream = NULL;
    size_t capacity = 0;
    ssize_t count;

    if (choice->view.is_open ? run_view_log(&choice->view, id, &stream, err) < 0
                             : study_paths_log(choice->database, id, &stream, err) < 0)
        return -1;
    if (!stream)
        return 0;
    if (fseek(stream, 0, SEEK_END) == 0 && ftell(stream) < shown->bytes)
        shown->bytes = 0;
    if (fseek(stream, shown->bytes, SEEK_SET) == 0)
        while ((count = getline(&line, &capacity, stream)) > 0 &&
               (is_last || line[count - 1] == '\n')) {
            print_showable(line, (size_t)count);
            shown->bytes += (long)count;
        }
    free(line);
    fclose(stream);
    return 0;
}

static void print_end(const struct job_detail *job)
{
    bool has_ended = job->finished_utc[0], has_error = job->error[0];

    ui_line(stdout, "%s%s%s%s%s", job->state, has_ended ? " at " : "", job->finished_utc,
        has_error ? ": " : "", job->error);
}

/* What is looked at again and again. */
struct looking {
    struct job_choice *choice;
    const char *id;
    struct shown shown;
    struct job_detail job;
    double look_seconds;  /* what the last look at a run folder took */
    bool follow, is_last; /* is_last: the job, or the looking, has ended */
};

static int look(void *context, struct err *err)
{
    struct looking *at = context;
    const char *state = at->job.state;

    if (query_job(at->choice->store, at->id, &at->job, err) < 0 ||
        print_epochs(at->choice->store, at->id, &at->shown, err) < 0)
        return -1;
    at->is_last = !at->follow || interrupt_asked() ||
                  (strcmp(state, "waiting") != 0 && strcmp(state, "running") != 0);
    if (print_log(at->choice, at->id, at->is_last, &at->shown, err) < 0)
        return -1;
    return fflush(stdout) == 0 ? 0 : err_set(err, ERR_IO, "cannot write the log");
}

/* What the files of a run folder say by now. */
static int renew_view(struct job_choice *choice, struct err *err)
{
    char folder[PATH_BYTES];

    store_close(choice->store);
    choice->store = NULL;
    str_copy(folder, sizeof(folder), choice->view.run.folder.path);
    run_view_close(&choice->view);
    if (run_view_open(&choice->view, folder, RUN_FOLDER_LOOK, false, err) < 0)
        return -1;
    str_copy(choice->database, sizeof(choice->database), choice->view.database);
    return store_open(&choice->store, choice->database, STORE_READ, err);
}

static int wait_for_more(struct looking *at, struct err *err)
{
    double seconds = fmax(FOLLOW_SECONDS, LOOK_SHARE * at->look_seconds), began;
    const struct timespec pause = {
        .tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};

    nanosleep(&pause, NULL);
    if (!at->choice->view.is_open)
        return 0;
    began = clock_seconds();
    if (renew_view(at->choice, err) < 0)
        return -1;
    at->look_seconds = clock_seconds() - began;
    return 0;
}

static int show_log(struct job_choice *choice, const char *id, bool follow, struct err *err)
{
    struct looking at = {.choice = choice, .id = id, .follow = follow};

    if ((follow && store_check_live(choice->store, "--follow", err) < 0) ||
        query_job(choice->store, id, &at.job, err) < 0)
        return -1;
    print_head(&at.job);
    interrupt_catch();
    for (;;) {
        if (store_look(choice->store, look, &at, err) < 0)
            return -1;
        if (at.is_last || interrupt_asked())
            break;
        if (wait_for_more(&at, err) < 0)
            return -1;
    }
    print_end(&at.job);
    return 0;
}

static int run_logs(int argc, char **argv, struct err *err)
{
    struct job_choice choice = JOB_CHOICE_INIT;
    struct arguments given = {0};
    char **arguments;
    int result;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    result = job_choice_open(&choice, &given.choice, arguments, STORE_READ, err);
    if (result == 0 && choice.n != 1)
        result = err_set(err, ERR_INPUT, "logs shows one job; give one JOB");
    if (result == 0)
        result = show_log(&choice, choice.ids[0], given.follow, err);
    job_choice_close(&choice);
    return result;
}

const struct command command_logs = {
    .name = "logs",
    .summary = "show what a job did, and what its process printed",
    .run = run_logs,
};
