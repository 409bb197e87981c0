/* Adds up the gradients of a batch that is run in pieces, and clips them by their global norm. */
#include "gradients.h"

#include <math.h>
#include <string.h>

#include "harness/base/arena.h"
#include "workloads/nn/net/net_plan.h"
#include "workloads/nn/kernels/parallel.h"
#include "pieces.h"

#define CLIP_EPS 1e-6

struct gradients {
    struct arena arena; /* holds this struct too */
    struct piece *pieces;
    double *squares; /* [n_pieces] */
    int n_pieces;
    float factor; /* of the pass that runs */
};

static size_t total_bytes(const struct piece_totals *totals, bool adds)
{
    return arena_round(sizeof(struct gradients)) +
           arena_round(totals->pieces * sizeof(struct piece)) +
           arena_round(totals->pieces * sizeof(double)) + (adds ? totals->copy_bytes : 0);
}

size_t gradients_plan_bytes(const struct graph *graph, bool adds)
{
    struct piece_totals totals;

    pieces_count(graph, false, &totals);
    return total_bytes(&totals, adds);
}

int gradients_create(struct gradients **gradients, struct net *net, bool adds, struct err *err)
{
    struct arena arena = {0};
    struct piece_totals totals;
    struct gradients *made;
    char *sums = NULL;

    *gradients = NULL;
    pieces_count_net(net, false, &totals);
    if (arena_init(&arena, total_bytes(&totals, adds), err) < 0)
        return -1;
    made = arena_take(&arena, sizeof(*made));
    made->pieces = arena_take(&arena, totals.pieces * sizeof(*made->pieces));
    made->squares = arena_take(&arena, totals.pieces * sizeof(*made->squares));
    if (adds)
        sums = arena_take(&arena, totals.copy_bytes);
    made->n_pieces = pieces_fill(net, false, sums, made->pieces);
    made->arena = arena;
    *gradients = made;
    return 0;
}

void gradients_free(struct gradients *gradients)
{
    struct arena arena;

    if (!gradients)
        return;
    arena = gradients->arena;
    arena_release(&arena);
}

static void add_piece(void *context, int block, int thread)
{
    const struct gradients *gradients = context;
    const struct piece *piece = &gradients->pieces[block];
    const float *restrict grad = piece->grad;
    float *restrict sum = piece->copy;
    float factor = gradients->factor;

    (void)thread;
    for (size_t i = 0; i < piece->count; i++)
        sum[i] += factor * grad[i];
}

void gradients_add(struct gradients *gradients, double weight)
{
    gradients->factor = (float)weight;
    parallel_for(gradients->n_pieces, add_piece, gradients);
}

static void collect_piece(void *context, int block, int thread)
{
    const struct gradients *gradients = context;
    const struct piece *piece = &gradients->pieces[block];

    (void)thread;
    memcpy(piece->grad, piece->copy, piece->count * sizeof(*piece->grad));
    memset(piece->copy, 0, piece->count * sizeof(*piece->copy));
}

void gradients_collect(struct gradients *gradients)
{
    parallel_for(gradients->n_pieces, collect_piece, gradients);
}

static void square_piece(void *context, int block, int thread)
{
    const struct gradients *gradients = context;
    const struct piece *piece = &gradients->pieces[block];
    double sum = 0;

    (void)thread;
    for (size_t i = 0; i < piece->count; i++)
        sum += (double)piece->grad[i] * (double)piece->grad[i];
    gradients->squares[block] = sum;
}

static void scale_piece(void *context, int block, int thread)
{
    const struct gradients *gradients = context;
    const struct piece *piece = &gradients->pieces[block];

    (void)thread;
    for (size_t i = 0; i < piece->count; i++)
        piece->grad[i] *= gradients->factor;
}

double gradients_clip(struct gradients *gradients, double max_norm)
{
    double squares = 0, norm, factor;

    parallel_for(gradients->n_pieces, square_piece, gradients);
    for (int i = 0; i < gradients->n_pieces; i++)
        squares += gradients->squares[i];
    norm = sqrt(squares);
    factor = max_norm / (norm + CLIP_EPS);
    if (factor < 1) {
        gradients->factor = (float)factor;
        parallel_for(gradients->n_pieces, scale_piece, gradients);
    }
    return norm;
}
