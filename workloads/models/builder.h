/*
 * Building a graph block by block: the small steps that all blocks share. Private to models/.
 *
 * Every step appends layers after `x` and moves `x` on; the first error stops everything, since
 * each step returns -1 then. A kind of block is one file and one line in the table of model.c.
 */
#ifndef SCALESTUDY_WORKLOADS_MODELS_BUILDER_H
#define SCALESTUDY_WORKLOADS_MODELS_BUILDER_H

#include "harness/base/err.h"
#include "naming.h"
#include "spec.h"
#include "workloads/nn/graph/graph.h"

struct builder {
    const struct spec *spec;
    struct graph *graph;
    struct place place;
    int n_blocks; /* with a skip or not, in the whole network: stochastic depth grows over them */
    int x;        /* the node whose output the next step reads */
    struct err *err;
};

/* Shape of the output of node x. */
struct shape builder_shape(const struct builder *b);

int build_conv(struct builder *b, enum part part, int channels, int kernel, int stride) MUST_CHECK;
int build_depthwise(struct builder *b, enum part part, int kernel, int stride) MUST_CHECK;
/* Batch norm, then the activation unless it is ACT_NONE. */
int build_norm(struct builder *b, enum part part, enum activation act) MUST_CHECK;
/* The last of a block, without activation; `joins_skip`: the block ends in a residual add. */
int build_closing_norm(struct builder *b, enum part part, bool joins_skip) MUST_CHECK;
int build_activation(struct builder *b, enum activation act) MUST_CHECK;
int build_squeeze_excitation(struct builder *b, int squeezed, enum activation act) MUST_CHECK;
int build_max_pool(struct builder *b, int kernel, int stride) MUST_CHECK;
/* x + skip, x dropped for some images when training (stochastic depth). */
int build_residual_add(struct builder *b, int skip) MUST_CHECK;
/* Global pooling, dropout, linear. */
int build_classifier(struct builder *b) MUST_CHECK;

/* One block each; `stride` is the block's own. */
int build_separable(struct builder *b, const struct stage *stage, int stride) MUST_CHECK;
int build_mbconv(struct builder *b, const struct stage *stage, int stride) MUST_CHECK;
int build_basic(struct builder *b, const struct stage *stage, int stride) MUST_CHECK;
int build_bottleneck(struct builder *b, const struct stage *stage, int stride) MUST_CHECK;

#endif
