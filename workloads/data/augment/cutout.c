/* Cutout (DeVries & Taylor 2017, arXiv 1708.04552). */
#include "augmentation.h"
#include "erase.h"

static const struct augment_setting settings[] = {
    {AUGMENT_FIELD_INT(cutout), RANGE_FROM(0, AUGMENT_MOST_PIXELS), .asks = true,
        .parameter = "length", .detail = true, .unit = "pixels",
        .help = "side of a square that is blank (DeVries & Taylor 2017); cutout's length"},
    {0},
};

static int clamp(int value, int most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

/* Around any pixel, and cut off at the edges. */
static void cutout(const struct augment_settings *given, struct rng *rng, int side, float *image)
{
    int half = given->cutout / 2;
    int y = (int)rng_below(rng, (uint64_t)side), x = (int)rng_below(rng, (uint64_t)side);
    int top = clamp(y - half, side), left = clamp(x - half, side);

    erase(image, side, left, top, clamp(x + half, side) - left, clamp(y + half, side) - top);
}

const struct augmentation augmentation_cutout = {
    .name = "cutout",
    .summary = "a square of the image is blank (DeVries & Taylor 2017)",
    .settings = settings,
    .on_values = cutout,
};
