/*
 * Points of figures in M. Tan, Q. V. Le: "EfficientNet: Rethinking Model Scaling for Convolutional
 * Neural Networks", ICML 2019, arXiv 1905.11946. None of these coordinates is printed there: all were
 * read off the drawings. Names and factors are those that the figures print; `_` is what they leave
 * out. Where a number stands in a table of the paper, use that (paper.c).
 */
#include <math.h>

#include "paper.h"

#define _ NAN

/* clang-format off */
static const struct paper_point points[] = {
    /* figure, series, label, d, w, r, x, top-1 */
    /* Figure 1: parameters (millions) against accuracy. */
    {1, "family",     "EfficientNet-B0",       _, _, _, 5.3, 77.3},
    {1, "family",     "EfficientNet-B1",       _, _, _, 7.8, 79.2},
    {1, "family",     "EfficientNet-B2",       _, _, _, 9.2, 80.3},
    {1, "family",     "EfficientNet-B3",       _, _, _, 12, 81.7},
    {1, "family",     "EfficientNet-B4",       _, _, _, 19, 83.0},
    {1, "family",     "EfficientNet-B5",       _, _, _, 30, 83.7},
    {1, "family",     "EfficientNet-B6",       _, _, _, 43, 84.2},
    {1, "family",     "EfficientNet-B7",       _, _, _, 66, 84.4},
    {1, "compared",   "ResNet-34",             _, _, _, 21, 73.3},
    {1, "compared",   "ResNet-50",             _, _, _, 26, 76.0},
    {1, "compared",   "Inception-v2",          _, _, _, 11, 74.8},
    {1, "compared",   "DenseNet-201",          _, _, _, 20, 77.4},
    {1, "compared",   "Xception",              _, _, _, 23, 79.0},
    {1, "compared",   "NASNet-A",              _, _, _, 5.3, 74.0},
    {1, "compared",   "",                      _, _, _, 11, 78.6},
    {1, "compared",   "AmoebaNet-A",           _, _, _, 87, 82.8},
    {1, "compared",   "NASNet-A",              _, _, _, 89, 82.7},
    {1, "compared",   "AmoebaNet-C",           _, _, _, 155, 83.5},
    {1, "compared",   "SENet",                 _, _, _, 146, 82.7},
    {1, "compared",   "ResNeXt-101",           _, _, _, 84, 80.9},
    {1, "compared",   "Inception-ResNet-v2",   _, _, _, 56, 80.1},
    {1, "compared",   "ResNet-152",            _, _, _, 60, 77.8},
    /* Figure 3: EfficientNet-B0 scaled by one dimension. */
    {3, "width",      "w=1.0",                 1, 1.0, 1, 0.5, 76.1},
    {3, "width",      "w=1.4",                 1, 1.4, 1, 0.78, 77.49},
    {3, "width",      "w=1.8",                 1, 1.8, 1, 1.15, 78.51},
    {3, "width",      "w=2.6",                 1, 2.6, 1, 2.26, 79.46},
    {3, "width",      "w=3.8",                 1, 3.8, 1, 4.88, 79.99},
    {3, "width",      "w=5.0",                 1, 5.0, 1, 8.24, 80.3},
    {3, "depth",      "d=1",                   1, 1, 1, 0.5, 76.1},
    {3, "depth",      "d=2",                   2, 1, 1, 0.95, 78.5},
    {3, "depth",      "d=3",                   3, 1, 1, 1.4, 78.84},
    {3, "depth",      "d=4",                   4, 1, 1, 1.84, 78.99},
    {3, "depth",      "d=6",                   6, 1, 1, 2.75, 80.0},
    {3, "depth",      "d=8",                   8, 1, 1, 3.64, 80.0},
    {3, "resolution", "r=1.0",                 1, 1, 1.0, 0.5, 76.1},
    {3, "resolution", "r=1.3",                 1, 1, 1.3, 0.94, 77.68},
    {3, "resolution", "r=1.5",                 1, 1, 1.5, 1.14, 78.11},
    {3, "resolution", "r=1.7",                 1, 1, 1.7, 1.45, 78.77},
    {3, "resolution", "r=1.9",                 1, 1, 1.9, 1.94, 79.07},
    {3, "resolution", "r=2.2",                 1, 1, 2.2, 2.55, 79.54},
    {3, "resolution", "r=2.5",                 1, 1, 2.5, 3.11, 79.68},
    /* Figure 4: EfficientNet-B0 at growing widths, which are not stated, at four pairs of d and r. */
    {4, "width",      "",                      1.0, _, 1.0, 0.5, 76.1},
    {4, "width",      "",                      1.0, _, 1.0, 0.78, 77.49},
    {4, "width",      "",                      1.0, _, 1.0, 1.16, 78.51},
    {4, "width",      "",                      1.0, _, 1.0, 1.66, 79.06},
    {4, "width",      "",                      1.0, _, 1.0, 2.27, 79.47},
    {4, "width",      "",                      1.0, _, 1.0, 3.94, 79.87},
    {4, "width",      "",                      1.0, _, 1.0, 4.88, 79.99},
    {4, "width",      "",                      1.0, _, 1.0, 5.33, 80.04},
    {4, "width",      "",                      1.0, _, 1.0, 8.24, 80.3},
    {4, "width",      "",                      1.0, _, 1.0, 11.94, 80.39},
    {4, "width",      "",                      1.0, _, 1.0, 16.16, 80.46},
    {4, "width",      "",                      1.0, _, 1.3, 0.94, 78.22},
    {4, "width",      "",                      1.0, _, 1.3, 1.5, 79.44},
    {4, "width",      "",                      1.0, _, 1.3, 2.2, 80.04},
    {4, "width",      "",                      1.0, _, 1.3, 3.2, 80.65},
    {4, "width",      "",                      1.0, _, 1.3, 4.28, 80.85},
    {4, "width",      "",                      1.0, _, 1.3, 7.28, 81.33},
    {4, "width",      "",                      1.0, _, 1.3, 12.29, 81.42},
    {4, "width",      "",                      1.0, _, 1.3, 15.72, 81.43},
    {4, "width",      "",                      1.0, _, 1.3, 22.73, 81.71},
    {4, "width",      "",                      2.0, _, 1.0, 0.95, 78.75},
    {4, "width",      "",                      2.0, _, 1.0, 1.55, 79.56},
    {4, "width",      "",                      2.0, _, 1.0, 3.41, 80.16},
    {4, "width",      "",                      2.0, _, 1.0, 4.63, 80.37},
    {4, "width",      "",                      2.0, _, 1.0, 6.21, 80.51},
    {4, "width",      "",                      2.0, _, 1.0, 9.95, 80.68},
    {4, "width",      "",                      2.0, _, 1.0, 24.43, 80.72},
    {4, "width",      "",                      2.0, _, 1.3, 1.79, 79.7},
    {4, "width",      "",                      2.0, _, 1.3, 2.94, 80.69},
    {4, "width",      "",                      2.0, _, 1.3, 4.42, 81.32},
    {4, "width",      "",                      2.0, _, 1.3, 8.83, 81.54},
    {4, "width",      "",                      2.0, _, 1.3, 11.88, 81.65},
    {4, "width",      "",                      2.0, _, 1.3, 15.35, 81.79},
    {4, "width",      "",                      2.0, _, 1.3, 19.01, 82.02},
    /* Figure 5: FLOPS against accuracy. */
    {5, "family",     "EfficientNet-B0",       _, _, _, 0.38, 77.3},
    {5, "family",     "EfficientNet-B1",       _, _, _, 0.69, 79.2},
    {5, "family",     "EfficientNet-B2",       _, _, _, 1.02, 80.3},
    {5, "family",     "EfficientNet-B3",       _, _, _, 1.76, 81.7},
    {5, "family",     "EfficientNet-B4",       _, _, _, 4.14, 83.0},
    {5, "family",     "EfficientNet-B5",       _, _, _, 9.94, 83.7},
    {5, "family",     "EfficientNet-B6",       _, _, _, 18.5, 84.2},
    {5, "compared",   "ResNet-34",             _, _, _, 3.6, 73.3},
    {5, "compared",   "ResNet-50",             _, _, _, 4.1, 76.0},
    {5, "compared",   "ResNet-152",            _, _, _, 11.3, 77.8},
    {5, "compared",   "ResNeXt-101",           _, _, _, 31.5, 80.9},
    {5, "compared",   "NASNet-A",              _, _, _, 23.8, 82.7},
    {5, "compared",   "",                      _, _, _, 0.56, 74.0},
    {5, "compared",   "",                      _, _, _, 2.4, 78.6},
    {5, "compared",   "AmoebaNet-A",           _, _, _, 23.1, 82.8},
    {5, "compared",   "AmoebaNet-C",           _, _, _, 41, 83.5},
    {5, "compared",   "SENet",                 _, _, _, 42.3, 82.7},
    {5, "compared",   "Inception-v2",          _, _, _, 1.9, 74.8},
    {5, "compared",   "DenseNet-201",          _, _, _, 4.1, 77.4},
    {5, "compared",   "Xception",              _, _, _, 8.4, 79.0},
    {5, "compared",   "Inception-ResNet-v2",   _, _, _, 13.2, 80.1},
    /* Figure 8: EfficientNet-B0 scaled in four ways; factors are not stated. */
    {8, "baseline",   "",                      _, _, _, 0.39, 76.1},
    {8, "width",      "",                      _, _, _, 0.79, 77.5},
    {8, "width",      "",                      _, _, _, 1.15, 78.5},
    {8, "width",      "",                      _, _, _, 2.26, 79.46},
    {8, "width",      "",                      _, _, _, 4.89, 80.0},
    {8, "depth",      "",                      _, _, _, 0.96, 78.5},
    {8, "depth",      "",                      _, _, _, 1.39, 78.85},
    {8, "depth",      "",                      _, _, _, 1.84, 79.0},
    {8, "depth",      "",                      _, _, _, 2.75, 80.0},
    {8, "depth",      "",                      _, _, _, 3.65, 80.0},
    {8, "resolution", "",                      _, _, _, 0.94, 77.7},
    {8, "resolution", "",                      _, _, _, 1.15, 78.1},
    {8, "resolution", "",                      _, _, _, 1.45, 78.8},
    {8, "resolution", "",                      _, _, _, 1.94, 79.07},
    {8, "resolution", "",                      _, _, _, 2.55, 79.5},
    {8, "resolution", "",                      _, _, _, 3.11, 79.7},
    {8, "compound",   "",                      _, _, _, 0.39, 76.1},
    {8, "compound",   "",                      _, _, _, 0.7, 78.8},
    {8, "compound",   "",                      _, _, _, 1.0, 79.8},
    {8, "compound",   "",                      _, _, _, 1.8, 81.1},
    {8, "compound",   "",                      _, _, _, 4.2, 82.6},
};
/* clang-format on */

#undef _

#define N_POINTS ((int)(sizeof(points) / sizeof(points[0])))

const struct paper_point *paper_points(int figure, int *n_points)
{
    int first = 0, end;

    while (first < N_POINTS && points[first].figure != figure)
        first++;
    for (end = first; end < N_POINTS && points[end].figure == figure; end++)
        ;
    *n_points = end - first;
    return end > first ? &points[first] : NULL;
}
