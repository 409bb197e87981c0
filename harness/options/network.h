/*
 * The options that choose a network, the same in every command that takes a MODEL:
 * -w/--width -d/--depth -r/--resolution --input --classes --padding.
 *
 *     struct args { struct network_options network; ... };
 *     static const struct cli_option options[] = {NETWORK_OPTIONS(struct args, network), ..., {0}};
 *     struct args args = {.network = NETWORK_DEFAULTS};
 *     if (network_resolve(&args.network, arguments[0], &spec, err) < 0) return -1;
 */
#ifndef SCALESTUDY_HARNESS_OPTIONS_NETWORK_H
#define SCALESTUDY_HARNESS_OPTIONS_NETWORK_H

#include <math.h>
#include <stdint.h>

#include "harness/terminal/cli.h"
#include "workloads/models/spec.h"

struct network_options {
    double width, depth, resolution; /* factors; resolution NaN: not given */
    int input;                       /* pixels; 0: the model's own times resolution */
    int classes;                     /* 0: the model's own 1000 */
    enum padding padding;
};

#define NETWORK_DEFAULTS                                                                           \
    {                                                                                              \
        .width = 1, .depth = 1, .resolution = NAN                                                  \
    }

#define NETWORK_OPTIONS_TITLE "Options of the network"

#define NETWORK_OPTIONS(type, field)                                                               \
    CLI_GROUP(NETWORK_OPTIONS_TITLE),                                                              \
        {"width", 'w', CLI_REAL, offsetof(type, field.width), "W",                                 \
            "width factor, on the channels of every layer"},                                       \
        {"depth", 'd', CLI_REAL, offsetof(type, field.depth), "D",                                 \
            "depth factor, on the blocks of every stage"},                                         \
        {"resolution", 'r', CLI_REAL, offsetof(type, field.resolution), "R",                       \
            "resolution factor, on the input size"},                                               \
        {"input", 0, CLI_INT_ABOVE_0, offsetof(type, field.input), "PX",                           \
            "input size in pixels, instead of -r"},                                                \
        {"classes", 0, CLI_INT_ABOVE_0, offsetof(type, field.classes), "N",                        \
            "outputs of the classifier (default: the model's)"},                                   \
        {"padding", 0, CLI_PADDING, offsetof(type, field.padding), "torch|same",                   \
            "padding of convolutions: PyTorch's k/2 (default), or TensorFlow's"},                  \
        CLI_GROUP_END

/* The bases of compound scaling, doubles that are NaN where not given, and the baseline's input: for
 * commands that scale. `bases` has fields alpha, beta and gamma; `input` is an int. */
#define COMPOUND_OPTIONS(type, bases, input)                                                       \
    {"alpha", 0, CLI_REAL, offsetof(type, bases.alpha), "A",                                       \
        "depth base of compound scaling (default 1.2)"},                                           \
        {"beta", 0, CLI_REAL, offsetof(type, bases.beta), "B",                                     \
            "width base of compound scaling (default 1.1)"},                                       \
        {"gamma", 0, CLI_REAL, offsetof(type, bases.gamma), "G",                                   \
            "resolution base of compound scaling (default 1.15)"},                                 \
    {                                                                                              \
        "input", 0, CLI_INT, offsetof(type, input), "PX",                                          \
            "input size of the baseline (default: the model's own)"                                \
    }

/* The spec of `model` under these options; ERR_INPUT for anything out of range. */
int network_resolve(const struct network_options *options, const char *model, struct spec *spec,
    struct err *err) MUST_CHECK;

#endif
