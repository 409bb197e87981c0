#include "worker.h"

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

#define SELF "/proc/self/exe"

/* In the child, between fork and exec: only what is safe there. Never returns. */
static void become_worker(int fd, int attempt_fd, pid_t supervisor, char *const arguments[])
{
    sigset_t none;
    int null = open("/dev/null", O_RDONLY);

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != supervisor)
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
    /* From here to the worker's own handlers, Ctrl-C is the supervisor's business already. */
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    execv(SELF, arguments);
    _exit(127);
}

int worker_start(struct worker *worker, const struct worker_options *options, struct err *err)
{
    char threads[16], loader_threads[16], seconds[40], fd[16], memory[32];
    char prune_factor[16], prune_epochs[16], attempt_fd[16];
    char *arguments[] = {"scalestudy", "job", "--db", (char *)options->database, "--study",
        (char *)options->study, "--threads", threads, "--loader-threads", loader_threads,
        "--checkpoint-seconds", seconds, "--memory", memory, "--prune-factor", prune_factor,
        "--prune-epochs", prune_epochs, "--progress-fd", fd, "--attempt-fd", attempt_fd, NULL, NULL,
        NULL, NULL, NULL, NULL};
    size_t n = sizeof(arguments) / sizeof(arguments[0]) - 6; /* those that are always given */
    pid_t supervisor = getpid(), pid;
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
        become_worker(ends[1], options->attempt_fd, supervisor, arguments);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return err_set_errno(err, errno, "cannot start a worker");
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    *worker = (struct worker){.pid = pid, .fd = ends[0], .heard = clock_seconds()};
    return 0;
}

/* One line, without its newline, as runner.h lists them. */
static enum worker_message understand(struct worker *worker, const char *line)
{
    int epoch, epochs, step, steps;

    if (sscanf(line, "job %64s %d", worker->job_id, &worker->attempt) == 2) {
        worker->took = true;
        return WORKER_TOOK;
    }
    if (sscanf(line, "step %d %d %d %d %lf", &epoch, &epochs, &step, &steps,
            &worker->images_per_second) == 5) {
        if (epochs > 0 && steps > 0)
            worker->share = (epoch - 1 + (double)step / steps) / epochs;
        if (!worker->has_share)
            worker->first_share = worker->share;
        worker->has_share = true;
        return WORKER_STEP;
    }
    if (strcmp(line, "alive") == 0)
        return WORKER_ALIVE;
    worker->concluded = true;
    if (sscanf(line, "done %lf %lf", &worker->top1, &worker->seconds) == 2)
        return WORKER_DONE;
    if (str_starts_with(line, "failed ")) {
        str_copy(worker->text, sizeof(worker->text), line + strlen("failed "));
        return WORKER_FAILED;
    }
    if (str_starts_with(line, "pruned ")) {
        str_copy(worker->text, sizeof(worker->text), line + strlen("pruned "));
        return WORKER_PRUNED;
    }
    if (str_starts_with(line, "trouble ")) {
        str_copy(worker->text, sizeof(worker->text), line + strlen("trouble "));
        return WORKER_TROUBLE;
    }
    if (strcmp(line, "full") == 0)
        return WORKER_FULL;
    return strcmp(line, "idle") == 0 ? WORKER_IDLE : WORKER_STOPPED;
}

enum worker_message worker_read(struct worker *worker)
{
    char line[WORKER_LINE_BYTES];
    char *end = memchr(worker->line, '\n', worker->length);

    if (!end) {
        ssize_t count =
            read(worker->fd, worker->line + worker->length, sizeof(worker->line) - worker->length);

        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
            return WORKER_GONE;
        if (count < 0)
            return WORKER_NOTHING;
        worker->length += (size_t)count;
        end = memchr(worker->line, '\n', worker->length);
        if (!end)
            return worker->length < sizeof(worker->line) ? WORKER_NOTHING : WORKER_GONE;
    }
    worker->heard = clock_seconds();
    *end = '\0';
    memcpy(line, worker->line, (size_t)(end - worker->line) + 1);
    worker->length -= (size_t)(end - worker->line) + 1;
    memmove(worker->line, end + 1, worker->length);
    return understand(worker, line);
}

int worker_reap(struct worker *worker)
{
    int status = 0;

    close(worker->fd);
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
        ;
    *worker = (struct worker){.fd = -1};
    return status;
}

void worker_signal(const struct worker *worker, int signal_number)
{
    if (worker->pid > 0)
        kill(worker->pid, signal_number);
}
