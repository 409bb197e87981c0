/* Decoding PNG by libspng, within limits on chunks and their decompressed size. */
#include <stdbool.h>
#include <stdlib.h>

#include <spng.h>

#include "decoders.h"

/* Chunks and their decompressed size are bounded: a PNG may not fill the memory with its comments. */
#define CHUNK_MAX_BYTES  ((size_t)16 << 20)
#define CHUNKS_MAX_BYTES ((size_t)64 << 20)

#define SIGNATURE_BYTES 8
#define FRAME_BYTES     12 /* of a chunk: length, type, checksum */

static uint32_t big_endian(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* By its type's first letter. */
static bool is_ancillary(const unsigned char *chunk)
{
    return (chunk[4] & 0x20) != 0;
}

/*
 * Ancillary chunks decide no pixel here: neither transparency nor gamma is applied. They are left out,
 * so that no mistake in one (an empty eXIf, a wrong profile) makes libspng refuse the image.
 */
static int copy_what_decides(
    const unsigned char *png, size_t count, struct str *to, struct err *err)
{
    size_t at = count < SIGNATURE_BYTES ? count : SIGNATURE_BYTES;

    str_add_bytes(to, png, at);
    while (count - at >= FRAME_BYTES) {
        uint32_t length = big_endian(png + at);

        if (length > count - at - FRAME_BYTES)
            break;
        if (!is_ancillary(png + at))
            str_add_bytes(to, png + at, length + FRAME_BYTES);
        at += (size_t)length + FRAME_BYTES;
    }
    str_add_bytes(to, png + at, count - at);
    return str_check(to, err);
}

static int damaged(int status, struct err *err)
{
    return err_set(err, ERR_INPUT, "the PNG is damaged or cut off (%s); replace or remove it",
        spng_strerror(status));
}

/* No standard says which colour a pixel has whose index is outside of the palette; Pillow's versions
 * differ. */
static int look_up(const struct spng_plte *palette, const struct spng_ihdr *header,
    const unsigned char *indices, size_t size, struct image *image, struct err *err)
{
    size_t stride = size / header->height;
    unsigned depth = header->bit_depth, mask = (1u << depth) - 1;
    uint8_t *to = image->pixels;

    for (size_t y = 0; y < header->height; y++)
        for (size_t x = 0; x < header->width; x++, to += 3) {
            unsigned byte = indices[y * stride + x * depth / 8];
            unsigned index = byte >> (8 - depth - x * depth % 8) & mask;

            if (index >= palette->n_entries)
                return err_set(err, ERR_INPUT,
                    "the PNG has pixels of colour %u, but its palette ends at %u; replace or "
                    "remove it",
                    index, palette->n_entries - 1);
            to[0] = palette->entries[index].red;
            to[1] = palette->entries[index].green;
            to[2] = palette->entries[index].blue;
        }
    return 0;
}

static int decode_palette(
    spng_ctx *context, const struct spng_ihdr *header, struct image *image, struct err *err)
{
    struct spng_plte palette;
    unsigned char *indices = NULL;
    size_t size;
    int status, result = -1;

    if ((status = spng_get_plte(context, &palette)) ||
        (status = spng_decoded_image_size(context, SPNG_FMT_PNG, &size)))
        return damaged(status, err);
    indices = calloc(size, 1); /* parts of a byte are added to what is there */
    if (!indices)
        err_set(err, ERR_MEMORY, "no memory for an image of %u x %u pixels", header->width,
            header->height);
    else if ((status = spng_decode_image(context, indices, size, SPNG_FMT_PNG, 0)))
        damaged(status, err);
    else
        result = look_up(&palette, header, indices, size, image, err);
    free(indices);
    return result;
}

static int decode_colours(
    spng_ctx *context, const struct spng_ihdr *header, struct image *image, struct err *err)
{
    size_t size;
    int status = spng_decoded_image_size(context, SPNG_FMT_RGB8, &size);

    if (status)
        return damaged(status, err);
    if (size != (size_t)header->width * header->height * 3)
        return err_set(err, ERR_BUG, "libspng wants %zu bytes for %u x %u pixels", size,
            header->width, header->height);
    /* Colours as stored, as Pillow's convert("RGB"). */
    status = spng_decode_image(context, image->pixels, size, SPNG_FMT_RGB8, 0);
    return status ? damaged(status, err) : 0;
}

static int decode(spng_ctx *context, const struct str *png, struct image *image, struct err *err)
{
    struct spng_ihdr header;
    int status;

    if ((status = spng_set_chunk_limits(context, CHUNK_MAX_BYTES, CHUNKS_MAX_BYTES)) ||
        (status = spng_set_png_buffer(context, png->text, png->length)) ||
        (status = spng_get_ihdr(context, &header)))
        return damaged(status, err);
    if (header.bit_depth == 16 && header.color_type == SPNG_COLOR_TYPE_GRAYSCALE)
        return err_set(err, ERR_INPUT,
            "the PNG is greyscale of 16 bits, whose range nobody agrees on; convert it to 8 bits");
    if (image_reserve(image, (int)header.width, (int)header.height, err) < 0)
        return -1;
    return header.color_type == SPNG_COLOR_TYPE_INDEXED
               ? decode_palette(context, &header, image, err)
               : decode_colours(context, &header, image, err);
}

int decode_png(const void *bytes, size_t count, struct image *image, struct err *err)
{
    spng_ctx *context = spng_ctx_new(0);
    struct str needed = STR_INIT;
    int result = -1;

    if (!context)
        err_set(err, ERR_MEMORY, "no memory to decode a PNG");
    else if (copy_what_decides(bytes, count, &needed, err) == 0)
        result = decode(context, &needed, image, err);
    spng_ctx_free(context);
    str_release(&needed);
    return result;
}

const char *png_version(void)
{
    return spng_version_string();
}
