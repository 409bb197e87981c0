/*
 * The exponential moving average of a net's weights and running statistics, as
 * tf.train.ExponentialMovingAverage keeps it with num_updates, and as the EfficientNet authors used
 * it: after step t, from 1,
 *     a += (1 - min(decay, (1 + t) / (10 + t))) (w - a)
 * so that it follows quickly at first. It begins as the weights themselves.
 *
 *     if (average_create(&average, net, 0.9999, err) < 0) return -1;   after the first weights
 *     optimizer_step(...); average_update(average, step);              after every step
 *     average_swap(average); ... evaluate or save the net ...; average_swap(average);
 *     average_free(average);
 *
 * The net must outlive it. All memory is taken at creation. The same bits with any number of
 * threads.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_TRAIN_AVERAGE_H
#define SCALESTUDY_WORKLOADS_NN_TRAIN_AVERAGE_H

#include <stdint.h>

#include "workloads/nn/graph/graph.h"
#include "harness/base/err.h"
#include "workloads/nn/net/net.h"

struct average;

/* Bytes that average_create takes for a net of this graph. */
size_t average_plan_bytes(const struct graph *graph);

int average_create(
    struct average **average, struct net *net, double decay, struct err *err) MUST_CHECK;
void average_free(struct average *average); /* NULL is fine */

/* After step `step`, from 1. Not between two swaps. */
void average_update(struct average *average, int64_t step);

/* Exchange the net's weights and the average, and back. */
void average_swap(struct average *average);

/* For checkpoints: the average of parameter `index` of the net. */
float *average_values(const struct average *average, int index);

#endif
