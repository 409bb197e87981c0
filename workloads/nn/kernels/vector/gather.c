/* Rows of windows for dense convolutions: a line of kernel * c floats at a time. */
#include "window.h"

INLINE void copy_floats(float *to, const float *from, int64_t n)
{
    FOR_VECTORS(n, vstore(to + i, vload(from + i, l), l));
}

INLINE void clear_floats(float *to, int64_t n)
{
    FOR_VECTORS(n, vstore(to + i, vset(0.0f), l));
}

/* Windows of n pixels, all columns of them inside the map; a line of taps is `vectors` vectors, the
 * last of l lanes. */
INLINE void gather_short(const struct kernel_window *p, int n, struct span r, const float *from,
    float *to, int vectors, int l)
{
    int64_t c = p->c, pitch = p->w * c, line = p->kernel * c, step = p->stride * c;

    for (int pixel = 0; pixel < n; pixel++, from += step)
        for (int i = 0; i < p->kernel; i++, to += line)
            UNROLL
    for (int v = 0; v < vectors; v++) {
        int lanes = v == vectors - 1 ? l : VL;
        vf x = vset(0.0f);

        if (i >= r.from && i < r.to)
            x = vload(from + i * pitch + v * VL, lanes);
        vstore(to + v * VL, x, lanes);
    }
}

static void gather_inside(
    const struct kernel_window *p, int n, struct span r, const float *from, float *to)
{
    int64_t c = p->c, pitch = p->w * c, line = p->kernel * c;

    if (line < VL) {
        gather_short(p, n, r, from, to, 1, (int)line);
        return;
    }
    if (line > VL && line < 2 * VL) {
        gather_short(p, n, r, from, to, 2, (int)line - VL);
        return;
    }
    for (int pixel = 0; pixel < n; pixel++, from += p->stride * c)
        for (int i = 0; i < p->kernel; i++, to += line)
            if (i < r.from || i >= r.to)
                clear_floats(to, line);
            else
                copy_floats(to, from + i * pitch, line);
}

/* The window of one pixel, columns s of it inside the map; from: the first of these in its row 0. */
static void gather_edge(
    const struct kernel_window *p, struct span r, struct span s, const float *from, float *to)
{
    int64_t c = p->c, pitch = p->w * c, line = p->kernel * c, before = s.from * c,
            inside = (s.to - s.from) * c;

    for (int i = 0; i < p->kernel; i++, to += line) {
        if (i < r.from || i >= r.to || inside <= 0) {
            clear_floats(to, line);
            continue;
        }
        clear_floats(to, before);
        clear_floats(to + before + inside, line - before - inside);
        copy_floats(to + before, from + i * pitch, inside);
    }
}

/* Pixels from `column` on whose windows end inside the map. */
INLINE int columns_inside(const struct kernel_window *p, int column)
{
    int last = (p->w - p->kernel + p->before_w) / p->stride;

    return least(last, p->out_w - 1) - column + 1;
}

void NAMED(gather)(const struct kernel_window *p, const float *x, int64_t row0, int rows, float *to)
{
    int64_t c = p->c, pitch = p->w * c, pixels = (int64_t)p->out_h * p->out_w;
    int pixel = (int)(row0 % pixels), row = pixel / p->out_w, column = pixel % p->out_w;

    x += row0 / pixels * p->h * pitch;
    for (int n; rows > 0; rows -= n, to += n * p->kernel * p->kernel * c) {
        struct span r = taps_inside(row, p->stride, p->before_h, p->kernel, p->h);
        struct span s = taps_inside(column, p->stride, p->before_w, p->kernel, p->w);
        const float *from = x + (row * p->stride - p->before_h) * pitch +
                            (column * p->stride - p->before_w + s.from) * c;

        n = 1;
        if (s.from == 0 && s.to == p->kernel) {
            n = least(columns_inside(p, column), rows);
            gather_inside(p, n, r, from, to);
        } else {
            gather_edge(p, r, s, from, to);
        }
        column += n;
        if (column == p->out_w) {
            column = 0;
            if (++row == p->out_h) {
                row = 0;
                x += p->h * pitch;
            }
        }
    }
}
