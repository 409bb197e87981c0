/* What a compiled network is made of. Private to inference*.c. */
#ifndef SCALESTUDY_WORKLOADS_NN_INFER_INFERENCE_PRIVATE_H
#define SCALESTUDY_WORKLOADS_NN_INFER_INFERENCE_PRIVATE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "workloads/nn/graph/graph.h"
#include "harness/base/arena.h"
#include "inference.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/net/net_plan.h"

#define STEP_MAX_NODES 12

/* One matrix or filter with what follows it: y = act(weight x + bias). */
struct folded {
    int node;            /* GRAPH_NONE: there is none */
    int norm;            /* batch norm folded into it, or GRAPH_NONE */
    int first_parameter; /* of the node: its weight; then its bias, if it has one */
    bool has_bias;
    enum activation act;
    int k, n;      /* a product [k][n]; depthwise: k taps, n channels */
    float *weight; /* packed by infer_pack; depthwise: [k][n] */
    float *bias;   /* [INFER_PADDED(n)] */
};

/* How a block is cut into pieces: see inference_block.c. */
struct block_plan {
    struct kernel_window window;
    int chunk, n_chunks; /* hidden channels at a time; of the last chunk the rest */
    int64_t pixel;       /* floats between pixels of a chunk's padded map */
    int columns;         /* of that map */
    int band, n_bands;   /* rows of the output at a time */
    int group;           /* images at a time, if a band is a whole image */
    int64_t ldd;         /* floats between pixels of the depthwise output */
    size_t map_floats;   /* of a padded map */
    size_t slot_floats;  /* of a depthwise output and what belongs to it */
    int slots;
    size_t sums_at, mean_at, hidden_at, gate_at, gated_at; /* in a slot */
    bool whole;         /* depthwise outputs of a whole image before the projection */
    bool gates_weights; /* of the projection, rather than its input: there are fewer of them */
};

struct inference;
struct step;

/* One way to compute a convolution or linear layer with what follows it: a line of
 * step_conv_algorithms.def. The first that fits is taken when a network is compiled. */
struct step_conv_algorithm {
    const char *name; /* as bench --layers shows it */
    /* Whether it may compute such a step in calls of up to so many images. */
    bool (*fits)(const struct step *step, int batch);
    /* Cuts the step into pieces; floats of scratch for a batch. */
    size_t (*plan)(struct step *step, int batch);
    void (*run)(const struct inference *inference, const struct step *step, int n);
};
#define STEP_CONV_ALGORITHM(name) extern const struct step_conv_algorithm step_conv_##name;
#include "step_conv_algorithms.def"
#undef STEP_CONV_ALGORITHM

/* A step_conv: how its rows and columns are shared. */
struct conv_plan {
    const struct step_conv_algorithm *algorithm;
    const struct step_conv_algorithm
        *small; /* Winograd: for fewer images than it pays for; or NULL */
    struct kernel_window window;
    int64_t pixels; /* of one output image */
    int64_t lda;    /* floats between rows that are gathered */
    int band;       /* rows of the output at a time (step_conv_rows) */
    /* Winograd: its weights are packed for it unless a few images alone use them. */
    bool packed;
    const float *winograd_weight; /* packed, or [3][3][C][K] */
    const float *ones;            /* [K] */
};

struct step_kind {
    const char *name;
    /* Cuts the step into pieces; floats of scratch for a batch. */
    size_t (*plan)(struct step *step, const struct graph *graph, int batch);
    void (*run)(const struct inference *inference, const struct step *step, int n);
};

extern const struct step_kind step_conv;  /* convolution or linear layer: project alone */
extern const struct step_kind step_block; /* [expand,] depthwise[, squeeze], project */
extern const struct step_kind step_layer; /* a layer as it is */

struct step {
    const struct step_kind *kind;
    int node;   /* whose output it gives */
    int input;  /* node, or GRAPH_INPUT */
    int second; /* the residual, or another second input; or GRAPH_NONE */
    struct folded expand, depthwise, squeeze, excite, project;
    union {
        struct block_plan block;
        struct conv_plan conv;
        const struct layer_algorithm *layer;
    };
    int64_t macs; /* of one image, as counted */

    int out_buffer, scratch_buffer, saved_buffer; /* of the plan of memory */
    int first_parameter;                          /* step_layer */
    const float *in, *in2;
    float *out, *scratch, *saved;
    float *parameter[LAYER_MAX_PARAMETERS]; /* step_layer */
};

struct inference_plan {
    struct step *steps; /* owned */
    int n_steps;
    int *first_parameter; /* [n_nodes], owned */
    struct net_plan memory;
    int fixed, constants, staging, input; /* buffers */
};

/* Steps in order of execution, without their memory. */
int inference_compile(
    struct inference_plan *plan, const struct graph *graph, struct err *err) MUST_CHECK;

int inference_plan_make(struct inference_plan *plan, const struct graph *graph,
    const struct inference_options *options, struct err *err) MUST_CHECK;
void inference_plan_release(struct inference_plan *plan);

/* Of a step that is planned: floats of all its constants, and what inference_fold works in. */
size_t inference_constants(const struct step *step, const struct graph *graph);
size_t inference_staging(const struct step *step);
/* Puts the constants of a step at `to`; returns where they end. `staging`: inference_staging
 * floats. */
float *inference_fold(struct step *step, const struct graph *graph, const int *first_parameter,
    const struct net *net, float *to, float *staging);

/* Constants of a step_conv that goes by Winograd, as inference_constants and inference_fold have them:
 * none, and `to`, of others. */
size_t inference_winograd_constants(const struct step *step);
float *inference_winograd_fold(struct step *step, const float *weight, float *to, float *scratch);
/* Whether a step_conv uses its weights as they are packed for products. */
bool inference_uses_product(const struct step *step);

/* The step before the last one, if they are a global pool and a linear layer; else NULL. */
const struct step *inference_pool(const struct graph *graph, const struct step *steps, int n_steps);

/* The folded parts of a step, by number; NULL past the last. */
struct folded *step_part(struct step *step, int index);

struct inference {
    struct arena arena; /* holds this struct too */
    const struct graph *graph;
    struct inference_options options;
    struct step *steps;
    int n_steps;
    float *input;
    float *logits;
    int classes;
    net_observer *observer; /* OPTIONAL */
    void *observer_context;
    _Atomic int64_t *macs;
    _Atomic int64_t macs_executed;
};

/* Shares a product between threads, in pieces of rows and columns. */
struct shared_product {
    struct infer_product product; /* all of it */
    int64_t rows;                 /* of a piece */
    int columns, n_columns;       /* of a piece (the last has the rest), and pieces of columns */
};
void inference_product(const struct inference *inference, const struct infer_product *product);
/* All of a step_conv's product for n images, but for A. */
struct infer_product inference_product_of(const struct step *step, int n);
/* Rows of a product of depth k in a piece: of so many rows, all of equal size; and at most. */
int64_t inference_rows(int64_t rows, int k);
int64_t inference_most_rows(int k);

static inline bool folded_exists(const struct folded *folded)
{
    return folded->node != GRAPH_NONE;
}

#endif
