/*
 * Mobile inverted bottleneck: Sandler et al. 2018 (arXiv 1801.04381), Table 1; with
 * squeeze-excitation Tan et al. 2019 (arXiv 1807.11626). Squeezed channels are a ratio of the
 * block's input, not of its hidden channels.
 */
#include "builder.h"

static int squeezed_channels(int channels, double ratio)
{
    int squeezed = (int)(channels * ratio);

    return squeezed > 1 ? squeezed : 1;
}

int build_mbconv(struct builder *b, const struct stage *stage, int stride)
{
    int input = b->x, channels = builder_shape(b).c, hidden;

    if (__builtin_mul_overflow(channels, stage->expand, &hidden))
        return err_set(b->err, ERR_NUMERIC,
            "an MBConv of %d channels expanded %d times is too wide to count", channels,
            stage->expand);
    b->place.expands = hidden != channels;
    if (b->place.expands && (build_conv(b, PART_EXPAND_CONV, hidden, 1, 1) < 0 ||
                                build_norm(b, PART_EXPAND_NORM, stage->act) < 0))
        return -1;
    if (build_depthwise(b, PART_DEPTHWISE_CONV, stage->kernel, stride) < 0 ||
        build_norm(b, PART_DEPTHWISE_NORM, stage->act) < 0)
        return -1;
    if (stage->se_ratio > 0 &&
        build_squeeze_excitation(b, squeezed_channels(channels, stage->se_ratio), stage->act) < 0)
        return -1;
    if (build_conv(b, PART_PROJECT_CONV, stage->channels, 1, 1) < 0 ||
        build_closing_norm(b, PART_PROJECT_NORM, stride == 1 && channels == stage->channels) < 0)
        return -1;
    return stride == 1 && channels == stage->channels ? build_residual_add(b, input) : 0;
}
