/* Sums of channels: where each block's sums lie in scratch, and their total in a fixed order. */
#include "channel_sums.h"

size_t channel_sums_floats(int blocks, int c)
{
    return (size_t)blocks * 2 * (size_t)c * (sizeof(double) / sizeof(float));
}

double *channel_sums_block(float *scratch, int block, int c)
{
    return (double *)(void *)(scratch + channel_sums_floats(block, c));
}

const double *channel_sums_total(float *scratch, int blocks, int c)
{
    double *total = channel_sums_block(scratch, 0, c);

    for (int block = 1; block < blocks; block++) {
        const double *part = channel_sums_block(scratch, block, c);

        for (int i = 0; i < 2 * c; i++)
            total[i] += part[i];
    }
    return total;
}
