/*
 * Numbers printed in M. Tan, Q. V. Le: "EfficientNet: Rethinking Model Scaling for Convolutional
 * Neural Networks", ICML 2019, arXiv 1905.11946 version 5, as they stand there: ImageNet accuracies
 * in per cent, FLOPS (multiply-adds) in billions, parameters in millions. Names of models are ours.
 * What the paper leaves out is `_`: Table 2 states no factors; Table 3 none of the compound rows of
 * MobileNetV2 and ResNet-50, and no depth row of MobileNetV1 at all; Tables 3 and 7 neither top-5
 * nor parameters.
 */
#include <math.h>
#include <string.h>

#include "paper.h"

#define _ NAN

/* clang-format off */
static const struct paper_row paper[] = {
    /* Table 2: EfficientNet, and what it is compared with.
     * source, model, method, d, w, r, FLOPS, top-1, top-5, parameters */
    {"table2", "efficientnet_b0",      "family",       _,   _,   _, 0.39, 77.1, 93.3, 5.3},
    {"table2", "resnet50",             "compared",     _,   _,   _,  4.1, 76.0, 93.0, 26},
    {"table2", "densenet169",          "compared",     _,   _,   _,  3.5, 76.2, 93.2, 14},
    {"table2", "efficientnet_b1",      "family",       _,   _,   _, 0.70, 79.1, 94.4, 7.8},
    {"table2", "resnet152",            "compared",     _,   _,   _,   11, 77.8, 93.8, 60},
    {"table2", "densenet264",          "compared",     _,   _,   _,  6.0, 77.9, 93.9, 34},
    {"table2", "inception_v3",         "compared",     _,   _,   _,  5.7, 78.8, 94.4, 24},
    {"table2", "xception",             "compared",     _,   _,   _,  8.4, 79.0, 94.5, 23},
    {"table2", "efficientnet_b2",      "family",       _,   _,   _,  1.0, 80.1, 94.9, 9.2},
    {"table2", "inception_v4",         "compared",     _,   _,   _,   13, 80.0, 95.0, 48},
    {"table2", "inception_resnet_v2",  "compared",     _,   _,   _,   13, 80.1, 95.1, 56},
    {"table2", "efficientnet_b3",      "family",       _,   _,   _,  1.8, 81.6, 95.7, 12},
    {"table2", "resnext101",           "compared",     _,   _,   _,   32, 80.9, 95.6, 84},
    {"table2", "polynet",              "compared",     _,   _,   _,   35, 81.3, 95.8, 92},
    {"table2", "efficientnet_b4",      "family",       _,   _,   _,  4.2, 82.9, 96.4, 19},
    {"table2", "senet",                "compared",     _,   _,   _,   42, 82.7, 96.2, 146},
    {"table2", "nasnet_a",             "compared",     _,   _,   _,   24, 82.7, 96.2, 89},
    {"table2", "amoebanet_a",          "compared",     _,   _,   _,   23, 82.8, 96.1, 87},
    {"table2", "pnasnet",              "compared",     _,   _,   _,   23, 82.9, 96.2, 86},
    {"table2", "efficientnet_b5",      "family",       _,   _,   _,  9.9, 83.6, 96.7, 30},
    {"table2", "amoebanet_c",          "compared",     _,   _,   _,   41, 83.5, 96.5, 155},
    {"table2", "efficientnet_b6",      "family",       _,   _,   _,   19, 84.0, 96.8, 43},
    {"table2", "efficientnet_b7",      "family",       _,   _,   _,   37, 84.3, 97.0, 66},
    {"table2", "gpipe",                "compared",     _,   _,   _,    _, 84.3, 97.0, 557},
    /* Table 3: scaling up other networks.
     * source, model, method, d, w, r, FLOPS, top-1, top-5, parameters */
    {"table3", "mobilenet_v1",         "baseline",     1,   1,   1,  0.6, 70.6,    _, _},
    {"table3", "mobilenet_v1",         "width",        1,   2,   1,  2.2, 74.2,    _, _},
    {"table3", "mobilenet_v1",         "resolution",   1,   1,   2,  2.2, 72.7,    _, _},
    {"table3", "mobilenet_v1",         "compound",   1.4, 1.2, 1.3,  2.3, 75.6,    _, _},
    {"table3", "mobilenet_v2",         "baseline",     1,   1,   1,  0.3, 72.0,    _, _},
    {"table3", "mobilenet_v2",         "depth",        4,   1,   1,  1.2, 76.8,    _, _},
    {"table3", "mobilenet_v2",         "width",        1,   2,   1,  1.1, 76.4,    _, _},
    {"table3", "mobilenet_v2",         "resolution",   1,   1,   2,  1.2, 74.8,    _, _},
    {"table3", "mobilenet_v2",         "compound",     _,   _,   _,  1.3, 77.4,    _, _},
    {"table3", "resnet50",             "baseline",     1,   1,   1,  4.1, 76.0,    _, _},
    {"table3", "resnet50",             "depth",        4,   1,   1, 16.2, 78.1,    _, _},
    {"table3", "resnet50",             "width",        1,   2,   1, 14.7, 77.7,    _, _},
    {"table3", "resnet50",             "resolution",   1,   1,   2, 16.4, 77.5,    _, _},
    {"table3", "resnet50",             "compound",     _,   _,   _, 16.7, 78.8,    _, _},
    /* Table 7: scaled models of Figure 7.
     * source, model, method, d, w, r, FLOPS, top-1, top-5, parameters */
    {"table7", "efficientnet_b0",      "baseline",     1,   1,   1,  0.4, 77.3,    _, _},
    {"table7", "efficientnet_b0",      "depth",        4,   1,   1,  1.8, 79.0,    _, _},
    {"table7", "efficientnet_b0",      "width",        1,   2,   1,  1.8, 78.9,    _, _},
    {"table7", "efficientnet_b0",      "resolution",   1,   1,   2,  1.9, 79.1,    _, _},
    {"table7", "efficientnet_b0",      "compound",   1.4, 1.2, 1.3,  1.8, 81.1,    _, _},
};
/* clang-format on */

#undef _

#define N_ROWS ((int)(sizeof(paper) / sizeof(paper[0])))

const struct paper_row *paper_rows(const char *source, int *n_rows)
{
    int first = 0, end;

    *n_rows = 0;
    if (!source) {
        *n_rows = N_ROWS;
        return paper;
    }
    while (first < N_ROWS && strcmp(paper[first].source, source) != 0)
        first++;
    for (end = first; end < N_ROWS && strcmp(paper[end].source, source) == 0; end++)
        ;
    *n_rows = end - first;
    return *n_rows > 0 ? &paper[first] : NULL;
}
