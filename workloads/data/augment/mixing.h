/*
 * Batches whose images are mixed with others of the same batch, labels likewise.
 *
 *     struct mixing mixing;
 *     mixing_draw(&mixing, &settings, input, &rng);
 *     mixing_apply(&mixing, images, n, input, before);     image i with the one before it; `before` with 0,
 *                                                          a copy of the last if they are a whole batch
 *     loss = share * loss(labels[i]) + (1 - share) * loss(labels[i - 1])
 *
 * How they are mixed is drawn once a batch, by an augmentation that mixes (mixup.c, cutmix.c): as a weighted
 * sum of both, or with a rectangle of the other.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_AUGMENT_MIXING_H
#define SCALESTUDY_WORKLOADS_DATA_AUGMENT_MIXING_H

#include <stdbool.h>

#include "workloads/data/config/data_config.h"
#include "harness/base/rng.h"

struct mixing {
    bool cut;           /* a rectangle, not a sum */
    int x1, y1, x2, y2; /* of it: columns x1 .. x2 - 1, rows y1 .. y2 - 1 are the other's */
    double share;       /* of an image's own label; 1: nothing is mixed */
};

/* Do these ask for it? */
bool mixing_is_on(const struct augment_settings *settings);

/* By an augmentation that is asked for; of several, by one that is drawn. */
void mixing_draw(
    struct mixing *mixing, const struct augment_settings *settings, int side, struct rng *rng);

/* A draw from Beta(alpha, alpha). */
double mixing_beta(double alpha, struct rng *rng);

/* A rectangle around (x, y), of that share before it is cut off at the edges. */
void mixing_cut(struct mixing *mixing, double share, int x, int y, int side);

/* images [n][side][side][3]; before [side][side][3], not one of them. */
void mixing_apply(const struct mixing *mixing, float *images, int n, int side, const float *before);

#endif
