/* What the optimizers, schedules and augmentations of a recipe are called. */
#include <string.h>

#include "harness/base/str.h"
#include "recipe.h"
#include "workloads/data/augment/augmentation.h"

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
    return augmentation_listed_names();
}

const char *recipe_schedule_name(enum schedule schedule)
{
    return schedule_names[schedule];
}

int recipe_augment_add(const char *name, unsigned *augment, struct err *err)
{
    int index = str_find("augmentation", name, recipe_augment_names(), err);

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
