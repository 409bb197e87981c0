/* What /proc says of processes, and signals to workers. */
#include "process.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "harness/base/str.h"

static bool read_line(const char *path, char *to, size_t size)
{
    FILE *stream = fopen(path, "re");
    bool found = stream && fgets(to, (int)size, stream);

    if (stream)
        fclose(stream);
    if (found)
        to[strcspn(to, "\n")] = '\0';
    return found;
}

/* Start time of a process in clock ticks since boot: field 22 of its stat, after a name that may
 * hold blanks. */
static bool read_start(int64_t pid, int64_t *start, char *state)
{
    char path[64], line[1024];
    const char *fields;
    long long ticks;

    snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)pid);
    if (!read_line(path, line, sizeof(line)))
        return false;
    fields = strrchr(line, ')');
    if (!fields ||
        sscanf(fields,
            ") %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lld",
            state, &ticks) != 2)
        return false;
    *start = ticks;
    return true;
}

static bool read_boot_id(struct owner *owner)
{
    return read_line("/proc/sys/kernel/random/boot_id", owner->boot_id, sizeof(owner->boot_id));
}

int process_owner(struct owner *owner, struct err *err)
{
    ssize_t length;
    char state;

    *owner = (struct owner){.pid = getpid()};
    if (gethostname(owner->host, sizeof(owner->host) - 1) != 0)
        str_copy(owner->host, sizeof(owner->host), "localhost");
    if (!read_boot_id(owner) || !read_start(owner->pid, &owner->process_start, &state))
        return err_set(err, ERR_IO,
            "cannot read /proc, which identifies the process that owns a job; it must be mounted");
    length = readlink("/proc/self/ns/pid", owner->pid_space, sizeof(owner->pid_space) - 1);
    owner->pid_space[length > 0 ? length : 0] = '\0';
    return 0;
}

bool process_is_alive(const struct owner *owner)
{
    struct owner here = {0};
    int64_t start;
    char state;

    if (!read_boot_id(&here) || strcmp(here.boot_id, owner->boot_id) != 0)
        return false;
    return read_start(owner->pid, &start, &state) && start == owner->process_start &&
           state != 'Z' && state != 'X';
}

/* ---- signals ---- */

#define COMMAND_LINE_BYTES ((size_t)16384)

/* Words, each ended by a NUL, as /proc has them; 0 bytes: unknown. */
static size_t read_command_line(int64_t pid, char to[COMMAND_LINE_BYTES])
{
    char path[64];
    FILE *stream;
    size_t length;

    snprintf(path, sizeof(path), "/proc/%lld/cmdline", (long long)pid);
    stream = fopen(path, "re");
    length = stream ? fread(to, 1, COMMAND_LINE_BYTES - 1, stream) : 0;
    to[length] = '\0';
    if (stream)
        fclose(stream);
    return length;
}

/* Whether a path, seen from where that process is, is our database. */
static bool is_its_database(int64_t pid, const char *word, const char *database)
{
    char path[PATH_BYTES];

    if (word[0] == '/')
        return file_is_same(word, database);
    return snprintf(path, sizeof(path), "/proc/%lld/cwd/%s", (long long)pid, word) <
               (int)sizeof(path) &&
           file_is_same(path, database);
}

/* "scalestudy job --db DATABASE ...", as worker_process_start begins it. */
static bool is_worker(int64_t pid, const char *database)
{
    static const char *const first[] = {"scalestudy", "job", "--db"};
    char line[COMMAND_LINE_BYTES];
    const char *word = line, *end = line + read_command_line(pid, line);

    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
        if (word >= end || strcmp(word, first[i]) != 0)
            return false;
        word += strlen(word) + 1;
    }
    return word < end && is_its_database(pid, word, database);
}

bool process_signal_worker(const struct owner *owner, const char *database, int signal_number)
{
    pid_t pid = (pid_t)owner->pid;
    int fd = -1;
    bool sent;

    if (pid <= 1 || pid != owner->pid)
        return false;
#ifdef SYS_pidfd_open
    /* From here on the number may be that of another process, the descriptor never is. */
    fd = (int)syscall(SYS_pidfd_open, pid, 0);
#endif
    if (!process_is_alive(owner) || !is_worker(owner->pid, database))
        sent = false;
#ifdef SYS_pidfd_send_signal
    else if (fd >= 0)
        sent = syscall(SYS_pidfd_send_signal, fd, signal_number, NULL, 0) == 0;
#endif
    else
        sent = kill(pid, signal_number) == 0;
    if (fd >= 0)
        close(fd);
    return sent;
}

const char *process_ending(int status, char to[PROCESS_ENDING_BYTES])
{
    if (WIFSIGNALED(status)) {
        int signal_number = WTERMSIG(status);
        const char *name = sigdescr_np(signal_number);

        snprintf(
            to, PROCESS_ENDING_BYTES, "signal %d (%s)", signal_number, name ? name : "unknown");
    } else {
        snprintf(to, PROCESS_ENDING_BYTES, "exit status %d", WEXITSTATUS(status));
    }
    return to;
}
