/* Defaults, resolution and checks of a recipe, from the table of its keys. */
#include "recipe.h"

#include "harness/base/range.h"
#include "workloads/nn/train/optimizer.h"
#include "workloads/nn/train/schedule.h"
#include "recipe_augment.h"
#include "recipe_keys.h"

void recipe_init(struct recipe *recipe)
{
    *recipe = (struct recipe){0};
    for (const struct recipe_key *key = recipe_keys(); key->name; key++)
        recipe_key_set(key, key->initial, recipe);
}

/* ---- settings of the optimizer and the schedule ---- */

static int refuse_setting(
    const struct recipe_key *key, const char *what, const char *name, struct err *err)
{
    return err_set(
        err, ERR_INPUT, "%s is given, and the %s %s has no such setting", key->name, what, name);
}

/* What it does not have was not given, and is not kept; a switch may be off. */
static int drop_others(struct recipe *recipe, enum recipe_group group,
    const struct setting *settings, const char *kind, struct err *err)
{
    for (const struct recipe_key *key = recipe_keys(); key->name; key++) {
        double value = recipe_key_get(key, recipe);

        if (key->group != group || !key->is_setting || setting_find(settings, key->name))
            continue;
        if (value != RECIPE_DEFAULT && !(key->type == RECIPE_SWITCH && value == 0))
            return refuse_setting(key, recipe_group_name(group), kind, err);
        recipe_key_set(key, RECIPE_DEFAULT, recipe);
    }
    return 0;
}

static int resolve_optimizer(struct recipe *recipe, struct err *err)
{
    const struct optimizer_kind *kind = optimizer_kinds()[recipe->optimizer];

    if ((kind->settle && kind->settle(&recipe->optimizer_settings, err) < 0) ||
        drop_others(recipe, RECIPE_OPTIMIZER, kind->settings, kind->name, err) < 0)
        return -1;
    return settings_fill(kind->settings, &recipe->optimizer_settings, err);
}

static int resolve_schedule(struct recipe *recipe, struct err *err)
{
    const struct schedule_kind *kind = schedule_kinds()[recipe->schedule];

    if ((kind->settle && kind->settle(&recipe->schedule_settings, err) < 0) ||
        drop_others(recipe, RECIPE_SCHEDULE, kind->settings, kind->name, err) < 0)
        return -1;
    return settings_fill(kind->settings, &recipe->schedule_settings, err);
}

int recipe_resolve(struct recipe *recipe, struct err *err)
{
    if (resolve_optimizer(recipe, err) < 0 || resolve_schedule(recipe, err) < 0)
        return -1;
    if (recipe->micro_batch == recipe->batch)
        recipe->micro_batch = 0;
    recipe_augment_settle(&recipe->settings);
    return 0;
}

int recipe_piece(const struct recipe *recipe)
{
    return recipe->micro_batch > 0 ? recipe->micro_batch : recipe->batch;
}

/* ---- checks ---- */

/* Numbers that were not given are not checked. */
static int check_number(const struct recipe_key *key, const struct recipe *recipe, struct err *err)
{
    double value = recipe_key_get(key, recipe);

    if (key->type != RECIPE_INT && key->type != RECIPE_REAL)
        return 0;
    if (key->zero_is_default ? value == 0 : value == RECIPE_DEFAULT)
        return 0;
    return range_check(key->name, value, key->least, key->most, key->above_least, err);
}

static int check_micro_batch(const struct recipe *recipe, struct err *err)
{
    if (recipe->micro_batch == 0 || recipe->batch % recipe->micro_batch == 0)
        return 0;
    return err_set(err, ERR_INPUT,
        "micro_batch is %d and batch is %d; a batch is cut into equal pieces, so micro_batch must "
        "divide it",
        recipe->micro_batch, recipe->batch);
}

/* Rules that involve several settings. */
static int check_together(const struct recipe *recipe, struct err *err)
{
    if (recipe->warmup_epochs > recipe->epochs)
        return err_set(err, ERR_INPUT,
            "warmup_epochs is %g; it must be from 0 to %d, the epochs of the recipe",
            recipe->warmup_epochs, recipe->epochs);
    return check_micro_batch(recipe, err);
}

int recipe_validate(const struct recipe *given, struct err *err)
{
    struct recipe resolved = *given;

    for (const struct recipe_key *key = recipe_keys(); key->name; key++)
        if (check_number(key, given, err) < 0)
            return -1;
    if (recipe_resolve(&resolved, err) < 0 || check_together(&resolved, err) < 0)
        return -1;
    return recipe_augment_check(&resolved, err);
}
