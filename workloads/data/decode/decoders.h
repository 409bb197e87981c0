/* The decoders behind image_decode, one file each. Bytes are untrusted; errors do not name the
 * file. */
#ifndef SCALESTUDY_WORKLOADS_DATA_DECODE_DECODERS_H
#define SCALESTUDY_WORKLOADS_DATA_DECODE_DECODERS_H

#include "harness/base/str.h"
#include "image.h"

int decode_jpeg(const void *bytes, size_t count, struct image *image, struct err *err) MUST_CHECK;
/* Appended to `to`. */
int encode_png(const struct image *image, struct str *to, struct err *err) MUST_CHECK;
int decode_png(const void *bytes, size_t count, struct image *image, struct err *err) MUST_CHECK;

/* "libjpeg-turbo 2.1.5", and "0.7.3" of libspng; static. */
const char *jpeg_library(void);
const char *png_version(void);

#endif
