/* MobileNetV1, Howard et al. 2017 (arXiv 1704.04861), Table 1; stages grouped as timm groups them.
 */
#include "spec_tables.h"

#define STAGE(stride_, channels_, repeats_)                                                        \
    {                                                                                              \
        .block = BLOCK_SEPARABLE, .kernel = 3, .stride = stride_, .channels = channels_,           \
        .repeats = repeats_, .act = ACT_RELU6                                                      \
    }

/* The paper says ReLU; its authors' code, whose weights people use, has ReLU6. */
const struct spec spec_mobilenet_v1 = {
    .name = "mobilenet_v1",
    .naming = NAMING_MOBILENET_V1,
    .input = 224,
    .classes = 1000,
    .bn_eps = 1e-5,
    .bn_momentum = 0.1,
    .n_stages = 6,
    .stages =
        {
            {.block = BLOCK_CONV,
                .kernel = 3,
                .stride = 2,
                .channels = 32,
                .repeats = 1,
                .act = ACT_RELU6},
            STAGE(1, 64, 1),
            STAGE(2, 128, 2),
            STAGE(2, 256, 2),
            STAGE(2, 512, 6),
            STAGE(2, 1024, 2),
        },
};
