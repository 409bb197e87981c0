/* Rows of few channels taken together as fewer, longer rows. */
#ifndef SCALESTUDY_WORKLOADS_NN_KERNELS_VECTOR_FOLD_H
#define SCALESTUDY_WORKLOADS_NN_KERNELS_VECTOR_FOLD_H

#include "vector.h"

/*
 * Few channels, or channels that do not fill vectors: `fold` rows are taken as one row of fold * c
 * channels, whose constants repeat. The result is a whole number of vectors.
 */
#define MAX_FOLDED 512

static inline int fold_of(int64_t rows, int c)
{
    int fold = VL;

    for (int size = c; fold > 1 && size % 2 == 0; size /= 2)
        fold /= 2;
    while (fold * c < 4 * VL)
        fold *= 2;
    return fold * c > MAX_FOLDED || fold > rows || c % VL == 0 ? 1 : fold;
}

static inline const float *repeat(const float *values, int c, int fold, float to[MAX_FOLDED])
{
    if (fold == 1 || !values)
        return values;
    for (int i = 0; i < fold; i++)
        memcpy(to + i * c, values, (size_t)c * sizeof(*to));
    return to;
}

#endif
