/*
 * Threads of one process: the only place that starts any.
 *
 *     if (parallel_start(2, err) < 0) return -1;              once, before the first net
 *     parallel_for(n_blocks, work, context);                  work(context, block, thread)
 *
 * A thread begins with its own run of blocks, of n_blocks / threads neighbours, and then takes what
 * others have left of theirs: any block can come to any thread, so the bits of a result may depend
 * on the block number but never on the thread; `thread` (0 .. parallel_threads() - 1) is only for
 * scratch space. Not nested.
 *
 * A pool of our own on pthreads and C11 atomics rather than OpenMP: the thread sanitizer
 * understands it (GCC's libgomp gives false reports), and it waits as a training step needs:
 * workers spin through the gaps between layers, where waking a sleeper would cost more than the
 * layer, and sleep when the gap is long.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_KERNELS_PARALLEL_H
#define SCALESTUDY_WORKLOADS_NN_KERNELS_PARALLEL_H

#include <stdint.h>

#include "harness/base/err.h"

#define PARALLEL_MAX_THREADS 64

typedef void parallel_work(void *context, int block, int thread);

/* Use `threads` threads, the caller's included, at most PARALLEL_MAX_THREADS; 0: one per core. ERR_IO
 * if the system refuses one of them: the command would be slower than it says. */
int parallel_start(int threads, struct err *err) MUST_CHECK;

/* 1 .. PARALLEL_MAX_THREADS; values outside are clamped. If the system refuses a thread there are
 * fewer. */
void parallel_set_threads(int threads);
int parallel_threads(void);

void parallel_for(int n_blocks, parallel_work *work, void *context);

/*
 * A split of `items`, each of `cost` elements, into at most `most` blocks large enough to be worth
 * handing out. A function of its arguments alone.
 */
struct parallel_split {
    int64_t items, per_block;
    int blocks;
};
struct parallel_split parallel_split(int64_t items, int64_t cost, int most);

/* At least the blocks of any split of up to `items` such items: what scratch is planned by. */
int parallel_most_blocks(int64_t items, int64_t cost, int most);

/* Items [*from, *to) of a block. */
void parallel_range(const struct parallel_split *split, int block, int64_t *from, int64_t *to);

#endif
