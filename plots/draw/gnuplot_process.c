/* Running gnuplot, with a limit on its time and with its complaints kept. */
#include "gnuplot_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/clock.h"

#define COMPLAINT_BYTES 2048 /* the last that it said; all before is read and forgotten */
#define LINE_BYTES      300
#define TICK_MS         20

struct watch {
    pid_t pid;
    int errors; /* our end of its standard error; -1 when it is closed */
    char said[COMPLAINT_BYTES];
    size_t n_said;
};

/* Standard error goes to a pipe, the other two streams nowhere. */
static int prepare(posix_spawn_file_actions_t *actions, const char *folder, int errors)
{
    if (posix_spawn_file_actions_adddup2(actions, errors, 2) != 0 ||
        posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0) != 0 ||
        posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0) != 0 ||
        posix_spawn_file_actions_addchdir_np(actions, folder) != 0)
        return -1;
    return 0;
}

/* posix_spawnp, unlike execvp, hands nothing to a shell, not even a script without a #! line. */
static int start(const struct gnuplot_process *process, struct watch *watch, struct err *err)
{
    posix_spawn_file_actions_t actions;
    int ends[2], failure;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_set_errno(err, errno, "cannot make a pipe to %s", process->arguments[0]);
    failure = posix_spawn_file_actions_init(&actions);
    if (failure == 0) {
        failure = prepare(&actions, process->folder, ends[1]) < 0 ? ENOMEM : 0;
        if (failure == 0)
            failure = posix_spawnp(&watch->pid, process->arguments[0], &actions, NULL,
                (char *const *)process->arguments, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    close(ends[1]);
    watch->errors = ends[0];
    if (failure == ENOENT)
        return err_set(err, ERR_CHILD,
            "the program %s is not installed; on Debian: apt-get install gnuplot-nox",
            process->arguments[0]);
    if (failure) {
        err_set_errno(err, failure, "cannot start %s", process->arguments[0]);
        err->code = ERR_CHILD;
        return -1;
    }
    return 0;
}

/* Keep the end of what it says. */
static void keep(struct watch *watch, const char *text, size_t count)
{
    size_t all = watch->n_said + count, drop = all > COMPLAINT_BYTES ? all - COMPLAINT_BYTES : 0;

    if (drop >= watch->n_said) {
        text += drop - watch->n_said;
        count -= drop - watch->n_said;
        watch->n_said = 0;
    } else {
        watch->n_said -= drop;
        memmove(watch->said, watch->said + drop, watch->n_said);
    }
    memcpy(watch->said + watch->n_said, text, count);
    watch->n_said += count;
}

/* Wait a moment for words, and read them. */
static void listen(struct watch *watch, int wait_ms)
{
    struct pollfd pipe_end = {.fd = watch->errors, .events = POLLIN};
    char text[1024];
    ssize_t count;

    if (poll(&pipe_end, 1, wait_ms) <= 0 || watch->errors < 0)
        return;
    count = read(watch->errors, text, sizeof(text));
    if (count > 0) {
        keep(watch, text, (size_t)count);
    } else if (count == 0 || errno != EINTR) {
        close(watch->errors);
        watch->errors = -1;
    }
}

/* Its last line that says something, in printable characters. */
static void last_line(const struct watch *watch, char line[LINE_BYTES])
{
    size_t end = watch->n_said, begin, length = 0;

    while (end > 0 && (unsigned char)watch->said[end - 1] <= ' ')
        end--;
    begin = end;
    while (begin > 0 && watch->said[begin - 1] != '\n')
        begin--;
    while (begin < end && watch->said[begin] == ' ')
        begin++;
    for (; begin < end && length < LINE_BYTES - 1; begin++)
        line[length++] = (unsigned char)watch->said[begin] < ' ' ? ' ' : watch->said[begin];
    line[length] = '\0';
}

static int judge(
    const struct gnuplot_process *process, const struct watch *watch, int status, struct err *err)
{
    const char *program = process->arguments[0];
    char line[LINE_BYTES];

    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    last_line(watch, line);
    if (WIFSIGNALED(status)) {
        const char *name = sigdescr_np(WTERMSIG(status));

        return err_set(err, ERR_CHILD, "%s crashed with signal %d (%s)%s%s", program,
            WTERMSIG(status), name ? name : "unknown", line[0] ? ": " : "", line);
    }
    return err_set(err, ERR_CHILD, "%s failed with exit status %d%s%s", program,
        WEXITSTATUS(status), line[0] ? ": " : "", line);
}

int gnuplot_process_run(const struct gnuplot_process *process, struct err *err)
{
    struct watch watch = {.errors = -1};
    double deadline = clock_seconds() + process->timeout_seconds;
    int status = 0, result = start(process, &watch, err);
    bool ended = false;

    if (result < 0)
        goto done;
    while (!ended && clock_seconds() < deadline) {
        listen(&watch, TICK_MS);
        ended = waitpid(watch.pid, &status, WNOHANG) == watch.pid;
    }
    if (!ended) {
        kill(watch.pid, SIGKILL);
        while (waitpid(watch.pid, &status, 0) < 0 && errno == EINTR)
            ;
        result = err_set(err, ERR_CHILD, "%s did not end within %g seconds and was stopped",
            process->arguments[0], process->timeout_seconds);
        goto done;
    }
    for (int more = 0; watch.errors >= 0 && more < 64; more++)
        listen(&watch, 0); /* what it said at its very end */
    result = judge(process, &watch, status, err);
done:
    if (watch.errors >= 0)
        close(watch.errors);
    return result;
}
