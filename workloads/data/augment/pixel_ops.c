#include "pixel_ops.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const bool has_sign[] = {
#define PIXEL_OP(NAME, name, sign) sign,
#include "pixel_ops.def"
#undef PIXEL_OP
};

bool pixel_op_has_sign(enum pixel_op op)
{
    return has_sign[op];
}

/* torch.linspace(from, to, levels)[level], in floats from both ends as it computes them. */
static double between(double from, double to, int level, int levels)
{
    float step = ((float)to - (float)from) / (float)(levels - 1);

    return level < levels / 2 ? (float)from + step * (float)level
                              : (float)to - step * (float)(levels - 1 - level);
}

double pixel_op_magnitude(enum pixel_op op, int level, int levels, int width, int height)
{
    switch (op) {
    case PIXEL_OP_SHEAR_X:
    case PIXEL_OP_SHEAR_Y:
        return between(0, 0.3, level, levels);
    case PIXEL_OP_TRANSLATE_X:
        return trunc(between(0, 150.0 / 331.0 * width, level, levels));
    case PIXEL_OP_TRANSLATE_Y:
        return trunc(between(0, 150.0 / 331.0 * height, level, levels));
    case PIXEL_OP_ROTATE:
        return between(0, 30, level, levels);
    case PIXEL_OP_BRIGHTNESS:
    case PIXEL_OP_COLOR:
    case PIXEL_OP_CONTRAST:
    case PIXEL_OP_SHARPNESS:
        return between(0, 0.9, level, levels);
    case PIXEL_OP_POSTERIZE: /* in floats too, which decides where the quotient is a half */
        return 8 - nearbyintf((float)level / (float)((levels - 1) / 4.0));
    case PIXEL_OP_SOLARIZE:
        return between(255, 0, level, levels);
    default:
        return 0;
    }
}

static size_t bytes_of(const struct image *image)
{
    return (size_t)image->width * (size_t)image->height * 3;
}

/* ---- affine, nearest: Pillow's Geometry.c, in 16.16 fixed point ---- */

static int fixed(double v)
{
    return (int)floor(v * 65536 + 0.5);
}

/* Output (x, y) is input (a[0] x + a[1] y + a[2], a[3] x + a[4] y + a[5]), at centres of pixels. */
static int affine(const double a[6], struct image *image, struct image *spare, struct err *err)
{
    int step_x = fixed(a[0]), step_y = fixed(a[3]), row_x = fixed(a[2] + a[0] * 0.5 + a[1] * 0.5),
        row_y = fixed(a[5] + a[3] * 0.5 + a[4] * 0.5);
    int width = image->width, height = image->height;
    uint8_t *to;

    if (image_reserve(spare, width, height, err) < 0)
        return -1;
    to = spare->pixels;
    memset(to, 0, bytes_of(spare));
    for (int y = 0; y < height; y++, row_x += fixed(a[1]), row_y += fixed(a[4])) {
        int at_x = row_x, at_y = row_y;

        for (int x = 0; x < width; x++, to += 3, at_x += step_x, at_y += step_y) {
            int from_x = at_x >> 16, from_y = at_y >> 16;

            if (from_x >= 0 && from_x < width && from_y >= 0 && from_y < height)
                memcpy(
                    to, image->pixels + ((size_t)from_y * (size_t)width + (size_t)from_x) * 3, 3);
        }
    }
    memcpy(image->pixels, spare->pixels, bytes_of(image));
    return 0;
}

/* Python's round(x, 15). */
static double round_15(double x)
{
    return nearbyint(x * 1e15) / 1e15;
}

static int rotate(double degrees, struct image *image, struct image *spare, struct err *err)
{
    double angle, x = image->width / 2.0, y = image->height / 2.0, a[6] = {0};

    degrees = fmod(fmod(degrees, 360) + 360, 360);
    if (degrees == 0)
        return 0;
    angle = -(degrees * (M_PI / 180));
    a[0] = a[4] = round_15(cos(angle));
    a[1] = round_15(sin(angle));
    a[3] = round_15(-sin(angle));
    a[2] = a[0] * -x + a[1] * -y + x;
    a[5] = a[3] * -x + a[4] * -y + y;
    return affine(a, image, spare, err);
}

/* ---- blends: Pillow's ImageEnhance and Blend.c ---- */

static uint8_t blend(uint8_t from, uint8_t to, float factor)
{
    float value = (float)((int)from + factor * (float)((int)to - (int)from));

    return value <= 0 ? 0 : value >= 255 ? 255 : (uint8_t)value;
}

