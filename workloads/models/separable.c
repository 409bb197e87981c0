/* Depthwise separable convolution, Howard et al. 2017 (arXiv 1704.04861), Figure 3. */
#include "builder.h"

int build_separable(struct builder *b, const struct stage *stage, int stride)
{
    if (build_depthwise(b, PART_DEPTHWISE_CONV, stage->kernel, stride) < 0 ||
        build_norm(b, PART_DEPTHWISE_NORM, stage->act) < 0 ||
        build_conv(b, PART_PROJECT_CONV, stage->channels, 1, 1) < 0)
        return -1;
    return build_norm(b, PART_PROJECT_NORM, stage->act);
}
