/* Small sums of planning: the larger and the smaller of two, and floats in whole cache lines. */
#ifndef SCALESTUDY_WORKLOADS_NN_GRAPH_SIZES_H
#define SCALESTUDY_WORKLOADS_NN_GRAPH_SIZES_H

#include <stddef.h>

#define LINE_FLOATS 16 /* of a cache line */

static inline int min_int(int a, int b)
{
    return a < b ? a : b;
}

static inline int max_int(int a, int b)
{
    return a > b ? a : b;
}

static inline size_t max_size(size_t a, size_t b)
{
    return a > b ? a : b;
}

static inline size_t whole_lines(size_t floats)
{
    return (floats + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
}

#endif
