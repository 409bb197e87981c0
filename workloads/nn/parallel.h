/*
 * Threads of one process: the only place that knows OpenMP.
 *
 *     parallel_set_threads(2);                                once, before the first net
 *     parallel_for(n_blocks, work, context);                  work(context, block, thread)
 *
 * Blocks are handed out in any order to any thread, so the bits of a result may depend on the block number
 * but never on the thread; `thread` (0 .. parallel_threads() - 1) is only for scratch space. Not nested.
 */
#ifndef SCALESTUDY_NN_PARALLEL_H
#define SCALESTUDY_NN_PARALLEL_H

#define PARALLEL_MAX_THREADS 64

typedef void parallel_work(void *context, int block, int thread);

/* 1 .. PARALLEL_MAX_THREADS; values outside are clamped. */
void parallel_set_threads(int threads);
int parallel_threads(void);

void parallel_for(int n_blocks, parallel_work *work, void *context);

#endif
