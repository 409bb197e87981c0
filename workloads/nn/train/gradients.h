/*
 * What happens to a net's gradients between net_backward and optimizer_step: adding up those of the
 * pieces of a batch that is too large for memory, and clipping.
 *
 *     if (gradients_create(&gradients, net, n_pieces > 1, err) < 0) return -1;
 *     for each piece: net_backward(net, n); gradients_add(gradients, (double)n / batch);
 *     gradients_collect(gradients);                  the net's gradients are now the sum
 *     norm = gradients_clip(gradients, 1.0);
 *     optimizer_step(...);
 *     gradients_free(gradients);
 *
 * The net must outlive it. All memory is taken at creation. Sums go in the order of parameters and
 * blocks: the same bits with any number of threads.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_TRAIN_GRADIENTS_H
#define SCALESTUDY_WORKLOADS_NN_TRAIN_GRADIENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "workloads/nn/graph/graph.h"
#include "harness/base/err.h"
#include "workloads/nn/net/net.h"

struct gradients;

/* Bytes that gradients_create takes for a net of this graph. adds: room for gradients_add. */
size_t gradients_plan_bytes(const struct graph *graph, bool adds);

int gradients_create(
    struct gradients **gradients, struct net *net, bool adds, struct err *err) MUST_CHECK;
void gradients_free(struct gradients *gradients); /* NULL is fine */

/* Add weight times the net's gradients to the sum. */
void gradients_add(struct gradients *gradients, double weight);

/* Put the sum in place of the net's gradients, and begin a new one at 0. */
void gradients_collect(struct gradients *gradients);

/* Scale all gradients together so that their Euclidean norm is at most max_norm, as
 * torch.nn.utils.clip_grad_norm_ (Pascanu et al. 2013, arXiv 1211.5063, algorithm 1): times
 * max_norm / (norm + 1e-6) if that is below 1. Returns the norm that they had. */
double gradients_clip(struct gradients *gradients, double max_norm);

#endif
