#include "tests/lib/test.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/system/cpu.h"

static void test_cpu_count__is_at_least_one_and_at_most_what_there_is(void **state)
{
    (void)state;
    assert_in_range(cpu_count(), 1, sysconf(_SC_NPROCESSORS_CONF));
}

static void test_cpu_count__honours_the_affinity_of_the_process(void **state)
{
    cpu_set_t all, one;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; cpu++)
        if (CPU_ISSET(cpu, &all))
            CPU_SET(cpu, &one);
    assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
    assert_int_equal(cpu_count(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

static void test_cpu_name__fits_whatever_the_room(void **state)
{
    char whole[256], cut[6];

    (void)state;
    cpu_name(whole, sizeof(whole));
    cpu_name(cut, sizeof(cut));
    assert_true(strlen(whole) > 0);
    assert_null(strchr(whole, '\n'));
    assert_true(strlen(cut) <= 5);
    assert_memory_equal(cut, whole, strlen(cut));
}

/* The system's own list of what the processor can do, as " flags : ... avx2 ..." */
static bool has_flag(const char *flag)
{
    FILE *stream = fopen("/proc/cpuinfo", "r");
    char line[8192], word[64];
    bool found = false;

    snprintf(word, sizeof(word), " %s ", flag);
    while (stream && !found && fgets(line, sizeof(line), stream)) {
        line[strcspn(line, "\n")] = ' ';
        found = strncmp(line, "flags", 5) == 0 && strstr(line, word);
    }
    if (stream)
        fclose(stream);
    return found;
}

static void test_cpu_isa__is_what_the_system_says(void **state)
{
    const char *wanted = has_flag("avx512f") && has_flag("avx512dq") && has_flag("avx512vl")
                             ? "avx512"
                         : has_flag("avx2") && has_flag("fma") ? "avx2"
                                                               : "reference";

    (void)state;
    assert_string_equal(cpu_isa(), wanted);
}

static void test_cpu_memory__is_at_most_the_machines(void **state)
{
    uint64_t all = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);

    (void)state;
    assert_true(cpu_memory_bytes() > 1000000);
    assert_true(cpu_memory_bytes() <= all);
}

static void test_clock__only_goes_forward(void **state)
{
    double last = clock_seconds();

    (void)state;
    for (int i = 0; i < 10000; i++) {
        double now = clock_seconds();

        assert_true(now >= last);
        last = now;
    }
}

static void test_clock__counts_seconds(void **state)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    double before = clock_seconds(), passed;

    (void)state;
    nanosleep(&pause, NULL);
    passed = clock_seconds() - before;
    assert_true(passed >= 0.02 && passed < 20);
}

static void test_clock_utc__is_now_in_iso_8601(void **state)
{
    char text[CLOCK_UTC_BYTES];
    struct tm utc = {0};
    time_t now = time(NULL), said;

    (void)state;
    clock_utc(text);
    assert_int_equal(strlen(text), strlen("2026-11-24T05:10:00Z"));
    assert_non_null(strptime(text, "%Y-%m-%dT%H:%M:%SZ", &utc));
    said = timegm(&utc);
    assert_in_range(said, now, now + 60);
}
