/*
 * AutoAugment (Cubuk et al. 2019, arXiv 1805.09501): one of 25 pairs of operations at random, each with
 * its probability and one of 10 levels. The tables are those of the paper's code, as torchvision has
 * them.
 */
#include "augmentation.h"
#include "auto_augment.h"

#define LEVELS 10

static const struct policy_step imagenet[POLICIES][2] = {
    {{PIXEL_OP_POSTERIZE, 0.4, 8}, {PIXEL_OP_ROTATE, 0.6, 9}},
    {{PIXEL_OP_SOLARIZE, 0.6, 5}, {PIXEL_OP_AUTO_CONTRAST, 0.6, 0}},
    {{PIXEL_OP_EQUALIZE, 0.8, 0}, {PIXEL_OP_EQUALIZE, 0.6, 0}},
    {{PIXEL_OP_POSTERIZE, 0.6, 7}, {PIXEL_OP_POSTERIZE, 0.6, 6}},
    {{PIXEL_OP_EQUALIZE, 0.4, 0}, {PIXEL_OP_SOLARIZE, 0.2, 4}},
    {{PIXEL_OP_EQUALIZE, 0.4, 0}, {PIXEL_OP_ROTATE, 0.8, 8}},
    {{PIXEL_OP_SOLARIZE, 0.6, 3}, {PIXEL_OP_EQUALIZE, 0.6, 0}},
    {{PIXEL_OP_POSTERIZE, 0.8, 5}, {PIXEL_OP_EQUALIZE, 1.0, 0}},
    {{PIXEL_OP_ROTATE, 0.2, 3}, {PIXEL_OP_SOLARIZE, 0.6, 8}},
    {{PIXEL_OP_EQUALIZE, 0.6, 0}, {PIXEL_OP_POSTERIZE, 0.4, 6}},
    {{PIXEL_OP_ROTATE, 0.8, 8}, {PIXEL_OP_COLOR, 0.4, 0}},
    {{PIXEL_OP_ROTATE, 0.4, 9}, {PIXEL_OP_EQUALIZE, 0.6, 0}},
    {{PIXEL_OP_EQUALIZE, 0.0, 0}, {PIXEL_OP_EQUALIZE, 0.8, 0}},
    {{PIXEL_OP_INVERT, 0.6, 0}, {PIXEL_OP_EQUALIZE, 1.0, 0}},
    {{PIXEL_OP_COLOR, 0.6, 4}, {PIXEL_OP_CONTRAST, 1.0, 8}},
    {{PIXEL_OP_ROTATE, 0.8, 8}, {PIXEL_OP_COLOR, 1.0, 2}},
    {{PIXEL_OP_COLOR, 0.8, 8}, {PIXEL_OP_SOLARIZE, 0.8, 7}},
    {{PIXEL_OP_SHARPNESS, 0.4, 7}, {PIXEL_OP_INVERT, 0.6, 0}},
    {{PIXEL_OP_SHEAR_X, 0.6, 5}, {PIXEL_OP_EQUALIZE, 1.0, 0}},
    {{PIXEL_OP_COLOR, 0.4, 0}, {PIXEL_OP_EQUALIZE, 0.6, 0}},
    {{PIXEL_OP_EQUALIZE, 0.4, 0}, {PIXEL_OP_SOLARIZE, 0.2, 4}},
    {{PIXEL_OP_SOLARIZE, 0.6, 5}, {PIXEL_OP_AUTO_CONTRAST, 0.6, 0}},
    {{PIXEL_OP_INVERT, 0.6, 0}, {PIXEL_OP_EQUALIZE, 1.0, 0}},
    {{PIXEL_OP_COLOR, 0.6, 4}, {PIXEL_OP_CONTRAST, 1.0, 8}},
    {{PIXEL_OP_EQUALIZE, 0.8, 0}, {PIXEL_OP_EQUALIZE, 0.6, 0}},
};

