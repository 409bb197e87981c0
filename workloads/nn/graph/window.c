/* Sizes of maps under sliding windows, and counts that report overflow. */
#include "window.h"

static int output_size(const struct window *window, int size)
{
    int64_t padded = (int64_t)size + 2 * (window->kernel / 2) - window->kernel;

    if (window->padding == PADDING_SAME)
        return (int)(((int64_t)size + window->stride - 1) / window->stride);
    return padded < 0 ? 0 : (int)(padded / window->stride + 1);
}

int window_shape(const struct window *window, const struct shape *in, int channels,
    struct shape *out, struct err *err)
{
    if (window->kernel < 1 || window->stride < 1)
        return err_set(err, ERR_INPUT,
            "a kernel of %d pixels with stride %d; both must be at least 1", window->kernel,
            window->stride);
    if (channels < 1 || in->c < 1)
        return err_set(err, ERR_INPUT, "a layer from %d to %d channels; both must be at least 1",
            in->c, channels);
    *out = (struct shape){
        .h = output_size(window, in->h), .w = output_size(window, in->w), .c = channels};
    if (in->h < 1 || in->w < 1 || out->h < 1 || out->w < 1)
        return err_set(err, ERR_INPUT,
            "a feature map of %d x %d pixels leaves nothing after a kernel of %d with stride %d; "
            "use larger images",
            in->h, in->w, window->kernel, window->stride);
    return 0;
}

int window_before(const struct window *window, int size)
{
    int64_t total;

    if (window->padding != PADDING_SAME)
        return window->kernel / 2;
    total = (int64_t)(output_size(window, size) - 1) * window->stride + window->kernel - size;
    return total > 0 ? (int)(total / 2) : 0;
}

struct kernel_window window_over(
    const struct window *window, const struct shape *in, const struct shape *out)
{
    return (struct kernel_window){
        .h = in->h,
        .w = in->w,
        .c = in->c,
        .out_h = out->h,
        .out_w = out->w,
        .kernel = window->kernel,
        .stride = window->stride,
        .before_h = window_before(window, in->h),
        .before_w = window_before(window, in->w),
    };
}

int64_t count_product(int n, const int64_t *factors)
{
    int64_t product = 1;

    for (int i = 0; i < n; i++)
        if (__builtin_mul_overflow(product, factors[i], &product))
            return -1;
    return product;
}

size_t count_floats(const struct shape *shape, int batch)
{
    int64_t count = count_product(4, (const int64_t[]){batch, shape->h, shape->w, shape->c});

    return count < 0 || (uint64_t)count > COUNT_TOO_MANY ? COUNT_TOO_MANY : (size_t)count;
}
