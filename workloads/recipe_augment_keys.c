/* The keys of a recipe that augment images: the list of augmentations, and the settings that they describe. */
#include <stddef.h>
#include <string.h>

#include "recipe_keys.h"
#include "workloads/data/augment/augmentation.h"

static const struct recipe_key list_key = {
    .name = "augment",
    .offset = offsetof(struct recipe, augment),
    .type = RECIPE_BITS,
    .identity = RECIPE_ALWAYS,
    .augments = true,
    .choices = recipe_augment_names,
    .help = "changes to training images",
    .in_study = ": names, or mappings of a name and parameters, as {name: random_resized_crop, "
                "scale: [0.2, 1]}; those stand for the keys below",
};

static enum recipe_type type_of(const struct augment_setting *setting)
{
    static const enum recipe_type types[] = {
        [AUGMENT_INT] = RECIPE_INT,
        [AUGMENT_REAL] = RECIPE_REAL,
        [AUGMENT_CHOICE] = RECIPE_CHOICE,
    };

    return types[setting->type];
}

/* "scale of random_resized_crop: least part of the area", unless it is the augmentation itself. */
static const char *help_of(
    const struct augmentation *augmentation, const struct augment_setting *setting)
{
    struct str text = STR_INIT;

    if (setting->parameter && strcmp(setting->key, augmentation->name) != 0)
        str_addf(&text, "%s of %s: ", setting->parameter, augmentation->name);
    str_add(&text, setting->help);
    return str_keep(&text, setting->help);
}

static const char *standard_of(const struct augment_setting *setting)
{
    struct str text = STR_INIT;

    if (setting->otherwise || !augment_setting_zero_is_default(setting))
        return setting->otherwise;
    if (setting->standard != 0)
        str_addf(&text, "%.10g", setting->standard);
    return str_keep(&text, "");
}

/* Jobs that were there before a setting had its initial value, so that only others name it. */
static void add_setting(const struct augmentation *augmentation,
    const struct augment_setting *setting, void (*add)(const struct recipe_key *key))
{
    const struct recipe_key key = {
        .name = setting->key,
        .type = type_of(setting),
        .offset = offsetof(struct recipe, settings) + setting->offset,
        .least = setting->least,
        .most = setting->most,
        .above_least = setting->above_least,
        .initial = setting->initial,
        .identity = RECIPE_IF_SET,
        .augments = true,
        .otherwise = standard_of(setting),
        .zero_is_default = augment_setting_zero_is_default(setting),
        .detail = setting->detail,
        .unit = setting->unit,
        .zero = setting->type != AUGMENT_CHOICE && setting->asks &&
                        !augment_setting_zero_is_default(setting)
                    ? "none"
                    : NULL,
        .help = help_of(augmentation, setting),
        .choices = setting->choices,
        .what = setting->choices ? setting->parameter : NULL,
    };

    add(&key);
}

void recipe_augment_add_keys(void (*add)(const struct recipe_key *key))
{
    add(&list_key);
    for (const struct augmentation *const *one = augmentations(); *one; one++)
        for (const struct augment_setting *row = (*one)->settings; row && row->key; row++)
            add_setting(*one, row, add);
}
