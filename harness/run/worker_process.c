/* A worker process as the scheduler sees it: its command line, its messages, how it ended. */
#include "worker_process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/str.h"
#include "harness/system/process.h"
#include "harness/terminal/ui.h"
#include "study_paths.h"

#define SELF "/proc/self/exe"

/* In the child, between fork and exec: only what is safe there. Never returns. */
static void become_worker(int fd, int attempt_fd, pid_t scheduler, char *const arguments[])
{
    sigset_t none;
    int null = open("/dev/null", O_RDONLY);

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != scheduler)
        _exit(1); /* it died before prctl could know */
    if (null > STDIN_FILENO) {
        dup2(null, STDIN_FILENO);
        close(null);
    }
    fcntl(fd, F_SETFD, 0);
    if (attempt_fd >= 0)
        fcntl(attempt_fd, F_SETFD, 0);
    sigemptyset(&none);
    /* slurmrestd sends it to all processes of a step; whoever started the job decides what it means. */
    signal(SIGUSR1, SIG_IGN);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* From here to the worker's own handlers, Ctrl-C is the scheduler's business already. */
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    execv(SELF, arguments);
    _exit(127);
}

int worker_process_start(
    struct worker_process *process, const struct worker_options *options, struct err *err)
{
    char threads[16], loader_threads[16], seconds[40], fd[16], memory[32];
    char prune_factor[16], prune_epochs[16], attempt_fd[16];
    char *arguments[] = {"scalestudy", "job", "--db", (char *)options->database, "--study",
        (char *)options->study, "--threads", threads, "--loader-threads", loader_threads,
        "--checkpoint-seconds", seconds, "--memory", memory, "--prune-factor", prune_factor,
        "--prune-epochs", prune_epochs, "--progress-fd", fd, "--attempt-fd", attempt_fd, NULL, NULL,
        NULL, NULL, NULL, NULL};
    size_t n = sizeof(arguments) / sizeof(arguments[0]) - 6; /* those that are always given */
    pid_t scheduler = getpid(), pid;
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_set_errno(err, errno, "cannot start a worker");
    snprintf(threads, sizeof(threads), "%d", options->threads);
    snprintf(loader_threads, sizeof(loader_threads), "%d", options->loader_threads);
    snprintf(seconds, sizeof(seconds), "%.17g", options->checkpoint_seconds);
    snprintf(prune_factor, sizeof(prune_factor), "%d", options->prune_factor);
    snprintf(prune_epochs, sizeof(prune_epochs), "%d", options->prune_epochs);
    snprintf(memory, sizeof(memory), "%" PRId64, options->memory_bytes);
    snprintf(fd, sizeof(fd), "%d", ends[1]);
    snprintf(attempt_fd, sizeof(attempt_fd), "%d", options->attempt_fd);
    if (options->trust)
        arguments[n++] = "--trust";
    if (options->keep_best)
        arguments[n++] = "--keep-best";
    if (options->keep_last)
        arguments[n++] = "--keep-last";
    if (options->packed) {
        arguments[n++] = "--packed";
        arguments[n++] = (char *)options->packed;
    }
    pid = fork();
    if (pid == 0)
        become_worker(ends[1], options->attempt_fd, scheduler, arguments);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return err_set_errno(err, errno, "cannot start a worker");
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    *process = (struct worker_process){.pid = pid, .fd = ends[0], .heard = clock_seconds()};
    return 0;
}

/* "WORD TEXT": its text. */
static bool take_text(struct worker_process *process, const char *line, const char *word)
{
    if (!str_starts_with(line, word))
        return false;
    str_copy(process->text, sizeof(process->text), line + strlen(word));
    return true;
}

static enum worker_message understand_conclusion(struct worker_process *process, const char *line)
{
    if (sscanf(line, "done %lf %lf", &process->top1, &process->seconds) == 2)
        return WORKER_DONE;
    if (take_text(process, line, "failed "))
        return WORKER_FAILED;
    if (take_text(process, line, "pruned "))
        return WORKER_PRUNED;
    if (take_text(process, line, "trouble "))
        return WORKER_TROUBLE;
    if (strcmp(line, "full") == 0)
        return WORKER_FULL;
    return strcmp(line, "idle") == 0 ? WORKER_IDLE : WORKER_STOPPED;
}

/* One line, without its newline, as worker_main.h lists them. */
static enum worker_message understand(struct worker_process *process, const char *line)
{
    int epoch, epochs, step, steps;

    if (sscanf(line, "job %64s %d", process->job_id, &process->attempt) == 2) {
        process->took = true;
        return WORKER_TOOK;
    }
    if (sscanf(line, "step %d %d %d %d %lf", &epoch, &epochs, &step, &steps,
            &process->images_per_second) == 5) {
        if (epochs > 0 && steps > 0)
            process->share = (epoch - 1 + (double)step / steps) / epochs;
        if (!process->has_share)
            process->first_share = process->share;
        process->has_share = true;
        return WORKER_STEP;
    }
    if (strcmp(line, "alive") == 0)
        return WORKER_ALIVE;
    process->conclusion = understand_conclusion(process, line);
    return process->conclusion;
}

enum worker_message worker_process_read(struct worker_process *process)
{
    char line[WORKER_LINE_BYTES];
    char *end = memchr(process->line, '\n', process->length);

    if (!end) {
        ssize_t count = read(
            process->fd, process->line + process->length, sizeof(process->line) - process->length);

        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
            return WORKER_GONE;
        if (count < 0)
            return WORKER_NOTHING;
        process->length += (size_t)count;
        end = memchr(process->line, '\n', process->length);
        if (!end)
            return process->length < sizeof(process->line) ? WORKER_NOTHING : WORKER_GONE;
    }
    process->heard = clock_seconds();
    *end = '\0';
    memcpy(line, process->line, (size_t)(end - process->line) + 1);
    process->length -= (size_t)(end - process->line) + 1;
    memmove(process->line, end + 1, process->length);
    return understand(process, line);
}

int worker_process_reap(struct worker_process *process)
{
    int status = 0;

    close(process->fd);
    while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
        ;
    process->pid = 0;
    process->fd = -1;
    return status;
}

void worker_process_signal(const struct worker_process *process, int signal_number)
{
    if (process->pid > 0)
        kill(process->pid, signal_number);
}

void worker_process_ending(const struct worker_process *process, int status, const char *more,
    FILE *log, char *to, size_t size)
{
    char how[PROCESS_ENDING_BYTES], tail[STUDY_PATHS_TAIL_BYTES], silence[UI_DURATION_BYTES];
    bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    struct str text = STR_INIT;

    study_paths_tail(log, tail);
    if (process->stuck_seconds > 0)
        str_addf(
            &text, "killed: no message within %s", ui_duration(process->stuck_seconds, silence));
    else
        str_addf(&text, "its process ended with %s%s%s", process_ending(status, how),
            killed ? ": killed from outside, or memory ran out" : "", more);
    if (tail[0])
        str_addf(&text, "; its log ends with: %s", tail);
    str_copy(to, size, text.text);
    str_release(&text);
}
