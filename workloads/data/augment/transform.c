#include "transform.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "crop_box.h"
#include "harness/system/cpu.h"
#include "policies.h"

#define PADDING_SHARE                                                                              \
    8 /* of the input, on each side of a random crop: 4 of 32, as for CIFAR (He et al. 2016) */

/* Of an image before its centre is cropped: further out it has one colour, and numbers stay exact. */
#define MAX_SIDE 1e9

#define ROW_SLACK 6 /* pixels of room behind a row, for stores that are wider than what they mean */

static bool has(const struct transform *transform, enum augment augment)
{
    return (transform->augment & AUGMENT_BIT(augment)) != 0;
}

void transform_scratch_release(struct transform_scratch *scratch)
{
    image_release(&scratch->resized);
    image_release(&scratch->cropped);
    image_release(&scratch->padded);
    image_release(&scratch->row);
    image_release(&scratch->changed);
    image_release(&scratch->spare);
}

/* Does a fast version give the bits of the table, for every value of every channel? */
static bool is_exact(floats_function *function, const struct normalisation *norm)
{
    uint8_t pixels[256 * 3], row[256 * 3 + 16];
    const struct image image = {.width = 256, .height = 1, .pixels = pixels};
    float floats[256 * 3];

    if (!function || strcmp(cpu_isa(), "reference") == 0)
        return false;
    for (int i = 0; i < 256 * 3; i++)
        pixels[i] = (uint8_t)(i / 3);
    function(norm, &image, false, row, floats);
    for (int i = 0; i < 256 * 3; i++)
        if (memcmp(&floats[i], &norm->value[i % 3][i / 3], sizeof(float)) != 0)
            return false;
    return true;
}

void transform_init(struct transform *transform, const struct data_config *config, int input,
    unsigned augment, bool training)
{
    *transform = (struct transform){
        .input = input,
        .augment = training ? augment : 0,
        .resize = config->resize,
        .scaled_decode = config->scaled_decode,
        .crop_ratio = training ? 1 : config->crop_ratio,
    };
    for (int c = 0; c < 3; c++) {
        transform->norm.mean[c] = (float)config->mean[c];
        transform->norm.std[c] = (float)config->std[c];
        for (int v = 0; v < 256; v++)
            transform->norm.value[c][v] =
                ((float)v / 255.0f - transform->norm.mean[c]) / transform->norm.std[c];
    }
    transform->to_floats =
        is_exact(to_floats_avx2, &transform->norm) ? to_floats_avx2 : to_floats_reference;
}

/* ---- the same every time ---- */

/* The part of `from` that begins at (x, y), which may lie outside; there it is black. */
static int crop(const struct image *from, int x, int y, int side, struct image *to, struct err *err)
{
    int low = x < 0 ? -x : 0, high = from->width - x < side ? from->width - x : side;

    if (image_reserve(to, side, side, err) < 0)
        return -1;
    for (int row = 0; row < side; row++) {
        uint8_t *target = to->pixels + (size_t)row * (size_t)side * 3;
        int source = y + row;

        if (low > 0 || high < side || source < 0 || source >= from->height)
            memset(target, 0, (size_t)side * 3);
        if (source >= 0 && source < from->height && high > low)
            memcpy(target + (size_t)low * 3,
                from->pixels + ((size_t)source * (size_t)from->width + (size_t)(x + low)) * 3,
                (size_t)(high - low) * 3);
    }
    return 0;
}

/* Half of a difference, to the nearest and .5 to even, as Python rounds in torchvision's
 * CenterCrop. */
static int64_t half(int64_t difference)
{
    return (int64_t)nearbyint((double)difference / 2);
}

/* Shorter side to `side`, the longer to a whole number that is cut off, as in torchvision's Resize;
 * the centre of that is all that is made, however long the image is. */
static int resize_and_crop(const struct transform *transform, const struct image *from,
    int64_t side, struct image *to, struct err *err)
{
    bool wide = from->width > from->height;
    int shorter = wide ? from->height : from->width, longer = wide ? from->width : from->height;
    int64_t other = side * longer / shorter;
    struct resize resize = {
        .crop = {0, 0, from->width, from->height},
        .width = wide ? other : side,
        .height = wide ? side : other,
        .part_width = transform->input,
        .part_height = transform->input,
    };

    resize.x = half(resize.width - transform->input);
    resize.y = half(resize.height - transform->input);
    return image_resize_part(from, transform->resize, &resize, to, err);
}

/* Pixels of the shorter side before the centre is cropped. */
static int64_t side_before_crop(const struct transform *transform)
{
    return (int64_t)fmin(floor(transform->input / transform->crop_ratio + 1e-9), MAX_SIDE);
}

/* Random crops are parts of an image, so twice as much is wanted of the whole. */
int transform_wanted_side(const struct transform *transform)
{
    int64_t side = has(transform, AUGMENT_INDEX_RANDOM_RESIZED_CROP) ? 2 * (int64_t)transform->input
                                                                     : side_before_crop(transform);

    if (!transform->scaled_decode)
        return 0;
    return side < IMAGE_MAX_SIDE ? (int)side : IMAGE_MAX_SIDE;
}

int transform_prepare(const struct transform *transform, const struct image *decoded,
    struct transform_scratch *scratch, const struct image **prepared, struct err *err)
{
    int input = transform->input, width = decoded->width, height = decoded->height;
    int64_t side = side_before_crop(transform);
    int shorter = decoded->width < decoded->height ? decoded->width : decoded->height;

