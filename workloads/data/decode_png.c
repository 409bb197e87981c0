#include <spng.h>

#include "decoders.h"

/* Ancillary chunks and their decompressed size are bounded: a PNG may not fill the memory with its
 * comments. */
#define CHUNK_MAX_BYTES  ((size_t)16 << 20)
#define CHUNKS_MAX_BYTES ((size_t)64 << 20)

static int decode(
    spng_ctx *context, const void *bytes, size_t count, struct image *image, struct err *err)
{
    struct spng_ihdr header;
    size_t size;
    int status;

    if ((status = spng_set_image_limits(context, IMAGE_MAX_SIDE, IMAGE_MAX_SIDE)) ||
        (status = spng_set_chunk_limits(context, CHUNK_MAX_BYTES, CHUNKS_MAX_BYTES)) ||
        (status = spng_set_png_buffer(context, bytes, count)) ||
        (status = spng_get_ihdr(context, &header)) ||
        (status = spng_decoded_image_size(context, SPNG_FMT_RGB8, &size)))
        return err_set(
            err, ERR_INPUT, "the PNG is damaged (%s); replace or remove it", spng_strerror(status));
    if (header.bit_depth == 16 && header.color_type == SPNG_COLOR_TYPE_GRAYSCALE)
        return err_set(err, ERR_INPUT,
            "the PNG is greyscale of 16 bits, whose range nobody agrees on; convert it to 8 bits");
    if (image_reserve(image, (int)header.width, (int)header.height, err) < 0)
        return -1;
    if (size != (size_t)header.width * header.height * 3)
        return err_set(err, ERR_BUG, "libspng wants %zu bytes for %u x %u pixels", size,
            header.width, header.height);
    /* Neither transparency nor gamma is applied: colours as stored, as Pillow's convert("RGB"). */
    status = spng_decode_image(context, image->pixels, size, SPNG_FMT_RGB8, 0);
    if (status)
        return err_set(err, ERR_INPUT, "the PNG is damaged or cut off (%s); replace or remove it",
            spng_strerror(status));
    return 0;
}

int decode_png(const void *bytes, size_t count, struct image *image, struct err *err)
{
    spng_ctx *context = spng_ctx_new(0);
    int result;

    if (!context)
        return err_set(err, ERR_MEMORY, "no memory to decode a PNG");
    result = decode(context, bytes, count, image, err);
    spng_ctx_free(context);
    return result;
}

const char *png_version(void)
{
    return spng_version_string();
}
