/* Square parts of images. */
#include "crop.h"

#include <string.h>

int crop(const struct image *from, int x, int y, int side, struct image *to, struct err *err)
{
    int low = x < 0 ? -x : 0, high = from->width - x < side ? from->width - x : side;

    if (image_reserve(to, side, side, err) < 0)
        return -1;
    for (int row = 0; row < side; row++) {
        uint8_t *target = to->pixels + (size_t)row * (size_t)side * 3;
        int source = y + row;

        if (low > 0 || high < side || source < 0 || source >= from->height)
            memset(target, 0, (size_t)side * 3);
        if (source >= 0 && source < from->height && high > low)
            memcpy(target + (size_t)low * 3,
                from->pixels + ((size_t)source * (size_t)from->width + (size_t)(x + low)) * 3,
                (size_t)(high - low) * 3);
    }
    return 0;
}
