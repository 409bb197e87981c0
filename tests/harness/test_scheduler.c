/* The scheduler over a source made up here, whose workers are processes that only send messages. */
#include "tests/lib/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/base/str.h"
#include "harness/run/scheduler.h"

#define MOST_JOBS 8

/* What the worker of a job says; NULL ends the list. A text without a newline: it says nothing more
 * and does not end. */
struct made_source {
    const char *says[MOST_JOBS + 1];
    int next;
    int busiest;                         /* the most slots that were busy at once */
    enum worker_message seen[MOST_JOBS]; /* conclusions, in order of ending */
    char text[MOST_JOBS][WORKER_LINE_BYTES];
    int status[MOST_JOBS];
    int ended;
    int trouble_at; /* the ending that fails; -1: none */
    bool stopping;  /* at the last ending */
};

static int look(struct scheduler *s, struct err *err)
{
    (void)s;
    (void)err;
    return 0;
}

static void speak(int fd, const char *says)
{
    bool waits = says[0] && says[strlen(says) - 1] != '\n';

    signal(SIGTERM, SIG_DFL);
    if (write(fd, says, strlen(says)) < 0)
        _exit(1);
    while (waits)
        pause();
    _exit(0);
}

static int start(struct scheduler *s, struct slot *slot, struct err *err)
{
    struct made_source *made = s->context;
    const char *says = made->says[made->next];
    int ends[2];
    pid_t pid;

    (void)err;
    if (!says)
        return 0;
    made->next++;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid = fork();
    if (pid == 0)
        speak(ends[1], says);
    assert_true(pid > 0);
    close(ends[1]);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    slot->process = (struct worker_process){.pid = pid, .fd = ends[0], .heard = s->last_turn};
    if (scheduler_busy(s) + 1 > made->busiest)
        made->busiest = scheduler_busy(s) + 1;
    return 1;
}

static enum slot_ending ended(struct scheduler *s, struct slot *slot, int status, struct err *err)
{
    struct made_source *made = s->context;
    int i = made->ended++;

    made->seen[i] = slot->process.conclusion;
    made->status[i] = status;
    made->stopping = s->stopping;
    if (slot->process.conclusion == WORKER_NOTHING)
        worker_process_ending(
            &slot->process, status, "", NULL, made->text[i], sizeof(made->text[i]));
    else
        str_copy(made->text[i], sizeof(made->text[i]), slot->process.text);
    if (i == made->trouble_at)
        return err_set(err, ERR_IO, "the made source is broken");
    return ENDING_SILENT;
}

static bool waits(struct scheduler *s)
{
    (void)s;
    return false;
}

static int run_made(struct made_source *made, int n_slots, double stuck_seconds, struct err *err)
{
    static const struct job_source source = {
        .look = look, .start = start, .ended = ended, .waits = waits};
    struct scheduler s = {.source = &source, .context = made, .stuck_seconds = stuck_seconds};
    int result;

    progress_init(&s.progress, true);
    sigemptyset(&s.unblocked);
    result = scheduler_run(&s, n_slots, err);
    scheduler_release(&s);
    return result;
}

static void test_scheduler__all_jobs_run_in_their_slots(void **state)
{
    struct made_source made = {.says = {"done 50 1\n", "failed it broke\n", "idle\n", "stopped\n",
                                   "trouble no disk\n", "pruned too slow\n", "full\n"},
        .trouble_at = -1};
    struct err err = {0};
    int failed = 0, pruned = 0;

    (void)state;
    assert_int_equal(run_made(&made, 3, 0, &err), 0);
    assert_int_equal(made.ended, 7);
    assert_int_equal(made.busiest, 3);
    for (int i = 0; i < made.ended; i++) {
        failed += made.seen[i] == WORKER_FAILED && strcmp(made.text[i], "it broke") == 0;
        pruned += made.seen[i] == WORKER_PRUNED && strcmp(made.text[i], "too slow") == 0;
    }
    assert_int_equal(failed, 1);
    assert_int_equal(pruned, 1);
}

static void test_scheduler__a_silent_worker_is_killed(void **state)
{
    struct made_source made = {.says = {"alive\nalive"}, .trouble_at = -1};
    struct err err = {0};

    (void)state;
    assert_int_equal(run_made(&made, 1, 0.3, &err), 0);
    assert_int_equal(made.seen[0], WORKER_NOTHING);
    assert_int_equal(made.status[0], SIGKILL);
    assert_string_equal(made.text[0], "killed: no message within 0 s");
}

static void test_scheduler__trouble_stops_the_other_workers(void **state)
{
    struct made_source made = {.says = {"alive", "done 50 1\n", "never started\n"}};
    struct err err = {0};

    (void)state;
    made.trouble_at = 0; /* the first to end is the second job */
    assert_int_equal(run_made(&made, 2, 0, &err), -1);
    assert_string_equal(err.message, "the made source is broken");
    assert_int_equal(made.next, 2);
    assert_int_equal(made.ended, 2);
    assert_true(made.stopping);
    assert_int_equal(made.status[1], SIGTERM);
    assert_string_equal(made.text[1], "its process ended with signal 15 (Terminated)");
}
