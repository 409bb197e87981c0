/* Which images, and how they become a network's input: plain data, from a study or the command
 * line. */
#ifndef SCALESTUDY_WORKLOADS_DATA_CONFIG_DATA_CONFIG_H
#define SCALESTUDY_WORKLOADS_DATA_CONFIG_DATA_CONFIG_H

#include <stdint.h>

#include "harness/system/file.h"
#include "harness/base/sha256.h"

#define DATA_NAME_BYTES     32
#define AUGMENT_MOST_PIXELS 16384 /* of a padding or a square */

/* Bits of a recipe's list `augment`. */
enum augment {
#define AUGMENT_IN_LIST(NAME) AUGMENT_INDEX_##NAME,
#define AUGMENT_BY_SETTING(NAME)
#define AUGMENTATION(NAME, name, given, fields) AUGMENT_##given(NAME)
#include "augmentations.def"
#undef AUGMENTATION
#undef AUGMENT_IN_LIST
#undef AUGMENT_BY_SETTING
    AUGMENT_COUNT
};
#define AUGMENT_BIT(index) (1u << (index))

enum auto_augment {
#define AUTO_AUGMENT(NAME, name) AUTO_AUGMENT_##NAME,
#include "auto_augments.def"
#undef AUTO_AUGMENT
};

/* The settings of all augmentations, which their files describe (augmentation.h). 0 is one that was not
 * given, but for rand_augment_layers. */
struct augment_settings {
#define AUGMENT_INT(key)                        int key;
#define AUGMENT_REAL(key)                       double key;
#define AUGMENT_CHOICE(key)                     enum key key;
#define AUGMENTATION(NAME, name, given, fields) fields
#include "augmentations.def"
#undef AUGMENTATION
#undef AUGMENT_INT
#undef AUGMENT_REAL
#undef AUGMENT_CHOICE
};

/* How pixels are weighed in a resize; both widen when an image shrinks (antialiasing). */
enum resize_filter {
#define RESIZE(NAME, name) RESIZE_##NAME,
#include "resizes.def"
#undef RESIZE
};

struct data_config {
    char name[DATA_NAME_BYTES]; /* one of datasets.def */
    char root[PATH_BYTES];      /* folder of the images; empty for built-in sets */
    char packed[PATH_BYTES];    /* file of pack.h that is read instead; empty: none */
    char class_map[PATH_BYTES]; /* file of "folder<TAB>class number" lines; empty: sorted order, or
                                   ImageNet's ids */
    /* Fingerprint (fingerprint.h) that the images must have: opening different ones is ERR_INPUT.
     * Empty: any images. */
    char images[SHA256_HEX_BYTES];
    char
        match[2 *
              DATA_NAME_BYTES]; /* only files whose name matches this fnmatch pattern; empty: all */
    int train_images, test_images; /* at most so many, evenly over the classes; 0: all */
    /* Which of the images (choice.h): so many classes, 0 for all; a part of the training images that
     * is held out and takes the place of the test images, as a fraction below 1 or as a number, 0 for
     * none; a fraction of the other training images, 1 for all, of which no class is left without. The
     * seed draws all three. */
    int classes;
    double minival, fraction;
    int split_seed;         /* at least 0 */
    double mean[3], std[3]; /* of 0..1 pixel values, RGB; std > 0 */
    double
        crop_ratio; /* evaluation: resize to input / crop_ratio, then centre crop; above 0, at most 1 */
    enum resize_filter resize;
    /* JPEGs much larger than they are wanted are decoded at 1/2, 1/4 or 1/8 of their size. */
    bool scaled_decode;
    int loader_threads; /* that decode ahead of the training loop, at least 1 */
};

/* What tells a set's images from others: fingerprint.h. */
struct fingerprint {
    char images[SHA256_HEX_BYTES]; /* of all; empty: a set that is drawn */
    char names[SHA256_HEX_BYTES];  /* of classes and paths alone */
    int classes, train_images, test_images;
    int64_t bytes; /* of the files, or of a pack's pixels; -1: not looked at */
};

/* Defaults: name empty, all images, ImageNet's mean and deviation, crop_ratio 1, one loader thread.
 */
void data_config_init(struct data_config *config);

#endif
