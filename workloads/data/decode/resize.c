/*
 * Resizing as Pillow does it (src/libImaging/Resample.c), to the bit: a filter that widens with the
 * scale when an image shrinks, coefficients in fixed point, rows first and then columns, each rounded
 * to 8 bits.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/system/cpu.h"
#include "resize_private.h"

static void windows_free(struct windows *windows)
{
    free(windows->first);
    free(windows->count);
    free(windows->weights);
}

static double triangle(double x)
{
    x = fabs(x);
    return x < 1 ? 1 - x : 0;
}

/* Keys 1981 with a = -0.5. */
static double cubic(double x)
{
    const double a = -0.5;

    x = fabs(x);
    if (x < 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

static const struct filter {
    double (*weight)(double x);
    double support; /* it is 0 from there on */
} filters[] = {
    [RESIZE_BILINEAR] = {triangle, 1},
    [RESIZE_BICUBIC] = {cubic, 2},
};

/* One direction: `length` inputs from `start` become `whole` outputs, n of which are made, from the
 * one of number `first` on. */
struct span {
    int start, length;
    int64_t whole, first;
    int n;
};

/* The window of output i; the inputs at the span's ends are the last that it sees. */
static void fill_window(struct windows *windows, const struct filter *filter, int i,
    const struct span *span, double *weights)
{
    double scale = (double)span->length / (double)span->whole, spread = scale < 1 ? 1 : scale;
    double centre = ((double)(i + span->first) + 0.5) * scale, sum = 0;
    double support = filter->support * spread;
    int low = (int)(centre - support + 0.5), high = (int)(centre + support + 0.5), count;

    low = low < 0 ? 0 : low;
    high = high > span->length ? span->length : high;
    count = high - low;
    for (int x = 0; x < count; x++) {
        weights[x] = filter->weight((x + low - centre + 0.5) * (1 / spread));
        sum += weights[x];
    }
    windows->first[i] = span->start + low;
    windows->count[i] = count;
    for (int x = 0; x < count; x++) {
        double weight = sum != 0 ? weights[x] * (1 / sum) : weights[x];

        windows->weights[(size_t)i * (size_t)windows->taps + (size_t)x] =
            (int32_t)(weight * (1 << PRECISION_BITS) + (weight < 0 ? -0.5 : 0.5));
    }
}

static int windows_init(
    struct windows *windows, const struct filter *filter, const struct span *span, struct err *err)
{
    double scale = (double)span->length / (double)span->whole, spread = scale < 1 ? 1 : scale;
    size_t n = (size_t)span->n;
    double *weights;

    windows->n = span->n;
    windows->taps = (int)ceil(filter->support * spread) * 2 + 1;
    windows->first = calloc(n, sizeof(*windows->first));
    windows->count = calloc(n, sizeof(*windows->count));
    windows->weights = calloc(n * (size_t)windows->taps, sizeof(*windows->weights));
    weights = calloc((size_t)windows->taps, sizeof(*weights));
    if (windows->first && windows->count && windows->weights && weights)
        for (int i = 0; i < span->n; i++)
            fill_window(windows, filter, i, span, weights);
    free(weights);
    if (!windows->first || !windows->count || !windows->weights || !weights)
        return err_set(err, ERR_MEMORY, "no memory to resize an image");
    return 0;
}

static uint8_t round_8(int32_t sum)
{
    int32_t value = sum >> PRECISION_BITS;

    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* One output pixel: inputs `stride` bytes apart. */
static void weigh(
    const uint8_t *from, size_t stride, const int32_t *weights, int count, uint8_t *to)
{
    int32_t r = 1 << (PRECISION_BITS - 1), g = r, b = r;

    for (int k = 0; k < count; k++, from += stride) {
        r += from[0] * weights[k];
        g += from[1] * weights[k];
        b += from[2] * weights[k];
    }
    to[0] = round_8(r);
    to[1] = round_8(g);
    to[2] = round_8(b);
}

/* Rows first_row .. first_row + rows of `from`, to columns of `windows`. */
static void resize_rows(
    const struct image *from, int first_row, int rows, const struct windows *windows, uint8_t *to)
{
    size_t width = (size_t)from->width;

    for (int y = 0; y < rows; y++) {
        const uint8_t *row = from->pixels + (size_t)(first_row + y) * width * 3;

        for (int x = 0; x < windows->n; x++, to += 3)
            weigh(row + (size_t)windows->first[x] * 3, 3,
                windows->weights + (size_t)x * (size_t)windows->taps, windows->count[x], to);
    }
}

/* `from` begins at row first_row of the image. */
static void resize_columns(
    const uint8_t *from, int first_row, int width, const struct windows *windows, uint8_t *to)
{
    size_t stride = (size_t)width * 3;

    for (int y = 0; y < windows->n; y++)
        for (int x = 0; x < width; x++, to += 3)
            weigh(from + (size_t)(windows->first[y] - first_row) * stride + (size_t)x * 3, stride,
                windows->weights + (size_t)y * (size_t)windows->taps, windows->count[y], to);
}

const struct resize_passes resize_reference = {resize_rows, resize_columns};

static const struct resize_passes *passes(void)
{
    return resize_avx2 && strcmp(cpu_isa(), "reference") != 0 ? resize_avx2 : &resize_reference;
}

static bool is_possible(const struct image *from, const struct resize *resize)
{
    const struct box *crop = &resize->crop;

    return crop->x >= 0 && crop->y >= 0 && crop->width > 0 && crop->height > 0 &&
           crop->x + crop->width <= from->width && crop->y + crop->height <= from->height &&
           resize->x >= 0 && resize->y >= 0 && resize->x + resize->part_width <= resize->width &&
           resize->y + resize->part_height <= resize->height;
}

int image_resize_part(const struct image *from, enum resize_filter kind,
    const struct resize *resize, struct image *to, struct err *err)
{
    const struct box *crop = &resize->crop;
    const struct span across = {crop->x, crop->width, resize->width, resize->x, resize->part_width};
    const struct span down = {
        crop->y, crop->height, resize->height, resize->y, resize->part_height};
    struct windows columns = {0}, rows = {0};
    uint8_t *between = NULL;
    int first_row, n_rows, result = -1;

    if (!is_possible(from, resize))
        return err_set(err, ERR_BUG, "a box of %d x %d at %d, %d outside of an image of %d x %d",
            crop->width, crop->height, crop->x, crop->y, from->width, from->height);
    if (image_reserve(to, across.n, down.n, err) < 0 ||
        windows_init(&columns, &filters[kind], &across, err) < 0 ||
        windows_init(&rows, &filters[kind], &down, err) < 0)
        goto done;
    first_row = rows.first[0];
    n_rows = rows.first[down.n - 1] + rows.count[down.n - 1] - first_row;
    between = malloc((size_t)n_rows * (size_t)across.n * 3);
    if (!between) {
        err_set(err, ERR_MEMORY, "no memory to resize an image");
        goto done;
    }
    passes()->rows(from, first_row, n_rows, &columns, between);
    passes()->columns(between, first_row, across.n, &rows, to->pixels);
    result = 0;
done:
    free(between);
    windows_free(&columns);
    windows_free(&rows);
    return result;
}

int image_resize(const struct image *from, enum resize_filter filter, int width, int height,
    struct image *to, struct err *err)
{
    const struct resize whole = {
        .crop = {0, 0, from->width, from->height},
        .width = width,
        .height = height,
        .part_width = width,
        .part_height = height,
    };

    return image_resize_part(from, filter, &whole, to, err);
}
