/*
 * How a network is trained: plain data, every field a key of a study's recipe and an option of
 * `train`. The table of these keys is recipe_keys.h.
 *
 *     struct recipe recipe;
 *     recipe_init(&recipe);                                     the defaults
 *     recipe.schedule = SCHEDULE_CONSTANT;
 *     if (recipe_validate(&recipe, err) < 0) return -1;
 *     if (recipe_resolve(&recipe, err) < 0) return -1;          and those of its optimizer
 *
 * Names and enumerators come from nn/train/optimizers.def, nn/train/schedules.def and
 * data/config/augmentations.def. All texts are static. Thread-safe.
 */
#ifndef SCALESTUDY_WORKLOADS_RECIPE_H
#define SCALESTUDY_WORKLOADS_RECIPE_H

#include <stdbool.h>

#include "workloads/data/config/data_config.h"
#include "harness/base/err.h"
#include "workloads/nn/train/settings.h"

/* Not given: as the optimizer, the schedule or the model says, or they have no such setting. */
#define RECIPE_DEFAULT        SETTING_UNSET
#define RECIPE_MODEL_DEFAULT  RECIPE_DEFAULT /* dropout, drop_path: as the model's spec says */
#define RECIPE_SWITCH_DEFAULT SETTING_SWITCH_UNSET

enum optimizer {
#define OPTIMIZER(NAME, name) OPTIMIZER_##NAME,
#include "workloads/nn/train/optimizers.def"
#undef OPTIMIZER
};

enum schedule {
#define SCHEDULE(NAME, name) SCHEDULE_##NAME,
#include "workloads/nn/train/schedules.def"
#undef SCHEDULE
};

/* A field for each row of recipe_keys.def, where they are explained. */
struct recipe {
#define RECIPE_INT(name, ...)    int name;
#define RECIPE_REAL(name, ...)   double name;
#define RECIPE_BOOL(name, ...)   bool name;
#define RECIPE_CHOICE(name, ...) enum name name;
#define RECIPE_SETTINGS(name)    struct name##_settings name##_settings;
#include "recipe_keys.def"
#undef RECIPE_INT
#undef RECIPE_REAL
#undef RECIPE_BOOL
#undef RECIPE_CHOICE
#undef RECIPE_SETTINGS
    unsigned augment; /* bits of enum augment */
    struct augment_settings settings;
};

/* Every key has the default of its row. */
void recipe_init(struct recipe *recipe);

/* Fill settings that were not given from the optimizer and the schedule, and normalise equivalent
 * augmentation settings. A setting that the optimizer or schedule does not have is ERR_INPUT. Doing it
 * twice changes nothing. */
int recipe_resolve(struct recipe *recipe, struct err *err) MUST_CHECK;

/* Images of a step that are in memory at a time. */
int recipe_piece(const struct recipe *recipe);

/* Range checks on every field, as a sentence (ERR_INPUT) that names the recipe's key; resolved or
 * not. */
int recipe_validate(const struct recipe *recipe, struct err *err) MUST_CHECK;

/* Names as in studies and on the command line, each list ended by NULL; augmentations in the order
 * of their bits. */
const char *const *recipe_optimizer_names(void);
const char *const *recipe_schedule_names(void);
const char *const *recipe_augment_names(void);

const char *recipe_schedule_name(enum schedule schedule);

/* Adds the bit of that augmentation to *augment. Unknown names are an ERR_INPUT that lists the valid ones. */
int recipe_augment_add(const char *name, unsigned *augment, struct err *err) MUST_CHECK;
/* The bits of a comma-separated list; "none" or an empty text are 0. */
int recipe_augment_parse(const char *list, unsigned *augment, struct err *err) MUST_CHECK;

#endif
