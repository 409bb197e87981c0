/* Filters rotated by half a turn: with stride 1, the gradient of a convolution's input is a convolution
 * of its output's gradient with such a filter. */
#ifndef SCALESTUDY_WORKLOADS_NN_CONV_CONV_ROTATED_H
#define SCALESTUDY_WORKLOADS_NN_CONV_CONV_ROTATED_H

#include <stddef.h>

#include "workloads/nn/kernels/kernels.h"

/* In whole cache lines; k: channels of the output. */
size_t conv_rotated_floats(const struct kernel_window *window, int k);

/* to[c][r][s][k] = weight[R - 1 - r][S - 1 - s][c][k], with threads. */
void conv_rotate(const struct kernel_window *window, int k, const float *weight, float *to);

/* The window that slides over the gradient [out_h][out_w][k]. */
struct kernel_window conv_rotated_window(const struct kernel_window *window, int k);

#endif
