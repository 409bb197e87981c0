#include "recipe.h"

#include <stddef.h>
#include <string.h>

#include "data/data_config.h"
#include "harness/base/str.h"

static const char *const optimizer_names[] = {
#define OPTIMIZER(NAME, name) #name,
#include "nn/optimizers.def"
#undef OPTIMIZER
    NULL,
};

static const char *const schedule_names[] = {
#define SCHEDULE(NAME, name) #name,
#include "nn/schedules.def"
#undef SCHEDULE
    NULL,
};

static const char *const augment_names[] = {
#define AUGMENT(NAME, name, summary) name,
#include "data/augments.def"
#undef AUGMENT
    NULL,
};

void recipe_init(struct recipe *recipe)
{
    *recipe = (struct recipe){
        .epochs = 10,
        .batch = 128,
        .optimizer = OPTIMIZER_SGD,
        .lr = 0.1,
        .momentum = 0.9,
        .nesterov = true,
        .weight_decay = 5e-4,
        .schedule = SCHEDULE_COSINE,
        .warmup_epochs = 1,
        .dropout = RECIPE_MODEL_DEFAULT,
        .drop_path = RECIPE_MODEL_DEFAULT,
        .zero_init_residual = true,
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

static int check_real(const char *key, double value, double low, double high, struct err *err)
{
    if (value >= low && value <= high)
        return 0;
    return err_set(err, ERR_INPUT, "%s is %g; it must be from %g to %g", key, value, low, high);
}

static int check_int(const char *key, int value, int low, int high, struct err *err)
{
    if (value >= low && value <= high)
        return 0;
    return err_set(err, ERR_INPUT, "%s is %d; it must be from %d to %d", key, value, low, high);
}

static int check_rate(const char *key, double value, struct err *err)
{
    if (value >= 0 && value < 1)
        return 0;
    return err_set(err, ERR_INPUT, "%s is %g; it must be at least 0 and below 1", key, value);
}

static int check_model_rate(const char *key, double value, struct err *err)
{
    return value == RECIPE_MODEL_DEFAULT ? 0 : check_rate(key, value, err);
}

int recipe_validate(const struct recipe *recipe, struct err *err)
{
    if (check_int("epochs", recipe->epochs, 1, 100000, err) < 0 ||
        check_int("batch", recipe->batch, 1, 65536, err) < 0 ||
        check_real("lr", recipe->lr, 0, 1e6, err) < 0 ||
        check_real("weight_decay", recipe->weight_decay, 0, 1e3, err) < 0 ||
        check_real("warmup_epochs", recipe->warmup_epochs, 0, recipe->epochs, err) < 0 ||
        check_rate("momentum", recipe->momentum, err) < 0 ||
        check_rate("label_smoothing", recipe->label_smoothing, err) < 0 ||
        check_model_rate("dropout", recipe->dropout, err) < 0 ||
        check_model_rate("drop_path", recipe->drop_path, err) < 0)
        return -1;
    if (recipe->nesterov && recipe->momentum == 0)
        return err_set(err, ERR_INPUT,
            "nesterov is set and momentum is 0; Nesterov's method needs a momentum above 0");
    return 0;
}
