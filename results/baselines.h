/*
 * Which baseline a network was scaled from. A study's jobs stand in the order of running, so it is
 * not said by their order; nor is it stored, as two studies may reach one network from different
 * baselines.
 *
 *     best = -1;
 *     for (int i = 0; i < n; i++)
 *         if (baseline_distance(&network, &others[i]) < least) ...
 *
 * The distance is how far the network's multiply-adds are from those that its factors promise over
 * that baseline, d w^2 r^2 (Tan & Le 2019, Section 3.3), as the logarithm of their ratio: variants
 * of one model differ more than rounding and the layers that are not scaled.
 */
#ifndef SCALESTUDY_RESULTS_BASELINES_H
#define SCALESTUDY_RESULTS_BASELINES_H

#include <stdbool.h>
#include <stdint.h>

#include "query.h"

struct scaled_network {
    const char *model;
    double depth, width, resolution; /* factors over its baseline */
    int64_t macs;
};

/* All factors are 1. */
bool baseline_is(const struct scaled_network *network);

/* INFINITY if `other` is no baseline, or one of another model. */
double baseline_distance(const struct scaled_network *network, const struct scaled_network *other);

/* What a group was scaled from, of the same study; itself, if it is a baseline; NULL if that is not
 * measured. */
const struct accuracy_group *baseline_group(
    const struct accuracy_group *groups, int n_groups, const struct accuracy_group *group);

#endif
