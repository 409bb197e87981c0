/* Settings of augmentations, by their descriptions. */
#include <string.h>

#include "augmentation.h"

double augment_setting_get(
    const struct augment_setting *setting, const struct augment_settings *settings)
{
    const char *at = (const char *)settings + setting->offset;

    return setting->type == AUGMENT_REAL ? *(const double *)at : *(const int *)at;
}

void augment_setting_set(
    const struct augment_setting *setting, double value, struct augment_settings *settings)
{
    char *at = (char *)settings + setting->offset;

    if (setting->type == AUGMENT_REAL)
        *(double *)at = value;
    else
        *(int *)at = (int)value;
}

bool augment_setting_zero_is_default(const struct augment_setting *setting)
{
    return setting->type != AUGMENT_CHOICE && setting->initial == 0 &&
           !range_has(0, setting->least, setting->most, setting->above_least);
}

bool augment_setting_begins_range(const struct augment_setting *setting)
{
    return setting->parameter && setting[1].key && setting[1].parameter &&
           strcmp(setting->parameter, setting[1].parameter) == 0;
}

struct augment_settings augment_settings_resolve(
    const struct augment_setting *rows, const struct augment_settings *settings)
{
    struct augment_settings resolved = *settings;

    for (; rows->key; rows++)
        if (augment_setting_zero_is_default(rows) && augment_setting_get(rows, &resolved) == 0)
            augment_setting_set(rows, rows->standard, &resolved);
    return resolved;
}
