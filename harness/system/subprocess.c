/* Starting a program without a shell, reading its two outputs, and ending it when its time is
 * over. */
#include "subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/clock.h"

/* What the program is started with, and the ends of pipes that it gets. */
struct start {
    const char *const *arguments, *const *environment;
    pid_t parent;
    int output, errors, failure; /* failure: errno of exec comes here */
};

/* ---- between fork and exec: only what is safe there ---- */

static void end_with(int failure, int code)
{
    (void)!write(failure, &code, sizeof(code));
    _exit(127);
}

static void become_program(const struct start *start)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    sigset_t none;

    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (null < 0 || dup2(null, 0) < 0 || dup2(start->output, 1) < 0 || dup2(start->errors, 2) < 0)
        end_with(start->failure, errno);
    if (start->environment)
        environ = (char **)(uintptr_t)start->environment;
    execvp(start->arguments[0], (char **)(uintptr_t)start->arguments);
    end_with(start->failure, errno);
}

/* The leader of the program's group: ends as the program does, and takes the group with it when the
 * process that asked for it dies. Never returns. */
static void guard(const struct start *start)
{
    static const int numbers[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP};
    sigset_t all, awaited;
    pid_t program, ended;
    int status = 0, number;

    sigemptyset(&awaited);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        sigaddset(&awaited, numbers[i]);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    signal(SIGCHLD, SIG_DFL);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != start->parent)
        _exit(1); /* it died before prctl could know */
    program = fork();
    if (program == 0)
        become_program(start);
    if (program < 0)
        end_with(start->failure, errno);
    close(start->failure); /* the outputs stay open, so that their end is that of the program */
    do {
        if (sigwait(&awaited, &number) != 0 || number != SIGCHLD)
            kill(0, SIGKILL);
        ended = waitpid(program, &status, WNOHANG);
    } while (ended != program);
    _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

/* ---- here ---- */

static void close_both(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

/* Start it: its guard, or -1. What exec says comes by a pipe, which a successful exec closes. */
static pid_t spawn(struct start *start, struct err *err)
{
    int failure[2], code = 0;
    pid_t pid;

    if (pipe2(failure, O_CLOEXEC) != 0)
        return err_set_errno(err, errno, "cannot run %s", start->arguments[0]);
    start->failure = failure[1];
    start->parent = getpid();
    pid = fork();
    if (pid == 0)
        guard(start);
    if (pid < 0) {
        code = errno;
        close_both(failure);
        return err_set_errno(err, code, "cannot run %s", start->arguments[0]);
    }
    close(failure[1]);
    while (read(failure[0], &code, sizeof(code)) < 0 && errno == EINTR)
        ;
    close(failure[0]);
    if (code == 0)
        return pid;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    if (code == ENOENT)
        return err_set(
            err, ERR_INPUT, "there is no program %s on this machine's PATH", start->arguments[0]);
    return err_set_errno(err, code, "cannot run %s", start->arguments[0]);
}

/* What has come on one pipe; closes it at its end. */
static void drain(struct pollfd *pipe_end, struct str *to)
{
    char buffer[16384];
    ssize_t count;

    if (pipe_end->revents == 0)
        return;
    count = read(pipe_end->fd, buffer, sizeof(buffer));
    if (count > 0 && to->length + (size_t)count <= SUBPROCESS_OUTPUT_BYTES)
        str_add_bytes(to, buffer, (size_t)count);
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) {
        close(pipe_end->fd);
        pipe_end->fd = -1;
    }
}

/* Until both pipes end or the time is over; whether they ended. */
static bool listen_to(int output, int errors, double until, struct str *out, struct str *errs)
{
    struct pollfd ends[2] = {{.fd = output, .events = POLLIN}, {.fd = errors, .events = POLLIN}};
    bool ended;

    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        double left = until - clock_seconds();

        if (left <= 0)
            break;
        if (poll(ends, 2, (int)(left * 1000) + 1) < 0) {
            if (errno != EINTR)
                break;
            continue;
        }
        drain(&ends[0], out);
        drain(&ends[1], errs);
    }
    ended = ends[0].fd < 0 && ends[1].fd < 0;
    for (int i = 0; i < 2; i++)
        if (ends[i].fd >= 0)
            close(ends[i].fd);
    return ended;
}

int subprocess_run(const char *const *arguments, const char *const *environment,
    double timeout_seconds, struct str *output, struct str *errors, int *status, struct err *err)
{
    struct start start = {.arguments = arguments, .environment = environment};
    int out[2], errs[2], code = 0;
    pid_t pid;
    bool ended;

    str_clear(output);
    str_clear(errors);
    if (pipe2(out, O_CLOEXEC) != 0)
        return err_set_errno(err, errno, "cannot run %s", arguments[0]);
    if (pipe2(errs, O_CLOEXEC) != 0) {
        code = errno;
        close_both(out);
        return err_set_errno(err, code, "cannot run %s", arguments[0]);
    }
    start.output = out[1];
    start.errors = errs[1];
    pid = spawn(&start, err);
    close(out[1]);
    close(errs[1]);
    if (pid < 0) {
        close(out[0]);
        close(errs[0]);
        return -1;
    }
    ended = listen_to(out[0], errs[0], clock_seconds() + timeout_seconds, output, errors);
    if (!ended)
        kill(-pid, SIGKILL);
    while (waitpid(pid, &code, 0) < 0 && errno == EINTR)
        ;
    if (!ended)
        return err_set(
            err, ERR_BUSY, "%s did not answer within %g s", arguments[0], timeout_seconds);
    *status = WIFSIGNALED(code) ? 128 + WTERMSIG(code) : WEXITSTATUS(code);
    return str_check(output, err) < 0 || str_check(errors, err) < 0 ? -1 : 0;
}
