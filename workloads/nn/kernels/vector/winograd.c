/*
 * Transforms of Winograd's F(4x4, 3x3), one vector of channels at a time. Each takes a square apart
 * along columns, then along rows; the matrices are those of kernels.h, with what their rows share
 * counted once.
 */
#include "vector.h"

#define ROOT2 1.41421356237f

/* v[0], v[to], ... = B^T of d[0], d[from], ...: 6 inputs, 6 products. */
INLINE void patch_line(const vf *d, int from, vf *v, int to)
{
    vf d1 = d[from], d2 = d[2 * from], d3 = d[3 * from], d4 = d[4 * from];
    vf even = vfma(vset(-2.0f), d2, d4), odd = vset(0.5f * ROOT2) * d3 - vset(ROOT2) * d1;
    vf even2 = vfma(vset(-0.5f), d2, d4), odd2 = vset(ROOT2) * d3 - vset(0.5f * ROOT2) * d1;

    v[0] = vfma(vset(-2.5f), d2, d[0]) + d4;
    v[to] = even + odd;
    v[2 * to] = even - odd;
    v[3 * to] = even2 + odd2;
    v[4 * to] = even2 - odd2;
    v[5 * to] = vfma(vset(-2.5f), d3, d1) + d[5 * from];
}

/* G: 3 weights, 6 products. */
INLINE void weight_line(const vf *w, int from, vf *u, int to)
{
    vf w0 = w[0], w1 = w[from], w2 = w[2 * from], third = vset(1.0f / 3);
    vf even = vset(-2.0f / 3) * w0 - third * w2, odd = vset(ROOT2 / 3) * w1;
    vf even2 = vset(1.0f / 6) * w0 + third * w2, odd2 = vset(ROOT2 / 6) * w1;

    u[0] = w0;
    u[to] = even - odd;
    u[2 * to] = even + odd;
    u[3 * to] = even2 + odd2;
    u[4 * to] = even2 - odd2;
    u[5 * to] = w2;
}

/* A^T: 6 products, 4 outputs. */
INLINE void tile_line(const vf *m, int from, vf *y, int to)
{
    vf sum = m[from] + m[2 * from], difference = m[from] - m[2 * from];
    vf sum2 = m[3 * from] + m[4 * from], difference2 = m[3 * from] - m[4 * from];

    y[0] = m[0] + sum + sum2;
    y[to] = vfma(vset(ROOT2), difference2, vset(0.5f * ROOT2) * difference);
    y[2 * to] = vfma(vset(2.0f), sum2, vset(0.5f) * sum);
    y[3 * to] =
        vfma(vset(2 * ROOT2), difference2, vfma(vset(0.25f * ROOT2), difference, m[5 * from]));
}

/* A: gradients of 4 outputs, of 6 products. */
INLINE void tile_grad_line(const vf *dy, int from, vf *d, int to)
{
    vf y0 = dy[0], y1 = dy[from], y2 = dy[2 * from], y3 = dy[3 * from];
    vf even = vfma(vset(0.5f), y2, y0), even2 = vfma(vset(2.0f), y2, y0);
    vf odd = vfma(vset(0.25f * ROOT2), y3, vset(0.5f * ROOT2) * y1);
    vf odd2 = vfma(vset(2 * ROOT2), y3, vset(ROOT2) * y1);

    d[0] = y0;
    d[to] = even + odd;
    d[2 * to] = even - odd;
    d[3 * to] = even2 + odd2;
    d[4 * to] = even2 - odd2;
    d[5 * to] = y3;
}

/* G^T: gradients of 6 products, of 3 weights. */
INLINE void weight_grad_line(const vf *m, int from, vf *w, int to)
{
    vf sum = m[from] + m[2 * from], difference = m[2 * from] - m[from];
    vf sum2 = m[3 * from] + m[4 * from], difference2 = m[3 * from] - m[4 * from];
    vf third = vset(1.0f / 3);

    w[0] = vfma(vset(1.0f / 6), sum2, vfma(vset(-2.0f / 3), sum, m[0]));
    w[to] = vfma(vset(ROOT2 / 6), difference2, vset(ROOT2 / 3) * difference);
    w[2 * to] = vfma(third, sum2 - sum, m[5 * from]);
}

/* to[out][out] of from[in][in]: lines down, then across. */
#define TRANSFORM_SQUARE(line, in, out, from, to)                                                  \
    do {                                                                                           \
        vf half[36];                                                                               \
        UNROLL                                                                                     \
        for (int at_ = 0; at_ < (in); at_++)                                                       \
            line((from) + at_, in, half + at_, in);                                                \
        UNROLL                                                                                     \
        for (int at_ = 0; at_ < (out); at_++)                                                      \
            line(half + at_ * (in), 1, (to) + at_ * (out), 1);                                     \
    } while (0)

INLINE void store_products(float *to, int64_t plane, const vf *products, int l)
{
    UNROLL
    for (int i = 0; i < 6; i++)
        UNROLL
    for (int j = 0; j < 6; j++)
        vstore(to + (i * 6 + j) * plane, products[i * 6 + j], l);
}

