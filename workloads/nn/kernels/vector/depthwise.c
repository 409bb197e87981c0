/*
 * Depthwise convolution, a row at a time: one vector of channels, up to seven pixels of the row in
 * registers. The padding is in the rows, so nothing is tested inside.
 */
#include "window.h"

/* y[j .. j + n - 1] of one vector of channels, from rows whose column 0 meets the first tap of
 * output 0. */
INLINE void row_pixels(int kernel, int stride, bool turned, int n, int c, const float *const *rows,
    int64_t at, const float *weight, float *y, int l)
{
    vf sums[7], v[17];

    UNROLL
    for (int i = 0; i < n; i++)
        sums[i] = vset(0.0f);
    for (int r = 0; r < kernel; r++) {
        const float *w = weight + (int64_t)r * kernel * c;

        if (!rows[r])
            continue;
        UNROLL
        for (int i = 0; i < (n - 1) * stride + kernel; i++)
            v[i] = vload(rows[r] + at + (int64_t)i * c, l);
        UNROLL
        for (int s = 0; s < kernel; s++) {
            vf tap = vload(w + (int64_t)(turned ? kernel - 1 - s : s) * c, l);

            UNROLL
            for (int i = 0; i < n; i++)
                sums[i] = vfma(v[i * stride + s], tap, sums[i]);
        }
    }
    UNROLL
    for (int i = 0; i < n; i++)
        vstore(y + (int64_t)i * c, sums[i], l);
}

/* Pixels outside, channels inside, so that memory is read in order. `turned`: the taps of each row
 * are in the opposite order. */
INLINE void row_all(int kernel, int stride, bool turned, int width, int c, const float *const *rows,
    const float *weight, float *y)
{
    int j = 0;

    for (; goes_by_seven(width) && j < width; j += 7)
        FOR_VECTORS(c, row_pixels(kernel, stride, turned, 7, c, rows, (int64_t)j * stride * c + i,
                           weight + i, y + (int64_t)j * c + i, l));
    for (; j + 4 <= width; j += 4)
        FOR_VECTORS(c, row_pixels(kernel, stride, turned, 4, c, rows, (int64_t)j * stride * c + i,
                           weight + i, y + (int64_t)j * c + i, l));
    for (; j + 2 <= width; j += 2)
        FOR_VECTORS(c, row_pixels(kernel, stride, turned, 2, c, rows, (int64_t)j * stride * c + i,
                           weight + i, y + (int64_t)j * c + i, l));
    if (j < width)
        FOR_VECTORS(c, row_pixels(kernel, stride, turned, 1, c, rows, (int64_t)j * stride * c + i,
                           weight + i, y + (int64_t)j * c + i, l));
}

void NAMED(depthwise_row)(
    const struct kernel_window *p, const float *const *rows, const float *weight, float *y)
{
    if (p->kernel == 3 && p->stride == 1)
        row_all(3, 1, false, p->out_w, p->c, rows, weight, y);
    else if (p->kernel == 3 && p->stride == 2)
        row_all(3, 2, false, p->out_w, p->c, rows, weight, y);
    else if (p->kernel == 5 && p->stride == 1)
        row_all(5, 1, false, p->out_w, p->c, rows, weight, y);
    else if (p->kernel == 5 && p->stride == 2)
        row_all(5, 2, false, p->out_w, p->c, rows, weight, y);
    else
        kernels_reference.depthwise_row(p, rows, weight, y);
}

/* ---- gradient of the inputs ---- */

/*
 * Stride 2: pixel `column` of dx meets tap s in output (column + before_w - s) / 2 if that is whole.
 * Pixels are taken in pairs, of which the first has column + before_w even: it meets the even taps,
 * the second the odd ones.
 */
INLINE void dx_pair(const struct kernel_window *p, int kernel, const float *const *rows, int64_t at,
    int column, const float *weight, float *dx, int l)
{
    enum { MOST = 3 };
    int64_t c = p->c;
    vf even = vset(0.0f), odd = vset(0.0f), v[MOST];

    for (int r = 0; r < kernel; r++) {
        const float *w = weight + (int64_t)r * kernel * c;

        if (!rows[r])
            continue;
        UNROLL
        for (int i = 0; i < (kernel + 1) / 2; i++) /* outputs q, q - 1, ... of the first pixel */
            v[i] = vload(rows[r] + at - i * c, l);
        UNROLL
        for (int s = 0; s < kernel; s += 2)
            even = vfma(v[s / 2], vload(w + s * c, l), even);
        UNROLL
        for (int s = 1; s < kernel; s += 2)
            odd = vfma(v[s / 2], vload(w + s * c, l), odd);
    }
    if (column >= 0)
        vstore(dx, even, l);
    if (column + 1 < p->w)
        vstore(dx + c, odd, l);
}

