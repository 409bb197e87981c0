/* The memory of images. */
#include "image.h"

#include <stdlib.h>

int image_check_size(int width, int height, struct err *err)
{
    if (width < 1 || height < 1 || width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE ||
        (int64_t)width * height > IMAGE_MAX_PIXELS)
        return err_set(err, ERR_INPUT,
            "an image of %d x %d pixels; sides of 1 to %d are allowed, and %d million pixels in "
            "all",
            width, height, IMAGE_MAX_SIDE, IMAGE_MAX_PIXELS / 1000000);
    return 0;
}

int image_reserve(struct image *image, int width, int height, struct err *err)
{
    size_t bytes;

    if (image_check_size(width, height, err) < 0)
        return -1;
    bytes = (size_t)width * (size_t)height * 3;
    if (bytes > image->capacity) {
        uint8_t *pixels = realloc(image->pixels, bytes);

        if (!pixels)
            return err_set(
                err, ERR_MEMORY, "no memory for an image of %d x %d pixels", width, height);
        image->pixels = pixels;
        image->capacity = bytes;
    }
    image->width = width;
    image->height = height;
    return 0;
}

void image_release(struct image *image)
{
    free(image->pixels);
    *image = (struct image){0};
}
