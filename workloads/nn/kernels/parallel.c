/* The pool of threads, and how the blocks of a job are divided among them. */
#include "parallel.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "harness/base/clock.h"
#include "harness/system/cpu.h"

/*
 * A job is published by writing its fields and then `ticket`: a generation, an open bit and the
 * number of workers that joined. A worker joins by raising that number, which fails once the caller
 * has closed the job; so the caller waits only for those who really came, and a worker that the
 * system put aside for a while delays nobody. Waking: a worker counts itself as sleeper before it
 * looks at the ticket a last time, the caller writes the ticket before it looks for sleepers, both
 * sequentially consistent.
 */
#define OPEN       ((uint64_t)0x80)
#define JOINED     ((uint64_t)0x7f)
#define GENERATION 8

#define CACHE_LINE 64

#define SPIN_PAUSES 4000  /* about 50 us: longer than any gap between layers */
#define SPIN_SEC    0.001 /* then yielding, and after this long asleep */

/* A thread's blocks are neighbours, and in every job the same part of all: what it wrote in one layer
 * it reads in the next, from its own cache. With one queue for all, EfficientNet-B0 took 1.13 times
 * as long for an image on two threads. Who has done its share takes from the others'. */
struct share {
    _Alignas(CACHE_LINE) atomic_int next;
    int end;
};

static struct {
    int threads; /* the caller's included */
    pthread_t workers[PARALLEL_MAX_THREADS - 1];
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stop; /* under mutex */
    atomic_int sleepers;
    uint64_t born; /* generation that the workers began in */

