/*
 * What a layer is: shapes, parameters, cost, forward and backward in one file, registered by one
 * line in layers.def.
 *
 * Letters, everywhere in nn/: N images, H and W rows and columns, C input channels, K output
 * channels, R and S kernel rows and columns, G groups. Activations are NHWC, float32, C contiguous.
 * Weights are stored as [R][S][C / G][K], so that a convolution is a product of rows of C * R * S
 * with a C * R * S x K matrix; files keep PyTorch's [K][C / G][R][S], and parameter_info.dims are
 * PyTorch's.
 *
 * Life of a layer: shape -> parameters, macs, saved_floats, scratch_floats, before anything is
 * allocated; then forward -> backward, any number of times. No allocation, no failure after
 * planning.
 *
 * Seam for fusion. A layer reads an input through a `struct view`: what it means is
 * act(scale[c] * data + shift[c]), with scale NULL for "act(data)". Batch norm and activation so
 * live in their readers (fusion.h decides where): a layer whose `reads_views` says yes
 *   - honours the view in forward, and in backward where it needs the input again;
 *   - writes to in_grad the gradient of what the activation is applied to, and, if in_grad_sums is
 *     not NULL, adds to it the sums that the batch norm in between wants.
 * Every other layer is only given plain views. Where squeeze-excitation stands between a view and a
 * layer whose `reads_gates` says yes, that layer applies the gate as well, gate[n][c] act(..): it
 * writes to in_grad the gradient of the gated value, and to gate_sums what squeeze-excitation makes
 * everything else of.
 *
 * A layer that sets `gives_sums` adds the sum and the sum of squares of its output to out_sums while
 * it is still in cache, if that is not NULL; one that sets `takes_factors` works the gradient of its
 * output out of out_grad, its own output and the factors of what stands behind it (struct
 * layer_run), so that nobody has to write it.
 *
 * Threads: a layer splits its work with parallel.h in blocks that depend on shapes alone, never on
 * the number of threads, and adds partial sums in block order: the bits of the result do not depend
 * on threads.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_GRAPH_LAYER_H
#define SCALESTUDY_WORKLOADS_NN_GRAPH_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "padding.h"
#include "workloads/nn/kernels/activations.h"

#define LAYER_MAX_INPUTS     2
#define LAYER_MAX_PARAMETERS 4
#define LAYER_CONFIG_BYTES   48
#define LAYER_SUFFIX_BYTES   24

/* Shape of an activation of one image. */
struct shape {
    int h, w, c;
};

enum parameter_kind {
    PARAMETER_WEIGHT,       /* decays */
    PARAMETER_BIAS,         /* does not decay */
    PARAMETER_NORM_SCALE,   /* does not decay; starts at 1 */
    PARAMETER_NORM_SHIFT,   /* does not decay; starts at 0 */
    PARAMETER_RUNNING_MEAN, /* not trained: a running statistic; starts at 0 */
    PARAMETER_RUNNING_VAR,  /* not trained: a running statistic; starts at 1 */
};

enum initialisation {
    INIT_ZERO,
    INIT_ONE,
    INIT_KAIMING_FAN_OUT, /* normal, variance 2 / (K R S / G): He et al. 2015, as torchvision's
                             ResNet and MobileNets do */
    INIT_UNIFORM_FAN_OUT, /* uniform in +-1 / sqrt(K): EfficientNet's classifier */
    INIT_NORMAL_001,      /* normal, standard deviation 0.01: MobileNetV2's classifier */
    INIT_UNIFORM_FAN_IN,  /* uniform in +-1 / sqrt(C R S): PyTorch's default for linear layers */
};

struct parameter_info {
    char suffix[LAYER_SUFFIX_BYTES]; /* after the node's name and a dot: "weight", "fc1.bias" */
    enum parameter_kind kind;
    enum initialisation init;
    int n_dims;
    int dims[4]; /* PyTorch's order: [K, C / G, R, S], [K, C] or [C] */
};

struct view {
    const float *data;  /* [N][H][W][C] */
    const float *scale; /* [C], or NULL for 1 */
    const float *shift; /* [C], with scale */
    const float *mean;  /* [C], with scale in training: what sums of gradients are taken about */
    enum activation act;
    const float *gate; /* [N][C], or NULL for 1; only with scale */
    int64_t pixels;    /* H W, with gate: rows that share a row of it */
};

/* What out_grad still has to go through, if it is the gradient of gate * act(scale y + shift) + a
 * constant for each channel of each image, y the output: act'(scale y + shift) (gate g + constant).
 */
struct gated_grad {
    const float *gate;                     /* [N][C], or NULL: out_grad is the gradient itself */
    const float *constant, *scale, *shift; /* [N][C], [C], [C] */
    enum activation act;
};

/* Sums over the pixels of an image, doubles [N][KERNEL_GATE_SUMS][C], that a gate's gradient is made of:
 * with a = act(z), s = act'(z), z = scale x + shift, g the gradient of the gated value, m the mean:
 * a g, s g, s, s g (x - m), s (x - m). */

/* One forward or backward of one layer. Pointers are into the net's arenas; nothing is owned. */
struct layer_run {
    const void *config;
    int batch; /* N */
    bool training;
    bool again; /* forward for the second time in a step: the same output, and no other trace */
    int n_inputs;
    struct shape in_shape[LAYER_MAX_INPUTS], out_shape;

