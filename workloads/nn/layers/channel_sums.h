/*
 * Sums of channels, as batch norm wants them: blocks of rows have sums of their own, doubles
 * [blocks][2][C] (sum, then sum of squares or what goes with it), which are added in the order of
 * blocks.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_LAYERS_CHANNEL_SUMS_H
#define SCALESTUDY_WORKLOADS_NN_LAYERS_CHANNEL_SUMS_H

#include <stddef.h>

/* Floats of scratch for the sums of so many blocks. */
size_t channel_sums_floats(int blocks, int c);

/* Sums of a block, in such scratch: on 8 bytes. */
double *channel_sums_block(float *scratch, int block, int c);

/* Adds all blocks into block 0, and returns it. */
const double *channel_sums_total(float *scratch, int blocks, int c);

#endif
