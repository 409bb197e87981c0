/* Max pooling, a vector of channels at a time. Both go over pixels with their taps inside the map.
 */
#include "window.h"

INLINE void max_pool_pixel(const struct kernel_window *p, const float *x, int row, int column,
    float *y, int32_t *tap, int l)
{
    struct span r = taps_inside(row, p->stride, p->before_h, p->kernel, p->h);
    struct span s = taps_inside(column, p->stride, p->before_w, p->kernel, p->w);
    int64_t c = p->c, corner = (int64_t)(row * p->stride - p->before_h) * p->w +
                               column * p->stride - p->before_w;
    vf best = vload(x + (corner + (int64_t)r.from * p->w + s.from) * c, l);
    vf at = vset((float)(r.from * p->kernel + s.from));

    for (int i = r.from; i < r.to; i++)
        for (int j = s.from; j < s.to; j++) {
            vf v = vload(x + (corner + (int64_t)i * p->w + j) * c, l);

            at = vselect_greater(v, best, vset((float)(i * p->kernel + j)), at);
            best = vselect_greater(v, best, v, best);
        }
    vstore(y, best, l);
    vstore_int(tap, at, l);
}

void NAMED(max_pool_forward)(
    const struct kernel_window *p, int images, const float *x, float *y, int32_t *tap)
{
    for (int image = 0; image < images; image++, x += (int64_t)p->h * p->w * p->c)
        for (int row = 0; row < p->out_h; row++)
            for (int column = 0; column < p->out_w; column++, y += p->c, tap += p->c)
                FOR_VECTORS(p->c, max_pool_pixel(p, x + i, row, column, y + i, tap + i, l));
}

/* Outputs whose window holds input pixel `at`. */
INLINE struct span outputs_of(int at, int stride, int before, int kernel, int size)
{
    int first = at + before - kernel + 1, last = (at + before) / stride + 1;

    return (struct span){first > 0 ? (first + stride - 1) / stride : 0, least(last, size)};
}

INLINE void max_pool_gradient(const struct kernel_window *p, const float *dy, const int32_t *tap,
    int row, int column, float *dx, bool adds, int l)
{
    struct span r = outputs_of(row, p->stride, p->before_h, p->kernel, p->out_h);
    struct span s = outputs_of(column, p->stride, p->before_w, p->kernel, p->out_w);
    vf sum = adds ? vload(dx, l) : vset(0.0f);

    for (int i = r.from; i < r.to; i++)
        for (int j = s.from; j < s.to; j++) {
            int64_t from = ((int64_t)i * p->out_w + j) * p->c;
            int wanted = (row + p->before_h - i * p->stride) * p->kernel + column + p->before_w -
                         j * p->stride;

            sum += vkeep_equal(tap + from, wanted, vload(dy + from, l), l);
        }
    vstore(dx, sum, l);
}

void NAMED(max_pool_backward)(const struct kernel_window *p, int images, const float *dy,
    const int32_t *tap, float *dx, bool adds)
{
    int64_t out = (int64_t)p->out_h * p->out_w * p->c;

    for (int image = 0; image < images; image++, dy += out, tap += out)
        for (int row = 0; row < p->h; row++)
            for (int column = 0; column < p->w; column++, dx += p->c)
                FOR_VECTORS(
                    p->c, max_pool_gradient(p, dy + i, tap + i, row, column, dx + i, adds, l));
}
