/* Augmentations of a whole 8-bit image at random, one file each, for transform.c. `spare` is room to
 * work in. What is drawn depends on nothing but rng and the settings. */
#ifndef SCALESTUDY_WORKLOADS_DATA_AUGMENT_POLICIES_H
#define SCALESTUDY_WORKLOADS_DATA_AUGMENT_POLICIES_H

#include <stdbool.h>

#include "workloads/data/config/data_config.h"
#include "harness/base/rng.h"
#include "workloads/data/decode/image.h"
#include "pixel_ops.h"

#define POLICIES 25 /* of each table */

struct policy_step {
    enum pixel_op op;
    double probability;
    int level;
};

/* The two steps of a pair. */
const struct policy_step *auto_augment_policy(enum auto_augment policy, int number);
int auto_augment(enum auto_augment policy, struct rng *rng, struct image *image,
    struct image *spare, struct err *err) MUST_CHECK;

/* `layers` operations one after the other, each at the same level of 0 to 30. */
int rand_augment(int layers, int level, struct rng *rng, struct image *image, struct image *spare,
    struct err *err) MUST_CHECK;

/* Brightness, contrast and saturation by factors of up to 1 +- their strengths, and hue, in random
 * order. */
int color_jitter(const struct augment_settings *settings, struct rng *rng, struct image *image,
    struct image *spare, struct err *err) MUST_CHECK;

/* A rectangle of a normalised image [side][side][3] becomes 0, with the settings' probability. */
void random_erasing(
    const struct augment_settings *settings, struct rng *rng, int side, float *image);

/* The rectangle of that share of the area and height to width; false: it does not fit. */
bool erasing_size(int side, double share, double aspect, int *width, int *height);
void erase(float *image, int side, int x, int y, int width, int height);

/* A square of about length pixels a side, around any pixel and cut off at the edges, becomes 0. */
void cutout(int length, struct rng *rng, int side, float *image);

#endif
