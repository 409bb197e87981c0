/*
 * ResNet, He et al. 2016 (arXiv 1512.03385), Table 1; bottlenecks with the stride in the 3x3
 * (v1.5), as torchvision: that is what the EfficientNet paper's 4.1B for ResNet-50 counts (v1
 * has 3.9B).
 */
#include "spec_tables.h"

#define STAGE(block_, expand_, channels_, repeats_, stride_)                                       \
    {                                                                                              \
        .block = block_, .kernel = 3, .stride = stride_, .expand = expand_, .channels = channels_, \
        .repeats = repeats_, .act = ACT_RELU                                                       \
    }

#define RESNET(layers, block_, expand_, r1, r2, r3, r4)                                            \
    const struct spec spec_resnet##layers = {                                                      \
        .name = "resnet" #layers,                                                                  \
        .naming = NAMING_RESNET,                                                                   \
        .input = 224,                                                                              \
        .classes = 1000,                                                                           \
        .bn_eps = 1e-5,                                                                            \
        .bn_momentum = 0.1,                                                                        \
        .n_stages = 6,                                                                             \
        .stages =                                                                                  \
            {                                                                                      \
                {.block = BLOCK_CONV,                                                              \
                    .kernel = 7,                                                                   \
                    .stride = 2,                                                                   \
                    .channels = 64,                                                                \
                    .repeats = 1,                                                                  \
                    .act = ACT_RELU},                                                              \
                {.block = BLOCK_POOL, .kernel = 3, .stride = 2, .repeats = 1},                     \
                STAGE(block_, expand_, 64, r1, 1),                                                 \
                STAGE(block_, expand_, 128, r2, 2),                                                \
                STAGE(block_, expand_, 256, r3, 2),                                                \
                STAGE(block_, expand_, 512, r4, 2),                                                \
            },                                                                                     \
    }

RESNET(18, BLOCK_BASIC, 1, 2, 2, 2, 2);
RESNET(34, BLOCK_BASIC, 1, 3, 4, 6, 3);
RESNET(50, BLOCK_BOTTLENECK, 4, 3, 4, 6, 3);
RESNET(101, BLOCK_BOTTLENECK, 4, 3, 4, 23, 3);
RESNET(152, BLOCK_BOTTLENECK, 4, 3, 8, 36, 3);