INLINE void load_products(const float *from, int64_t plane, vf *products, int l)
{
    UNROLL
    for (int i = 0; i < 6; i++)
        UNROLL
    for (int j = 0; j < 6; j++)
        products[i * 6 + j] = vload(from + (i * 6 + j) * plane, l);
}

INLINE void winograd_patch(
    const float *band, int pixel, int64_t pitch, float *v, int64_t plane, int l)
{
    vf d[36], products[36];

    UNROLL
    for (int i = 0; i < 6; i++)
        UNROLL
    for (int j = 0; j < 6; j++)
        d[i * 6 + j] = vload(band + i * pitch + j * pixel, l);
    TRANSFORM_SQUARE(patch_line, 6, 6, d, products);
    store_products(v, plane, products, l);
}

void NAMED(winograd_patches)(int tiles, int channels, const float *band, int pixel, int64_t pitch,
    float *v, int ldv, int64_t plane)
{
    for (int tile = 0; tile < tiles; tile++, band += 4 * pixel, v += ldv)
        FOR_VECTORS(channels, winograd_patch(band + i, pixel, pitch, v + i, plane, l));
}

INLINE void winograd_tile_grad(
    const float *band, int pixel, int64_t pitch, float *d, int64_t plane, int l)
{
    vf dy[16], products[36];

    UNROLL
    for (int i = 0; i < 4; i++)
        UNROLL
    for (int j = 0; j < 4; j++)
        dy[i * 4 + j] = vload(band + i * pitch + j * pixel, l);
    TRANSFORM_SQUARE(tile_grad_line, 4, 6, dy, products);
    store_products(d, plane, products, l);
}

void NAMED(winograd_tile_grads)(int tiles, int channels, const float *band, int pixel,
    int64_t pitch, float *d, int ldd, int64_t plane)
{
    for (int tile = 0; tile < tiles; tile++, band += 4 * pixel, d += ldd)
        FOR_VECTORS(channels, winograd_tile_grad(band + i, pixel, pitch, d + i, plane, l));
}

INLINE void winograd_tile(const float *m, int64_t plane, float *out, int pixel, int64_t pitch,
    int rows, int columns, bool adds, int l)
{
    vf products[36], y[16];

    load_products(m, plane, products, l);
    TRANSFORM_SQUARE(tile_line, 6, 4, products, y);
    UNROLL
    for (int i = 0; i < 4; i++)
        UNROLL
    for (int j = 0; j < 4; j++) {
        float *to = out + i * pitch + j * pixel;

        if (i >= rows || j >= columns)
            continue;
        if (adds)
            y[i * 4 + j] += vload(to, l);
        vstore(to, y[i * 4 + j], l);
    }
}

INLINE void winograd_tile_channels(int channels, const float *m, int64_t plane, float *out,
    int pixel, int64_t pitch, int rows, int columns, bool adds)
{
    FOR_VECTORS(
        channels, winograd_tile(m + i, plane, out + i, pixel, pitch, rows, columns, adds, l));
}

void NAMED(winograd_tiles)(int tiles, int channels, const float *m, int ldm, int64_t plane,
    float *out, int pixel, int64_t pitch, int rows, int columns, bool adds)
{
    for (int tile = 0; tile < tiles; tile++, m += ldm, out += 4 * pixel, columns -= 4)
        if (rows >= 4 && columns >= 4 && !adds)
            winograd_tile_channels(channels, m, plane, out, pixel, pitch, 4, 4, false);
        else
            winograd_tile_channels(channels, m, plane, out, pixel, pitch, rows, columns, adds);
}

INLINE void winograd_weight(
    const float *weight, int64_t tap, bool turned, float *u, int64_t plane, int l)
{
    vf w[9], products[36];

    UNROLL
    for (int i = 0; i < 9; i++)
        w[i] = vload(weight + (turned ? 8 - i : i) * tap, l);
    TRANSFORM_SQUARE(weight_line, 3, 6, w, products);
    store_products(u, plane, products, l);
}

void NAMED(winograd_weights)(int rows, int columns, const float *weight, int64_t tap, int ldw,
    bool turned, float *u, int64_t plane)
{
    for (int row = 0; row < rows; row++, weight += ldw, u += columns)
        if (turned)
            FOR_VECTORS(columns, winograd_weight(weight + i, tap, true, u + i, plane, l));
        else
            FOR_VECTORS(columns, winograd_weight(weight + i, tap, false, u + i, plane, l));
}

INLINE void winograd_weight_grad(const float *m, int64_t plane, float *dw, int64_t tap, int l)
{
    vf products[36], w[9];

    load_products(m, plane, products, l);
    TRANSFORM_SQUARE(weight_grad_line, 6, 3, products, w);
    UNROLL
    for (int i = 0; i < 9; i++)
        vstore(dw + i * tap, vload(dw + i * tap, l) + w[i], l);
}

void NAMED(winograd_weight_grads)(
    int rows, int columns, const float *m, int64_t plane, float *dw, int64_t tap, int ldw)
{
    for (int row = 0; row < rows; row++, m += columns, dw += ldw)
        FOR_VECTORS(columns, winograd_weight_grad(m + i, plane, dw + i, tap, l));
}
