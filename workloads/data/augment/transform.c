/* From a decoded image to a network's input, with the augmentations that are asked for. */
#include "transform.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "crop.h"
#include "harness/system/cpu.h"

/* Of an image before its centre is cropped: further out it has one colour, and numbers stay exact. */
#define MAX_SIDE 1e9

#define ROW_SLACK 6 /* pixels of room behind a row, for stores that are wider than what they mean */

void transform_scratch_release(struct transform_scratch *scratch)
{
    image_release(&scratch->prepared);
    image_release(&scratch->crops[0]);
    image_release(&scratch->crops[1]);
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

static void find_active(struct transform *transform, unsigned augment)
{
    int n = 0;

    for (const struct augmentation *const *one = augmentations(); *one; one++) {
        if (!augmentation_is_on(*one, augment, &transform->settings))
            continue;
        transform->active[n++] = *one;
        transform->of_decoded = transform->of_decoded || (*one)->of_decoded;
        transform->on_pixels = transform->on_pixels || (*one)->on_pixels;
    }
}

static void init(
    struct transform *transform, const struct data_config *config, int input, double crop_ratio)
{
    *transform = (struct transform){
        .target = {.input = input, .resize = config->resize},
        .scaled_decode = config->scaled_decode,
        .crop_ratio = crop_ratio,
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

void transform_init(struct transform *transform, const struct data_config *config, int input)
{
    init(transform, config, input, config->crop_ratio);
}

void transform_init_training(struct transform *transform, const struct data_config *config,
    int input, unsigned augment, const struct augment_settings *settings)
{
    init(transform, config, input, 1);
    if (settings)
        transform->settings = *settings;
    find_active(transform, augment);
}

/* ---- the same every time ---- */

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
        .part_width = transform->target.input,
        .part_height = transform->target.input,
    };

    resize.x = half(resize.width - transform->target.input);
    resize.y = half(resize.height - transform->target.input);
    return image_resize_part(from, transform->target.resize, &resize, to, err);
}

/* Pixels of the shorter side before the centre is cropped. */
static int64_t side_before_crop(const struct transform *transform)
{
    return (int64_t)fmin(floor(transform->target.input / transform->crop_ratio + 1e-9), MAX_SIDE);
}

/* Random crops are parts of an image, so twice as much is wanted of the whole. */
int transform_wanted_side(const struct transform *transform)
{
    int64_t side =
        transform->of_decoded ? 2 * (int64_t)transform->target.input : side_before_crop(transform);

    if (!transform->scaled_decode)
        return 0;
    return side < IMAGE_MAX_SIDE ? (int)side : IMAGE_MAX_SIDE;
}

int transform_prepare(const struct transform *transform, const struct image *decoded,
    struct transform_scratch *scratch, const struct image **prepared, struct err *err)
{
    int input = transform->target.input, width = decoded->width, height = decoded->height;
    int64_t side = side_before_crop(transform);
    int shorter = decoded->width < decoded->height ? decoded->width : decoded->height;

    *prepared = decoded;
    if (transform->of_decoded)
        return 0;
    if (shorter == side && width == input && height == input)
        return 0;
    *prepared = &scratch->prepared;
    if (shorter != side)
        return resize_and_crop(transform, decoded, side, &scratch->prepared, err);
    return crop(decoded, (int)half(width - input), (int)half(height - input), input,
        &scratch->prepared, err);
}

/* ---- random ---- */

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

/* One crop after the other; *image becomes the last. */
static int apply_crops(const struct transform *transform, struct rng *rng,
    struct transform_scratch *scratch, const struct image **image, struct err *err)
{
    int n = 0;

    for (const struct augmentation *const *one = transform->active; *one; one++) {
        struct image *to = &scratch->crops[n % 2];

        if (!(*one)->crops)
            continue;
        if ((*one)->crops(&transform->target, &transform->settings, *image, rng, to, err) < 0)
            return -1;
        *image = to;
        n++;
    }
    return 0;
}

static bool is_mirrored(const struct transform *transform, struct rng *rng)
{
    bool mirrored = false;

    for (const struct augmentation *const *one = transform->active; *one; one++)
        if ((*one)->mirrors && (*one)->mirrors(&transform->settings, rng))
            mirrored = !mirrored;
    return mirrored;
}

static int change_pixels(const struct transform *transform, struct rng *rng,
    struct transform_scratch *scratch, struct err *err)
{
    for (const struct augmentation *const *one = transform->active; *one; one++)
        if ((*one)->on_pixels && (*one)->on_pixels(&transform->settings, rng, &scratch->changed,
                                     &scratch->spare, err) < 0)
            return -1;
    return 0;
}

int transform_finish(const struct transform *transform, const struct image *prepared,
    struct rng *rng, struct transform_scratch *scratch, float *to, struct err *err)
{
    const struct image *image = prepared;
    bool mirrored;

    if (apply_crops(transform, rng, scratch, &image, err) < 0)
        return -1;
    mirrored = is_mirrored(transform, rng);
    if (transform->on_pixels) {
        if (copy(image, mirrored, &scratch->changed, err) < 0 ||
            change_pixels(transform, rng, scratch, err) < 0)
            return -1;
        image = &scratch->changed;
        mirrored = false;
    }
    if (image_reserve(&scratch->row, image->width + ROW_SLACK, 1, err) < 0)
        return -1;
    transform->to_floats(&transform->norm, image, mirrored, scratch->row.pixels, to);
    for (const struct augmentation *const *one = transform->active; *one; one++)
        if ((*one)->on_values)
            (*one)->on_values(&transform->settings, rng, transform->target.input, to);
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
