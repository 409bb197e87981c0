/*
 * The box of random_resized_crop (Szegedy et al. 2015), as torchvision draws it:
 *
 *     struct box box;
 *     crop_box_draw(&settings, image.width, image.height, &rng, &box);
 *
 * Pure functions of what they are given; thread-safe.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_AUGMENT_RANDOM_RESIZED_CROP_H
#define SCALESTUDY_WORKLOADS_DATA_AUGMENT_RANDOM_RESIZED_CROP_H

#include <stdbool.h>

#include "workloads/data/config/data_config.h"
#include "harness/base/rng.h"
#include "workloads/data/decode/image.h"

/* Ten tries to draw a part of the area and a ratio of width to height that fit, then the centre. */
void crop_box_draw(const struct augment_settings *settings, int width, int height, struct rng *rng,
    struct box *box);

/* One try: the size of that part with that ratio; false: it does not fit. */
bool crop_box_size(int width, int height, double share, double aspect, struct box *box);

/* As much of the centre as the ratios allow, a pixel at least. */
void crop_box_centre(
    int width, int height, double least_aspect, double most_aspect, struct box *box);

#endif
