/*
 * A spec: an architecture as plain data, a table of stages as in Table 1 of the EfficientNet paper
 * (Tan & Le 2019, arXiv 1905.11946).
 *
 * It holds no pointers: copy it by assignment, copies are independent. Scalers turn a spec into
 * another spec; model.h builds a spec into a graph of layers. Nothing else describes a network.
 *
 *     struct spec spec;
 *     if (spec_find("mobilenet_v2", &spec, err) < 0) return -1;      one of models.def
 *     spec.classes = 10;
 *     if (spec_validate(&spec, err) < 0) return -1;
 */
#ifndef SCALESTUDY_WORKLOADS_MODELS_SPEC_H
#define SCALESTUDY_WORKLOADS_MODELS_SPEC_H

#include <stdbool.h>

#include "harness/base/err.h"
#include "workloads/nn/graph/padding.h"
#include "workloads/nn/kernels/activations.h"

#define SPEC_MAX_STAGES 16
#define SPEC_NAME_BYTES 32

/* What one row of a stage table repeats. */
enum block {
    BLOCK_CONV,      /* convolution, batch norm, activation: stems and heads; never deepened */
    BLOCK_POOL,      /* max pooling; no channels of its own; never deepened or widened */
    BLOCK_SEPARABLE, /* depthwise + pointwise (MobileNetV1) */
    BLOCK_MBCONV, /* expand, depthwise, [squeeze-excitation], project (MobileNetV2, EfficientNet) */
    BLOCK_BASIC,  /* two 3x3 with a skip (ResNet-18, -34) */
    BLOCK_BOTTLENECK, /* 1x1, 3x3, 1x1 with a skip, stride in the 3x3 (ResNet v1.5) */
};

/* Whose names the parameters have in weight files. */
enum naming {
    NAMING_MOBILENET_V1, /* timm; also what naming_other reads of V2 and EfficientNet */
    NAMING_MOBILENET_V2, /* torchvision */
    NAMING_RESNET,       /* torchvision */
    NAMING_EFFICIENTNET, /* torchvision */
};

struct stage {
    enum block block;
    int kernel; /* pixels, odd */
    int stride; /* of the first block; the others have 1 */
    int expand; /* MBCONV: hidden = expand * input channels; BOTTLENECK: output = expand * channels
                 */
    int channels;    /* output channels; BOTTLENECK: of its 3x3 */
    int repeats;     /* blocks */
    double se_ratio; /* squeezed channels / input channels of the block; 0: no squeeze-excitation */
    enum activation act;
    bool never_narrower; /* a width factor below 1 leaves it alone (MobileNetV2's head) */
};

struct spec {
    char name[SPEC_NAME_BYTES]; /* of the baseline, as in models.def */
    enum naming naming;
    struct stage stages[SPEC_MAX_STAGES];
    int n_stages;
    int input; /* pixels, width and height */
    int classes;
    enum padding padding;
    double dropout; /* before the classifier, 0 .. 1 */
    /* Stochastic depth: the rate of the last block, linear from 0 at the first. In EfficientNets, as in
     * their authors' code, block i of n, from 0, has i / n of it. It is 1 - survival probability. */
    double drop_path;
    bool zero_init_residual; /* of first weights: see recipe.h */
    double bn_eps;
    double bn_momentum; /* PyTorch's: weight of the new batch in the running statistics */
};

/* A smaller (or larger) baseline of the same family, for small images and small budgets. */
struct variant {
    double width;      /* factor on channels, as the width scaler */
    double depth;      /* factor on repeats, as the depth scaler */
    int stem_stride;   /* stride of the first convolution; 0: the model's own */
    bool no_stem_pool; /* leave out ResNet's max pooling */
};

/* Copy the baseline of that name; unknown names are an ERR_INPUT that lists the valid ones. */
int spec_find(const char *name, struct spec *spec, struct err *err) MUST_CHECK;

/* The names in models.def, ended by NULL; and a line about a model. */
const char *const *spec_names(void);
const char *spec_summary(const char *name);

/* Of activations, in the order of their enum, ended by NULL. */
const char *const *spec_act_names(void);

/* conv, max_pool, separable, mbconv, basic or bottleneck. */
const char *spec_block_name(enum block block);

/* Range checks on every field, as a sentence (ERR_INPUT). What fits one stage is checked here, what
 * depends on shapes when it is built. */
int spec_validate(const struct spec *spec, struct err *err) MUST_CHECK;

#endif
