#include "image.h"

#include <stdlib.h>
#include <string.h>

#include "decoders.h"
#include "harness/system/file.h"
#include "harness/base/str.h"

#define FILE_MAX_BYTES ((size_t)256 << 20)

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

int image_decode(const void *bytes, size_t count, struct image *image, struct err *err)
{
    static const unsigned char jpeg[] = {0xff, 0xd8, 0xff}, png[] = {0x89, 'P', 'N', 'G'};

    if (count == 0)
        return err_set(err, ERR_INPUT, "the file is empty; it should be a JPEG or a PNG");
    if (count >= sizeof(jpeg) && memcmp(bytes, jpeg, sizeof(jpeg)) == 0)
        return decode_jpeg(bytes, count, image, err);
    if (count >= sizeof(png) && memcmp(bytes, png, sizeof(png)) == 0)
        return decode_png(bytes, count, image, err);
    return err_set(err, ERR_INPUT, "the file is neither a JPEG nor a PNG");
}

int image_read(const char *path, struct image *image, struct err *err)
{
    struct str content = STR_INIT;
    int result = file_read(path, FILE_MAX_BYTES, &content, err);

    /* file_read's error does not say what the memory was for. */
    if (result < 0 && err->code == ERR_MEMORY)
        err_context(err, "%s", path);
    if (result == 0 && image_decode(content.text, content.length, image, err) < 0)
        result = err_context(err, "%s", path);
    str_release(&content);
    return result;
}