INLINE void dx_pairs(const struct kernel_window *p, int kernel, const float *const *rows,
    const float *weight, float *dx)
{
    int lead = depthwise_dy_lead(p);
    int64_t c = p->c;

    for (int column = -(p->before_w % 2); column < p->w; column += 2) {
        int64_t at = ((column + p->before_w) / 2 + lead) * c;

        FOR_VECTORS(
            c, dx_pair(p, kernel, rows, at + i, column, weight + i, dx + column * c + i, l));
    }
}

/* With stride 1 it is a convolution of dy with the taps in the opposite order. */
void NAMED(depthwise_dx_row)(
    const struct kernel_window *p, const float *const *rows, const float *weight, float *dx)
{
    if (p->kernel == 3 && p->stride == 1)
        row_all(3, 1, true, p->w, p->c, rows, weight, dx);
    else if (p->kernel == 5 && p->stride == 1)
        row_all(5, 1, true, p->w, p->c, rows, weight, dx);
    else if (p->kernel == 3 && p->stride == 2)
        dx_pairs(p, 3, rows, weight, dx);
    else if (p->kernel == 5 && p->stride == 2)
        dx_pairs(p, 5, rows, weight, dx);
    else
        kernels_reference.depthwise_dx_row(p, rows, weight, dx);
}

/* ---- gradient of the weights ---- */

/* Sums of one row of taps over outputs j .. j + n - 1; two sums a tap, so that they do not wait. */
INLINE void dw_pixels(
    int kernel, int stride, int n, int64_t c, const float *x, const float *dy, vf sums[10], int l)
{
    vf d[4];

    UNROLL
    for (int i = 0; i < n; i++)
        d[i] = vload(dy + i * c, l);
    UNROLL
    for (int at = 0; at < (n - 1) * stride + kernel; at++) {
        vf v = vload(x + at * c, l);

        UNROLL
        for (int i = 0; i < n; i++) {
            int s = at - i * stride;

            if (s >= 0 && s < kernel)
                sums[s * 2 + i % 2] = vfma(v, d[i], sums[s * 2 + i % 2]);
        }
    }
}

INLINE void dw_taps(
    int kernel, int stride, int width, int64_t c, const float *x, const float *dy, float *dw, int l)
{
    vf sums[10];
    int j = 0;

    UNROLL
    for (int i = 0; i < 2 * kernel; i++)
        sums[i] = vset(0.0f);
    for (; j + 4 <= width; j += 4)
        dw_pixels(kernel, stride, 4, c, x + (int64_t)j * stride * c, dy + j * c, sums, l);
    for (; j < width; j++)
        dw_pixels(kernel, stride, 1, c, x + (int64_t)j * stride * c, dy + j * c, sums, l);
    UNROLL
    for (int s = 0; s < kernel; s++)
        vstore(dw + s * c, vload(dw + s * c, l) + (sums[2 * s] + sums[2 * s + 1]), l);
}

INLINE void dw_all(int kernel, int stride, const struct kernel_window *p, const float *const *rows,
    const float *dy, float *dw)
{
    for (int r = 0; r < kernel; r++) {
        float *to = dw + (int64_t)r * kernel * p->c;

        if (rows[r])
            FOR_VECTORS(
                p->c, dw_taps(kernel, stride, p->out_w, p->c, rows[r] + i, dy + i, to + i, l));
    }
}

void NAMED(depthwise_dw_row)(
    const struct kernel_window *p, const float *const *rows, const float *dy, float *dw)
{
    if (p->kernel == 3 && p->stride == 1)
        dw_all(3, 1, p, rows, dy, dw);
    else if (p->kernel == 3 && p->stride == 2)
        dw_all(3, 2, p, rows, dy, dw);
    else if (p->kernel == 5 && p->stride == 1)
        dw_all(5, 1, p, rows, dy, dw);
    else if (p->kernel == 5 && p->stride == 2)
        dw_all(5, 2, p, rows, dy, dw);
    else
        kernels_reference.depthwise_dw_row(p, rows, dy, dw);
}
