/* Asking the kernel for this machine's processor, cores and memory, and the limits of its cgroup.
 * Asking the kernel for this machine's processor, cores and memory, and the limits of its cgroup. */
#include "cpu.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/str.h"

/* First line of a small file without its newline; empty if it cannot be read. */
static void read_line(const char *path, char *to, size_t size)
{
    FILE *stream = fopen(path, "r");

    to[0] = '\0';
    if (!stream)
        return;
    if (!fgets(to, (int)size, stream))
        to[0] = '\0';
    to[strcspn(to, "\n")] = '\0';
    fclose(stream);
}

static int cgroup_quota_cores(void)
{
    char line[64], *rest;
    double quota, period;

    read_line("/sys/fs/cgroup/cpu.max", line, sizeof(line));
    quota = strtod(line, &rest);
    if (rest == line)
        return 0; /* "max", or no such file */
    period = strtod(rest, NULL);
    return period > 0 ? (int)(quota / period + 0.999) : 0;
}

int cpu_count(void)
{
    cpu_set_t set;
    int count = 1, quota = cgroup_quota_cores();

    if (sched_getaffinity(0, sizeof(set), &set) == 0)
        count = CPU_COUNT(&set);
    if (quota > 0 && quota < count)
        count = quota;
    return count > 0 ? count : 1;
}

void cpu_name(char *to, size_t size)
{
    FILE *stream = fopen("/proc/cpuinfo", "r");
    char line[256];

    str_copy(to, size, "unknown");
    if (!stream)
        return;
    while (fgets(line, sizeof(line), stream)) {
        char *colon = strchr(line, ':');

        if (str_starts_with(line, "model name") && colon) {
            line[strcspn(line, "\n")] = '\0';
            colon += 1 + strspn(colon + 1, " ");
            if (*colon)
                str_copy(to, size, colon);
            break;
        }
    }
    fclose(stream);
}

const char *cpu_isa(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return "avx512";
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return "avx2";
#endif
    return "reference";
}

uint64_t cpu_memory_bytes(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    uint64_t bytes = pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : 0;
    char line[64];
    long long limit;

    read_line("/sys/fs/cgroup/memory.max", line, sizeof(line));
    if (str_to_int64(line, &limit) && limit > 0 && (uint64_t)limit < bytes)
        bytes = (uint64_t)limit;
    return bytes;
}
