#include "recipe.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "workloads/data/config/data_config.h"
#include "harness/base/range.h"
#include "harness/base/str.h"
#include "workloads/nn/train/optimizer.h"
#include "workloads/nn/train/schedule.h"
#include "recipe_augment.h"
#include "recipe_ranges.h"

static const char *const optimizer_names[] = {
#define OPTIMIZER(NAME, name) #name,
#include "workloads/nn/train/optimizers.def"
#undef OPTIMIZER
    NULL,
};

static const char *const schedule_names[] = {
#define SCHEDULE(NAME, name) #name,
#include "workloads/nn/train/schedules.def"
#undef SCHEDULE
    NULL,
};

static const char *const augment_names[] = {
#define AUGMENT(NAME, name, summary) name,
#include "workloads/data/config/augments.def"
#undef AUGMENT
    NULL,
};

void recipe_init(struct recipe *recipe)
{
    *recipe = (struct recipe){
        .epochs = 10,
        .batch = 128,
        .optimizer = OPTIMIZER_SGD,
        .lr = RECIPE_DEFAULT,
        .momentum = RECIPE_DEFAULT,
        .nesterov = RECIPE_SWITCH_DEFAULT,
        .weight_decay = RECIPE_DEFAULT,
        .decay = RECIPE_DEFAULT,
        .beta1 = RECIPE_DEFAULT,
        .beta2 = RECIPE_DEFAULT,
        .eps = RECIPE_DEFAULT,
        .schedule = SCHEDULE_COSINE,
        .warmup_epochs = 1,
        .decay_rate = RECIPE_DEFAULT,
        .decay_epochs = RECIPE_DEFAULT,
        .staircase = RECIPE_SWITCH_DEFAULT,
        .bn_momentum = RECIPE_DEFAULT,
        .dropout = RECIPE_MODEL_DEFAULT,
        .drop_path = RECIPE_MODEL_DEFAULT,
        .zero_init_residual = true,
        .settings = {.rand_augment_layers = 2},
    };
}

const char *const *recipe_optimizer_names(void)
{
    return optimizer_names;
}

const char *const *recipe_schedule_names(void)
{
    return schedule_names;
}

const char *const *recipe_augment_names(void)
{
    return augment_names;
}

const char *const *recipe_auto_augment_names(void)
{
    static const char *const names[] = {
#define AUTO_AUGMENT(NAME, name) name,
#include "workloads/data/config/auto_augments.def"
#undef AUTO_AUGMENT
        NULL,
    };

    return names;
}

const char *recipe_optimizer_name(enum optimizer optimizer)
{
    return optimizer_names[optimizer];
}

const char *recipe_schedule_name(enum schedule schedule)
{
    return schedule_names[schedule];
}

int recipe_optimizer_find(const char *name, enum optimizer *optimizer, struct err *err)
{
    int index = str_find("optimizer", name, optimizer_names, err);

    if (index < 0)
        return -1;
    *optimizer = (enum optimizer)index;
    return 0;
}

int recipe_schedule_find(const char *name, enum schedule *schedule, struct err *err)
{
    int index = str_find("schedule", name, schedule_names, err);

    if (index < 0)
        return -1;
    *schedule = (enum schedule)index;
    return 0;
}

int recipe_auto_augment_find(const char *name, enum auto_augment *policy, struct err *err)
{
    int index = str_find("policy", name, recipe_auto_augment_names(), err);

    if (index < 0)
        return -1;
    *policy = (enum auto_augment)index;
    return 0;
}

int recipe_augment_add(const char *name, unsigned *augment, struct err *err)
{
    int index = str_find("augmentation", name, augment_names, err);

    if (index < 0)
        return -1;
    *augment |= AUGMENT_BIT(index);
    return 0;
}

int recipe_augment_parse(const char *list, unsigned *augment, struct err *err)
{
    *augment = 0;
    if (!list[0] || strcmp(list, "none") == 0)
        return 0;
    for (;;) {
        size_t length = strcspn(list, ",");
        char name[64];

        if (length >= sizeof(name))
            return err_set(err, ERR_INPUT, "there is no augmentation \"%.60s...\"", list);
        memcpy(name, list, length);
        name[length] = '\0';
        if (recipe_augment_add(name, augment, err) < 0)
            return -1;
        if (!list[length])
            return 0;
        list += length + 1;
    }
}

/* ---- settings of the optimizer and the schedule ---- */

#define OF_OPTIMIZER(name)                                                                         \
    {                                                                                              \
#name, offsetof(struct recipe, name), offsetof(struct optimizer_defaults, name)            \
    }
#define OF_SCHEDULE(name)                                                                          \
    {                                                                                              \
#name, offsetof(struct recipe, name), offsetof(struct schedule_defaults, name)             \
    }

/* A double of the recipe, and the place of its default. */
struct setting {
    const char *key;
    size_t offset, defaults_offset;
};

static const struct setting optimizer_settings[] = {
    OF_OPTIMIZER(lr),
    OF_OPTIMIZER(momentum),
    OF_OPTIMIZER(weight_decay),
    OF_OPTIMIZER(decay),
    OF_OPTIMIZER(beta1),
    OF_OPTIMIZER(beta2),
    OF_OPTIMIZER(eps),
    {0},
};

static const struct setting schedule_settings[] = {
    OF_SCHEDULE(decay_rate),
    OF_SCHEDULE(decay_epochs),
    {0},
};

static int refuse_setting(const char *key, const char *what, const char *name, struct err *err)
{
    return err_set(
        err, ERR_INPUT, "%s is given, and the %s %s has no such setting", key, what, name);
}