static uint8_t grey(const uint8_t *pixel)
{
    return (uint8_t)((pixel[0] * 19595 + pixel[1] * 38470 + pixel[2] * 7471 + 0x8000) >> 16);
}

static void brighten(float factor, struct image *image)
{
    for (size_t i = 0; i < bytes_of(image); i++)
        image->pixels[i] = blend(0, image->pixels[i], factor);
}

static void colour(float factor, struct image *image)
{
    for (size_t i = 0; i < bytes_of(image); i += 3) {
        uint8_t level = grey(image->pixels + i);

        for (size_t c = 0; c < 3; c++)
            image->pixels[i + c] = blend(level, image->pixels[i + c], factor);
    }
}

static void contrast(float factor, struct image *image)
{
    uint64_t sum = 0;
    uint8_t mean;

    for (size_t i = 0; i < bytes_of(image); i += 3)
        sum += grey(image->pixels + i);
    mean = (uint8_t)((double)sum / (double)(bytes_of(image) / 3) + 0.5);
    for (size_t i = 0; i < bytes_of(image); i++)
        image->pixels[i] = blend(mean, image->pixels[i], factor);
}

/* A 3 x 3 mean that counts the centre five times; the border stays. */
static int sharpen(float factor, struct image *image, struct image *spare, struct err *err)
{
    size_t row = (size_t)image->width * 3;

    if (image->width < 3 || image->height < 3)
        return 0;
    if (image_reserve(spare, image->width, image->height, err) < 0)
        return -1;
    memcpy(spare->pixels, image->pixels, bytes_of(image));
    for (int y = 1; y < image->height - 1; y++)
        for (size_t x = 3; x < row - 3; x++) {
            const uint8_t *at = spare->pixels + (size_t)y * row + x;
            int sum = 5 * at[0] + at[-3] + at[3];

            for (int k = -3; k <= 3; k += 3)
                sum += *(at + k - row) + *(at + k + row);
            image->pixels[(size_t)y * row + x] =
                blend((uint8_t)((2 * sum + 13) / 26), at[0], factor);
        }
    return 0;
}

/* ---- tables, one for each channel: Pillow's ImageOps ---- */

static void look_up(uint8_t tables[3][256], struct image *image)
{
    for (size_t i = 0; i < bytes_of(image); i += 3)
        for (size_t c = 0; c < 3; c++)
            image->pixels[i + c] = tables[c][image->pixels[i + c]];
}

static void count_levels(const struct image *image, int counts[3][256])
{
    memset(counts, 0, 3 * 256 * sizeof(int));
    for (size_t i = 0; i < bytes_of(image); i += 3)
        for (size_t c = 0; c < 3; c++)
            counts[c][image->pixels[i + c]]++;
}

static uint8_t simple(enum pixel_op op, double magnitude, int level)
{
    if (op == PIXEL_OP_POSTERIZE)
        return (uint8_t)(level & ~((1 << (8 - (int)magnitude)) - 1));
    if (op == PIXEL_OP_SOLARIZE && level < magnitude)
        return (uint8_t)level;
    return (uint8_t)(255 - level);
}

