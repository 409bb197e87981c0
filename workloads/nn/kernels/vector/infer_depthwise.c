/* Depthwise convolutions of inference, which finish their outputs in registers: one vector of channels
 * of a row at a time. */
#include "activation.h"
#include "window.h"

/* Activations of one form are one loop: every form takes seconds to compile, for each window. */
struct infer_end {
    bool is_silu; /* known when it is compiled; else: between two bounds */
    vf low, high;
};

INLINE vf infer_finish(const struct infer_end *end, vf x)
{
    return end->is_silu ? infer_sigmoid(x, x) : vmin(end->high, vmax(end->low, x));
}

/* n outputs of a row from x on. */
INLINE void infer_pixels(const struct infer_depthwise *p, int kernel, int stride, int n,
    const struct infer_end *end, const float *x, const vf *weight, vf bias, float *y, vf *total,
    int l)
{
    vf sums[7], v[17];

    UNROLL
    for (int i = 0; i < n; i++)
        sums[i] = bias;
    UNROLL
    for (int r = 0; r < kernel; r++) {
        UNROLL
        for (int i = 0; i < (n - 1) * stride + kernel; i++)
            v[i] = vload(x + r * p->x_row + i * p->x_pixel, l);
        UNROLL
        for (int s = 0; s < kernel; s++)
            UNROLL
        for (int i = 0; i < n; i++)
            sums[i] = vfma(v[i * stride + s], weight[r * kernel + s], sums[i]);
    }
    UNROLL
    for (int i = 0; i < n; i++) {
        sums[i] = infer_finish(end, sums[i]);
        *total += sums[i];
        vstore(y + i * p->y_pixel, sums[i], l);
    }
}

/* One row of a vector of channels. */
INLINE void infer_row(const struct infer_depthwise *p, int kernel, int stride,
    const struct infer_end *end, const float *x, const float *weight, const float *bias, float *y,
    float *sums, int l)
{
    vf taps[25], shift = vload(bias, l), total = vset(0.0f);
    int j = 0;

    UNROLL
    for (int i = 0; i < kernel * kernel; i++)
        taps[i] = vload(weight + i * p->ldw, l);
    for (; goes_by_seven(p->columns) && j < p->columns; j += 7)
        infer_pixels(p, kernel, stride, 7, end, x + j * stride * p->x_pixel, taps, shift,
            y + j * p->y_pixel, &total, l);
    x += j * stride * p->x_pixel;
    y += j * p->y_pixel;
    for (; j + 4 <= p->columns; j += 4, x += 4 * stride * p->x_pixel, y += 4 * p->y_pixel)
        infer_pixels(p, kernel, stride, 4, end, x, taps, shift, y, &total, l);
    if (j + 2 <= p->columns) {
        infer_pixels(p, kernel, stride, 2, end, x, taps, shift, y, &total, l);
        j += 2;
        x += 2 * stride * p->x_pixel;
        y += 2 * p->y_pixel;
    }
    if (j < p->columns)
        infer_pixels(p, kernel, stride, 1, end, x, taps, shift, y, &total, l);
    if (sums)
        vstore(sums, vload(sums, l) + total, l);
}

INLINE void infer_map(
    const struct infer_depthwise *p, int kernel, int stride, const struct infer_end *end)
{
    for (int row = 0; row < p->rows; row++)
        FOR_VECTORS(p->c,
            infer_row(p, kernel, stride, end, p->x + row * stride * p->x_row + i, p->weight + i,
                p->bias + i, p->y + row * p->y_row + i, p->sums ? p->sums + i : NULL, l));
}

INLINE void infer_window(const struct infer_depthwise *p, int kernel, int stride)
{
    if (p->act == ACT_SILU)
        infer_map(p, kernel, stride, &(struct infer_end){.is_silu = true});
    else
        infer_map(p, kernel, stride,
            &(struct infer_end){.low = infer_low(p->act), .high = infer_high(p->act)});
}

/* Without the activation, which then goes over the pixels. */
static void depthwise_of_plain_act(const struct infer_depthwise *p)
{
    struct infer_depthwise linear = *p;

    linear.act = ACT_NONE;
    linear.sums = NULL;
    NAMED(infer_depthwise)(&linear);
    for (int row = 0; row < p->rows; row++)
        for (int column = 0; column < p->columns; column++) {
            float *y = p->y + row * p->y_row + column * p->y_pixel;

            kernels_reference.act_forward(p->act, p->c, y, y);
            for (int c = 0; p->sums && c < p->c; c++)
                p->sums[c] += y[c];
        }
}

/* Sigmoid follows no depthwise convolution that is known; it is right, and slow. */
void NAMED(infer_depthwise)(const struct infer_depthwise *p)
{
    if (!is_fast_act(p->act))
        depthwise_of_plain_act(p);
    else if (p->act == ACT_SIGMOID)
        kernels_reference.infer_depthwise(p);
    else if (p->kernel == 3 && p->stride == 1)
        infer_window(p, 3, 1);
    else if (p->kernel == 3 && p->stride == 2)
        infer_window(p, 3, 2);
    else if (p->kernel == 5 && p->stride == 1)
        infer_window(p, 5, 1);
    else if (p->kernel == 5 && p->stride == 2)
        infer_window(p, 5, 2);
    else
        kernels_reference.infer_depthwise(p);
}
