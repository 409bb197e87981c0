/*
 * A net's parameters cut into pieces of a size that stays in a core's L2: for what walks over all
 * of them with the bits of one thread. Private to nn/.
 *
 *     struct piece_totals totals;
 *     pieces_count(graph, true, &totals);            before there is a net, to plan memory
 *     pieces_fill(net, true, pieces);                totals.pieces of them, in order of parameters
 */
#ifndef SCALESTUDY_WORKLOADS_NN_TRAIN_PIECES_H
#define SCALESTUDY_WORKLOADS_NN_TRAIN_PIECES_H

#include <stdbool.h>
#include <stddef.h>

#include "workloads/nn/graph/graph.h"
#include "workloads/nn/net/net.h"

struct piece {
    float *value;
    float *grad; /* NULL for running statistics */
    float *copy; /* for whoever keeps something of the same size; NULL at first */
    size_t count;
};

struct piece_totals {
    size_t pieces;
    size_t copy_bytes; /* of a second copy, each parameter on ARENA_ALIGN */
};

/* running_too: also the running statistics, which have no gradient. The second is of a net of that
 * graph, and counts the same. */
void pieces_count(const struct graph *graph, bool running_too, struct piece_totals *totals);
void pieces_count_net(const struct net *net, bool running_too, struct piece_totals *totals);

/* Returns their number. `copies`, if not NULL, is cut up as parameters are: copy_bytes of it. */
int pieces_fill(struct net *net, bool running_too, char *copies, struct piece *pieces);

#endif