static void stretch(const int counts[256], uint8_t table[256])
{
    int low = 0, high = 255;
    double scale;

    while (low < 255 && counts[low] == 0)
        low++;
    while (high > 0 && counts[high] == 0)
        high--;
    scale = 255.0 / (high - low);
    for (int v = 0; v < 256; v++) {
        int value = high <= low ? v : (int)(v * scale + -low * scale);

        table[v] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
}

static void equalize(const int counts[256], uint8_t table[256])
{
    int all = 0, last = 0, levels = 0, step, n;

    for (int v = 0; v < 256; v++)
        if (counts[v]) {
            all += counts[v];
            last = counts[v];
            levels++;
        }
    step = (all - last) / 255;
    n = step / 2;
    for (int v = 0; v < 256; v++) {
        table[v] = (uint8_t)v;
        if (levels > 1 && step > 0)
            table[v] = (uint8_t)(n / step > 255 ? 255 : n / step);
        n += counts[v];
    }
}

static void by_table(enum pixel_op op, double magnitude, struct image *image)
{
    uint8_t tables[3][256];
    int counts[3][256];

    if (op == PIXEL_OP_AUTO_CONTRAST || op == PIXEL_OP_EQUALIZE)
        count_levels(image, counts);
    for (int c = 0; c < 3; c++) {
        if (op == PIXEL_OP_AUTO_CONTRAST)
            stretch(counts[c], tables[c]);
        else if (op == PIXEL_OP_EQUALIZE)
            equalize(counts[c], tables[c]);
        else
            for (int v = 0; v < 256; v++)
                tables[c][v] = simple(op, magnitude, v);
    }
    look_up(tables, image);
}

/* ---- hue: there and back through Pillow's HSV, all three of 8 bits (its Convert.c) ---- */

static int to_byte(int value)
{
    return value < 0 ? 0 : value > 255 ? 255 : value;
}

static void to_hsv(const uint8_t rgb[3], uint8_t hsv[3])
{
    int r = rgb[0], g = rgb[1], b = rgb[2];
    int most = r > g ? r : g, least = r < g ? r : g;
    float range, from_r, from_g, from_b, h;

    most = most > b ? most : b;
    least = least < b ? least : b;
    hsv[0] = hsv[1] = 0;
    hsv[2] = (uint8_t)most;
    if (most == least)
        return;
    range = (float)(most - least);
    from_r = (float)(most - r) / range;
    from_g = (float)(most - g) / range;
    from_b = (float)(most - b) / range;
    if (r == most)
        h = from_b - from_g;
    else if (g == most)
        h = (float)(2.0 + (double)from_r - (double)from_b);
    else
        h = (float)(4.0 + (double)from_g - (double)from_r);
    h = (float)fmod(h / 6.0 + 1.0, 1.0);
    hsv[0] = (uint8_t)to_byte((int)(h * 255.0));
    hsv[1] = (uint8_t)to_byte((int)((double)(range / (float)most) * 255.0));
}

static void to_rgb(const uint8_t hsv[3], uint8_t rgb[3])
{
    float h = hsv[0], s = (float)(hsv[1] / 255.0), v = hsv[2];
    int sector = (int)floor(h * 6.0 / 255.0);
    float f = (float)(h * 6.0 / 255.0 - (double)(float)sector);
    uint8_t whole = hsv[2], p = (uint8_t)to_byte((int)round(v * (1.0 - s))),
            q = (uint8_t)to_byte((int)round(v * (1.0 - (double)(s * f)))),
            t = (uint8_t)to_byte((int)round(v * (1.0 - s * (1.0 - f))));
    const uint8_t sectors[6][3] = {
        {whole, t, p}, {q, whole, p}, {p, whole, t}, {p, q, whole}, {t, p, whole}, {whole, p, q}};

    memcpy(rgb, hsv[1] ? sectors[sector % 6] : (const uint8_t[3]){whole, whole, whole}, 3);
}

static void turn_hue(double part, struct image *image)
{
    uint8_t shift = (uint8_t)(int)(part * 255), hsv[3];

    for (size_t i = 0; i < bytes_of(image); i += 3) {
        to_hsv(image->pixels + i, hsv);
        hsv[0] = (uint8_t)(hsv[0] + shift);
        to_rgb(hsv, image->pixels + i);
    }
}

int pixel_op_apply(
    enum pixel_op op, double magnitude, struct image *image, struct image *spare, struct err *err)
{
    float factor = (float)(1 + magnitude);

    switch (op) {
    case PIXEL_OP_SHEAR_X:
        return affine((double[6]){1, magnitude, 0, 0, 1, 0}, image, spare, err);
    case PIXEL_OP_SHEAR_Y:
        return affine((double[6]){1, 0, 0, magnitude, 1, 0}, image, spare, err);
    case PIXEL_OP_TRANSLATE_X:
        return affine((double[6]){1, 0, -trunc(magnitude), 0, 1, 0}, image, spare, err);
    case PIXEL_OP_TRANSLATE_Y:
        return affine((double[6]){1, 0, 0, 0, 1, -trunc(magnitude)}, image, spare, err);
    case PIXEL_OP_ROTATE:
        return rotate(magnitude, image, spare, err);
    case PIXEL_OP_BRIGHTNESS:
        brighten(factor, image);
        return 0;
    case PIXEL_OP_COLOR:
        colour(factor, image);
        return 0;
    case PIXEL_OP_CONTRAST:
        contrast(factor, image);
        return 0;
    case PIXEL_OP_SHARPNESS:
        return sharpen(factor, image, spare, err);
    case PIXEL_OP_HUE:
        turn_hue(magnitude, image);
        return 0;
    case PIXEL_OP_IDENTITY:
    case PIXEL_OP_COUNT:
        return 0;
    default:
        by_table(op, magnitude, image);
        return 0;
    }
}
