/* The bias of rows of channels, and its gradient. */
#include "bias.h"

#include "workloads/nn/kernels/kernels.h"

/* Rows summed at a time: short sums of floats, added to the gradient one by one, keep their digits.
 */
#define ROWS_AT_ONCE 512

void bias_add(int64_t rows, int c, const float *bias, float *y)
{
    kernels()->spread(rows, c, bias, y, true);
}

void bias_gradient(int64_t rows, int c, const float *dy, float *grad)
{
    for (int64_t row = 0; row < rows; row += ROWS_AT_ONCE)
        kernels()->row_sums(
            rows - row < ROWS_AT_ONCE ? rows - row : ROWS_AT_ONCE, c, dy + row * c, grad);
}
