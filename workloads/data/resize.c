/*
 * Resizing as Pillow does it (src/libImaging/Resample.c), to the bit: a filter that widens with the
 * scale when an image shrinks, coefficients in fixed point, rows first and then columns, each rounded
 * to 8 bits.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/cpu.h"
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

/* One window of the input range [start, start + length) of `size` pixels, seen through `n` outputs.
 */
static void fill_window(struct windows *windows, const struct filter *filter, int i, int size,
    double start, double scale, double *weights)
{
    double spread = scale < 1 ? 1 : scale, centre = start + (i + 0.5) * scale, sum = 0;
    double support = filter->support * spread;
    int low = (int)(centre - support + 0.5), high = (int)(centre + support + 0.5), count;

    low = low < 0 ? 0 : low;
    high = high > size ? size : high;
    count = high - low;
    for (int x = 0; x < count; x++) {
        weights[x] = filter->weight((x + low - centre + 0.5) * (1 / spread));
        sum += weights[x];
    }
    windows->first[i] = low;
    windows->count[i] = count;
    for (int x = 0; x < count; x++) {
        double weight = sum != 0 ? weights[x] * (1 / sum) : weights[x];

        windows->weights[(size_t)i * (size_t)windows->taps + (size_t)x] =
            (int32_t)(weight * (1 << PRECISION_BITS) + (weight < 0 ? -0.5 : 0.5));
    }
}

static int windows_init(struct windows *windows, const struct filter *filter, int size,
    double start, double length, int n, struct err *err)
{
    double scale = length / n, spread = scale < 1 ? 1 : scale, *weights;

    windows->n = n;
    windows->taps = (int)ceil(filter->support * spread) * 2 + 1;
    windows->first = calloc((size_t)n, sizeof(*windows->first));
    windows->count = calloc((size_t)n, sizeof(*windows->count));
    windows->weights = calloc((size_t)n * (size_t)windows->taps, sizeof(*windows->weights));
    weights = calloc((size_t)windows->taps, sizeof(*weights));
    if (windows->first && windows->count && windows->weights && weights)
        for (int i = 0; i < n; i++)
            fill_window(windows, filter, i, size, start, scale, weights);
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

int image_resize(const struct image *from, enum resize_filter kind, double x, double y,
    double width, double height, int to_width, int to_height, struct image *to, struct err *err)
{
    const struct filter *filter = &filters[kind];
    struct windows columns = {0}, rows = {0};
    uint8_t *between = NULL;
    int first_row, n_rows, result = -1;

    if (!(x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= from->width &&
            y + height <= from->height))
        return err_set(err, ERR_BUG, "a box of %g x %g at %g, %g outside of an image of %d x %d",
            width, height, x, y, from->width, from->height);
    if (image_reserve(to, to_width, to_height, err) < 0 ||
        windows_init(&columns, filter, from->width, x, width, to_width, err) < 0 ||
        windows_init(&rows, filter, from->height, y, height, to_height, err) < 0)
        goto done;
    first_row = rows.first[0];
    n_rows = rows.first[to_height - 1] + rows.count[to_height - 1] - first_row;
    between = malloc((size_t)n_rows * (size_t)to_width * 3);
    if (!between) {
        err_set(err, ERR_MEMORY, "no memory to resize an image");
        goto done;
    }
    passes()->rows(from, first_row, n_rows, &columns, between);
    passes()->columns(between, first_row, to_width, &rows, to->pixels);
    result = 0;
done:
    free(between);
    windows_free(&columns);
    windows_free(&rows);
    return result;
}
