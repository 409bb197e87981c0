/*
 * Sums over rows, for each channel. A panel of up to four vectors of channels is summed down all
 * rows in registers, two rows at a time, so that additions do not wait for one another.
 */
#include "fold.h"

/* What is added up of a row. */
enum summed {
    SUM_X,        /* x */
    SUM_PRODUCT,  /* x y */
    SUM_SQUARES,  /* x - m, and (x - m)^2 */
    SUM_GRADIENT, /* y, and y (x - m) */
};

INLINE void sum_vector(
    enum summed what, const float *x, const float *y, vf m, vf *first, vf *second, int l)
{
    vf v = vload(x, l), w;

    switch (what) {
    case SUM_X:
        *first += v;
        break;
    case SUM_PRODUCT:
        *first = vfma(v, vload(y, l), *first);
        break;
    case SUM_SQUARES:
        v -= m;
        *first += v;
        *second = vfma(v, v, *second);
        break;
    case SUM_GRADIENT:
        w = vload(y, l);
        *first += w;
        *second = vfma(w, v - m, *second);
        break;
    }
}

/* `vectors` vectors of channels down rows that are `pitch` apart; only a single one may have l < VL
 * lanes. */
INLINE void sum_panel(enum summed what, int64_t rows, int pitch, const float *x, const float *y,
    const float *mean, float *first, float *second, int vectors, int l)
{
    vf a[8], b[8], m[4];
    int64_t row = 0;

    UNROLL
    for (int v = 0; v < vectors; v++) {
        a[v] = a[v + 4] = b[v] = b[v + 4] = vset(0.0f);
        m[v] = what == SUM_SQUARES || what == SUM_GRADIENT ? vload(mean + v * VL, l) : vset(0.0f);
    }
    for (; row + 2 <= rows; row += 2)
        UNROLL
    for (int v = 0; v < vectors; v++) {
        int64_t at = row * pitch + v * VL;

        sum_vector(what, x + at, y + at, m[v], &a[v], &b[v], l);
        sum_vector(what, x + at + pitch, y + at + pitch, m[v], &a[v + 4], &b[v + 4], l);
    }
    UNROLL
    for (int v = 0; v < vectors && row < rows; v++)
        sum_vector(what, x + row * pitch + v * VL, y + row * pitch + v * VL, m[v], &a[v], &b[v], l);
    UNROLL
    for (int v = 0; v < vectors; v++) {
        vstore(first + v * VL, a[v] + a[v + 4], l);
        vstore(second + v * VL, b[v] + b[v + 4], l);
    }
}

INLINE void sum_width(enum summed what, int64_t rows, int pitch, int width, const float *x,
    const float *y, const float *mean, float *first, float *second)
{
    int j = 0;

    for (; j + 4 * VL <= width; j += 4 * VL)
        sum_panel(what, rows, pitch, x + j, y + j, mean + j, first + j, second + j, 4, VL);
    for (; j + VL <= width; j += VL)
        sum_panel(what, rows, pitch, x + j, y + j, mean + j, first + j, second + j, 1, VL);
    if (j < width)
        sum_panel(what, rows, pitch, x + j, y + j, mean + j, first + j, second + j, 1, width - j);
}

/*
 * Sums of the channels from c0 on, as many as fit: returns how many; mean is of these channels. y and
 * mean are any array of the same size where they are not used.
 */
INLINE int sum_channels(enum summed what, int64_t rows, int c, int c0, const float *x,
    const float *y, const float *mean, float first[MAX_FOLDED], float second[MAX_FOLDED])
{
    float means[MAX_FOLDED], rest_first[MAX_FOLDED], rest_second[MAX_FOLDED];
    int fold = fold_of(rows, c), width = c - c0 < MAX_FOLDED ? c - c0 : MAX_FOLDED;
    int64_t folded = rows / fold, rest = rows - folded * fold, done = folded * fold * c;

    if (fold == 1) {
        sum_width(what, rows, c, width, x + c0, y + c0, mean, first, second);
        return width;
    }
    sum_width(what, folded, fold * c, fold * c, x, y, repeat(mean, c, fold, means), first, second);
    sum_width(what, rest, c, c, x + done, y + done, mean, rest_first, rest_second);
    for (int i = c; i < fold * c; i++) {
        first[i % c] += first[i];
        second[i % c] += second[i];
    }
    for (int i = 0; i < c; i++) {
        first[i] += rest_first[i];
        second[i] += rest_second[i];
    }
    return c;
}

void NAMED(row_sums)(int64_t rows, int c, const float *x, float *sums)
{
    float first[MAX_FOLDED], second[MAX_FOLDED];

    for (int c0 = 0, n; c0 < c; c0 += n) {
        n = sum_channels(SUM_X, rows, c, c0, x, x, x + c0, first, second);
        for (int i = 0; i < n; i++)
            sums[c0 + i] += first[i];
    }
}

void NAMED(product_sums)(int64_t rows, int c, const float *a, const float *b, float *sums)
{
    float first[MAX_FOLDED], second[MAX_FOLDED];

    for (int c0 = 0, n; c0 < c; c0 += n) {
        n = sum_channels(SUM_PRODUCT, rows, c, c0, a, b, a + c0, first, second);
        for (int i = 0; i < n; i++)
            sums[c0 + i] += first[i];
    }
}

/* Numbers near the means of channels c0 .. c0 + n - 1: the mean of some rows, at irregular distances
 * since rows at the edge of a map, where windows see padding, are not like others. */
#define SAMPLED_ROWS 8

static void sample_means(int64_t rows, int c, int c0, int n, const float *x, float *means)
{
    memset(means, 0, (size_t)n * sizeof(*means));
    for (uint32_t i = 1; i <= SAMPLED_ROWS; i++) {
        uint64_t row = (uint64_t)(i * 0x9e3779b9u) * (uint64_t)rows >> 32;

        for (int j = 0; j < n; j++)
            means[j] += x[row * (uint64_t)c + (uint64_t)(c0 + j)] * (1.0f / SAMPLED_ROWS);
    }
}

/* Floats around p: x = p + v gives sum x = n p + sum v and sum x^2 = n p^2 + 2 p sum v + sum v^2. */
void NAMED(norm_sums)(int64_t rows, int c, const float *x, double *sums)
{
    float means[MAX_FOLDED], first[MAX_FOLDED], second[MAX_FOLDED];

    for (int c0 = 0, n; c0 < c; c0 += n) {
        sample_means(rows, c, c0, c - c0 < MAX_FOLDED ? c - c0 : MAX_FOLDED, x, means);
        n = sum_channels(SUM_SQUARES, rows, c, c0, x, x, means, first, second);
        for (int i = 0; i < n; i++) {
            double p = means[i], v = first[i];

            sums[c0 + i] += (double)rows * p + v;
            sums[c + c0 + i] += (double)rows * p * p + 2 * p * v + second[i];
        }
    }
}

void NAMED(norm_grad_sums)(
    int64_t rows, int c, const float *x, const float *dy, const float *mean, double *sums)
{
    float first[MAX_FOLDED], second[MAX_FOLDED];

    for (int c0 = 0, n; c0 < c; c0 += n) {
        n = sum_channels(SUM_GRADIENT, rows, c, c0, x, dy, mean + c0, first, second);
        for (int i = 0; i < n; i++) {
            sums[c0 + i] += first[i];
            sums[c + c0 + i] += second[i];
        }
    }
}
