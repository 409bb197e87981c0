/* Colour jitter as torchvision's ColorJitter, on Pillow's images. */
#include "policies.h"

static double strength_of(double own, double common)
{
    return own > 0 ? own : common;
}

int color_jitter(const struct augment_settings *settings, struct rng *rng, struct image *image,
    struct image *spare, struct err *err)
{
    static const enum pixel_op ops[3] = {PIXEL_OP_BRIGHTNESS, PIXEL_OP_CONTRAST, PIXEL_OP_COLOR};
    const double strengths[3] = {
        strength_of(settings->jitter_brightness, settings->color_jitter),
        strength_of(settings->jitter_contrast, settings->color_jitter),
        strength_of(settings->jitter_saturation, settings->color_jitter),
    };
    double hue = settings->jitter_hue;
    uint32_t order[4] = {0, 1, 2, 3};
    size_t n = hue > 0 ? 4 : 3;

    rng_shuffle(rng, order, n);
    for (size_t i = 0; i < n; i++) {
        enum pixel_op op = order[i] < 3 ? ops[order[i]] : PIXEL_OP_HUE;
        double strength = order[i] < 3 ? strengths[order[i]] : 0, magnitude;

        if (op == PIXEL_OP_HUE)
            magnitude = rng_between(rng, -hue, hue);
        else
            magnitude = rng_between(rng, strength < 1 ? 1 - strength : 0, 1 + strength) - 1;
        if (pixel_op_apply(op, magnitude, image, spare, err) < 0)
            return -1;
    }
    return 0;
}
