/* What each layer of layers.def is configured by. Plain data, at most LAYER_CONFIG_BYTES each. */
#ifndef SCALESTUDY_WORKLOADS_NN_GRAPH_LAYER_CONFIGS_H
#define SCALESTUDY_WORKLOADS_NN_GRAPH_LAYER_CONFIGS_H

#include <stdbool.h>

#include "layer.h"

/* Dense convolution, R = S = kernel, any stride. A 1x1 with stride 1 is one product over rows. */
struct conv_config {
    int channels; /* K */
    int kernel, stride;
    enum padding padding;
    bool bias;
};

/* Depthwise convolution: one R x S filter a channel. No bias. */
struct depthwise_config {
    int kernel, stride;
    enum padding padding;
};

struct batch_norm_config {
    double eps;
    double momentum; /* weight of the new batch in the running statistics */
    bool zero_init;  /* scale starts at 0 */
};

/* Where in its saved floats a batch norm of c channels has what its neighbours read when it is
 * fused. */
#define BATCH_NORM_MEAN(c)    ((size_t)0)
#define BATCH_NORM_SCALE(c)   (2 * (size_t)(c))
#define BATCH_NORM_SHIFT(c)   (3 * (size_t)(c))
#define BATCH_NORM_FACTORS(c) (4 * (size_t)(c)) /* [3][c] */
#define BATCH_NORM_SAVED(c)   (7 * (size_t)(c))

struct activation_config {
    enum activation act;
};

struct max_pool_config {
    int kernel, stride;
    enum padding padding;
};

/* Mean over H and W; the output is 1 x 1 x C. */
struct global_pool_config {
    int unused;
};

/* Where in its saved floats a squeeze-excitation has its gate [N][C]. */
#define SQUEEZE_EXCITATION_GATE ((size_t)0)

/* out = in * sigmoid(fc2(act(fc1(mean(in))))); parameters fc1.weight [S, C, 1, 1], fc1.bias,
 * fc2.weight, fc2.bias. */
struct squeeze_excitation_config {
    int squeezed; /* channels of fc1 */
    enum activation act;
    bool timm_names; /* in weight files conv_reduce and conv_expand, not fc1 and fc2 */
};

struct linear_config {
    int outputs;
    enum initialisation init;
};

/* Each element kept with probability 1 - rate and divided by it. */
struct dropout_config {
    double rate;
};

/* Stochastic depth (Huang et al. 2016): each image's branch kept with probability 1 - rate and
 * divided by it. */
struct drop_path_config {
    double rate;
};

/* Sum of two inputs of one shape. */
struct add_config {
    int unused;
};

#endif
