#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <turbojpeg.h>

#include "decoders.h"

/* As Pillow decodes: the exact inverse DCT, smooth chroma upsampling (the library's default). */
#define DECODE_FLAGS TJFLAG_ACCURATEDCT

/*
 * Files that every other program reads, and ImageNet has, may have stray bytes before a marker. All
 * other warnings mean that pixels are missing or made up.
 */
static bool is_harmless(tjhandle handle)
{
    return tjGetErrorCode(handle) == TJERR_WARNING &&
           strstr(tjGetErrorStr2(handle), "extraneous bytes before marker") != NULL;
}

static int decode(tjhandle handle, const void *bytes, size_t count, int format, uint8_t *pixels,
    const struct image *image, struct err *err)
{
    if (tjDecompress2(handle, bytes, (unsigned long)count, pixels, image->width, 0, image->height,
            format, DECODE_FLAGS) < 0 &&
        !is_harmless(handle))
        return err_set(err, ERR_INPUT, "the JPEG is damaged or cut off (%s); replace or remove it",
            tjGetErrorStr2(handle));
    return 0;
}

/* a * b / 255, rounded, as Pillow's MULDIV255. */
static int multiply_255(int a, int b)
{
    int product = a * b + 128;

    return ((product >> 8) + product) >> 8;
}

/* Adobe's CMYK is stored inverted; then RGB = (1 - K)(1 - CMY), as Pillow converts it. */
static void convert_cmyk(const uint8_t *cmyk, struct image *image)
{
    size_t n = (size_t)image->width * (size_t)image->height;

    for (size_t i = 0; i < n; i++) {
        int white = cmyk[4 * i + 3]; /* 255 - K, since K is inverted */

        for (size_t c = 0; c < 3; c++) {
            int value = white - multiply_255(255 - cmyk[4 * i + c], white);

            image->pixels[3 * i + c] = (uint8_t)(value < 0 ? 0 : value);
        }
    }
}

static int decode_cmyk(
    tjhandle handle, const void *bytes, size_t count, struct image *image, struct err *err)
{
    uint8_t *cmyk = malloc((size_t)image->width * (size_t)image->height * 4);
    int result;

    if (!cmyk)
        return err_set(err, ERR_MEMORY, "no memory for an image of %d x %d pixels", image->width,
            image->height);
    result = decode(handle, bytes, count, TJPF_CMYK, cmyk, image, err);
    if (result == 0)
        convert_cmyk(cmyk, image);
    free(cmyk);
    return result;
}

/* The inverse DCT of 4, 2 or 1 coefficients a side instead of 8: most of the work is saved. */
static void scale_down(int wanted_side, int *width, int *height)
{
    int shorter = *width < *height ? *width : *height;

    for (int denominator = 8; wanted_side > 0 && denominator > 1; denominator /= 2) {
        const tjscalingfactor factor = {1, denominator};

        if (TJSCALED(shorter, factor) < wanted_side)
            continue;
        *width = TJSCALED(*width, factor);
        *height = TJSCALED(*height, factor);
        return;
    }
}

int decode_jpeg(const void *bytes, size_t count, struct image *image, struct err *err)
{
    tjhandle handle = tjInitDecompress();
    int width, height, subsampling, colours, result = -1;

    if (!handle)
        return err_set(err, ERR_MEMORY, "no memory to decode a JPEG");
    if (count > ULONG_MAX || (tjDecompressHeader3(handle, bytes, (unsigned long)count, &width,
                                  &height, &subsampling, &colours) < 0 &&
                                 !is_harmless(handle))) {
        err_set(err, ERR_INPUT, "the JPEG is damaged (%s); replace or remove it",
            tjGetErrorStr2(handle));
        goto done;
    }
    scale_down(image->wanted_side, &width, &height);
    if (image_reserve(image, width, height, err) < 0)
        goto done;
    if (colours == TJCS_CMYK || colours == TJCS_YCCK)
        result = decode_cmyk(handle, bytes, count, image, err);
    else
        result = decode(handle, bytes, count, TJPF_RGB, image->pixels, image, err);
done:
    tjDestroy(handle);
    return result;
}

/* TurboJPEG's own header does not say; that of libjpeg beside it does. */
#if defined(__has_include)
#if __has_include(<jconfig.h>)
#include <jconfig.h>
#endif
#endif

#define TEXT_OF(x)      #x
#define VERSION_TEXT(x) TEXT_OF(x)

const char *jpeg_library(void)
{
#ifdef LIBJPEG_TURBO_VERSION
    return "libjpeg-turbo " VERSION_TEXT(LIBJPEG_TURBO_VERSION);
#else
    return "libjpeg-turbo";
#endif
}