    _Atomic uint64_t ticket;
    atomic_int finished;
    struct share shares[PARALLEL_MAX_THREADS];
    parallel_work *work;
    void *context;
} pool = {.threads = 1, .mutex = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static void pause_briefly(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void share_out(int n_blocks)
{
    int threads = pool.threads;

    for (int i = 0; i < threads; i++) {
        struct share *share = &pool.shares[i];

        share->end = (int)((int64_t)n_blocks * (i + 1) / threads);
        atomic_store_explicit(
            &share->next, (int)((int64_t)n_blocks * i / threads), memory_order_relaxed);
    }
}

static void run_share(struct share *share, int thread)
{
    int block;

    while (atomic_load_explicit(&share->next, memory_order_relaxed) < share->end &&
           (block = atomic_fetch_add_explicit(&share->next, 1, memory_order_relaxed)) < share->end)
        pool.work(pool.context, block, thread);
}

static void run_blocks(int thread)
{
    int threads = pool.threads;

    for (int i = 0; i < threads; i++)
        run_share(&pool.shares[(thread + i) % threads], thread);
}

/* Wait for a generation other than `seen`; false when the pool stops. */
static bool wait_for_job(uint64_t seen, uint64_t *ticket)
{
    double start;
    bool stop;

    for (int i = 0; i < SPIN_PAUSES; i++) {
        *ticket = atomic_load_explicit(&pool.ticket, memory_order_acquire);
        if (*ticket >> GENERATION != seen)
            return true;
        pause_briefly();
    }
    for (start = clock_seconds(); clock_seconds() - start < SPIN_SEC; sched_yield()) {
        *ticket = atomic_load_explicit(&pool.ticket, memory_order_acquire);
        if (*ticket >> GENERATION != seen)
            return true;
    }
    pthread_mutex_lock(&pool.mutex);
    atomic_fetch_add(&pool.sleepers, 1);
    while (!pool.stop && (*ticket = atomic_load(&pool.ticket)) >> GENERATION == seen)
        pthread_cond_wait(&pool.wake, &pool.mutex);
    atomic_fetch_sub(&pool.sleepers, 1);
    stop = pool.stop;
    pthread_mutex_unlock(&pool.mutex);
    return !stop;
}

static void *worker(void *number)
{
    int thread = (int)(intptr_t)number;
    uint64_t seen = pool.born, ticket;

    while (wait_for_job(seen, &ticket)) {
        while (ticket & OPEN)
            if (atomic_compare_exchange_weak_explicit(&pool.ticket, &ticket, ticket + 1,
                    memory_order_acquire, memory_order_acquire)) {
                run_blocks(thread);
                atomic_fetch_add_explicit(&pool.finished, 1, memory_order_release);
                break;
            }
        seen = ticket >> GENERATION;
    }
    return NULL;
}

static void stop_workers(void)
{
    pthread_mutex_lock(&pool.mutex);
    pool.stop = true;
    pthread_cond_broadcast(&pool.wake);
    pthread_mutex_unlock(&pool.mutex);
    for (int i = 0; i < pool.threads - 1; i++)
        pthread_join(pool.workers[i], NULL);
    pool.threads = 1;
    pool.stop = false;
}

void parallel_set_threads(int threads)
{
    static bool registered;
    sigset_t all, before;

    threads = threads < 1 ? 1 : threads > PARALLEL_MAX_THREADS ? PARALLEL_MAX_THREADS : threads;
    if (threads == pool.threads)
        return;
    stop_workers();
    if (!registered)
        registered = atexit(stop_workers) == 0;
    pool.born = atomic_load(&pool.ticket) >> GENERATION;
    sigfillset(&all); /* signals are the caller's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (int i = 0; i < threads - 1; i++) {
        if (pthread_create(&pool.workers[i], NULL, worker, (void *)(intptr_t)(i + 1)) != 0)
            break;
        pool.threads++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

int parallel_start(int threads, struct err *err)
{
    int wanted = threads > 0 ? threads : cpu_count();

    wanted = wanted > PARALLEL_MAX_THREADS ? PARALLEL_MAX_THREADS : wanted;
    parallel_set_threads(wanted);
    if (pool.threads == wanted)
        return 0;
    return err_set(err, ERR_IO,
        "only %d of %d threads could be started: a limit on processes (ulimit -u) or memory "
        "(ulimit -v) is too low; --threads asks for fewer",
        pool.threads, wanted);
}

int parallel_threads(void)
{
    return pool.threads;
}

static void wait_for_workers(int joined)
{
    for (int i = 0; atomic_load_explicit(&pool.finished, memory_order_acquire) != joined; i++)
        if (i < SPIN_PAUSES)
            pause_briefly();
        else
            sched_yield();
}

void parallel_for(int n_blocks, parallel_work *work, void *context)
{
    uint64_t generation, ticket;

    if (pool.threads == 1 || n_blocks <= 1) {
        for (int block = 0; block < n_blocks; block++)
            work(context, block, 0);
        return;
    }
    pool.work = work;
    pool.context = context;
    share_out(n_blocks);
    atomic_store_explicit(&pool.finished, 0, memory_order_relaxed);
    generation = (atomic_load_explicit(&pool.ticket, memory_order_relaxed) >> GENERATION) + 1;
    atomic_store(&pool.ticket, generation << GENERATION | OPEN);
    if (atomic_load(&pool.sleepers) > 0) {
        pthread_mutex_lock(&pool.mutex);
        pthread_cond_broadcast(&pool.wake);
        pthread_mutex_unlock(&pool.mutex);
    }
    run_blocks(0);
    ticket = atomic_fetch_and(&pool.ticket, ~OPEN);
    wait_for_workers((int)(ticket & JOINED));
}

/* Elements in a block: 64 KB, so that what one pass leaves in a core's L2 the next one finds there.
 */
#define BLOCK_ELEMENTS 16384

struct parallel_split parallel_split(int64_t items, int64_t cost, int most)
{
    struct parallel_split split = {
        .items = items, .per_block = cost < BLOCK_ELEMENTS ? BLOCK_ELEMENTS / cost : 1};
    int64_t least = (items + most - 1) / most;

    if (split.per_block < least)
        split.per_block = least;
    split.blocks = (int)((items + split.per_block - 1) / split.per_block);
    return split;
}

int parallel_most_blocks(int64_t items, int64_t cost, int most)
{
    int64_t per_block = cost < BLOCK_ELEMENTS ? BLOCK_ELEMENTS / cost : 1;
    int64_t blocks = (items + per_block - 1) / per_block;

    return blocks < most ? (int)blocks : most;
}

void parallel_range(const struct parallel_split *split, int block, int64_t *from, int64_t *to)
{
    *from = block * split->per_block;
    *to = *from + split->per_block < split->items ? *from + split->per_block : split->items;
}
