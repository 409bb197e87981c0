/* Encoding an image as PNG by libspng. */
#include <spng.h>
#include <stdlib.h>

#include "decoders.h"

int encode_png(const struct image *image, struct str *to, struct err *err)
{
    struct spng_ihdr header = {.width = (uint32_t)image->width,
        .height = (uint32_t)image->height,
        .bit_depth = 8,
        .color_type = SPNG_COLOR_TYPE_TRUECOLOR};
    size_t bytes = (size_t)image->width * (size_t)image->height * 3, length = 0;
    spng_ctx *context = spng_ctx_new(SPNG_CTX_ENCODER);
    void *png = NULL;
    int status = context ? 0 : SPNG_EMEM;

    if (status == 0 && (status = spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1)) == 0 &&
        (status = spng_set_ihdr(context, &header)) == 0 &&
        (status = spng_encode_image(
             context, image->pixels, bytes, SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE)) == 0)
        png = spng_get_png_buffer(context, &length, &status);
    if (png)
        str_add_bytes(to, png, length);
    free(png);
    spng_ctx_free(context);
    return status == 0 ? 0
                       : err_set(err, ERR_MEMORY, "cannot write a PNG of %d x %d pixels (%s)",
                             image->width, image->height, spng_strerror(status));
}
