#include "recipe_augment.h"

#include <stddef.h>
#include <string.h>

/* A row of augment_numbers.def. */
struct number {
    const char *key, *transform;
    size_t offset;
    double most;
};

static const struct number numbers[] = {
#define AUGMENT_NUMBER(field, default_, most, transform, parameter, help)                          \
    {#field, transform, offsetof(struct augment_settings, field), most},
#include "workloads/data/config/augment_numbers.def"
#undef AUGMENT_NUMBER
    {0},
};

static double value_of(const struct number *number, const struct augment_settings *settings)
{
    return *(const double *)((const char *)settings + number->offset);
}

void recipe_augment_settle(struct augment_settings *settings)
{
    double strength = settings->jitter_brightness;

#define AUGMENT_NUMBER(field, default_, most, transform, parameter, help)                          \
    if (settings->field == (default_))                                                             \
        settings->field = 0;
#include "workloads/data/config/augment_numbers.def"
#undef AUGMENT_NUMBER
    if (strength > 0 && settings->jitter_contrast == strength &&
        settings->jitter_saturation == strength) {
        settings->color_jitter = strength;
        settings->jitter_brightness = settings->jitter_contrast = settings->jitter_saturation = 0;
    }
}

static int out_of_range(const char *key, double value, double most, struct err *err)
{
    return err_set(err, ERR_INPUT, "%s is %g; it must be from 0 to %g", key, value, most);
}

/* Is the augmentation of that name done? Those that are not bits are what a number makes them. */
static bool is_done(const struct recipe *recipe, const char *transform)
{
    if (strcmp(transform, "random_resized_crop") == 0)
        return recipe->augment & AUGMENT_BIT(AUGMENT_INDEX_RANDOM_RESIZED_CROP);
    if (strcmp(transform, "random_crop") == 0)
        return recipe->augment & AUGMENT_BIT(AUGMENT_INDEX_RANDOM_CROP);
    if (strcmp(transform, "horizontal_flip") == 0)
        return recipe->augment & AUGMENT_BIT(AUGMENT_INDEX_HORIZONTAL_FLIP);
    if (strcmp(transform, "random_erasing") == 0)
        return recipe->settings.random_erasing > 0;
    return true;
}

static int refuse_idle(const char *key, const char *transform, struct err *err)
{
    return err_set(err, ERR_INPUT,
        "%s is given, but there is no %s for it; add that, or take it out", key, transform);
}

static int check_order(const char *what, double low, double high, struct err *err)
{
    return low <= high ? 0
                       : err_set(err, ERR_INPUT,
                             "%s_min is %g and %s_max is %g; the least is not "
                             "above the largest",
                             what, low, what, high);
}

static int check_numbers(const struct recipe *recipe, struct err *err)
{
    const struct augment_settings all = augment_settings_resolve(&recipe->settings);

    for (const struct number *number = numbers; number->key; number++) {
        double value = value_of(number, &recipe->settings);

        if (!(value >= 0 && value <= number->most))
            return out_of_range(number->key, value, number->most, err);
        if (value != 0 && !is_done(recipe, number->transform))
            return refuse_idle(number->key, number->transform, err);
    }
    if (check_order("crop_scale", all.crop_scale_min, all.crop_scale_max, err) < 0 ||
        check_order("crop_ratio", all.crop_ratio_min, all.crop_ratio_max, err) < 0 ||
        check_order("erasing_scale", all.erasing_scale_min, all.erasing_scale_max, err) < 0)
        return -1;
    return check_order("erasing_ratio", all.erasing_ratio_min, all.erasing_ratio_max, err);
}

int recipe_augment_check(const struct recipe *recipe, struct err *err)
{
    const struct augment_settings *settings = &recipe->settings;

    if (settings->rand_augment > 0 && settings->auto_augment != AUTO_AUGMENT_NONE)
        return err_set(err, ERR_INPUT,
            "rand_augment and auto_augment are both given; they are two ways to do the same, so "
            "choose one");
    if (recipe->batch < 2 && (settings->mixup > 0 || settings->cutmix > 0))
        return err_set(err, ERR_INPUT,
            "%s is given and batch is %d; it mixes an image with another of its batch, so batch "
            "must be at least 2",
            settings->mixup > 0 ? "mixup" : "cutmix", recipe->batch);
    if (settings->crop_padding > 0 && !is_done(recipe, "random_crop"))
        return refuse_idle("crop_padding", "random_crop", err);
    return check_numbers(recipe, err);
}
