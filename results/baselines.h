/*
 * Which baseline networks were scaled from. A study's jobs stand in the order of running, so it is
 * not said by their order; nor is it stored, as two studies may reach one network from different
 * baselines.
 *
 *     struct scaled_network networks[] = {{"resnet50", 1, 1, 1, 4089184256}, ...};
 *     int of[N];
 *     if (baselines_find(networks, N, of, err) < 0) return -1;
 *     ... networks[of[i]], if of[i] >= 0 ...
 *
 * It is the one whose multiply-adds, times what the network's factors promise, d w^2 r^2 (Tan & Le
 * 2019, Section 3.3), are nearest to the network's own, by their ratio: variants of one model differ
 * more than rounding and the layers that are not scaled. Pure functions.
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
    const char *study; /* that it is of; NULL where all are of one */
};

/* All factors are 1. */
bool baseline_is(const struct scaled_network *network);

/* Of each network its baseline's place in the list: a baseline's is its own; -1: the list has none
 * of that study and model. Time n log n. */
int baselines_find(
    const struct scaled_network *networks, int n, int *of, struct err *err) MUST_CHECK;

/* The same of groups; NULL without memory. free() */
int *baselines_of_groups(const struct accuracy_group *groups, int n_groups, struct err *err);

#endif
