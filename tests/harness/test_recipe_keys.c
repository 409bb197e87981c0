/* Every key of a recipe: what a study takes is what `train` takes. */
#include "tests/lib/test.h"

#include <math.h>
#include <string.h>

#include "harness/study/study.h"
#include "workloads/recipe.h"

/* A recipe in which every number means something, and none stands in the way of another; of erasing
 * the parameters only if they are asked for. */
static void init(struct recipe *recipe, bool erases)
{
    recipe_init(recipe);
    recipe->epochs = 100000;
    recipe->batch = 65536;
    recipe->warmup_epochs = 0;
    recipe->augment = AUGMENT_BIT(AUGMENT_INDEX_RANDOM_RESIZED_CROP) |
                      AUGMENT_BIT(AUGMENT_INDEX_RANDOM_CROP) |
                      AUGMENT_BIT(AUGMENT_INDEX_HORIZONTAL_FLIP);
    recipe->settings.crop_scale_min = recipe->settings.crop_ratio_min = 1e-9;
    recipe->settings.crop_ratio_max = 100;
    if (!erases)
        return;
    recipe->settings.random_erasing = 0.5;
    recipe->settings.erasing_scale_min = recipe->settings.erasing_ratio_min = 1e-9;
    recipe->settings.erasing_ratio_max = 100;
    recipe->settings.erasing_scale_max = 1;
}

static void set(struct recipe *recipe, const struct config_field *field, double value)
{
    char *at = (char *)recipe + field->offset;

    if (field->type == CONFIG_INT)
        *(int *)at = (int)value;
    else
        *(double *)at = value;
}

static bool is_valid(
    const struct config_field *field, double value, int optimizer, int schedule, bool erases)
{
    struct recipe recipe;
    struct err err = {0};

    init(&recipe, erases);
    recipe.optimizer = (enum optimizer)optimizer;
    recipe.schedule = (enum schedule)schedule;
    set(&recipe, field, value);
    return recipe_validate(&recipe, &err) == 0;
}

/* With an optimizer and a schedule that have it. */
static bool is_taken(const struct config_field *field, double value)
{
    for (int o = 0; recipe_optimizer_names()[o]; o++)
        for (int s = 0; recipe_schedule_names()[s]; s++)
            if (is_valid(field, value, o, s, true) || is_valid(field, value, o, s, false))
                return true;
    return false;
}

static void check(const struct config_field *field, double value, bool wanted)
{
    if (is_taken(field, value) != wanted)
        fail_msg("%s: %.17g is %s, and a study takes %s%.17g to %.17g", field->key, value,
            wanted ? "refused" : "taken", field->above_least ? "above " : "", field->least,
            field->most);
}

static void check_field(const struct config_field *field)
{
    bool whole = field->type == CONFIG_INT;
    double least = field->least, most = field->most;
    double step = whole ? 1 : 1e-6 * (most - least);

    assert_true(most > least);
    check(field, most, true);
    check(field, whole ? most + 1 : nextafter(most, INFINITY), false);
    check(field, least - step, false);
    check(field, field->above_least ? least + step : least, true);
    if (field->above_least &&
        !field->default_word) /* where it is, 0 inside is what was not given */
        check(field, least, false);
    if (!whole) {
        check(field, NAN, false);
        check(field, INFINITY, false);
        check(field, -1, false);
    }
}

static int walk(const struct config_table *table)
{
    int n = 0;

    for (const struct config_field *field = config_fields(table); field->key; field++) {
        if (field->type == CONFIG_STRUCT)
            n += walk(field->table);
        if (field->type != CONFIG_INT && field->type != CONFIG_REAL)
            continue;
        check_field(field);
        n++;
    }
    return n;
}

static void test_recipe__train_takes_of_every_number_what_a_study_takes(void **state)
{
    (void)state;
    assert_true(walk(&recipe_table) >= 35);
}

static void test_recipe__no_momentum_alone_is_plain_sgd(void **state)
{
    struct recipe recipe;
    struct err err = {0};

    (void)state;
    recipe_init(&recipe);
    recipe.optimizer_settings.momentum = 0;
    assert_int_equal(recipe_validate(&recipe, &err), 0);
    assert_int_equal(recipe_resolve(&recipe, &err), 0);
    assert_int_equal(recipe.optimizer_settings.nesterov, 0);
    assert_int_equal(recipe_resolve(&recipe, &err), 0);
    assert_int_equal(recipe.optimizer_settings.nesterov, 0);
    recipe.optimizer_settings.nesterov = 1; /* asked for, it is a mistake */
    assert_int_equal(recipe_validate(&recipe, &err), -1);
    err_clear(&err);
    recipe_init(&recipe);
    assert_int_equal(recipe_resolve(&recipe, &err), 0);
    assert_int_equal(recipe.optimizer_settings.nesterov, 1);
}

/* What a setting says is done or refused: a step schedule cannot fall smoothly. */
static void test_recipe__a_step_schedule_without_steps_is_refused(void **state)
{
    struct recipe recipe;
    struct err err = {0};

    (void)state;
    recipe_init(&recipe);
    recipe.schedule = SCHEDULE_STEP;
    recipe.schedule_settings.staircase = 0;
    assert_int_equal(recipe_validate(&recipe, &err), -1);
    assert_non_null(strstr(err.message, "staircase"));
    err_clear(&err);
    recipe.schedule = SCHEDULE_EXPONENTIAL;
    assert_int_equal(recipe_validate(&recipe, &err), 0);
}
