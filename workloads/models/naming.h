/*
 * Names of layers in weight files: torchvision's, and timm's for MobileNetV1. Files whose names are
 * those of another library load too: naming_other says which naming that is.
 */
#ifndef SCALESTUDY_WORKLOADS_MODELS_NAMING_H
#define SCALESTUDY_WORKLOADS_MODELS_NAMING_H

#include <stdbool.h>

#include "spec.h"

/* The layers with parameters that a network can have. */
enum part {
    PART_STEM_CONV,
    PART_STEM_NORM,
    PART_EXPAND_CONV,
    PART_EXPAND_NORM,
    PART_DEPTHWISE_CONV,
    PART_DEPTHWISE_NORM,
    PART_SQUEEZE,
    PART_PROJECT_CONV,
    PART_PROJECT_NORM,
    PART_CONV1, /* of ResNet's blocks */
    PART_NORM1,
    PART_CONV2,
    PART_NORM2,
    PART_CONV3,
    PART_NORM3,
    PART_SKIP_CONV,
    PART_SKIP_NORM,
    PART_HEAD_CONV,
    PART_HEAD_NORM,
    PART_CLASSIFIER,
    PART_COUNT,
};

/* Where in the network. */
struct place {
    int stage;       /* of stages with blocks, from 0 */
    int block;       /* in the stage, from 0 */
    int block_total; /* in the network, from 0; for the head: their number */
    int stage_total; /* for the head: number of stages with blocks */
    bool expands;    /* an MBConv that has an expansion */
};

#define NAMING_BYTES 64

/* The name of a part, without ".weight". */
void naming_of(
    enum naming naming, enum part part, const struct place *place, char to[NAMING_BYTES]);

/* Another naming under which files hold the same networks; the same one if there is no other. */
enum naming naming_other(enum naming naming);

/* Whether squeeze-excitation's two layers have timm's names (layer_configs.h). */
bool naming_is_timm(enum naming naming);

#endif
