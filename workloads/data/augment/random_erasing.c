/* Random erasing (Zhong et al. 2020, arXiv 1708.04896) with torchvision's numbers, 2 to 33 % of the area and aspect 0.3
 * to 3.3 unless told otherwise, and Cutout (DeVries & Taylor 2017, arXiv 1708.04552). Both fill with 0, the mean of the
 * set. */
#include "policies.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

bool erasing_size(int side, double share, double aspect, int *width, int *height)
{
    double area = (double)side * side * share;

    *height = (int)lround(sqrt(area * aspect));
    *width = (int)lround(sqrt(area / aspect));
    return *height < side && *width < side;
}

void erase(float *image, int side, int x, int y, int width, int height)
{
    for (int row = y; row < y + height; row++)
        memset(image + ((size_t)row * (size_t)side + (size_t)x) * 3, 0,
            (size_t)width * 3 * sizeof(*image));
}

void random_erasing(
    const struct augment_settings *settings, struct rng *rng, int side, float *image)
{
    struct augment_settings all = augment_settings_resolve(settings);

    if (rng_uniform(rng) >= all.random_erasing)
        return;
    for (int attempt = 0; attempt < 10; attempt++) {
        double share = rng_between(rng, all.erasing_scale_min, all.erasing_scale_max);
        double aspect =
            exp(rng_between(rng, log(all.erasing_ratio_min), log(all.erasing_ratio_max)));
        int width, height, x, y;

        if (!erasing_size(side, share, aspect, &width, &height))
            continue;
        y = (int)rng_below(rng, (uint64_t)(side - height + 1));
        x = (int)rng_below(rng, (uint64_t)(side - width + 1));
        erase(image, side, x, y, width, height);
        return;
    }
}

static int clamp(int value, int most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

void cutout(int length, struct rng *rng, int side, float *image)
{
    int y = (int)rng_below(rng, (uint64_t)side), x = (int)rng_below(rng, (uint64_t)side);
    int top = clamp(y - length / 2, side), left = clamp(x - length / 2, side);

    erase(image, side, left, top, clamp(x + length / 2, side) - left,
        clamp(y + length / 2, side) - top);
}