    struct view in[LAYER_MAX_INPUTS];
    float *out;       /* [N][H][W][C] of out_shape; backward may read it if keeps_output */
    double *out_sums; /* [2][C]: sum, sum of squares over N, H, W of out; NULL: nobody wants them */
    const double *in_sums; /* the same of in[0], if the layer before gave them; else NULL */

    /* The gradient of out is out_grad, or with factors [3][C] of a batch norm behind, which only a
     * layer that takes_factors is given: factors[0] * out_grad + factors[1] * out + factors[2]. A
     * layer may leave the result of that in out_grad. */
    float *out_grad;
    const float *out_grad_factors;
    struct gated_grad gated;          /* with factors only: out_grad goes through it before them */
    float *in_grad[LAYER_MAX_INPUTS]; /* NULL where nobody wants it */
    /* [2][C]: sum of in_grad's part from this layer, and of it times (data - mean) of the view */
    double *in_grad_sums[LAYER_MAX_INPUTS];
    double *gate_sums; /* [N][KERNEL_GATE_SUMS][C], to be written if the view of in[0] has a gate */
    bool add_grad[LAYER_MAX_INPUTS]; /* add to in_grad, which has another reader too */

    float *parameter[LAYER_MAX_PARAMETERS];
    float *parameter_grad[LAYER_MAX_PARAMETERS]; /* backward adds to them; the net zeroes them */

    float *saved;   /* saved_floats, kept from forward to backward of the same step */
    float *scratch; /* scratch_floats, shared by all layers, contents lost */
    uint64_t seed;  /* of this job, for dropout: rng_open(seed, RNG_DROP, step, layer) */
    uint64_t step;
    int layer_index;
    int64_t *macs; /* multiply-adds of the kernels are added here by those who run them */

    /* Only for a batch norm that is fused with its neighbours: */
    enum activation act;         /* applied to out */
    const double *out_grad_sums; /* of its readers, which saw it as a view: out is NULL then */
    bool gives_factors; /* leave in_grad as it is before the norm, for a layer that takes_factors */

    /* Only for squeeze-excitation: its reader applies the gate, gate_sums is given back by it, and
     * backward leaves in_grad as it is and works out gate_constant [N][C], for `gated` of the layer
     * before. No out, no out_grad. */
    bool gives_gate;
    float *gate_constant;
};

/* One way to compute a layer. */
struct layer_algorithm {
    const char *name; /* as bench --layers shows it; NULL for the only one */
    /* REQUIRED of one of several: whether it may compute such a layer. */
    bool (*fits)(const void *config, const struct shape *in, const struct shape *out);
    /* OPTIONAL. Whether it reads views; see above. */
    bool (*reads_views)(
        const void *config, const struct shape *in, const struct shape *out, int input);
    /* OPTIONAL. Floats of scratch for a batch. */
    size_t (*scratch_floats)(
        const void *config, const struct shape *in, const struct shape *out, int batch);
    void (*forward)(const struct layer_run *run);  /* REQUIRED */
    void (*backward)(const struct layer_run *run); /* REQUIRED */
};

struct layer {
    const char *name;    /* REQUIRED, as in layers.def */
    const char *summary; /* REQUIRED, one line */
    size_t config_bytes; /* REQUIRED, at most LAYER_CONFIG_BYTES; the struct: layer_configs.h */
    int n_inputs;        /* REQUIRED, 1 or 2 */
    bool gives_sums;     /* see above */
    bool takes_factors;  /* see above; keeps out until its own backward then */
    bool takes_sums;     /* forward in training uses in_sums, if they are given */
    bool in_place; /* forward may be given out == in[0].data, and backward in_grad[0] == out_grad */
    bool keeps_input;  /* backward reads in[].data */
    bool keeps_output; /* backward reads out */

    /* REQUIRED. ERR_INPUT if such shapes cannot be. */
    int (*shape)(const void *config, const struct shape *in, struct shape *out, struct err *err);
    /* OPTIONAL. Number of parameters and their descriptions. */
    int (*parameters)(const void *config, const struct shape *in, struct parameter_info *info);
    /* OPTIONAL. Multiply-adds of one image forward, of convolutions and linear layers; -1 beyond
     * 64 bits. */
    int64_t (*macs)(const void *config, const struct shape *in, const struct shape *out);
    /* OPTIONAL. Floats kept from forward to backward, for a batch. */
    size_t (*saved_floats)(
        const void *config, const struct shape *in, const struct shape *out, int batch);
    /* OPTIONAL. Whether it also reads views with a gate, as its first input. */
    bool (*reads_gates)(const void *config, const struct shape *in);
    /* REQUIRED, one of the two: the only way to compute it, or which of several for such a
     * configuration. Asked when a net is planned; never NULL. */
    struct layer_algorithm only;
    const struct layer_algorithm *(*choose)(
        const void *config, const struct shape *in, const struct shape *out);
    /* OPTIONAL. Multiply-adds that backward executes, as a multiple of macs: 2 for a convolution
     * (dX and dW). */
    int backward_macs_factor;

    /* REQUIRED. Configurations and shapes for the tests that walk layers.def: returns false past
     * the last. */
    bool (*example)(int index, void *config, struct shape *in);
};

#define LAYER(name) extern const struct layer layer_##name;
#include "layers.def"
#undef LAYER

/* How such a layer is computed: what it chooses, or its only way. */
const struct layer_algorithm *layer_algorithm_of(
    const struct layer *layer, const void *config, const struct shape *in, const struct shape *out);

#endif
