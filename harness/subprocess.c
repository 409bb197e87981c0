#include "subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

/* The environment for the program; the array is the caller's to free, the texts are not. */
static char **filtered_environment(void)
{
    size_t n = 0, kept = 0;
    char **to;

    while (environ[n])
        n++;
    to = calloc(n + 1, sizeof(*to));
    for (size_t i = 0; to && i < n; i++) {
        bool of_slurm = str_starts_with(environ[i], "SLURM_") ||
                        str_starts_with(environ[i], "SBATCH_") ||
                        str_starts_with(environ[i], "SQUEUE_");

        if (!of_slurm || str_starts_with(environ[i], "SLURM_CONF="))
            to[kept++] = environ[i];
    }
    return to;
}

static int spawn(const char *const *arguments, int output, int errors, pid_t *pid, struct err *err)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, defaults;
    char **environment = filtered_environment();
    int code = environment ? 0 : ENOMEM;

    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    posix_spawn_file_actions_adddup2(&actions, errors, 2);
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (code == 0)
        code = posix_spawnp(
            pid, arguments[0], &actions, &attributes, (char *const *)arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    free(environment);
    if (code == ENOENT)
        return err_set(
            err, ERR_INPUT, "there is no program %s on this machine's PATH", arguments[0]);
    if (code != 0)
        return err_set_errno(err, code, "cannot run %s", arguments[0]);
    return 0;
}

/* What has come on one pipe; closes it at its end. */
static void drain(struct pollfd *pipe_end, struct str *to)
{
    char buffer[65536];
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
        if (poll(ends, 2, (int)(left * 1000) + 1) < 0 && errno != EINTR)
            break;
        drain(&ends[0], out);
        drain(&ends[1], errs);
    }
    ended = ends[0].fd < 0 && ends[1].fd < 0;
    for (int i = 0; i < 2; i++)
        if (ends[i].fd >= 0)
            close(ends[i].fd);
    return ended;
}

int subprocess_run(const char *const *arguments, double timeout_seconds, struct str *output,
    struct str *errors, int *status, struct err *err)
{
    int out[2], errs[2], code = 0;
    pid_t pid;
    bool ended;

    str_clear(output);
    str_clear(errors);
    if (pipe2(out, O_CLOEXEC) != 0)
        return err_set_errno(err, errno, "cannot run %s", arguments[0]);
    if (pipe2(errs, O_CLOEXEC) != 0) {
        close(out[0]);
        close(out[1]);
        return err_set_errno(err, errno, "cannot run %s", arguments[0]);
    }
    code = spawn(arguments, out[1], errs[1], &pid, err);
    close(out[1]);
    close(errs[1]);
    if (code < 0) {
        close(out[0]);
        close(errs[0]);
        return -1;
    }
    ended = listen_to(out[0], errs[0], clock_seconds() + timeout_seconds, output, errors);
    if (!ended)
        kill(pid, SIGKILL);
    while (waitpid(pid, &code, 0) < 0 && errno == EINTR)
        ;
    if (!ended)
        return err_set(
            err, ERR_BUSY, "%s did not answer within %.0f seconds", arguments[0], timeout_seconds);
    *status = WIFSIGNALED(code) ? 128 + WTERMSIG(code) : WEXITSTATUS(code);
    return str_check(output, err) < 0 || str_check(errors, err) < 0 ? -1 : 0;
}
