/* The pool: every block once, at most as many threads as asked for, also after changes and pauses.
 */
#include "tests/lib/test.h"

#include <sched.h>
#include <stdatomic.h>
#include <time.h>

#include "workloads/nn/kernels/parallel.h"

#define BLOCKS 1000

struct tally {
    atomic_int runs[BLOCKS];
    atomic_int busy[PARALLEL_MAX_THREADS]; /* a thread's number is used by one at a time */
    atomic_int clashes;
};

static void count_block(void *context, int block, int thread)
{
    struct tally *tally = context;

    if (thread < 0 || thread >= parallel_threads() || atomic_exchange(&tally->busy[thread], 1))
        atomic_fetch_add(&tally->clashes, 1);
    atomic_fetch_add(&tally->runs[block], 1);
    atomic_store(&tally->busy[thread < 0 ? 0 : thread], 0);
}

static void check_tally(int blocks)
{
    static struct tally tally;

    for (int i = 0; i < BLOCKS; i++)
        atomic_store(&tally.runs[i], 0);
    parallel_for(blocks, count_block, &tally);
    for (int i = 0; i < BLOCKS; i++)
        assert_int_equal(atomic_load(&tally.runs[i]), i < blocks);
    assert_int_equal(atomic_load(&tally.clashes), 0);
}

static void test_parallel__runs_every_block_once(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 5; threads++) {
        parallel_set_threads(threads);
        assert_int_equal(parallel_threads(), threads);
        for (int repeat = 0; repeat < 100; repeat++)
            check_tally(repeat * 7 % BLOCKS);
    }
    parallel_set_threads(1);
}

static void test_parallel__wakes_workers_that_fell_asleep(void **state)
{
    struct timespec pause = {.tv_nsec = 5000000};

    (void)state;
    parallel_set_threads(3);
    for (int repeat = 0; repeat < 5; repeat++) {
        nanosleep(&pause, NULL);
        check_tally(BLOCKS);
    }
    parallel_set_threads(1);
}

struct meeting {
    atomic_int present;
    int who[PARALLEL_MAX_THREADS];
};

/* Ends when every thread has a block. */
static void meet(void *context, int block, int thread)
{
    struct meeting *meeting = context;

    meeting->who[block] = thread;
    atomic_fetch_add(&meeting->present, 1);
    while (atomic_load(&meeting->present) < parallel_threads())
        sched_yield();
}

static void test_parallel__begins_with_its_own_blocks(void **state)
{
    (void)state;
    for (int threads = 2; threads <= 5; threads++) {
        parallel_set_threads(threads);
        for (int repeat = 0; repeat < 20; repeat++) {
            struct meeting meeting = {.present = 0};

            parallel_for(threads, meet, &meeting);
            for (int i = 0; i < threads; i++)
                assert_int_equal(meeting.who[i], i);
        }
    }
    parallel_set_threads(1);
}

static void test_parallel__clamps_the_number_of_threads(void **state)
{
    (void)state;
    parallel_set_threads(-3);
    assert_int_equal(parallel_threads(), 1);
    parallel_set_threads(PARALLEL_MAX_THREADS + 10);
    assert_int_equal(parallel_threads(), PARALLEL_MAX_THREADS);
    check_tally(BLOCKS);
    parallel_set_threads(1);
}

static void test_parallel__splits_cover_all_items(void **state)
{
    static const int64_t items[] = {1, 2, 100, 16385, 1000003};

    (void)state;
    for (int i = 0; i < 5; i++)
        for (int cost = 1; cost < 100000; cost *= 7) {
            struct parallel_split split = parallel_split(items[i], cost, 64);
            int64_t expected = 0, from, to;

            assert_in_range(split.blocks, 1, 64);
            for (int block = 0; block < split.blocks; block++) {
                parallel_range(&split, block, &from, &to);
                assert_int_equal(from, expected);
                assert_true(to > from);
                expected = to;
            }
            assert_int_equal(expected, items[i]);
        }
}
