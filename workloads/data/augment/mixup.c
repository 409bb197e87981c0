/* mixup (Zhang et al. 2018, arXiv 1710.09412): images and labels are weighted sums, as torchvision's RandomMixup. */
#include "augmentation.h"

static const struct augment_setting settings[] = {
    {AUGMENT_FIELD_REAL(mixup), RANGE_FROM(0, 100), .asks = true, .parameter = "alpha",
        .help = "alpha: images and labels added to others of the batch (Zhang et al. 2018)"},
    {0},
};

static void mixes(
    const struct augment_settings *given, struct rng *rng, int side, struct mixing *mixing)
{
    (void)side;
    mixing->share = mixing_beta(given->mixup, rng);
}

const struct augmentation augmentation_mixup = {
    .name = "mixup",
    .summary = "images and labels are added to others of the batch (Zhang et al. 2018)",
    .settings = settings,
    .mixes = mixes,
};
