/* The keys of a recipe that augment images, one row each: recipe_keys.h. */
#include "recipe_keys.h"

#include <stddef.h>

#define FIELD(name_) .name = #name_, .offset = offsetof(struct recipe, settings.name_)

/* Of a parameter that is not given there is 0 inside, so that only hue's can be 0: its default. */
#define NEEDS_ABOVE_0(field)                                                                       \
    (offsetof(struct augment_settings, field) != offsetof(struct augment_settings, jitter_hue))

static const struct recipe_key rows[] = {
    {.name = "augment",
        .offset = offsetof(struct recipe, augment),
        .type = RECIPE_BITS,
        .identity = RECIPE_ALWAYS,
        .choices = recipe_augment_names,
        .help = "changes to training images",
        .in_study = ": names, or mappings of a name and parameters, as {name: random_resized_crop, "
                    "scale: [0.2, 1]}; those stand for the keys below"},
    {FIELD(auto_augment), .type = RECIPE_CHOICE, .choices = recipe_auto_augment_names,
        .what = "policy",
        .help = "a learnt policy of changes to colours and shape (Cubuk et al. 2019)"},
    {FIELD(rand_augment), .type = RECIPE_INT, RANGE_FROM(0, 30), .zero = "none",
        .help = "such changes at random, at this level (Cubuk et al. 2020)"},
    {FIELD(rand_augment_layers), .type = RECIPE_INT, RANGE_FROM(1, 16), .initial = 2,
        .help = "operations per image of rand_augment"},
    {FIELD(color_jitter), .type = RECIPE_REAL, RANGE_FROM(0, 10), .zero = "none",
        .help = "brightness, contrast, saturation by factors of up to 1 +- this"},
    {FIELD(cutout), .type = RECIPE_INT, RANGE_FROM(0, AUGMENT_MOST_PIXELS), .detail = true,
        .unit = "pixels", .zero = "none",
        .help = "side of a square that is blank (DeVries & Taylor 2017); cutout's length"},
    {FIELD(crop_padding), .type = RECIPE_INT, RANGE_ABOVE(0, AUGMENT_MOST_PIXELS),
        .zero_is_default = true, .otherwise = "an eighth of the input", .detail = true,
        .unit = "pixels", .help = "on every side, before random_crop; its padding"},
#define AUGMENT_NUMBER(field, default_, most_, transform, parameter, help_)                        \
    {FIELD(field), .type = RECIPE_REAL, .most = most_, .above_least = NEEDS_ABOVE_0(field),        \
        .zero_is_default = NEEDS_ABOVE_0(field), .otherwise = "", .detail = true,                  \
        .help = parameter " of " transform ": " help_},
#include "workloads/data/config/augment_numbers.def"
#undef AUGMENT_NUMBER
    {FIELD(random_erasing), .type = RECIPE_REAL, RANGE_FROM(0, 1), .zero = "none",
        .help = "probability that a rectangle of the image is blank (Zhong et al. 2020)"},
    {FIELD(mixup), .type = RECIPE_REAL, RANGE_FROM(0, 100), .zero = "none",
        .help = "alpha: images and labels added to others of the batch (Zhang et al. 2018)"},
    {FIELD(cutmix), .type = RECIPE_REAL, RANGE_FROM(0, 100), .zero = "none",
        .help = "alpha: rectangles and labels of others of the batch (Yun et al. 2019)"},
    {.name = NULL},
};

void recipe_augment_add_keys(void (*add)(const struct recipe_key *key))
{
    for (const struct recipe_key *row = rows; row->name; row++)
        add(row);
}
