/* The table of a recipe's keys: rows as they are written, and those that optimizers and schedules describe. */
#include "recipe_keys.h"

#include <pthread.h>
#include <string.h>

#include "harness/base/number.h"
#include "harness/base/str.h"
#include "workloads/nn/train/optimizer.h"
#include "workloads/nn/train/schedule.h"

#define MAX_KINDS 32 /* of optimizers, or of schedules */

/* ---- what optimizers and schedules describe ---- */

/* A kind of one of these, and what it takes. */
struct taker {
    const char *name;
    const struct setting *settings;
};

/* All kinds, ended by one without a name; their settings lie in struct recipe at `offset`. */
struct family {
    enum recipe_group group;
    size_t offset;
    struct taker takers[MAX_KINDS + 1];
};

static struct recipe_key keys[RECIPE_MAX_KEYS + 1];
static int n_keys;

static void add_key(const struct recipe_key *key)
{
    const char *group = recipe_group_name(key->group);
    struct recipe_key *added = &keys[n_keys];

    if (n_keys == RECIPE_MAX_KEYS)
        return;
    *added = *key;
    added->study_name = group && strcmp(group, key->name) == 0 ? "name" : key->name;
    n_keys++;
}

static void add_value(const struct setting *setting, struct str *to)
{
    if (setting->is_switch)
        str_add(to, setting->initial > 0 ? "true" : "false");
    else
        number_add_shortest(to, setting->initial);
}

/* Do all of them say the same of the setting? */
static bool agree_on_help(const struct family *family, const struct setting *setting)
{
    for (const struct taker *taker = family->takers; taker->name; taker++) {
        const struct setting *its = setting_find(taker->settings, setting->key);

        if (its && strcmp(its->help, setting->help) != 0)
            return false;
    }
    return true;
}

/* "sgd, rmsprop: part of the last update that is kept", or each with words of its own. */
static const char *describe(const struct family *family, const struct setting *setting)
{
    bool all = true, same = agree_on_help(family, setting);
    struct str names = STR_INIT, text = STR_INIT;

    for (const struct taker *taker = family->takers; taker->name; taker++) {
        const struct setting *its = setting_find(taker->settings, setting->key);

        all = all && its;
        if (!its)
            continue;
        str_addf(&names, "%s%s", names.length ? ", " : "", taker->name);
        if (!same)
            str_addf(&text, "%s%s: %s", text.length ? "; " : "", taker->name, its->help);
    }
    if (same && !all)
        str_addf(&text, "%s: %s", names.text, setting->help);
    else if (same)
        str_add(&text, setting->help);
    str_release(&names);
    return str_keep(&text, setting->help);
}

/* "0.9", or each with a default of its own: "sgd 0.1, rmsprop 0.016". */
static const char *describe_default(const struct family *family, const struct setting *setting)
{
    struct str each = STR_INIT, one = STR_INIT;
    bool same = true;

    add_value(setting, &one);
    for (const struct taker *taker = family->takers; taker->name; taker++) {
        const struct setting *its = setting_find(taker->settings, setting->key);

        if (!its)
            continue;
        same = same && its->initial == setting->initial;
        str_addf(&each, "%s%s ", each.length ? ", " : "", taker->name);
        add_value(its, &each);
    }
    str_release(same ? &each : &one);
    return str_keep(same ? &one : &each, "");
}

/* The range that holds those of all. */
static void widen(struct recipe_key *key, const struct setting *setting)
{
    if (setting->least < key->least || (setting->least == key->least && !setting->above_least)) {
        key->least = setting->least;
        key->above_least = setting->above_least;
    }
    if (setting->most > key->most)
        key->most = setting->most;
}

static void add_setting(const struct family *family, const struct setting *setting)
{
    struct recipe_key key = {.name = setting->key,
        .group = family->group,
        .type = setting->is_switch ? RECIPE_SWITCH : RECIPE_REAL,
        .offset = family->offset + setting->offset,
        .least = setting->least,
        .most = setting->most,
        .above_least = setting->above_least,
        .initial = RECIPE_DEFAULT,
        .is_setting = true,
        .unit = setting->unit,
        .help = describe(family, setting),
        .otherwise = describe_default(family, setting)};

    for (const struct taker *taker = family->takers; taker->name; taker++) {
        const struct setting *its = setting_find(taker->settings, setting->key);

        if (its)
            widen(&key, its);
    }
    add_key(&key);
}

/* The setting whose field is the next behind `offset`, of the first kind that has it. */
static const struct setting *next_setting(const struct family *family, size_t offset, bool first)
{
    const struct setting *next = NULL;

    for (const struct taker *taker = family->takers; taker->name; taker++)
        for (const struct setting *its = taker->settings; its && its->key; its++)
            if ((first || its->offset > offset) && (!next || its->offset < next->offset))
                next = its;
    return next;
}

/* In the order of their fields. */
static void add_settings(const struct family *family)
{
    const struct setting *setting = next_setting(family, 0, true);

    for (; setting; setting = next_setting(family, setting->offset, false))
        add_setting(family, setting);
}