static const struct policy_step cifar10[POLICIES][2] = {
    {{PIXEL_OP_INVERT, 0.1, 0}, {PIXEL_OP_CONTRAST, 0.2, 6}},
    {{PIXEL_OP_ROTATE, 0.7, 2}, {PIXEL_OP_TRANSLATE_X, 0.3, 9}},
    {{PIXEL_OP_SHARPNESS, 0.8, 1}, {PIXEL_OP_SHARPNESS, 0.9, 3}},
    {{PIXEL_OP_SHEAR_Y, 0.5, 8}, {PIXEL_OP_TRANSLATE_Y, 0.7, 9}},
    {{PIXEL_OP_AUTO_CONTRAST, 0.5, 0}, {PIXEL_OP_EQUALIZE, 0.9, 0}},
    {{PIXEL_OP_SHEAR_Y, 0.2, 7}, {PIXEL_OP_POSTERIZE, 0.3, 7}},
    {{PIXEL_OP_COLOR, 0.4, 3}, {PIXEL_OP_BRIGHTNESS, 0.6, 7}},
    {{PIXEL_OP_SHARPNESS, 0.3, 9}, {PIXEL_OP_BRIGHTNESS, 0.7, 9}},
    {{PIXEL_OP_EQUALIZE, 0.6, 0}, {PIXEL_OP_EQUALIZE, 0.5, 0}},
    {{PIXEL_OP_CONTRAST, 0.6, 7}, {PIXEL_OP_SHARPNESS, 0.6, 5}},
    {{PIXEL_OP_COLOR, 0.7, 7}, {PIXEL_OP_TRANSLATE_X, 0.5, 8}},
    {{PIXEL_OP_EQUALIZE, 0.3, 0}, {PIXEL_OP_AUTO_CONTRAST, 0.4, 0}},
    {{PIXEL_OP_TRANSLATE_Y, 0.4, 3}, {PIXEL_OP_SHARPNESS, 0.2, 6}},
    {{PIXEL_OP_BRIGHTNESS, 0.9, 6}, {PIXEL_OP_COLOR, 0.2, 8}},
    {{PIXEL_OP_SOLARIZE, 0.5, 2}, {PIXEL_OP_INVERT, 0.0, 0}},
    {{PIXEL_OP_EQUALIZE, 0.2, 0}, {PIXEL_OP_AUTO_CONTRAST, 0.6, 0}},
    {{PIXEL_OP_EQUALIZE, 0.2, 0}, {PIXEL_OP_EQUALIZE, 0.6, 0}},
    {{PIXEL_OP_COLOR, 0.9, 9}, {PIXEL_OP_EQUALIZE, 0.6, 0}},
    {{PIXEL_OP_AUTO_CONTRAST, 0.8, 0}, {PIXEL_OP_SOLARIZE, 0.2, 8}},
    {{PIXEL_OP_BRIGHTNESS, 0.1, 3}, {PIXEL_OP_COLOR, 0.7, 0}},
    {{PIXEL_OP_SOLARIZE, 0.4, 5}, {PIXEL_OP_AUTO_CONTRAST, 0.9, 0}},
    {{PIXEL_OP_TRANSLATE_Y, 0.9, 9}, {PIXEL_OP_TRANSLATE_Y, 0.7, 9}},
    {{PIXEL_OP_AUTO_CONTRAST, 0.9, 0}, {PIXEL_OP_SOLARIZE, 0.8, 3}},
    {{PIXEL_OP_EQUALIZE, 0.8, 0}, {PIXEL_OP_INVERT, 0.1, 0}},
    {{PIXEL_OP_TRANSLATE_Y, 0.7, 9}, {PIXEL_OP_AUTO_CONTRAST, 0.9, 0}},
};

const struct policy_step *auto_augment_policy(enum auto_augment policy, int number)
{
    return policy == AUTO_AUGMENT_CIFAR10 ? cifar10[number] : imagenet[number];
}

static int auto_augment(const struct augment_settings *given, struct rng *rng, struct image *image,
    struct image *spare, struct err *err)
{
    const struct policy_step *steps =
        auto_augment_policy(given->auto_augment, (int)rng_below(rng, POLICIES));

    for (int i = 0; i < 2; i++) {
        bool wanted = rng_uniform(rng) < steps[i].probability, negative = rng_below(rng, 2) == 0;
        double magnitude =
            pixel_op_magnitude(steps[i].op, steps[i].level, LEVELS, image->width, image->height);

        if (negative && pixel_op_has_sign(steps[i].op))
            magnitude = -magnitude;
        if (wanted && pixel_op_apply(steps[i].op, magnitude, image, spare, err) < 0)
            return -1;
    }
    return 0;
}

/* Of the tables, in the order of their enum, ended by NULL. */
static const char *const *auto_augment_names(void)
{
    static const char *const names[] = {
#define AUTO_AUGMENT(NAME, name) name,
#include "workloads/data/config/auto_augments.def"
#undef AUTO_AUGMENT
        NULL,
    };

    return names;
}

static const struct augment_setting settings[] = {
    {AUGMENT_FIELD_CHOICE(auto_augment), .asks = true, .parameter = "policy", .in_list = "imagenet",
        .help = "a learnt policy of changes to colours and shape (Cubuk et al. 2019)"},
    {0},
};

const struct augmentation augmentation_auto_augment = {
    .name = "auto_augment",
    .summary = "a learnt policy of changes to colours and shape (Cubuk et al. 2019)",
    .settings = settings,
    .on_pixels = auto_augment,
};
