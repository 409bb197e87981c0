/*
 * From a decoded image to a network's input, in two parts:
 *
 *     transform_prepare   what is the same every time (resize, centre crop): its result can be kept
 *     transform_finish    what is random, then 0..255 to normalised floats
 *
 * Evaluation: the shorter side is resized to input / crop_ratio, then the centre is cropped, as
 * torchvision's Resize and CenterCrop do. Training: the same with ratio 1, then the augmentations
 * (augmentation.h); some crops take the decoded image instead. Thread-safe; a transform never changes
 * after transform_init.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_AUGMENT_TRANSFORM_H
#define SCALESTUDY_WORKLOADS_DATA_AUGMENT_TRANSFORM_H

#include "augmentation.h"
#include "workloads/data/config/data_config.h"
#include "harness/base/rng.h"
#include "workloads/data/decode/image.h"

/* Pixel values of 0 to 255 as a network wants them: (v / 255 - mean) / std, in floats. */
struct normalisation {
    float mean[3], std[3];
    float value[3][256]; /* of every pixel value */
};

/* image to [height][width][3], mirrored or not; `row` has room for a row of pixels and 16 bytes. */
typedef void floats_function(const struct normalisation *norm, const struct image *image,
    bool mirrored, uint8_t *row, float *to);
floats_function to_floats_reference;
extern floats_function *const to_floats_avx2; /* NULL if it is not in this build */

struct transform {
    struct augment_target target;
    bool scaled_decode;
    struct augment_settings settings;
    /* Those that are asked for, in their order, ended by NULL; none in evaluation. */
    const struct augmentation *active[AUGMENTATIONS + 1];
    bool of_decoded;   /* one of them crops the decoded image */
    bool on_pixels;    /* one of them changes pixels */
    double crop_ratio; /* evaluation only; 1 in training */
    struct normalisation norm;
    floats_function *to_floats; /* the fastest that gives the bits of norm.value */
};

/* Room for one thread to work in; zero at first. */
struct transform_scratch {
    struct image prepared, crops[2], row, changed, spare;
};
void transform_scratch_release(struct transform_scratch *scratch);

/* For evaluation. */
void transform_init(struct transform *transform, const struct data_config *config, int input);

/* For training, with the augmentations of `augment` (bits of enum augment) and `settings` (NULL: none). */
void transform_init_training(struct transform *transform, const struct data_config *config,
    int input, unsigned augment, const struct augment_settings *settings);

/* What image.wanted_side should be of an image that is decoded for this: 0 if it is to have its whole
 * size. */
int transform_wanted_side(const struct transform *transform);

/* *prepared: points to `decoded` or into `scratch`, until its next use. */
int transform_prepare(const struct transform *transform, const struct image *decoded,
    struct transform_scratch *scratch, const struct image **prepared, struct err *err) MUST_CHECK;

/* to: [input][input][3]. Draws from rng only if there are augmentations. */
int transform_finish(const struct transform *transform, const struct image *prepared,
    struct rng *rng, struct transform_scratch *scratch, float *to, struct err *err) MUST_CHECK;

/* Back from what a network is given, [height][width][3], into an image that has its room. */
void transform_to_pixels(
    const struct normalisation *norm, const float *values, struct image *image);

#endif
