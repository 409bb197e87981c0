/* Offsets of buffers: those that are never alive at the same moment may share bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "net_plan.h"

int net_plan_too_large(struct err *err)
{
    return err_set(err, ERR_NUMERIC,
        "the network needs more memory than can be counted; a smaller batch, input or width is "
        "needed");
}

static int by_size(const void *a, const void *b, void *buffers)
{
    const struct plan_buffer *x = (struct plan_buffer *)buffers + *(const int *)a;
    const struct plan_buffer *y = (struct plan_buffer *)buffers + *(const int *)b;

    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return *(const int *)a - *(const int *)b;
}

/* The smallest gap between buffers alive at the same time that `buffer` fits in, else behind them
 * all; `placed` are in order of offset. */
static size_t best_offset(
    const struct net_plan *plan, const struct plan_buffer *buffer, const int *placed, int n_placed)
{
    size_t end = 0, best = 0, best_gap = SIZE_MAX;

    for (int k = 0; k < n_placed; k++) {
        const struct plan_buffer *other = &plan->buffers[placed[k]];

        if (other->last < buffer->first || buffer->last < other->first)
            continue;
        if (other->offset > end && other->offset - end >= buffer->bytes &&
            other->offset - end < best_gap) {
            best = end;
            best_gap = other->offset - end;
        }
        if (other->offset + other->bytes > end)
            end = other->offset + other->bytes;
    }
    return best_gap == SIZE_MAX ? end : best;
}

/* Largest first, each at its best fit (greedy by size, Pisarchyk & Lee 2020, arXiv 2001.03288). */
int net_plan_place(struct net_plan *plan, struct err *err)
{
    int *order = malloc(2 * (size_t)plan->n_buffers * sizeof(*order)), *placed;

    if (!order)
        return err_set(err, ERR_MEMORY, "no memory to plan a network of %d layers", plan->n_nodes);
    placed = order + plan->n_buffers;
    for (int i = 0; i < plan->n_buffers; i++)
        order[i] = i;
    qsort_r(order, (size_t)plan->n_buffers, sizeof(*order), by_size, plan->buffers);
    for (int i = 0; i < plan->n_buffers; i++) {
        struct plan_buffer *buffer = &plan->buffers[order[i]];
        int at = i;

        buffer->offset = best_offset(plan, buffer, placed, i);
        for (; at > 0 && plan->buffers[placed[at - 1]].offset > buffer->offset; at--)
            placed[at] = placed[at - 1];
        placed[at] = order[i];
        if (buffer->offset + buffer->bytes > plan->bytes)
            plan->bytes = buffer->offset + buffer->bytes;
        if (plan->bytes > PLAN_MAX_BYTES) {
            free(order);
            return net_plan_too_large(err);
        }
    }
    free(order);
    return 0;
}
