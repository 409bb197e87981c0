/* Windows over maps: which taps are inside, and how many pixels go together. */
#ifndef SCALESTUDY_WORKLOADS_NN_KERNELS_VECTOR_WINDOW_H
#define SCALESTUDY_WORKLOADS_NN_KERNELS_VECTOR_WINDOW_H

#include "vector.h"

struct span {
    int from, to;
};

INLINE int least(int a, int b)
{
    return a < b ? a : b;
}

/* Taps of the window of output pixel `at` that are inside a map of `size`. */
INLINE struct span taps_inside(int at, int stride, int before, int kernel, int size)
{
    int first = at * stride - before;

    return (struct span){first < 0 ? -first : 0, size - first < kernel ? size - first : kernel};
}

/* A sum waits for itself, four cycles a tap: four pixels keep half of the multipliers busy, seven,
 * which leave no rest of the maps of 224-pixel networks, nearly all. */
INLINE bool goes_by_seven(int width)
{
    return VL == 16 && width % 7 == 0;
}

#endif
