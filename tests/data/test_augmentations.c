/* What every description of an augmentation must say. */
#include "tests/lib/test.h"

#include <string.h>

#include "workloads/data/augment/augmentation.h"

/* As a recipe has them before anybody says anything. */
static void augment_settings_init(struct augment_settings *settings)
{
    *settings = (struct augment_settings){0};
    for (const struct augmentation *const *one = augmentations(); *one; one++)
        for (const struct augment_setting *row = (*one)->settings; row && row->key; row++)
            augment_setting_set(row, row->initial, settings);
}

static bool is_listed(const char *name)
{
    for (const char *const *listed = augmentation_listed_names(); *listed; listed++)
        if (strcmp(*listed, name) == 0)
            return true;
    return false;
}

static void test_augmentations__each_acts_at_one_point(void **state)
{
    (void)state;
    for (const struct augmentation *const *one = augmentations(); *one; one++) {
        const struct augmentation *a = *one;

        assert_ptr_equal(augmentation_find(a->name), a);
        assert_true(a->summary && a->summary[0]);
        assert_int_equal(
            !!a->crops + !!a->mirrors + !!a->on_pixels + !!a->on_values + !!a->mixes, 1);
        assert_true(a->crops || !a->of_decoded);
        assert_true(!a->instead_of || augmentation_find(a->instead_of));
    }
    assert_null(augmentation_find("sepia"));
}

/* In the list, or by a setting, never both: canonical texts have one way to say it. */
static void test_augmentations__each_is_asked_for_in_one_way(void **state)
{
    struct augment_settings settings;

    (void)state;
    augment_settings_init(&settings);
    for (const struct augmentation *const *one = augmentations(); *one; one++) {
        bool asks = false;

        assert_false(augmentation_is_on(*one, 0, &settings));
        for (const struct augment_setting *row = (*one)->settings; row && row->key; row++)
            asks = asks || row->asks;
        assert_int_equal(is_listed((*one)->name), !asks);
    }
}

static void check_setting(const struct augment_setting *row)
{
    struct augment_settings settings;
    bool zero_is_default = augment_setting_zero_is_default(row);

    augment_settings_init(&settings);
    assert_true(row->help && row->help[0]);
    assert_true(augment_setting_get(row, &settings) == row->initial);
    augment_setting_set(row, 1, &settings);
    assert_true(augment_setting_get(row, &settings) == 1);
    if (row->type == AUGMENT_CHOICE) {
        assert_string_equal(row->choices()[0], "none");
        return;
    }
    assert_true(row->least < row->most);
    assert_true(
        zero_is_default || range_has(row->initial, row->least, row->most, row->above_least));
    if (zero_is_default && row->standard != 0)
        assert_true(range_has(row->standard, row->least, row->most, row->above_least));
}

static void test_augmentations__defaults_of_settings_are_in_their_ranges(void **state)
{
    (void)state;
    for (const struct augmentation *const *one = augmentations(); *one; one++)
        for (const struct augment_setting *row = (*one)->settings; row && row->key; row++)
            check_setting(row);
}