static void add_optimizer_settings(void)
{
    const struct optimizer_kind *const *kinds = optimizer_kinds();
    struct family family = {RECIPE_OPTIMIZER, offsetof(struct recipe, optimizer_settings), {{0}}};

    for (int i = 0; kinds[i] && i < MAX_KINDS; i++)
        family.takers[i] = (struct taker){kinds[i]->name, kinds[i]->settings};
    add_settings(&family);
}

static void add_schedule_settings(void)
{
    const struct schedule_kind *const *kinds = schedule_kinds();
    struct family family = {RECIPE_SCHEDULE, offsetof(struct recipe, schedule_settings), {{0}}};

    for (int i = 0; kinds[i] && i < MAX_KINDS; i++)
        family.takers[i] = (struct taker){kinds[i]->name, kinds[i]->settings};
    add_settings(&family);
}

static const char *optimizer_summary(int place)
{
    return optimizer_kinds()[place]->summary;
}

static const char *schedule_summary(int place)
{
    return schedule_kinds()[place]->summary;
}

/* ---- the table ---- */

/* A line of recipe_keys.def: a key, or what adds some. */
struct line {
    struct recipe_key key;
    void (*add)(void);
};

#define KEY(type_, name_, ...)                                                                     \
    {                                                                                              \
        .key = {                                                                                   \
            .name = #name_,                                                                        \
            .type = type_,                                                                         \
            .offset = offsetof(struct recipe, name_),                                              \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

static const struct line lines[] = {
#define RECIPE_INT(name, ...)  KEY(RECIPE_INT, name, __VA_ARGS__),
#define RECIPE_REAL(name, ...) KEY(RECIPE_REAL, name, __VA_ARGS__),
#define RECIPE_BOOL(name, ...) KEY(RECIPE_BOOL, name, __VA_ARGS__),
#define RECIPE_CHOICE(name, ...)                                                                   \
    KEY(RECIPE_CHOICE, name, .choices = recipe_##name##_names, .summary = name##_summary,          \
        __VA_ARGS__),
#define RECIPE_SETTINGS(name) {.add = add_##name##_settings},
#include "recipe_keys.def"
#undef RECIPE_INT
#undef RECIPE_REAL
#undef RECIPE_BOOL
#undef RECIPE_CHOICE
#undef RECIPE_SETTINGS
};

static void make_keys(void)
{
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        if (lines[i].add)
            lines[i].add();
        else
            add_key(&lines[i].key);
    recipe_augment_add_keys(add_key);
}

const struct recipe_key *recipe_keys(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_keys);
    return keys;
}

const struct recipe_key *recipe_key_find(const char *name)
{
    for (const struct recipe_key *key = recipe_keys(); key->name; key++)
        if (strcmp(key->name, name) == 0)
            return key;
    return NULL;
}

const char *recipe_group_name(enum recipe_group group)
{
    static const char *const names[RECIPE_GROUPS] = {NULL, "optimizer", "schedule"};

    return names[group];
}

const char *recipe_group_help(enum recipe_group group)
{
    static const char *const helps[RECIPE_GROUPS] = {
        NULL, "how weights are updated", "the learning rate over time"};

    return helps[group];
}

/* ---- values ---- */

double recipe_key_get(const struct recipe_key *key, const struct recipe *recipe)
{
    const void *at = (const char *)recipe + key->offset;

    switch (key->type) {
    case RECIPE_BOOL:
        return *(const bool *)at;
    case RECIPE_SWITCH:
        return *(const int *)at < 0 ? RECIPE_DEFAULT : *(const int *)at;
    case RECIPE_REAL:
        return *(const double *)at;
    case RECIPE_BITS:
        return *(const unsigned *)at;
    case RECIPE_INT:
    case RECIPE_CHOICE:
        break;
    }
    return *(const int *)at;
}

void recipe_key_set(const struct recipe_key *key, double value, struct recipe *recipe)
{
    void *at = (char *)recipe + key->offset;

    switch (key->type) {
    case RECIPE_BOOL:
        *(bool *)at = value != 0;
        break;
    case RECIPE_SWITCH:
        *(int *)at = value == RECIPE_DEFAULT ? RECIPE_SWITCH_DEFAULT : value > 0;
        break;
    case RECIPE_REAL:
        *(double *)at = value;
        break;
    case RECIPE_BITS:
        *(unsigned *)at = (unsigned)value;
        break;
    case RECIPE_INT:
    case RECIPE_CHOICE:
        *(int *)at = (int)value;
        break;
    }
}

void recipe_key_add_default(const struct recipe_key *key, struct str *to)
{
    if (key->otherwise)
        str_add(to, key->otherwise);
    else if (key->zero_is_default || key->initial == RECIPE_DEFAULT)
        return;
    else if (key->type == RECIPE_BOOL || key->type == RECIPE_SWITCH)
        str_add(to, key->initial > 0 ? "true" : "false");
    else if (key->type == RECIPE_CHOICE)
        str_add(to, key->choices()[(int)key->initial]);
    else if (key->type == RECIPE_BITS)
        str_add(to, "none");
    else
        number_add_shortest(to, key->initial);
}
