/*
 * The keys of a recipe as a table, one row each. All that knows keys by name walks it: the keys of studies and
 * the options of `train`, defaults, checks, the identity of a job, the manual.
 *
 *     for (const struct recipe_key *key = recipe_keys(); key->name; key++)
 *         printf("%s: %s\n", key->name, key->help);
 *
 * Rows are in recipe_keys.def, recipe_augment_keys.c and the files of optimizers and schedules. The
 * settings that several of these share are one row, whose range holds all of theirs. Thread-safe; all texts are
 * static.
 */
#ifndef SCALESTUDY_WORKLOADS_RECIPE_KEYS_H
#define SCALESTUDY_WORKLOADS_RECIPE_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/range.h"
#include "harness/base/str.h"
#include "recipe.h"

#define RECIPE_MAX_KEYS 96 /* recipe_keys() has fewer */

enum recipe_type {
    RECIPE_BOOL,
    RECIPE_SWITCH, /* int: 0, 1, or RECIPE_SWITCH_DEFAULT where neither was given */
    RECIPE_INT,
    RECIPE_REAL,
    RECIPE_CHOICE, /* an enum: the place in choices */
    RECIPE_BITS,   /* unsigned: any of choices, each the bit of its place */
};

/* A mapping of its own in studies. */
enum recipe_group {
    RECIPE_NO_GROUP,
    RECIPE_OPTIMIZER,
    RECIPE_SCHEDULE,
    RECIPE_GROUPS,
};

/* Is the key part of the canonical text and identity of a job? */
enum recipe_identity {
    RECIPE_IF_SET, /* unless it has its default, so that existing job ids do not change */
    RECIPE_ALWAYS, /* keys of the first jobs */
    RECIPE_NEVER,  /* it decides no result, or the job's network holds it */
};

struct recipe_key {
    const char *name; /* REQUIRED, of its field and, with - for _, its option; NULL ends a table */
    /* As a study has it: its name, or `name` of what a group is called by. Filled in. */
    const char *study_name;
    enum recipe_group group;
    enum recipe_type type;
    size_t offset;      /* in struct recipe */
    double least, most; /* of numbers */
    bool above_least;   /* least itself is too little */
    double initial;     /* the default; RECIPE_DEFAULT: `otherwise` says what */
    enum recipe_identity identity;
    /* OPTIONAL: the default in words, where `initial` does not say it; empty: the help does. With zero_is_default
     * 0 stands for it inside; 0 is then refused, and studies may write the word default. */
    const char *otherwise;
    bool zero_is_default;
    bool augments;           /* of augmentation: commands that show images have it too */
    bool is_setting;         /* only some optimizers, or some schedules, have it */
    bool detail;             /* of another key: `study show` leaves it out if it was not given */
    const char *unit, *zero; /* OPTIONAL: what it counts, and what 0 means */
    const char *help;        /* REQUIRED: what it is, without its default */
    const char *in_study;    /* OPTIONAL: what studies alone can do with it, after the help */
    const char *const *(*choices)(void); /* REQUIRED of choices and bits */
    const char *(*summary)(int place);   /* OPTIONAL: a line on one of the choices */
    const char *what; /* OPTIONAL: what messages call one of its choices; NULL: the name */
};

/* In the order of studies, ended by a row without a name. */
const struct recipe_key *recipe_keys(void);

/* NULL: there is none of that name. */
const struct recipe_key *recipe_key_find(const char *name);

/* A value as a number: of a switch and a bool 0 or 1, of a choice its place; RECIPE_DEFAULT: not given. */
double recipe_key_get(const struct recipe_key *key, const struct recipe *recipe);
void recipe_key_set(const struct recipe_key *key, double value, struct recipe *recipe);

/* The default, as people read it: "10", "the model's", "sgd 0.1, rmsprop 0.016"; "" of none. */
void recipe_key_add_default(const struct recipe_key *key, struct str *to);

/* How studies call a group, and what it is. */
const char *recipe_group_name(enum recipe_group group);
const char *recipe_group_help(enum recipe_group group);

/* For recipe_keys.c: calls `add` for each row of augmentation. */
void recipe_augment_add_keys(void (*add)(const struct recipe_key *key));

#endif