static int resolve_settings(struct recipe *recipe, const struct setting *settings,
    const void *defaults, const char *what, const char *name, struct err *err)
{
    for (const struct setting *setting = settings; setting->key; setting++) {
        double *value = (double *)((char *)recipe + setting->offset);
        double its = *(const double *)((const char *)defaults + setting->defaults_offset);

        if (isnan(its) && *value != RECIPE_DEFAULT)
            return refuse_setting(setting->key, what, name, err);
        if (*value == RECIPE_DEFAULT && !isnan(its))
            *value = its;
    }
    return 0;
}

/* Nesterov's method is one of momentum: without any, plain SGD is what is left. */
static double nesterov_default(const struct recipe *recipe, double its)
{
    return recipe->momentum == 0 && !isnan(its) ? 0 : its;
}

static int resolve_switch(
    int *value, double its, const char *key, const char *what, const char *name, struct err *err)
{
    if (isnan(its) && *value > 0)
        return refuse_setting(key, what, name, err);
    if (isnan(its))
        *value = RECIPE_SWITCH_DEFAULT;
    else if (*value < 0)
        *value = its > 0;
    return 0;
}

int recipe_resolve(struct recipe *recipe, struct err *err)
{
    const struct optimizer_kind *optimizer = optimizer_kinds()[recipe->optimizer];
    const struct schedule_kind *schedule = schedule_kinds()[recipe->schedule];

    if (recipe->schedule == SCHEDULE_STEP && recipe->staircase == 0)
        return err_set(err, ERR_INPUT,
            "staircase is false, but the schedule step always has steps; use exponential for a "
            "smooth decay");
    if (resolve_settings(recipe, optimizer_settings, &optimizer->defaults, "optimizer",
            optimizer->name, err) < 0 ||
        resolve_settings(
            recipe, schedule_settings, &schedule->defaults, "schedule", schedule->name, err) < 0 ||
        resolve_switch(&recipe->nesterov, nesterov_default(recipe, optimizer->defaults.nesterov),
            "nesterov", "optimizer", optimizer->name, err) < 0 ||
        resolve_switch(&recipe->staircase, schedule->defaults.staircase, "staircase", "schedule",
            schedule->name, err) < 0)
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

/* A number of the recipe, and what it may be. */
struct number {
    const char *key;
    bool whole;
    size_t offset;
    double least, most;
    bool above_least;
};

#define FIELD(name) offsetof(struct recipe, name)
#define REAL(name)                                                                                 \
    {                                                                                              \
#name, false, FIELD(name), RANGE_##name                                                    \
    }
#define WHOLE(name)                                                                                \
    {                                                                                              \
#name, true, FIELD(name), RANGE_##name                                                     \
    }
#define REAL_OF_AUG(name)                                                                          \
    {                                                                                              \
#name, false, FIELD(settings.name), RANGE_##name                                           \
    }
#define WHOLE_OF_AUG(name)                                                                         \
    {                                                                                              \
#name, true, FIELD(settings.name), RANGE_##name                                            \
    }

static const struct number numbers[] = {
    WHOLE(epochs),
    WHOLE(batch),
    WHOLE(micro_batch),
    REAL(lr),
    REAL(momentum),
    REAL(weight_decay),
    REAL(decay),
    REAL(beta1),
    REAL(beta2),
    REAL(eps),
    REAL(warmup_epochs),
    REAL(decay_rate),
    REAL(decay_epochs),
    REAL(clip_norm),
    REAL(ema_decay),
    REAL(label_smoothing),
    REAL(bn_momentum),
    REAL(dropout),
    REAL(drop_path),
    WHOLE_OF_AUG(rand_augment),
    WHOLE_OF_AUG(rand_augment_layers),
    REAL_OF_AUG(color_jitter),
    REAL_OF_AUG(random_erasing),
    REAL_OF_AUG(mixup),
    REAL_OF_AUG(cutmix),
    WHOLE_OF_AUG(crop_padding),
    WHOLE_OF_AUG(cutout),
    {0},
};

static double number_of(const struct number *number, const struct recipe *recipe)
{
    const char *at = (const char *)recipe + number->offset;

    return number->whole ? *(const int *)at : *(const double *)at;
}

/* Settings that were not given, or that the optimizer or schedule does not have, are not checked; for
 * crop_padding, 0 means not given. */
static int check_number(const struct number *number, const struct recipe *recipe, struct err *err)
{
    double value = number_of(number, recipe);

    if (number->whole ? value == 0 && number->above_least : value == RECIPE_DEFAULT)
        return 0;
    return range_check(number->key, value, number->least, number->most, number->above_least, err);
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
    if (recipe->nesterov > 0 && recipe->momentum == 0)
        return err_set(err, ERR_INPUT,
            "nesterov is set and momentum is 0; Nesterov's method needs a momentum above 0");
    if (recipe->warmup_epochs > recipe->epochs)
        return err_set(err, ERR_INPUT,
            "warmup_epochs is %g; it must be from 0 to %d, the epochs of the recipe",
            recipe->warmup_epochs, recipe->epochs);
    return check_micro_batch(recipe, err);
}

int recipe_validate(const struct recipe *given, struct err *err)
{
    struct recipe resolved = *given;

    for (const struct number *number = numbers; number->key; number++)
        if (check_number(number, given, err) < 0)
            return -1;
    if (recipe_resolve(&resolved, err) < 0 || check_together(&resolved, err) < 0)
        return -1;
    return recipe_augment_check(&resolved, err);
}
