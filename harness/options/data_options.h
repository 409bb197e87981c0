/*
 * The options that choose images and say how they become a network's input, the same in every
 * command that reads a dataset.
 *
 *     struct args { struct data_options data; ... };
 *     static const struct cli_option options[] = {DATA_FILE_OPTIONS(struct args, data),
 *         DATA_CHOICE_OPTIONS(struct args, data), ..., {0}};
 *     struct args args = {.data = DATA_DEFAULTS};
 *     args.data.name = arguments[0];
 *     if (data_options_resolve(&args.data, "DATASET", &config, err) < 0) return -1;
 */
#ifndef SCALESTUDY_HARNESS_OPTIONS_DATA_OPTIONS_H
#define SCALESTUDY_HARNESS_OPTIONS_DATA_OPTIONS_H

#include "harness/terminal/cli.h"
#include "workloads/workload.h"

#define DATA_MAX_THREADS 1024

struct data_options {
    const char *name, *root, *packed, *class_map, *match; /* NULL: not given */
    const char *mean, *std; /* a number, or three with commas; NULL: the set's own */
    const char *resize;
    double crop_ratio;
    bool scaled_decode;
    int train_images, test_images, loader_threads;
    int classes, split_seed;
    double minival, fraction;
};

#define DATA_DEFAULTS                                                                              \
    {                                                                                              \
        .resize = "bilinear", .crop_ratio = 1, .fraction = 1, .loader_threads = 1                  \
    }

/* clang-format off */
/* Where the files are. */
#define DATA_FILE_OPTIONS(type, field) \
    {"root", 0, CLI_TEXT, offsetof(type, field.root), "DIR", "the folder of its images"}, \
    {"packed", 0, CLI_TEXT, offsetof(type, field.packed), "F", \
        "the file of `data pack` to read instead"}, \
    {"class-map", 0, CLI_TEXT, offsetof(type, field.class_map), "F", \
        "lines of folder, tab, class number"}

/* How they become a network's input, and by how many threads. */
#define DATA_PIXEL_OPTIONS(type, field) \
    {"mean", 0, CLI_TEXT, offsetof(type, field.mean), "M", \
        "mean of the pixels, from 0 to 1: one, or R,G,B"}, \
    {"std", 0, CLI_TEXT, offsetof(type, field.std), "S", "their deviation"}, \
    {"crop-ratio", 0, CLI_REAL, offsetof(type, field.crop_ratio), "C", \
        "evaluation: resize to input / C, then crop the centre (default 1)"}, \
    {"resize", 0, CLI_TEXT, offsetof(type, field.resize), "bilinear|bicubic", \
        "the filter of a resize (default bilinear)"}, \
    {"scaled-decode", 0, CLI_FLAG, offsetof(type, field.scaled_decode), NULL, \
        "decode JPEGs at 1/2, 1/4 or 1/8 where that is no less than is wanted"}, \
    {"loader-threads", 0, CLI_INT, offsetof(type, field.loader_threads), "N", \
        "threads that decode images (default 1)"}

