/* Mirrored images. */
#include "augmentation.h"

static const struct augment_setting settings[] = {
    {AUGMENT_FIELD_REAL(flip_probability), RANGE_ABOVE(0, 1), .standard = 0.5, .parameter = "p",
        .detail = true, .help = "its probability"},
    {0},
};

/* One half by a coin, which draws other numbers than a probability does. */
static bool mirrors(const struct augment_settings *given, struct rng *rng)
{
    double probability = given->flip_probability;

    return probability > 0 ? rng_uniform(rng) < probability : rng_below(rng, 2) == 1;
}

const struct augmentation augmentation_horizontal_flip = {
    .name = "horizontal_flip",
    .summary = "mirrored with probability 1/2",
    .settings = settings,
    .mirrors = mirrors,
};
