/* RandAugment (Cubuk et al. 2020, arXiv 1909.13719), with torchvision's operations and 31 levels. */
#include "policies.h"

#define LEVELS 31

int rand_augment(int layers, int level, struct rng *rng, struct image *image, struct image *spare,
    struct err *err)
{
    for (int i = 0; i < layers; i++) {
        /* All but the last, Invert, which is AutoAugment's alone. */
        enum pixel_op op = (enum pixel_op)rng_below(rng, PIXEL_OP_INVERT);
        double magnitude = pixel_op_magnitude(op, level, LEVELS, image->width, image->height);

        if (pixel_op_has_sign(op) && rng_below(rng, 2) == 1)
            magnitude = -magnitude;
        if (pixel_op_apply(op, magnitude, image, spare, err) < 0)
            return -1;
    }
    return 0;
}
