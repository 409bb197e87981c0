/* A bias per channel on rows [rows][c]: what convolution, linear and squeeze-excitation share. */
#ifndef SCALESTUDY_WORKLOADS_NN_LAYERS_BIAS_H
#define SCALESTUDY_WORKLOADS_NN_LAYERS_BIAS_H

#include <stdint.h>

/* y[row][c] += bias[c]. */
void bias_add(int64_t rows, int c, const float *bias, float *y);

/* grad[c] += sum over rows of dy[row][c]. */
void bias_gradient(int64_t rows, int c, const float *dy, float *grad);

#endif
