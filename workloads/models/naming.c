#include "naming.h"

#include <stdio.h>

struct names {
    const char *plain;   /* of blocks without an expansion, and of everything else */
    const char *expands; /* of an MBConv with an expansion, where that differs */
};

/* "%s" is the block's own prefix, or for a head the number of the feature it is. */
static const struct names table[][PART_COUNT] =
    {
        /* timm's, which are alike for all its mobile networks. */
        [NAMING_MOBILENET_V1] =
            {
                [PART_STEM_CONV] = {"conv_stem", NULL},
                [PART_STEM_NORM] = {"bn1", NULL},
                [PART_EXPAND_CONV] = {NULL, "%sconv_pw"},
                [PART_EXPAND_NORM] = {NULL, "%sbn1"},
                [PART_DEPTHWISE_CONV] = {"%sconv_dw", NULL},
                [PART_DEPTHWISE_NORM] = {"%sbn1", "%sbn2"},
                [PART_SQUEEZE] = {"%sse", NULL},
                [PART_PROJECT_CONV] = {"%sconv_pw", "%sconv_pwl"},
                [PART_PROJECT_NORM] = {"%sbn2", "%sbn3"},
                [PART_HEAD_CONV] = {"conv_head", NULL},
                [PART_HEAD_NORM] = {"bn2", NULL},
                [PART_CLASSIFIER] = {"classifier", NULL},
            },
        [NAMING_MOBILENET_V2] =
            {
                [PART_STEM_CONV] = {"features.0.0", NULL},
                [PART_STEM_NORM] = {"features.0.1", NULL},
                [PART_EXPAND_CONV] = {NULL, "%sconv.0.0"},
                [PART_EXPAND_NORM] = {NULL, "%sconv.0.1"},
                [PART_DEPTHWISE_CONV] = {"%sconv.0.0", "%sconv.1.0"},
                [PART_DEPTHWISE_NORM] = {"%sconv.0.1", "%sconv.1.1"},
                [PART_PROJECT_CONV] = {"%sconv.1", "%sconv.2"},
                [PART_PROJECT_NORM] = {"%sconv.2", "%sconv.3"},
                [PART_HEAD_CONV] = {"features.%s.0", NULL},
                [PART_HEAD_NORM] = {"features.%s.1", NULL},
                [PART_CLASSIFIER] = {"classifier.1", NULL},
            },
        [NAMING_RESNET] =
            {
                [PART_STEM_CONV] = {"conv1", NULL},
                [PART_STEM_NORM] = {"bn1", NULL},
                [PART_CONV1] = {"%sconv1", NULL},
                [PART_NORM1] = {"%sbn1", NULL},
                [PART_CONV2] = {"%sconv2", NULL},
                [PART_NORM2] = {"%sbn2", NULL},
                [PART_CONV3] = {"%sconv3", NULL},
                [PART_NORM3] = {"%sbn3", NULL},
                [PART_SKIP_CONV] = {"%sdownsample.0", NULL},
                [PART_SKIP_NORM] = {"%sdownsample.1", NULL},
                [PART_CLASSIFIER] = {"fc", NULL},
            },
        [NAMING_EFFICIENTNET] =
            {
                [PART_STEM_CONV] = {"features.0.0", NULL},
                [PART_STEM_NORM] = {"features.0.1", NULL},
                [PART_EXPAND_CONV] = {NULL, "%sblock.0.0"},
                [PART_EXPAND_NORM] = {NULL, "%sblock.0.1"},
                [PART_DEPTHWISE_CONV] = {"%sblock.0.0", "%sblock.1.0"},
                [PART_DEPTHWISE_NORM] = {"%sblock.0.1", "%sblock.1.1"},
                [PART_SQUEEZE] = {"%sblock.1", "%sblock.2"},
                [PART_PROJECT_CONV] = {"%sblock.2.0", "%sblock.3.0"},
                [PART_PROJECT_NORM] = {"%sblock.2.1", "%sblock.3.1"},
                [PART_HEAD_CONV] = {"features.%s.0", NULL},
                [PART_HEAD_NORM] = {"features.%s.1", NULL},
                [PART_CLASSIFIER] = {"classifier.1", NULL},
            },
};

static void block_prefix(enum naming naming, const struct place *place, char *to, size_t size)
{
    switch (naming) {
    case NAMING_MOBILENET_V1:
        snprintf(to, size, "blocks.%d.%d.", place->stage, place->block);
        break;
    case NAMING_MOBILENET_V2:
        snprintf(to, size, "features.%d.", place->block_total + 1);
        break;
    case NAMING_RESNET:
        snprintf(to, size, "layer%d.%d.", place->stage + 1, place->block);
        break;
    case NAMING_EFFICIENTNET:
        snprintf(to, size, "features.%d.%d.", place->stage + 1, place->block);
        break;
    }
}

/* The head is one more feature after the stem and the blocks (V2) or stages (EfficientNet). */
static void head_number(enum naming naming, const struct place *place, char *to, size_t size)
{
    snprintf(to, size, "%d",
        1 + (naming == NAMING_MOBILENET_V2 ? place->block_total : place->stage_total));
}

void naming_of(enum naming naming, enum part part, const struct place *place, char to[NAMING_BYTES])
{
    const struct names *names = &table[naming][part];
    const char *format = place->expands && names->expands ? names->expands : names->plain;
    char prefix[NAMING_BYTES / 2];
    int before;

    if (part == PART_HEAD_CONV || part == PART_HEAD_NORM)
        head_number(naming, place, prefix, sizeof(prefix));
    else
        block_prefix(naming, place, prefix, sizeof(prefix));
    if (!format)
        format = "%s";
    before = 0;
    while (format[before] && format[before] != '%')
        before++;
    if (format[before])
        snprintf(to, NAMING_BYTES, "%.*s%s%s", before, format, prefix, format + before + 2);
    else
        snprintf(to, NAMING_BYTES, "%s", format);
}

enum naming naming_other(enum naming naming)
{
    static const enum naming others[] = {
        [NAMING_MOBILENET_V1] = NAMING_MOBILENET_V1,
        [NAMING_MOBILENET_V2] = NAMING_MOBILENET_V1,
        [NAMING_RESNET] = NAMING_RESNET, /* timm's names are torchvision's */
        [NAMING_EFFICIENTNET] = NAMING_MOBILENET_V1,
    };

    return others[naming];
}

bool naming_is_timm(enum naming naming)
{
    return naming == NAMING_MOBILENET_V1;
}
