/* Scaling images to tiles and copying them into a picture. */
#include "tile.h"

#include <string.h>

#define SIDE      112
#define MOST_SIDE 224

int tile_side(int input)
{
    if (input < SIDE)
        return SIDE / input * input;
    return input < MOST_SIDE ? input : MOST_SIDE;
}

int tile_draw(const struct image *image, int side, struct image *smaller, unsigned char *to,
    int width, struct err *err)
{
    if (side < image->width) {
        if (image_resize(image, RESIZE_BILINEAR, side, side, smaller, err) < 0)
            return -1;
        image = smaller;
    }
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            size_t from = (size_t)(y * image->height / side) * (size_t)image->width +
                          (size_t)(x * image->width / side);

            memcpy(to + 3 * ((size_t)y * (size_t)width + (size_t)x), image->pixels + 3 * from, 3);
        }
    return 0;
}
