/* CutMix (Yun et al. 2019, arXiv 1905.04899): a rectangle is another image's, as torchvision's RandomCutmix. */
#include "augmentation.h"

static const struct augment_setting settings[] = {
    {AUGMENT_FIELD_REAL(cutmix), RANGE_FROM(0, 100), .asks = true, .parameter = "alpha",
        .help = "alpha: rectangles and labels of others of the batch (Yun et al. 2019)"},
    {0},
};

static void mixes(
    const struct augment_settings *given, struct rng *rng, int side, struct mixing *mixing)
{
    double share = mixing_beta(given->cutmix, rng);
    int x = (int)rng_below(rng, (uint64_t)side), y = (int)rng_below(rng, (uint64_t)side);

    mixing_cut(mixing, share, x, y, side);
}

const struct augmentation augmentation_cutmix = {
    .name = "cutmix",
    .summary = "rectangles and labels of others of the batch (Yun et al. 2019)",
    .settings = settings,
    .mixes = mixes,
};
