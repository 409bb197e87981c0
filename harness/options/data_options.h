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

#define DATA_OPTIONS_TITLE "Options of images"

/* clang-format off */
/* Where the files are. */
#define DATA_FILE_OPTIONS(type, field) \
    CLI_GROUP(DATA_OPTIONS_TITLE), \
    {"root", 0, CLI_TEXT, offsetof(type, field.root), "DIR", "folder of the images (default: where `data fetch` puts the set)"}, \
    {"packed", 0, CLI_TEXT, offsetof(type, field.packed), "F", \
        "file of `data pack` to read instead"}, \
    {"class-map", 0, CLI_TEXT, offsetof(type, field.class_map), "F", \
        "file of class numbers, with lines of folder, tab, number (default: by the folders' sorted order)"}, \
    CLI_GROUP_END

/* How they become a network's input, and by how many threads. */
#define DATA_PIXEL_OPTIONS(type, field) \
    CLI_GROUP(DATA_OPTIONS_TITLE), \
    {"mean", 0, CLI_TEXT, offsetof(type, field.mean), "M", \
        "mean to subtract from pixels of 0 to 1: a number, or R,G,B (default: the set's)"}, \
    {"std", 0, CLI_TEXT, offsetof(type, field.std), "S", "deviation to divide by: a number, or R,G,B (default: the set's)"}, \
    {"crop-ratio", 0, CLI_REAL, offsetof(type, field.crop_ratio), "C", \
        "evaluation: resize to input / C, then crop the centre (default 1)"}, \
    {"resize", 0, CLI_TEXT, offsetof(type, field.resize), "bilinear|bicubic", \
        "filter of a resize (default bilinear)"}, \
    {"scaled-decode", 0, CLI_FLAG, offsetof(type, field.scaled_decode), NULL, \
        "decode JPEGs at 1/2, 1/4 or 1/8 of their size where that is large enough: faster, but other pixels"}, \
    {"loader-threads", 0, CLI_INT, offsetof(type, field.loader_threads), "N", \
        "threads that decode images (default 1)"}, \
    CLI_GROUP_END

/* Which of the images. */
#define DATA_CHOICE_OPTIONS(type, field) \
    CLI_GROUP(DATA_OPTIONS_TITLE), \
    {"match", 0, CLI_TEXT, offsetof(type, field.match), "PATTERN", \
        "only files whose name matches, such as ILSVRC2012_val_*"}, \
    {"train-images", 0, CLI_INT, offsetof(type, field.train_images), "N", \
        "use at most N training images"}, \
    {"test-images", 0, CLI_INT, offsetof(type, field.test_images), "N", \
        "use at most N test images"}, \
    {"data-classes", 0, CLI_INT, offsetof(type, field.classes), "N", \
        "use N classes, drawn by --split-seed"}, \
    {"fraction", 0, CLI_REAL, offsetof(type, field.fraction), "X", \
        "use this part of the training images, the same share of every class"}, \
    {"minival", 0, CLI_REAL, offsetof(type, field.minival), "X", \
        "hold out a part (below 1) or a number of the training images, and test on them"}, \
    {"split-seed", 0, CLI_INT, offsetof(type, field.split_seed), "N", \
        "seed of --data-classes, --fraction and --minival (default 0)"}, \
    CLI_GROUP_END
/* clang-format on */

/* `what`: how the command line names the dataset, for messages. ERR_INPUT names the option. */
int data_options_resolve(const struct data_options *options, const char *what,
    struct data_config *data, struct err *err) MUST_CHECK;

/* On standard error: what was left out of a set, and, unless `quiet`, how it is split. */
void data_notes_show(const struct data_notes *notes, bool quiet);

#endif
