/* Colour jitter as torchvision's ColorJitter, on Pillow's images. */
#include "augmentation.h"
#include "pixel_ops.h"

static const struct augment_setting settings[] = {
    {AUGMENT_FIELD_REAL(color_jitter), RANGE_FROM(0, 10), .asks = true,
        .help = "brightness, contrast, saturation by factors of up to 1 +- this"},
    {AUGMENT_FIELD_REAL(jitter_brightness), RANGE_ABOVE(0, 10), .asks = true,
        .parameter = "brightness", .detail = true,
        .help = "by a factor of up to 1 +- this, in place of color_jitter's"},
    {AUGMENT_FIELD_REAL(jitter_contrast), RANGE_ABOVE(0, 10), .asks = true, .parameter = "contrast",
        .detail = true, .help = "by a factor of up to 1 +- this, in place of color_jitter's"},
    {AUGMENT_FIELD_REAL(jitter_saturation), RANGE_ABOVE(0, 10), .asks = true,
        .parameter = "saturation", .detail = true,
        .help = "by a factor of up to 1 +- this, in place of color_jitter's"},
    {AUGMENT_FIELD_REAL(jitter_hue), RANGE_FROM(0, 0.5), .asks = true, .parameter = "hue",
        .detail = true, .help = "hue moves by up to +- this, 1 being once around"},
    {0},
};

static double strength_of(double own, double common)
{
    return own > 0 ? own : common;
}

/* Brightness, contrast, saturation and hue, in random order. */
static int color_jitter(const struct augment_settings *given, struct rng *rng, struct image *image,
    struct image *spare, struct err *err)
{
    static const enum pixel_op ops[3] = {PIXEL_OP_BRIGHTNESS, PIXEL_OP_CONTRAST, PIXEL_OP_COLOR};
    const double strengths[3] = {
        strength_of(given->jitter_brightness, given->color_jitter),
        strength_of(given->jitter_contrast, given->color_jitter),
        strength_of(given->jitter_saturation, given->color_jitter),
    };
    double hue = given->jitter_hue;
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

/* Three equal strengths become one. */
static void settle(struct augment_settings *given)
{
    double strength = given->jitter_brightness;

    if (strength > 0 && given->jitter_contrast == strength &&
        given->jitter_saturation == strength) {
        given->color_jitter = strength;
        given->jitter_brightness = given->jitter_contrast = given->jitter_saturation = 0;
    }
}

const struct augmentation augmentation_color_jitter = {
    .name = "color_jitter",
    .summary = "brightness, contrast, saturation and hue change at random",
    .settings = settings,
    .on_pixels = color_jitter,
    .settle = settle,
};
