/* MobileNetV2, Sandler et al. 2018 (arXiv 1801.04381), Table 2; head and dropout as torchvision. */
#include "spec_tables.h"

#define STAGE(expand_, channels_, repeats_, stride_)                                               \
    {                                                                                              \
        .block = BLOCK_MBCONV, .kernel = 3, .stride = stride_, .expand = expand_,                  \
        .channels = channels_, .repeats = repeats_, .act = ACT_RELU6                               \
    }

const struct spec spec_mobilenet_v2 = {
    .name = "mobilenet_v2",
    .naming = NAMING_MOBILENET_V2,
    .input = 224,
    .classes = 1000,
    .dropout = 0.2,
    .bn_eps = 1e-5,
    .bn_momentum = 0.1,
    .n_stages = 9,
    .stages =
        {
            {.block = BLOCK_CONV,
                .kernel = 3,
                .stride = 2,
                .channels = 32,
                .repeats = 1,
                .act = ACT_RELU6},
            STAGE(1, 16, 1, 1),
            STAGE(6, 24, 2, 2),
            STAGE(6, 32, 3, 2),
            STAGE(6, 64, 4, 2),
            STAGE(6, 96, 3, 1),
            STAGE(6, 160, 3, 2),
            STAGE(6, 320, 1, 1),
            {.block = BLOCK_CONV,
                .kernel = 1,
                .stride = 1,
                .channels = 1280,
                .repeats = 1,
                .act = ACT_RELU6,
                .never_narrower = true},
        },
};
