/* `scalestudy logs`: what a job did, and what its process said. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "cli.h"
#include "command.h"
#include "interrupt.h"
#include "job_choice.h"
#include "run_files.h"

#define FOLLOW_NANOSECONDS 500000000L

struct arguments {
    struct job_choice_options choice;
    bool follow;
};

static const struct cli_option options[] = {
    JOB_OPTIONS(struct arguments, choice),
    {"follow", 'f', CLI_FLAG, offsetof(struct arguments, follow), NULL,
        "go on as the job does, until it ends"},
    {0},
};

static const struct cli_usage usage = {
    .command = "logs",
    .arguments = "[STUDY.yaml|DIR] JOB",
    .summary = "what a job did, epoch by epoch, and what its process said",
    .options = options,
    .details = "JOB is the beginning of an id, as `scalestudy jobs` shows it.",
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
    printf("job %s\n%s: %s %s, %d px, seed %lld\n", job->job_id, job->study, job->model,
        job->method, job->input, (long long)job->seed);
    if (job->attempt > 0)
        printf("attempt %d on %s, process %lld, began %s\n", job->attempt, job->host,
            (long long)job->pid, job->started_utc);
    if (job->crashes > 0)
        printf("its process ended without a word in %d of the attempts\n", job->crashes);
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

/* What the process said since. Another attempt begins the log anew. */
static void print_log(const char *database, const char *id, struct shown *shown)
{
    char path[PATH_BYTES], buffer[4096];
    struct err ignored = {0};
    FILE *stream = NULL;
    size_t count;

    if (run_files_log(database, id, path, &ignored) == 0)
        stream = file_open_stream(path, &ignored);
    if (!stream)
        return;
    if (fseek(stream, 0, SEEK_END) == 0 && ftell(stream) < shown->bytes)
        shown->bytes = 0;
    if (fseek(stream, shown->bytes, SEEK_SET) == 0)
        while ((count = fread(buffer, 1, sizeof(buffer), stream)) > 0) {
            fwrite(buffer, 1, count, stdout);
            shown->bytes += (long)count;
        }
    fclose(stream);
}

static void print_end(const struct job_detail *job)
{
    printf("%s", job->state);
    if (job->finished_utc[0])
        printf(" at %s", job->finished_utc);
    if (job->error[0])
        printf(": %s", job->error);
    putchar('\n');
}

static int show_log(struct job_choice *choice, const char *id, bool follow, struct err *err)
{
    static const struct timespec pause = {.tv_nsec = FOLLOW_NANOSECONDS};
    struct shown shown = {0};
    struct job_detail job;

    if ((follow && store_check_live(choice->store, "--follow", err) < 0) ||
        query_job(choice->store, id, &job, err) < 0)
        return -1;
    print_head(&job);
    run_view_log(&choice->view, id);
    interrupt_catch();
    for (;;) {
        if (print_epochs(choice->store, id, &shown, err) < 0)
            return -1;
        print_log(choice->database, id, &shown);
        if (fflush(stdout) != 0)
            return err_set(err, ERR_IO, "cannot write the log");
        if (!follow || interrupt_asked() ||
            (strcmp(job.state, "waiting") != 0 && strcmp(job.state, "running") != 0))
            break;
        nanosleep(&pause, NULL);
        if (query_job(choice->store, id, &job, err) < 0)
            return -1;
    }
    print_end(&job);
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
        result = err_set(err, ERR_INPUT, "logs takes one job");
    if (result == 0)
        result = show_log(&choice, choice.ids[0], given.follow, err);
    job_choice_close(&choice);
    return result;
}

const struct command command_logs = {
    .name = "logs",
    .summary = "what a job did, and what its process said",
    .run = run_logs,
};
