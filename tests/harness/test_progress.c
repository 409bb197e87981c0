#include "tests/lib/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/system/process.h"
#include "harness/terminal/progress.h"
#include "harness/run/study_paths.h"
#include "harness/terminal/ui.h"

static struct progress halfway(void)
{
    struct progress progress;

    progress_init(&progress, true);
    progress_counts(&progress, 14, 5, 1, 2);
    progress.work_total = 100;
    progress.work_done = 50;
    progress.images_per_second = 812.4;
    progress.started -= 100;
    return progress;
}

static void test_progress__line_says_how_far_and_how_long(void **state)
{
    struct progress progress = halfway();
    char line[512];

    (void)state;
    progress_line(&progress, "resnet50 width", 200, line, sizeof(line));
    assert_non_null(strstr(line, "####"));
    assert_non_null(strstr(line, "5/14 jobs, 1 failed, 1:40 left, 812 images/s - resnet50 width"));
}

static void test_progress__line_fits_into_any_width(void **state)
{
    struct progress progress = halfway();
    char line[512];

    (void)state;
    for (int columns = 1; columns < 300; columns++) {
        progress_line(
            &progress, "mobilenet_v2 compound 42 px, seed 0 31 %", columns, line, sizeof(line));
        assert_true(strlen(line) <= (size_t)columns);
    }
}

static void test_progress__time_left_follows_from_this_runs_work_alone(void **state)
{
    struct progress progress = halfway();
    double seconds;

    (void)state;
    progress.work_before = 25; /* 25 in 100 seconds, 50 to go */
    seconds = progress_seconds_left(&progress);
    assert_true(seconds > 199 && seconds < 202);
    progress.work_done = progress.work_before;
    assert_true(progress_seconds_left(&progress) != progress_seconds_left(&progress)); /* NaN */
}

static void test_ui__durations_read_as_clocks(void **state)
{
    char text[UI_DURATION_BYTES];

    (void)state;
    assert_string_equal(ui_duration(7.4, text), "7 s");
    assert_string_equal(ui_duration(185, text), "3:05");
    assert_string_equal(ui_duration(3723, text), "1:02:03");
    assert_string_equal(ui_duration(-1, text), "?");
    assert_string_equal(ui_duration(1e300, text), "?");
}

static void test_process__this_one_is_alive(void **state)
{
    struct err err = {0};
    struct owner owner;

    (void)state;
    assert_int_equal(process_owner(&owner, &err), 0);
    assert_true(process_is_alive(&owner));
}

static void test_process__one_of_another_start_or_boot_is_dead(void **state)
{
    struct err err = {0};
    struct owner owner;

    (void)state;
    assert_int_equal(process_owner(&owner, &err), 0);
    owner.process_start--;
    assert_false(process_is_alive(&owner));
    owner.process_start++;
    str_copy(owner.boot_id, sizeof(owner.boot_id), "another");
    assert_false(process_is_alive(&owner));
}

static void test_process__a_zombie_is_dead(void **state)
{
    struct err err = {0};
    struct owner owner;
    siginfo_t info;
    pid_t pid;

    (void)state;
    assert_int_equal(process_owner(&owner, &err), 0);
    pid = fork();
    if (pid == 0)
        _exit(0);
    assert_true(pid > 0);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    owner.pid = pid;
    /* Its start time is not known here, but is at most some ticks after ours. */
    for (int ticks = 0; ticks < 10000; ticks++, owner.process_start++)
        assert_false(process_is_alive(&owner));
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_process__endings_are_told_by_name(void **state)
{
    char text[PROCESS_ENDING_BYTES];

    (void)state;
    assert_string_equal(process_ending(11, text), "signal 11 (Segmentation fault)");
    assert_string_equal(process_ending(3 << 8, text), "exit status 3");
}

static void test_study_paths__the_database_is_named_after_the_study(void **state)
{
    struct err err = {0};
    char path[PATH_BYTES];

    (void)state;
    assert_int_equal(study_paths_database("configs/studies/table3.yaml", path, &err), 0);
    assert_string_equal(path, "table3.db");
    assert_int_equal(study_paths_database("x.y.yml", path, &err), 0);
    assert_string_equal(path, "x.y.db");
    assert_int_equal(study_paths_database("plain", path, &err), 0);
    assert_string_equal(path, "plain.db");
    assert_int_equal(study_paths_database("folder/.yaml", path, &err), -1);
}
