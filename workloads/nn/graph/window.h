/*
 * Geometry of sliding windows (convolution, pooling), and counts that do not overflow.
 *
 * PADDING_TORCH adds k / 2 on every side; PADDING_SAME as much as gives ceil(size / stride)
 * outputs, the larger half after the map (TensorFlow).
 */
#ifndef SCALESTUDY_WORKLOADS_NN_GRAPH_WINDOW_H
#define SCALESTUDY_WORKLOADS_NN_GRAPH_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "workloads/nn/kernels/kernels.h"
#include "layer.h"

struct window {
    int kernel, stride;
    enum padding padding;
};

/* Shape of the output with as many channels as `channels` says. ERR_INPUT if no pixel is left, or
 * the window is no window. */
int window_shape(const struct window *window, const struct shape *in, int channels,
    struct shape *out, struct err *err) MUST_CHECK;

/* Pixels of padding before the first of `size`. */
int window_before(const struct window *window, int size);

/* The window as kernels slide it over one image. */
struct kernel_window window_over(
    const struct window *window, const struct shape *in, const struct shape *out);

/* Product of n factors >= 0; -1 beyond 64 bits. */
int64_t count_product(int n, const int64_t *factors);

/* Floats of `batch` activations of a shape, in elements; COUNT_TOO_MANY if they are beyond any
 * memory. */
#define COUNT_TOO_MANY (SIZE_MAX / 64)
size_t count_floats(const struct shape *shape, int batch);

#endif
