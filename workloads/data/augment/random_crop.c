/* A crop of the input's size from the image with a black margin around it, as for CIFAR (He et al. 2016). */
#include "augmentation.h"
#include "crop.h"

#define PADDING_SHARE 8 /* of the input, on each side: 4 of 32 pixels */

static const struct augment_setting settings[] = {
    {AUGMENT_FIELD_INT(crop_padding), RANGE_ABOVE(0, AUGMENT_MOST_PIXELS),
        .otherwise = "an eighth of the input", .parameter = "padding", .detail = true,
        .unit = "pixels", .help = "black pixels on every side"},
    {0},
};

static int crops(const struct augment_target *target, const struct augment_settings *given,
    const struct image *from, struct rng *rng, struct image *to, struct err *err)
{
    int padding = given->crop_padding > 0 ? given->crop_padding : target->input / PADDING_SHARE;
    int x = (int)rng_below(rng, (uint64_t)(2 * padding + 1)) - padding;
    int y = (int)rng_below(rng, (uint64_t)(2 * padding + 1)) - padding;

    return crop(from, x, y, target->input, to, err);
}

const struct augmentation augmentation_random_crop = {
    .name = "random_crop",
    .summary = "padded by an eighth of the input on every side with zeros, then cropped at random",
    .settings = settings,
    .crops = crops,
};
