/*
 * Augmentations: one file and one line in workloads/data/config/augmentations.def each. The file says what the
 * augmentation is called, which settings it has, and at which point of the transform it acts:
 *
 *     const struct augmentation augmentation_cutout = {
 *         .name = "cutout",
 *         .summary = "a square of the image is blank (DeVries & Taylor 2017, arXiv 1708.04552)",
 *         .settings = settings,
 *         .on_values = cutout,
 *     };
 *
 * Keys of recipes, options of commands, lists of augmentations in studies, checks and the order of the transform follow
 * from these descriptions. All of this is constant: thread-safe. What an augmentation draws depends on nothing but rng
 * and its settings.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_AUGMENT_AUGMENTATION_H
#define SCALESTUDY_WORKLOADS_DATA_AUGMENT_AUGMENTATION_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"
#include "harness/base/range.h"
#include "harness/base/rng.h"
#include "mixing.h"
#include "workloads/data/config/data_config.h"
#include "workloads/data/decode/image.h"

/* How many there are. */
enum {
    AUGMENTATIONS = 0
#define AUGMENTATION(NAME, name, given, fields) +1
#include "workloads/data/config/augmentations.def"
#undef AUGMENTATION
};

enum augment_type {
    AUGMENT_INT,    /* int */
    AUGMENT_REAL,   /* double */
    AUGMENT_CHOICE, /* an enum: the place in choices */
};

/* A setting of an augmentation: a key of recipes. */
struct augment_setting {
    const char *key; /* REQUIRED, its field of struct augment_settings; NULL ends a list */
    size_t offset;   /* REQUIRED, there */
    enum augment_type type;
    double least, most; /* REQUIRED of numbers */
    bool above_least;   /* least itself is too little */
    double initial;     /* what a recipe has that does not say */
    /* Where 0 is out of range and `initial` is 0, it means "not given", which is this number; or what `otherwise`
     * says, if that is given. */
    double standard;
    const char *otherwise;
    /* A value other than 0 asks for the augmentation. An augmentation has such a setting, or it is IN_LIST. */
    bool asks;
    /* Its name in an item of a study's list, as in {name: cutout, length: 8}; NULL: lists do not have it. Two settings
     * of one name, one behind the other, are a range [least, largest]; the first must not be above the second. */
    const char *parameter;
    const char *
        in_list; /* OPTIONAL: its value in an item that does not say; an `asks` without one must be given */
    bool detail;                         /* studies that are shown have it only where it is given */
    const char *unit;                    /* OPTIONAL, of numbers */
    const char *help;                    /* REQUIRED, without its default */
    const char *const *(*choices)(void); /* REQUIRED of choices, ended by NULL */
};

/* Which field, and of which type, as a row begins. */
#define AUGMENT_FIELD_INT(field)  .key = #field, .offset = offsetof(struct augment_settings, field)
#define AUGMENT_FIELD_REAL(field) AUGMENT_FIELD_INT(field), .type = AUGMENT_REAL
#define AUGMENT_FIELD_CHOICE(field)                                                                \
    AUGMENT_FIELD_INT(field), .type = AUGMENT_CHOICE, .choices = field##_names

/* What an image is to become. */
struct augment_target {
    int input; /* pixels a side */
    enum resize_filter resize;
};

struct augmentation {
    const char *name;                       /* REQUIRED, as in studies; NULL ends the list */
    const char *summary;                    /* REQUIRED: what it does, and its paper */
    const struct augment_setting *settings; /* OPTIONAL, ended by one without a key */
    const char *instead_of; /* OPTIONAL: another one that must not be asked for with it */

    /* One of these, in the order of the transform. crops: `to` becomes a square of target->input pixels, which is a
     * part of `from`: of the decoded image with `of_decoded`, or else of what evaluation would be given. */
    int (*crops)(const struct augment_target *target, const struct augment_settings *settings,
        const struct image *from, struct rng *rng, struct image *to, struct err *err);
    bool of_decoded;
    /* Is the image mirrored? */
    bool (*mirrors)(const struct augment_settings *settings, struct rng *rng);
    /* Changes 8-bit pixels in place, not the size; `spare` is room to work in. */
    int (*on_pixels)(const struct augment_settings *settings, struct rng *rng, struct image *image,
        struct image *spare, struct err *err);
    /* Changes normalised floats [side][side][3] in place; 0 is the mean of the set. */
    void (*on_values)(
        const struct augment_settings *settings, struct rng *rng, int side, float *image);
    /* How the images of a batch are mixed; of several, one is drawn for each batch. */
    void (*mixes)(
        const struct augment_settings *settings, struct rng *rng, int side, struct mixing *mixing);

    /* OPTIONAL: settings that mean the same become the same. */
    void (*settle)(struct augment_settings *settings);
};

#define AUGMENTATION(NAME, name, given, fields)                                                    \
    extern const struct augmentation augmentation_##name;
#include "workloads/data/config/augmentations.def"
#undef AUGMENTATION

/* All, in the order of the list, ended by NULL. */
const struct augmentation *const *augmentations(void);

/* NULL: there is none of that name. */
const struct augmentation *augmentation_find(const char *name);

/* Names of those that are IN_LIST, in the order of their bits, ended by NULL. */
const char *const *augmentation_listed_names(void);

/* Is it asked for, by its bit of `augment` or by a setting? */
bool augmentation_is_on(const struct augmentation *augmentation, unsigned augment,
    const struct augment_settings *settings);

/* A value as a number: of a choice its place. */
double augment_setting_get(
    const struct augment_setting *setting, const struct augment_settings *settings);
void augment_setting_set(
    const struct augment_setting *setting, double value, struct augment_settings *settings);

/* Is 0 not a value of it, but one that was not given? */
bool augment_setting_zero_is_default(const struct augment_setting *setting);

/* Is it the lower end of a range, of which the next row is the upper? */
bool augment_setting_begins_range(const struct augment_setting *setting);

/* A copy in which those of `rows` that were not given have their standard value. */
struct augment_settings augment_settings_resolve(
    const struct augment_setting *rows, const struct augment_settings *settings);

#endif
