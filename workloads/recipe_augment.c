/* What a recipe says of augmentations, held to their descriptions. */
#include "recipe_augment.h"

#include "workloads/data/augment/augmentation.h"

void recipe_augment_settle(struct augment_settings *settings)
{
    for (const struct augmentation *const *one = augmentations(); *one; one++) {
        for (const struct augment_setting *row = (*one)->settings; row && row->key; row++)
            if (augment_setting_zero_is_default(row) &&
                augment_setting_get(row, settings) == row->standard)
                augment_setting_set(row, 0, settings);
        if ((*one)->settle)
            (*one)->settle(settings);
    }
}

static bool is_on(const struct augmentation *augmentation, const struct recipe *recipe)
{
    return augmentation_is_on(augmentation, recipe->augment, &recipe->settings);
}

/* A setting that was given, of an augmentation that is not asked for. */
static int refuse_idle(
    const struct augmentation *augmentation, const struct recipe *recipe, struct err *err)
{
    if (is_on(augmentation, recipe))
        return 0;
    for (const struct augment_setting *row = augmentation->settings; row && row->key; row++)
        if (augment_setting_zero_is_default(row) &&
            augment_setting_get(row, &recipe->settings) != 0)
            return err_set(err, ERR_INPUT,
                "%s is given, but there is no %s for it; add that, or take it out", row->key,
                augmentation->name);
    return 0;
}

static int check_order(
    const struct augmentation *augmentation, const struct recipe *recipe, struct err *err)
{
    for (const struct augment_setting *row = augmentation->settings; row && row->key; row++) {
        const struct augment_settings all = augment_settings_resolve(row, &recipe->settings);

        if (augment_setting_begins_range(row) &&
            augment_setting_get(row, &all) > augment_setting_get(row + 1, &all))
            return err_set(err, ERR_INPUT,
                "%s is %g and %s is %g; the least is not above the largest", row->key,
                augment_setting_get(row, &all), row[1].key, augment_setting_get(row + 1, &all));
    }
    return 0;
}

static int check_one(
    const struct augmentation *augmentation, const struct recipe *recipe, struct err *err)
{
    const char *other = augmentation->instead_of;

    if (is_on(augmentation, recipe) && other && is_on(augmentation_find(other), recipe))
        return err_set(err, ERR_INPUT,
            "%s and %s are both given; they are two ways to do the same, so choose one",
            augmentation->name, other);
    if (is_on(augmentation, recipe) && augmentation->mixes && recipe->batch < 2)
        return err_set(err, ERR_INPUT,
            "%s is given and batch is %d; it mixes an image with another of its batch, so batch "
            "must be at least 2",
            augmentation->name, recipe->batch);
    if (refuse_idle(augmentation, recipe, err) < 0)
        return -1;
    return check_order(augmentation, recipe, err);
}

int recipe_augment_check(const struct recipe *recipe, struct err *err)
{
    for (const struct augmentation *const *one = augmentations(); *one; one++)
        if (check_one(*one, recipe, err) < 0)
            return -1;
    return 0;
}
