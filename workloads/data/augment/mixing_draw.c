/* Which augmentation mixes a batch. */
#include "augmentation.h"

/* Those that are asked for, from the first; returns how many. */
static int find(
    const struct augment_settings *settings, const struct augmentation *found[AUGMENTATIONS])
{
    int n = 0;

    for (const struct augmentation *const *one = augmentations(); *one; one++)
        if ((*one)->mixes && augmentation_is_on(*one, 0, settings))
            found[n++] = *one;
    return n;
}

bool mixing_is_on(const struct augment_settings *settings)
{
    const struct augmentation *found[AUGMENTATIONS];

    return find(settings, found) > 0;
}

void mixing_draw(
    struct mixing *mixing, const struct augment_settings *settings, int side, struct rng *rng)
{
    const struct augmentation *found[AUGMENTATIONS];
    int n = find(settings, found);

    *mixing = (struct mixing){.share = 1};
    if (n > 0)
        found[n > 1 ? rng_below(rng, (uint64_t)n) : 0]->mixes(settings, rng, side, mixing);
}
