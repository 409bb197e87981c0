/* Random erasing (Zhong et al. 2020, arXiv 1708.04896), with torchvision's numbers unless told otherwise. */
#include <math.h>

#include "augmentation.h"
#include "erase.h"

static const struct augment_setting settings[] = {
    {AUGMENT_FIELD_REAL(random_erasing), RANGE_FROM(0, 1), .asks = true, .parameter = "p",
        .in_list = "0.5",
        .help = "probability that a rectangle of the image is blank (Zhong et al. 2020)"},
    {AUGMENT_FIELD_REAL(erasing_scale_min), RANGE_ABOVE(0, 1), .standard = 0.02,
        .parameter = "scale", .detail = true, .help = "least part of the area"},
    {AUGMENT_FIELD_REAL(erasing_scale_max), RANGE_ABOVE(0, 1), .standard = 0.33,
        .parameter = "scale", .detail = true, .help = "largest part of the area"},
    {AUGMENT_FIELD_REAL(erasing_ratio_min), RANGE_ABOVE(0, 100), .standard = 0.3,
        .parameter = "ratio", .detail = true, .help = "least height to width"},
    {AUGMENT_FIELD_REAL(erasing_ratio_max), RANGE_ABOVE(0, 100), .standard = 3.3,
        .parameter = "ratio", .detail = true, .help = "largest height to width"},
    {0},
};

static void random_erasing(
    const struct augment_settings *given, struct rng *rng, int side, float *image)
{
    struct augment_settings all = augment_settings_resolve(settings, given);

    if (rng_uniform(rng) >= all.random_erasing)
        return;
    for (int attempt = 0; attempt < 10; attempt++) {
        double share = rng_between(rng, all.erasing_scale_min, all.erasing_scale_max);
        double aspect =
            exp(rng_between(rng, log(all.erasing_ratio_min), log(all.erasing_ratio_max)));
        int width, height, x, y;

        if (!erase_size(side, share, aspect, &width, &height))
            continue;
        y = (int)rng_below(rng, (uint64_t)(side - height + 1));
        x = (int)rng_below(rng, (uint64_t)(side - width + 1));
        erase(image, side, x, y, width, height);
        return;
    }
}

const struct augmentation augmentation_random_erasing = {
    .name = "random_erasing",
    .summary = "a rectangle of the image is blank (Zhong et al. 2020)",
    .settings = settings,
    .on_values = random_erasing,
};
