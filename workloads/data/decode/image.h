/*
 * Images in memory: 8-bit RGB, rows from the top, no padding between rows.
 *
 * An image owns its pixels; image_reserve keeps them between uses if they are large enough, so one
 * image a thread serves a whole epoch without allocating. Untrusted files are decoded with bounds:
 * at most IMAGE_MAX_SIDE pixels a side and IMAGE_MAX_PIXELS in all.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_DECODE_IMAGE_H
#define SCALESTUDY_WORKLOADS_DATA_DECODE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "workloads/data/config/data_config.h"
#include "harness/base/err.h"

#define IMAGE_MAX_SIDE   16384
#define IMAGE_MAX_PIXELS 100000000

struct image {
    int width, height;
    uint8_t *pixels; /* [height][width][3] */
    size_t capacity; /* bytes of pixels */
    /* For who decodes into it: 0, or the least shorter side that is wanted. A JPEG may then come at
     * 1/2, 1/4 or 1/8 of its size, if that is no less. */
    int wanted_side;
};

/* May an image be that large? */
int image_check_size(int width, int height, struct err *err) MUST_CHECK;

/* Make room for width x height; contents are undefined afterwards. */
int image_reserve(struct image *image, int width, int height, struct err *err) MUST_CHECK;
void image_release(struct image *image);

/* Decode a JPEG (libjpeg-turbo, accurate IDCT and upsampling as Pillow) or PNG (libspng);
 * CMYK, greyscale, palette, alpha and colours of 16 bits become RGB as Pillow's convert("RGB"), which
 * does not turn an image as EXIF says either. Truncated or damaged data are an ERR_INPUT, and so are
 * greyscale of 16 bits, which Pillow turns white, a palette's missing colour, a channel without a
 * scan, and more than 500 scans. What decides no pixel (stray bytes between the segments of a JPEG, an
 * unknown JFIF version, ancillary chunks of a PNG) refuses none. */
int image_decode(const void *bytes, size_t count, struct image *image, struct err *err) MUST_CHECK;
int image_read(const char *path, struct image *image, struct err *err) MUST_CHECK;

/* A part of an image, in pixels. */
struct box {
    int x, y, width, height;
};

/* The crop, the size that it is resized to, and the part of the result that is computed. Pixels outside
 * of the part cost nothing, so the size may be very large. */
struct resize {
    struct box crop;
    int64_t width, height;
    int64_t x, y;
    int part_width, part_height;
};

/* With antialiasing, as Pillow's crop, resize, and crop of the part, to the bit. */
int image_resize_part(const struct image *from, enum resize_filter filter,
    const struct resize *resize, struct image *to, struct err *err) MUST_CHECK;

/* All of it. */
int image_resize(const struct image *from, enum resize_filter filter, int width, int height,
    struct image *to, struct err *err) MUST_CHECK;

#endif
