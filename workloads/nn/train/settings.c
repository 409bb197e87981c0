/* Settings of optimizers and schedules, by their descriptions. */
#include "settings.h"

#include <string.h>

const struct setting *setting_find(const struct setting *settings, const char *key)
{
    for (const struct setting *setting = settings; setting && setting->key; setting++)
        if (strcmp(setting->key, key) == 0)
            return setting;
    return NULL;
}

static double setting_get(const struct setting *setting, const void *values)
{
    const char *at = (const char *)values + setting->offset;

    if (!setting->is_switch)
        return *(const double *)at;
    return *(const int *)at < 0 ? SETTING_UNSET : *(const int *)at;
}

static void setting_set(const struct setting *setting, double value, void *values)
{
    char *at = (char *)values + setting->offset;

    if (!setting->is_switch)
        *(double *)at = value;
    else
        *(int *)at = value == SETTING_UNSET ? SETTING_SWITCH_UNSET : value > 0;
}

int settings_fill(const struct setting *settings, void *values, struct err *err)
{
    for (const struct setting *setting = settings; setting && setting->key; setting++) {
        double value = setting_get(setting, values);

        if (value == SETTING_UNSET)
            setting_set(setting, setting->initial, values);
        else if (!setting->is_switch && range_check(setting->key, value, setting->least,
                                            setting->most, setting->above_least, err) < 0)
            return -1;
    }
    return 0;
}
