/*
 * EfficientNet, Tan & Le 2019 (arXiv 1905.11946), Table 1, and the coefficients of the authors'
 * code for B1..B7 (width, depth, pixels: 1.0 1.1 240, 1.1 1.2 260, 1.2 1.4 300, 1.4 1.8
 * 380, 1.6 2.2 456, 1.8 2.6 528, 2.0 3.1 600), written out with the official rounding; a test holds
 * them against the scalers. Batch norm's epsilon and momentum are torchvision's, which differ from
 * B5 on.
 */
#include "spec_tables.h"

#define STAGE(kernel_, stride_, expand_, channels_, repeats_)                                      \
    {                                                                                              \
        .block = BLOCK_MBCONV, .kernel = kernel_, .stride = stride_, .expand = expand_,            \
        .channels = channels_, .repeats = repeats_, .se_ratio = 0.25, .act = ACT_SILU              \
    }

#define EFFICIENTNET(b, px, dropout_, eps, momentum, stem, c1, r1, c2, r2, c3, r3, c4, r4, c5, r5, \
    c6, r6, c7, r7, head)                                                                          \
    const struct spec spec_efficientnet_##b = {                                                    \
        .name = "efficientnet_" #b,                                                                \
        .naming = NAMING_EFFICIENTNET,                                                             \
        .input = px,                                                                               \
        .classes = 1000,                                                                           \
        .dropout = dropout_,                                                                       \
        .drop_path = 0.2,                                                                          \
        .bn_eps = eps,                                                                             \
        .bn_momentum = momentum,                                                                   \
        .n_stages = 9,                                                                             \
        .stages =                                                                                  \
            {                                                                                      \
                {.block = BLOCK_CONV,                                                              \
                    .kernel = 3,                                                                   \
                    .stride = 2,                                                                   \
                    .channels = stem,                                                              \
                    .repeats = 1,                                                                  \
                    .act = ACT_SILU},                                                              \
                STAGE(3, 1, 1, c1, r1),                                                            \
                STAGE(3, 2, 6, c2, r2),                                                            \
                STAGE(5, 2, 6, c3, r3),                                                            \
                STAGE(3, 2, 6, c4, r4),                                                            \
                STAGE(5, 1, 6, c5, r5),                                                            \
                STAGE(5, 2, 6, c6, r6),                                                            \
                STAGE(3, 1, 6, c7, r7),                                                            \
                {.block = BLOCK_CONV,                                                              \
                    .kernel = 1,                                                                   \
                    .stride = 1,                                                                   \
                    .channels = head,                                                              \
                    .repeats = 1,                                                                  \
                    .act = ACT_SILU},                                                              \
            },                                                                                     \
    }

/* clang-format off */
/*           name  px  drop eps   mom   stem  stages 1..7, channels and repeats                          head */
EFFICIENTNET(b0, 224, 0.2, 1e-5, 0.1,  32, 16, 1, 24, 2, 40, 2,  80, 3, 112,  3, 192,  4, 320, 1, 1280);
EFFICIENTNET(b1, 240, 0.2, 1e-5, 0.1,  32, 16, 2, 24, 3, 40, 3,  80, 4, 112,  4, 192,  5, 320, 2, 1280);
EFFICIENTNET(b2, 260, 0.3, 1e-5, 0.1,  32, 16, 2, 24, 3, 48, 3,  88, 4, 120,  4, 208,  5, 352, 2, 1408);
EFFICIENTNET(b3, 300, 0.3, 1e-5, 0.1,  40, 24, 2, 32, 3, 48, 3,  96, 5, 136,  5, 232,  6, 384, 2, 1536);
EFFICIENTNET(b4, 380, 0.4, 1e-5, 0.1,  48, 24, 2, 32, 4, 56, 4, 112, 6, 160,  6, 272,  8, 448, 2, 1792);
EFFICIENTNET(b5, 456, 0.4, 1e-3, 0.01, 48, 24, 3, 40, 5, 64, 5, 128, 7, 176,  7, 304,  9, 512, 3, 2048);
EFFICIENTNET(b6, 528, 0.5, 1e-3, 0.01, 56, 32, 3, 40, 6, 72, 6, 144, 8, 200,  8, 344, 11, 576, 3, 2304);
EFFICIENTNET(b7, 600, 0.5, 1e-3, 0.01, 64, 32, 4, 48, 7, 80, 7, 160, 10, 224, 10, 384, 13, 640, 4, 2560);
/* clang-format on */
