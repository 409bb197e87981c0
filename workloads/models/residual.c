/* Residual blocks: He et al. 2016 (arXiv 1512.03385), Figure 5, with projections where shapes
 * change. */
#include "builder.h"

/* The skip: the input itself, or a strided 1x1 convolution where the shape changes. Leaves x alone.
 */
static int build_skip(struct builder *b, int input, int channels, int stride, int *skip)
{
    int x = b->x;

    *skip = input;
    b->x = input;
    if (stride == 1 && builder_shape(b).c == channels) {
        b->x = x;
        return 0;
    }
    if (build_conv(b, PART_SKIP_CONV, channels, 1, stride) < 0 ||
        build_norm(b, PART_SKIP_NORM, ACT_NONE) < 0)
        return -1;
    *skip = b->x;
    b->x = x;
    return 0;
}

static int finish(struct builder *b, const struct stage *stage, int input, int channels, int stride)
{
    int skip;

    if (build_skip(b, input, channels, stride, &skip) < 0 || build_residual_add(b, skip) < 0)
        return -1;
    return build_activation(b, stage->act);
}

int build_basic(struct builder *b, const struct stage *stage, int stride)
{
    int input = b->x;

    if (build_conv(b, PART_CONV1, stage->channels, stage->kernel, stride) < 0 ||
        build_norm(b, PART_NORM1, stage->act) < 0 ||
        build_conv(b, PART_CONV2, stage->channels, stage->kernel, 1) < 0 ||
        build_closing_norm(b, PART_NORM2, true) < 0)
        return -1;
    return finish(b, stage, input, stage->channels, stride);
}

int build_bottleneck(struct builder *b, const struct stage *stage, int stride)
{
    int input = b->x, channels;

    if (__builtin_mul_overflow(stage->channels, stage->expand, &channels))
        return err_set(b->err, ERR_NUMERIC,
            "a bottleneck of %d channels expanded %d times is too wide to count", stage->channels,
            stage->expand);
    if (build_conv(b, PART_CONV1, stage->channels, 1, 1) < 0 ||
        build_norm(b, PART_NORM1, stage->act) < 0 ||
        build_conv(b, PART_CONV2, stage->channels, stage->kernel, stride) < 0 ||
        build_norm(b, PART_NORM2, stage->act) < 0 ||
        build_conv(b, PART_CONV3, channels, 1, 1) < 0 ||
        build_closing_norm(b, PART_NORM3, true) < 0)
        return -1;
    return finish(b, stage, input, channels, stride);
}