    *prepared = decoded;
    if (has(transform, AUGMENT_INDEX_RANDOM_RESIZED_CROP))
        return 0;
    if (shorter == side && width == input && height == input)
        return 0;
    *prepared = &scratch->cropped;
    if (shorter != side)
        return resize_and_crop(transform, decoded, side, &scratch->cropped, err);
    return crop(decoded, (int)half(width - input), (int)half(height - input), input,
        &scratch->cropped, err);
}

/* ---- random ---- */

static int resized_crop(const struct transform *transform, const struct image *from,
    struct rng *rng, struct image *to, struct err *err)
{
    struct resize resize = {
        .width = transform->input,
        .height = transform->input,
        .part_width = transform->input,
        .part_height = transform->input,
    };

    crop_box_draw(&transform->settings, from->width, from->height, rng, &resize.crop);
    return image_resize_part(from, transform->resize, &resize, to, err);
}

static int padded_crop(const struct transform *transform, const struct image *from, struct rng *rng,
    struct image *to, struct err *err)
{
    int given = transform->settings.crop_padding;
    int padding = given > 0 ? given : transform->input / PADDING_SHARE;
    int x = (int)rng_below(rng, (uint64_t)(2 * padding + 1)) - padding;
    int y = (int)rng_below(rng, (uint64_t)(2 * padding + 1)) - padding;

    return crop(from, x, y, transform->input, to, err);
}

void to_floats_reference(const struct normalisation *norm, const struct image *image, bool mirrored,
    uint8_t *row, float *to)
{
    size_t width = (size_t)image->width;

    (void)row;
    for (size_t y = 0; y < (size_t)image->height; y++)
        for (size_t x = 0; x < width; x++, to += 3) {
            const uint8_t *pixel = image->pixels + (y * width + (mirrored ? width - 1 - x : x)) * 3;

            for (int c = 0; c < 3; c++)
                to[c] = norm->value[c][pixel[c]];
        }
}

static bool flips(double probability, struct rng *rng)
{
    return probability > 0 ? rng_uniform(rng) < probability : rng_below(rng, 2) == 1;
}

/* A copy that may be changed, mirrored or not. */
static int copy(const struct image *from, bool mirrored, struct image *to, struct err *err)
{
    size_t width = (size_t)from->width;

    if (image_reserve(to, from->width, from->height, err) < 0)
        return -1;
    if (!mirrored) {
        memcpy(to->pixels, from->pixels, width * (size_t)from->height * 3);
        return 0;
    }
    for (size_t y = 0; y < (size_t)from->height; y++)
        for (size_t x = 0; x < width; x++)
            memcpy(to->pixels + (y * width + x) * 3, from->pixels + (y * width + width - 1 - x) * 3,
                3);
    return 0;
}

static bool jitters(const struct augment_settings *settings)
{
    return settings->color_jitter > 0 || settings->jitter_brightness > 0 ||
           settings->jitter_contrast > 0 || settings->jitter_saturation > 0 ||
           settings->jitter_hue > 0;
}

static bool changes_pixels(const struct augment_settings *settings)
{
    return settings->auto_augment != AUTO_AUGMENT_NONE || settings->rand_augment > 0 ||
           jitters(settings);
}

static int change_pixels(const struct augment_settings *settings, struct rng *rng,
    struct transform_scratch *scratch, struct err *err)
{
    struct image *image = &scratch->changed, *spare = &scratch->spare;

    if (settings->auto_augment != AUTO_AUGMENT_NONE &&
        auto_augment(settings->auto_augment, rng, image, spare, err) < 0)
        return -1;
    if (settings->rand_augment > 0 && rand_augment(settings->rand_augment_layers,
                                          settings->rand_augment, rng, image, spare, err) < 0)
        return -1;
    if (jitters(settings) && color_jitter(settings, rng, image, spare, err) < 0)
        return -1;
    return 0;
}

int transform_finish(const struct transform *transform, const struct image *prepared,
    struct rng *rng, struct transform_scratch *scratch, float *to, struct err *err)
{
    const struct image *image = prepared;
    bool mirrored;

    if (has(transform, AUGMENT_INDEX_RANDOM_RESIZED_CROP)) {
        if (resized_crop(transform, image, rng, &scratch->resized, err) < 0)
            return -1;
        image = &scratch->resized;
    }
    if (has(transform, AUGMENT_INDEX_RANDOM_CROP)) {
        if (padded_crop(transform, image, rng, &scratch->padded, err) < 0)
            return -1;
        image = &scratch->padded;
    }
    mirrored = has(transform, AUGMENT_INDEX_HORIZONTAL_FLIP) &&
               flips(transform->settings.flip_probability, rng);
    if (changes_pixels(&transform->settings)) {
        if (copy(image, mirrored, &scratch->changed, err) < 0 ||
            change_pixels(&transform->settings, rng, scratch, err) < 0)
            return -1;
        image = &scratch->changed;
        mirrored = false;
    }
    if (image_reserve(&scratch->row, image->width + ROW_SLACK, 1, err) < 0)
        return -1;
    transform->to_floats(&transform->norm, image, mirrored, scratch->row.pixels, to);
    if (transform->settings.random_erasing > 0)
        random_erasing(&transform->settings, rng, transform->input, to);
    if (transform->settings.cutout > 0)
        cutout(transform->settings.cutout, rng, transform->input, to);
    return 0;
}

void transform_to_pixels(const struct normalisation *norm, const float *values, struct image *image)
{
    int n = image->width * image->height * 3;

    for (int i = 0; i < n; i++) {
        float value = (values[i] * norm->std[i % 3] + norm->mean[i % 3]) * 255;

        image->pixels[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : lroundf(value));
    }
}
