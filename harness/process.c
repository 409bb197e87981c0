#include "process.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"

#define BOOT_ID_BYTES 64

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

static bool read_boot_id(char to[BOOT_ID_BYTES])
{
    return read_line("/proc/sys/kernel/random/boot_id", to, BOOT_ID_BYTES);
}

int process_owner(struct owner *owner, struct err *err)
{
    static char host[256], boot_id[BOOT_ID_BYTES];
    char state;

    *owner = (struct owner){.host = host, .pid = getpid(), .boot_id = boot_id};
    if (gethostname(host, sizeof(host) - 1) != 0)
        str_copy(host, sizeof(host), "localhost");
    if (!read_boot_id(boot_id) || !read_start(owner->pid, &owner->process_start, &state))
        return err_set(
            err, ERR_IO, "cannot read /proc, by which a job's owner is known; it must be mounted");
    return 0;
}

bool process_is_alive(const struct owner *owner)
{
    char boot_id[BOOT_ID_BYTES], state;
    int64_t start;

    if (!read_boot_id(boot_id) || strcmp(boot_id, owner->boot_id) != 0)
        return false;
    return read_start(owner->pid, &start, &state) && start == owner->process_start &&
           state != 'Z' && state != 'X';
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
