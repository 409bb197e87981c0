/* Which version of the numerics the results of a job are of. */
#include <math.h>

#include "workload.h"

/* From here down a draw from Gamma(alpha) may be smaller than any double. */
#define SMALL_ALPHA 0.06

static bool is_small(double alpha)
{
    return alpha > 0 && alpha < SMALL_ALPHA;
}

/* Images and labels were mixed piece by piece, and small alphas gave a share of exactly a half. */
static bool mixes_otherwise(const struct recipe *recipe)
{
    const struct augment_settings *settings = &recipe->settings;

    if (settings->mixup == 0 && settings->cutmix == 0)
        return false;
    return recipe_piece(recipe) < recipe->batch || is_small(settings->mixup) ||
           is_small(settings->cutmix);
}

/* Some steps of a staircase came one step late where decay_epochs is a fraction; the default of 2.4
 * has none, of up to a million steps an epoch. */
static bool falls_otherwise(const struct recipe *recipe)
{
    const struct schedule_settings *settings = &recipe->schedule_settings;
    bool stairs = recipe->schedule == SCHEDULE_STEP ||
                  (recipe->schedule == SCHEDULE_EXPONENTIAL && settings->staircase > 0);

    return stairs && settings->decay_epochs != floor(settings->decay_epochs) &&
           settings->decay_epochs != 2.4;
}

/* Networks that are no EfficientNets dropped their last block at less than the rate; MobileNetV1 has
 * nothing to drop. */
static bool drops_otherwise(const struct spec *spec)
{
    return spec->drop_path > 0 && spec->naming != NAMING_EFFICIENTNET &&
           spec->naming != NAMING_MOBILENET_V1;
}

/* Crops were filtered with the pixels beside them, and halves were not rounded to even. */
static bool crops_otherwise(const struct recipe *recipe)
{
    return (recipe->augment & AUGMENT_BIT(AUGMENT_INDEX_RANDOM_RESIZED_CROP)) != 0;
}

int workload_numerics(const struct spec *spec, const struct recipe *recipe)
{
    bool changed_in_6 = mixes_otherwise(recipe) || falls_otherwise(recipe) ||
                        drops_otherwise(spec) || crops_otherwise(recipe);

    return changed_in_6 ? 6 : 5;
}
