/* Colour jitter as torchvision's ColorJitter(s, s, s), on Pillow's images; hue stays. */
#include "policies.h"

int color_jitter(
    double strength, struct rng *rng, struct image *image, struct image *spare, struct err *err)
{
    static const enum pixel_op ops[3] = {PIXEL_OP_BRIGHTNESS, PIXEL_OP_CONTRAST, PIXEL_OP_COLOR};
    double least = strength < 1 ? 1 - strength : 0;
    uint32_t order[3] = {0, 1, 2};

    rng_shuffle(rng, order, 3);
    for (int i = 0; i < 3; i++)
        if (pixel_op_apply(
                ops[order[i]], rng_between(rng, least, 1 + strength) - 1, image, spare, err) < 0)
            return -1;
    return 0;
}
