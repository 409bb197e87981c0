/* The list of augmentations, and what follows from their descriptions. */
#include "augmentation.h"

#include <string.h>

const struct augmentation *const *augmentations(void)
{
    static const struct augmentation *const all[] = {
#define AUGMENTATION(NAME, name, given, fields) &augmentation_##name,
#include "workloads/data/config/augmentations.def"
#undef AUGMENTATION
        NULL,
    };

    return all;
}

const struct augmentation *augmentation_find(const char *name)
{
    for (const struct augmentation *const *one = augmentations(); *one; one++)
        if (strcmp((*one)->name, name) == 0)
            return *one;
    return NULL;
}

const char *const *augmentation_listed_names(void)
{
    static const char *const names[] = {
#define AUGMENT_IN_LIST(name) #name,
#define AUGMENT_BY_SETTING(name)
#define AUGMENTATION(NAME, name, given, fields) AUGMENT_##given(name)
#include "workloads/data/config/augmentations.def"
#undef AUGMENTATION
#undef AUGMENT_IN_LIST
#undef AUGMENT_BY_SETTING
        NULL,
    };

    return names;
}

bool augmentation_is_on(const struct augmentation *augmentation, unsigned augment,
    const struct augment_settings *settings)
{
    const char *const *names = augmentation_listed_names();

    for (const struct augment_setting *row = augmentation->settings; row && row->key; row++)
        if (row->asks && augment_setting_get(row, settings) != 0)
            return true;
    for (int i = 0; augment != 0 && names[i]; i++)
        if ((augment & AUGMENT_BIT(i)) != 0 && strcmp(names[i], augmentation->name) == 0)
            return true;
    return false;
}