/* Augmentations with numbers: a struct augment_settings, and the text of its policy. */
#define AUGMENT_OPTIONS(type, field, policy) \
    {"auto-augment", 0, CLI_TEXT, offsetof(type, policy), "none|imagenet|cifar10", \
        "a learnt policy of changes to colours and shape (default none)"}, \
    {"rand-augment", 0, CLI_INT, offsetof(type, field.rand_augment), "N", \
        "such changes at random, at this level of 1 to 30 (default 0: none)"}, \
    {"rand-augment-layers", 0, CLI_INT, offsetof(type, field.rand_augment_layers), "N", \
        "operations per image (default 2)"}, \
    {"color-jitter", 0, CLI_REAL, offsetof(type, field.color_jitter), "X", \
        "brightness, contrast, saturation by up to 1 +- X (default 0: none)"}, \
    {"jitter-brightness", 0, CLI_REAL_ABOVE_0, offsetof(type, field.jitter_brightness), "X", \
        "one of these by another X"}, \
    {"jitter-contrast", 0, CLI_REAL_ABOVE_0, offsetof(type, field.jitter_contrast), "X", "the same"}, \
    {"jitter-saturation", 0, CLI_REAL_ABOVE_0, offsetof(type, field.jitter_saturation), "X", \
        "the same"}, \
    {"jitter-hue", 0, CLI_REAL, offsetof(type, field.jitter_hue), "X", \
        "hue by up to +- X, 1 being once around (at most 0.5; default 0)"}, \
    {"crop-scale-min", 0, CLI_REAL_ABOVE_0, offsetof(type, field.crop_scale_min), "X", \
        "random_resized_crop: least part of the area (default 0.08)"}, \
    {"crop-scale-max", 0, CLI_REAL_ABOVE_0, offsetof(type, field.crop_scale_max), "X", \
        "largest part (default 1)"}, \
    {"crop-ratio-min", 0, CLI_REAL_ABOVE_0, offsetof(type, field.crop_ratio_min), "X", \
        "least width to height (default 3/4)"}, \
    {"crop-ratio-max", 0, CLI_REAL_ABOVE_0, offsetof(type, field.crop_ratio_max), "X", \
        "largest width to height (default 4/3)"}, \
    {"crop-padding", 0, CLI_INT_ABOVE_0, offsetof(type, field.crop_padding), "N", \
        "random_crop: pixels on every side (default: an eighth of the input)"}, \
    {"flip-probability", 0, CLI_REAL_ABOVE_0, offsetof(type, field.flip_probability), "P", \
        "of horizontal_flip (default 0.5)"}, \
    {"random-erasing", 0, CLI_REAL, offsetof(type, field.random_erasing), "P", \
        "probability that a rectangle is blank (default 0)"}, \
    {"erasing-scale-min", 0, CLI_REAL_ABOVE_0, offsetof(type, field.erasing_scale_min), "X", \
        "its least part of the area (default 0.02)"}, \
    {"erasing-scale-max", 0, CLI_REAL_ABOVE_0, offsetof(type, field.erasing_scale_max), "X", \
        "its largest part (default 0.33)"}, \
    {"erasing-ratio-min", 0, CLI_REAL_ABOVE_0, offsetof(type, field.erasing_ratio_min), "X", \
        "its least height to width (default 0.3)"}, \
    {"erasing-ratio-max", 0, CLI_REAL_ABOVE_0, offsetof(type, field.erasing_ratio_max), "X", \
        "its largest height to width (default 3.3)"}, \
    {"cutout", 0, CLI_INT, offsetof(type, field.cutout), "N", \
        "side of a square that is blank, in pixels (default 0: none)"}, \
    {"mixup", 0, CLI_REAL, offsetof(type, field.mixup), "A", \
        "images and labels added to others, by Beta(A, A) (default 0: none)"}, \
    {"cutmix", 0, CLI_REAL, offsetof(type, field.cutmix), "A", \
        "rectangles and labels of others, by Beta(A, A) (default 0: none)"}

/* Which of the images. */
#define DATA_CHOICE_OPTIONS(type, field) \
    {"match", 0, CLI_TEXT, offsetof(type, field.match), "PATTERN", \
        "only files whose name matches, as ILSVRC2012_val_*"}, \
    {"train-images", 0, CLI_INT, offsetof(type, field.train_images), "N", \
        "use N of the training images"}, \
    {"test-images", 0, CLI_INT, offsetof(type, field.test_images), "N", \
        "use N of the test images"}, \
    {"data-classes", 0, CLI_INT, offsetof(type, field.classes), "N", \
        "use N classes, drawn by --split-seed"}, \
    {"fraction", 0, CLI_REAL, offsetof(type, field.fraction), "X", \
        "use this part of the training images, the same share of every class"}, \
    {"minival", 0, CLI_REAL, offsetof(type, field.minival), "X", \
        "hold a part (below 1) or number of training images out, to test on"}, \
    {"split-seed", 0, CLI_INT, offsetof(type, field.split_seed), "N", \
        "of --data-classes, --fraction and --minival (default 0)"}
/* clang-format on */

/* `what`: how the command line names the dataset, for messages. ERR_INPUT names the option. */
int data_options_resolve(const struct data_options *options, const char *what,
    struct data_config *data, struct err *err) MUST_CHECK;

/* On standard error: what was left out of a set, and, unless `quiet`, how it is split. */
void data_notes_show(const struct data_notes *notes, bool quiet);

#endif
