/*
 * Where a tile of a product reads the left matrix: up to 16 rows at one distance, by two pointers and
 * four distances, each row at a pointer plus 0, 1, 2 or 4 of a distance. Left alone the compiler keeps
 * a pointer or a distance for each row, more than there are registers, and fetches them from memory;
 * two loads a step are all that a core has, and products want them both.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_KERNELS_VECTOR_TILE_ROWS_H
#define SCALESTUDY_WORKLOADS_NN_KERNELS_VECTOR_TILE_ROWS_H

#include "vector.h"

struct tile_rows {
    const char *upper, *lower;       /* rows 0 and 8 */
    int64_t one, three, five, seven; /* distances, in bytes */
};

INLINE struct tile_rows tile_rows(int rows, const float *a, int64_t lda)
{
    int64_t one = lda * (int64_t)sizeof(*a);
    struct tile_rows tile = {.upper = (const char *)a,
        .lower = (const char *)(rows > 8 ? a + 8 * lda : a),
        .one = one,
        .three = 3 * one,
        .five = 5 * one,
        .seven = 7 * one};

    HIDE(tile.lower);
    HIDE(tile.three);
    HIDE(tile.five);
    HIDE(tile.seven);
    return tile;
}

/* Forward by so many floats. */
INLINE void tile_rows_step(struct tile_rows *tile, int rows, int64_t floats)
{
    tile->upper += floats * (int64_t)sizeof(float);
    HIDE(tile->upper);
    if (rows > 8) {
        tile->lower += floats * (int64_t)sizeof(float);
        HIDE(tile->lower);
    }
}

/* The number of row i, for all columns. */
INLINE vf tile_row(const struct tile_rows *tile, int i)
{
    const int64_t at[8] = {0, tile->one, 2 * tile->one, tile->three, 4 * tile->one, tile->five,
        2 * tile->three, tile->seven};
    const char *p = (i < 8 ? tile->upper : tile->lower) + at[i % 8];

    return vset(*(const float *)(const void *)p);
}

#endif
