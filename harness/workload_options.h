/*
 * The options that train and eval share: which network, which images, how many threads.
 *
 *     struct args { struct workload_options workload; ... };
 *     static const struct cli_option options[] = {WORKLOAD_OPTIONS(struct args, workload),
 *         ..., {0}};
 *     struct args args = {.workload = WORKLOAD_DEFAULTS};
 *     if (workload_options_resolve(&args.workload, arguments[0], &job, err) < 0) return -1;
 */
#ifndef SCALESTUDY_HARNESS_WORKLOAD_OPTIONS_H
#define SCALESTUDY_HARNESS_WORKLOAD_OPTIONS_H

#include "network.h"
#include "workloads/workload.h"

struct workload_options {
    struct network_options network;
    int stem_stride; /* 0: the model's own */
    bool no_stem_pool;
    double bn_eps;                               /* 0: the model's own */
    const char *data, *root, *class_map, *match; /* NULL: not given */
    const char *mean, *std; /* a number, or three with commas; NULL: the set's own */
    double crop_ratio;
    int train_images, test_images, loader_threads;
    int threads; /* 0: all cores */
    int64_t seed;
};

#define WORKLOAD_DEFAULTS                                                                          \
    {                                                                                              \
        .network = NETWORK_DEFAULTS, .crop_ratio = 1, .loader_threads = 1                          \
    }

/* clang-format off */
/* What predict shares with them: the network, and how an image becomes its input. */
#define WORKLOAD_IMAGE_OPTIONS(type, field) \
    NETWORK_OPTIONS(type, field.network), \
    {"stem-stride", 0, CLI_INT, offsetof(type, field.stem_stride), "N", \
        "stride of the first convolution (1 for small images)"}, \
    {"no-stem-pool", 0, CLI_FLAG, offsetof(type, field.no_stem_pool), NULL, \
        "leave out ResNet's first pooling"}, \
    {"bn-eps", 0, CLI_REAL, offsetof(type, field.bn_eps), "X", \
        "batch norm's epsilon (default: the model's; 1e-3 for TensorFlow's weights)"}, \
    {"data", 0, CLI_TEXT, offsetof(type, field.data), "NAME", \
        "the dataset; `scalestudy data list` names them"}, \
    {"root", 0, CLI_TEXT, offsetof(type, field.root), "DIR", "the folder of its images"}, \
    {"class-map", 0, CLI_TEXT, offsetof(type, field.class_map), "F", \
        "lines of folder, tab, class number"}, \
    {"mean", 0, CLI_TEXT, offsetof(type, field.mean), "M", \
        "mean of the pixels, from 0 to 1: one, or R,G,B"}, \
    {"std", 0, CLI_TEXT, offsetof(type, field.std), "S", "their deviation"}, \
    {"crop-ratio", 0, CLI_REAL, offsetof(type, field.crop_ratio), "C", \
        "evaluation: resize to input / C, then crop the centre (default 1)"}, \
    {"loader-threads", 0, CLI_INT, offsetof(type, field.loader_threads), "N", \
        "threads that decode images (default 1)"}, \
    {"threads", 0, CLI_INT, offsetof(type, field.threads), "N", \
        "threads that compute (default: all cores)"}

#define WORKLOAD_OPTIONS(type, field) \
    WORKLOAD_IMAGE_OPTIONS(type, field), \
    {"match", 0, CLI_TEXT, offsetof(type, field.match), "PATTERN", \
        "only files whose name matches, as ILSVRC2012_val_*"}, \
    {"train-images", 0, CLI_INT, offsetof(type, field.train_images), "N", \
        "take so many of the training images"}, \
    {"test-images", 0, CLI_INT, offsetof(type, field.test_images), "N", \
        "take so many of the test images"}, \
    {"seed", 0, CLI_INT64, offsetof(type, field.seed), "N", \
        "of first weights, order and augmentation (default 0)"}
/* clang-format on */

/* Fills spec (classes 0 unless --classes says), data, threads and seed of `job`; ERR_INPUT names
 * the option. */
int workload_options_resolve(const struct workload_options *options, const char *model,
    struct workload *job, struct err *err) MUST_CHECK;

#endif
