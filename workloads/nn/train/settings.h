/*
 * What optimizers and schedules can be told, and how each of them describes what it takes: settings of
 * a recipe, by the names of their fields.
 *
 *     static const struct setting settings[] = {
 *         {SETTING(schedule, decay_rate), .initial = 0.1, RANGE_ABOVE(0, 1), .help = "the factor"}, {0}};
 *
 * From these descriptions follow the keys of a study, the options of `train`, the checks of ranges and the
 * defaults (workloads/recipe_keys.h). Settings of the same name may differ between kinds in default, help
 * and range.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_TRAIN_SETTINGS_H
#define SCALESTUDY_WORKLOADS_NN_TRAIN_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"
#include "harness/base/range.h"

/* Not given, or the optimizer or schedule does not have it. Nobody types this number. */
#define SETTING_UNSET        (-1e300)
#define SETTING_SWITCH_UNSET (-1)

/* The values that all optimizers together can be told. */
struct optimizer_settings {
#define OPTIMIZER_SETTING(type, name) type name;
#include "optimizer_settings.def"
#undef OPTIMIZER_SETTING
};

/* And all schedules. */
struct schedule_settings {
#define SCHEDULE_SETTING(type, name) type name;
#include "schedule_settings.def"
#undef SCHEDULE_SETTING
};

/* One of them, as a kind of optimizer or schedule describes it. */
struct setting {
    const char *key;    /* REQUIRED; NULL ends a list */
    size_t offset;      /* REQUIRED, of a double, or of the int of a switch */
    bool is_switch;     /* SETTING says it */
    double initial;     /* REQUIRED: what a recipe that says nothing means; 0 or 1 of a switch */
    double least, most; /* REQUIRED, but not of a switch */
    bool above_least;   /* least itself is too little */
    const char *unit;   /* OPTIONAL */
    const char *help;   /* REQUIRED: what it does, without its default */
};

/* Which field of `struct FAMILY_settings`, as a row begins. */
#define SETTING(family, name)                                                                      \
    .key = #name, .offset = offsetof(struct family##_settings, name),                              \
    .is_switch = sizeof(((struct family##_settings *)0)->name) == sizeof(int)

/* Range of a part that is kept, so never all. */
#define SETTING_PART RANGE_FROM(0, 0.999999)

/* The setting of that key; NULL: there is none. A list that is NULL is empty. */
const struct setting *setting_find(const struct setting *settings, const char *key);

/* Those of the list that were not given get their initial value. Others out of their range are ERR_INPUT. */
int settings_fill(const struct setting *settings, void *values, struct err *err) MUST_CHECK;

#endif
