/* RandAugment (Cubuk et al. 2020, arXiv 1909.13719), with torchvision's operations and 31 levels. */
#include "augmentation.h"
#include "pixel_ops.h"

#define LEVELS 31

static const struct augment_setting settings[] = {
    {AUGMENT_FIELD_INT(rand_augment), RANGE_FROM(0, LEVELS - 1), .asks = true,
        .parameter = "magnitude", .in_list = "9",
        .help = "random changes to colours and shape, at this level (Cubuk et al. 2020)"},
    {AUGMENT_FIELD_INT(rand_augment_layers), RANGE_FROM(1, 16), .initial = 2,
        .parameter = "num_ops", .help = "operations per image"},
    {0},
};

/* Operations one after the other, each at the same level. */
static int rand_augment(const struct augment_settings *given, struct rng *rng, struct image *image,
    struct image *spare, struct err *err)
{
    for (int i = 0; i < given->rand_augment_layers; i++) {
        /* All but the last, Invert, which is AutoAugment's alone. */
        enum pixel_op op = (enum pixel_op)rng_below(rng, PIXEL_OP_INVERT);
        double magnitude =
            pixel_op_magnitude(op, given->rand_augment, LEVELS, image->width, image->height);

        if (pixel_op_has_sign(op) && rng_below(rng, 2) == 1)
            magnitude = -magnitude;
        if (pixel_op_apply(op, magnitude, image, spare, err) < 0)
            return -1;
    }
    return 0;
}

const struct augmentation augmentation_rand_augment = {
    .name = "rand_augment",
    .summary = "operations at random, all at one level (Cubuk et al. 2020)",
    .settings = settings,
    .instead_of = "auto_augment",
    .on_pixels = rand_augment,
};
