/*
 * Dense convolution: what all ways to compute it share. The ways are in conv_algorithms.def; which one a
 * convolution takes depends on its filter and the sizes of its maps.
 */
#include "conv_algorithm.h"

#include "workloads/nn/graph/sizes.h"

#define LEAST_GATED_PIXELS 32

static int conv_shape(
    const void *config, const struct shape *in, struct shape *out, struct err *err)
{
    const struct conv_config *conv = config;
    const struct window window = {
        .kernel = conv->kernel, .stride = conv->stride, .padding = conv->padding};

    return window_shape(&window, in, conv->channels, out, err);
}

static int conv_parameters(const void *config, const struct shape *in, struct parameter_info *info)
{
    const struct conv_config *conv = config;

    info[0] = (struct parameter_info){.suffix = "weight",
        .kind = PARAMETER_WEIGHT,
        .init = INIT_KAIMING_FAN_OUT,
        .n_dims = 4,
        .dims = {conv->channels, in->c, conv->kernel, conv->kernel}};
    if (!conv->bias)
        return 1;
    info[1] = (struct parameter_info){.suffix = "bias",
        .kind = PARAMETER_BIAS,
        .init = INIT_ZERO,
        .n_dims = 1,
        .dims = {conv->channels}};
    return 2;
}

static int64_t conv_macs(const void *config, const struct shape *in, const struct shape *out)
{
    int kernel = ((const struct conv_config *)config)->kernel;

    return count_product(6, (const int64_t[]){out->h, out->w, out->c, in->c, kernel, kernel});
}

static const struct layer_algorithm *conv_choose(
    const void *config, const struct shape *in, const struct shape *out)
{
    static const struct layer_algorithm *const algorithms[] = {
#define CONV_ALGORITHM(name) &conv_##name,
#include "conv_algorithms.def"
#undef CONV_ALGORITHM
    };
    int last = (int)(sizeof(algorithms) / sizeof(algorithms[0])) - 1, i = 0;

    while (i < last && !algorithms[i]->fits(config, in, out))
        i++;
    return algorithms[i];
}

/* On the smallest maps the sums of each image would be more work than a pass over it. */
static bool conv_reads_gates(const void *config, const struct shape *in)
{
    const struct conv_config *conv = config;

    return conv->kernel == 1 && conv->stride == 1 && (int64_t)in->h * in->w >= LEAST_GATED_PIXELS;
}

static bool conv_example(int index, void *config, struct shape *in)
{
    static const struct {
        struct conv_config config;
        struct shape in;
    } examples[] = {
        {{5, 1, 1, PADDING_TORCH, false}, {4, 3, 7}},
        {{33, 1, 1, PADDING_TORCH, true}, {9, 8, 20}},
        {{6, 1, 2, PADDING_TORCH, false}, {5, 4, 3}},
        {{4, 3, 1, PADDING_TORCH, true}, {5, 4, 3}},
        {{17, 3, 1, PADDING_SAME, false}, {3, 6, 2}},
        {{8, 3, 2, PADDING_TORCH, false}, {7, 6, 3}},
        {{8, 3, 2, PADDING_SAME, false}, {8, 6, 3}},
        {{5, 7, 2, PADDING_TORCH, false}, {9, 11, 2}},
        {{3, 3, 1, PADDING_TORCH, false}, {1, 1, 6}},
        {{3, 3, 2, PADDING_SAME, false}, {2, 1, 5}},
        {{19, 3, 1, PADDING_TORCH, true}, {2, 2, 18}},
        {{7, 3, 2, PADDING_TORCH, false}, {2, 2, 5}},
        {{6, 5, 1, PADDING_SAME, true}, {2, 3, 4}},
        {{4, 2, 1, PADDING_TORCH, false}, {4, 4, 3}},
        {{16, 7, 1, PADDING_TORCH, true}, {9, 11, 3}},
        {{20, 3, 2, PADDING_SAME, false}, {17, 18, 3}},
        {{5, 5, 1, PADDING_TORCH, false}, {8, 9, 16}},
    };

    if (index >= (int)(sizeof(examples) / sizeof(examples[0])))
        return false;
    *(struct conv_config *)config = examples[index].config;
    in[0] = examples[index].in;
    return true;
}

const struct layer layer_conv = {
    .name = "conv",
    .summary = "dense convolution",
    .config_bytes = sizeof(struct conv_config),
    .n_inputs = 1,
    .gives_sums = true,
    .takes_factors = true,
    .keeps_input = true,
    .reads_gates = conv_reads_gates,
    .shape = conv_shape,
    .parameters = conv_parameters,
    .macs = conv_macs,
    .choose = conv_choose,
    .backward_macs_factor = 2,
    .example = conv_example,
};
