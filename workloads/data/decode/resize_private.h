/* The two passes of a resize, which resize.c chooses for the processor; all give the same bits. */
#ifndef SCALESTUDY_WORKLOADS_DATA_DECODE_RESIZE_PRIVATE_H
#define SCALESTUDY_WORKLOADS_DATA_DECODE_RESIZE_PRIVATE_H

#include "image.h"

#define PRECISION_BITS 22 /* 32 - 8 bits of pixels - 2 bits of headroom */

/* For every output position: where its window begins, how many inputs it has, and their
 * coefficients. */
struct windows {
    int n, taps; /* taps: room of each */
    int *first, *count;
    int32_t *weights; /* [n][taps] */
};

struct resize_passes {
    /* Rows first_row .. first_row + rows of `from`, to the columns of `windows`: to
     * [rows][windows->n][3]. */
    void (*rows)(const struct image *from, int first_row, int rows, const struct windows *windows,
        uint8_t *to);
    /* from [..][width][3] begins at row first_row of the image; to [windows->n][width][3]. */
    void (*columns)(
        const uint8_t *from, int first_row, int width, const struct windows *windows, uint8_t *to);
};

extern const struct resize_passes resize_reference;
extern const struct resize_passes *const resize_avx2; /* NULL if it is not in this build */

#endif
