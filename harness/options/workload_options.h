/*
 * The options that train and eval share: which network, which images, how many threads.
 *
 *     struct args { struct workload_options workload; ... };
 *     static const struct cli_option options[] = {WORKLOAD_OPTIONS(struct args, workload),
 *         ..., {0}};
 *     struct args args = {.workload = WORKLOAD_DEFAULTS};
 *     if (workload_options_resolve(&args.workload, arguments[0], &job, err) < 0) return -1;
 */
#ifndef SCALESTUDY_HARNESS_OPTIONS_WORKLOAD_OPTIONS_H
#define SCALESTUDY_HARNESS_OPTIONS_WORKLOAD_OPTIONS_H

#include "data_options.h"
#include "network.h"
#include "workloads/workload.h"

struct workload_options {
    struct network_options network;
    int stem_stride; /* 0: the model's own */
    bool no_stem_pool;
    double bn_eps; /* 0: the model's own */
    struct data_options data;
    int threads; /* 0: all cores */
    int64_t seed;
};

#define WORKLOAD_DEFAULTS                                                                          \
    {                                                                                              \
        .network = NETWORK_DEFAULTS, .data = DATA_DEFAULTS                                         \
    }

/* clang-format off */
/* What predict shares with them: the network, and how an image becomes its input. */
#define WORKLOAD_IMAGE_OPTIONS(type, field) \
    NETWORK_OPTIONS(type, field.network), \
    CLI_GROUP(NETWORK_OPTIONS_TITLE), \
    {"stem-stride", 0, CLI_INT, offsetof(type, field.stem_stride), "N", \
        "stride of the first convolution: 1 for small images (default: the model's)"}, \
    {"no-stem-pool", 0, CLI_FLAG, offsetof(type, field.no_stem_pool), NULL, \
        "leave out the first pooling of a ResNet"}, \
    {"bn-eps", 0, CLI_REAL_ABOVE_0, offsetof(type, field.bn_eps), "X", \
        "batch norm's epsilon (default: the model's; 1e-3 for TensorFlow's weights)"}, \
    CLI_GROUP(DATA_OPTIONS_TITLE), \
    {"data", 0, CLI_TEXT, offsetof(type, field.data.name), "NAME", \
        "the dataset; `scalestudy data list` lists them"}, \
    DATA_FILE_OPTIONS(type, field.data), \
    DATA_PIXEL_OPTIONS(type, field.data), \
    {"threads", 0, CLI_INT, offsetof(type, field.threads), "N", \
        "threads that compute (default: all cores)"}

#define WORKLOAD_OPTIONS(type, field) \
    WORKLOAD_IMAGE_OPTIONS(type, field), \
    DATA_CHOICE_OPTIONS(type, field.data), \
    {"seed", 0, CLI_INT64, offsetof(type, field.seed), "N", \
        "seed of initial weights, order of images and augmentation (default 0)"}
/* clang-format on */

/* Fills spec (classes 0 unless --classes says), data, threads and seed of `job`; ERR_INPUT names
 * the option. */
int workload_options_resolve(const struct workload_options *options, const char *model,
    struct workload *job, struct err *err) MUST_CHECK;

#endif
