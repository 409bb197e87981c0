/* The moving average of weights and running statistics: created, updated and swapped in pieces. */
#include "average.h"

#include <string.h>

#include "harness/base/arena.h"
#include "workloads/nn/net/net_plan.h"
#include "workloads/nn/kernels/parallel.h"
#include "pieces.h"

struct average {
    struct arena arena; /* holds this struct too */
    struct net *net;
    double decay;
    char *copies; /* the averages, each parameter on ARENA_ALIGN */
    struct piece *pieces;
    int n_pieces;
    float fresh; /* weight of the net's values in the update that runs */
};

static size_t total_bytes(const struct piece_totals *totals)
{
    return arena_round(sizeof(struct average)) +
           arena_round(totals->pieces * sizeof(struct piece)) + totals->copy_bytes;
}

size_t average_plan_bytes(const struct graph *graph)
{
    struct piece_totals totals;

    pieces_count(graph, true, &totals);
    return total_bytes(&totals);
}

int average_create(struct average **average, struct net *net, double decay, struct err *err)
{
    struct arena arena = {0};
    struct piece_totals totals;
    struct average *made;

    *average = NULL;
    pieces_count_net(net, true, &totals);
    if (arena_init(&arena, total_bytes(&totals), err) < 0)
        return -1;
    made = arena_take(&arena, sizeof(*made));
    made->pieces = arena_take(&arena, totals.pieces * sizeof(*made->pieces));
    made->copies = arena_take(&arena, totals.copy_bytes);
    made->net = net;
    made->decay = decay;
    made->n_pieces = pieces_fill(net, true, made->copies, made->pieces);
    made->arena = arena;
    for (int i = 0; i < made->n_pieces; i++)
        memcpy(made->pieces[i].copy, made->pieces[i].value,
            made->pieces[i].count * sizeof(*made->pieces[i].copy));
    *average = made;
    return 0;
}

void average_free(struct average *average)
{
    struct arena arena;

    if (!average)
        return;
    arena = average->arena;
    arena_release(&arena);
}

static void update_piece(void *context, int block, int thread)
{
    const struct average *average = context;
    const struct piece *piece = &average->pieces[block];
    const float *restrict value = piece->value;
    float *restrict copy = piece->copy;
    float fresh = average->fresh;

    (void)thread;
    for (size_t i = 0; i < piece->count; i++)
        copy[i] += fresh * (value[i] - copy[i]);
}

void average_update(struct average *average, int64_t step)
{
    double early = (double)(1 + step) / (double)(10 + step);

    average->fresh = (float)(1 - (early < average->decay ? early : average->decay));
    parallel_for(average->n_pieces, update_piece, average);
}

static void swap_piece(void *context, int block, int thread)
{
    const struct average *average = context;
    const struct piece *piece = &average->pieces[block];

    (void)thread;
    for (size_t i = 0; i < piece->count; i++) {
        float value = piece->value[i];

        piece->value[i] = piece->copy[i];
        piece->copy[i] = value;
    }
}

void average_swap(struct average *average)
{
    parallel_for(average->n_pieces, swap_piece, average);
}

float *average_values(const struct average *average, int index)
{
    char *at = average->copies;

    for (int i = 0; i < index; i++)
        at += arena_round(net_parameter(average->net, i)->count * sizeof(float));
    return (float *)at;
}
