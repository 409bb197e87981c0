/* The keys of a study's recipe, from the table of its keys (workloads/recipe_keys.h). */
#include <pthread.h>

#include "study.h"
#include "workloads/recipe_keys.h"

#define MOST_FIELDS (RECIPE_MAX_KEYS + RECIPE_GROUPS)

/* Of the recipe itself, and of each group, as of its optimizer. All of them lie in struct recipe. */
static struct config_field fields[RECIPE_GROUPS][MOST_FIELDS + 1];
static int n_fields[RECIPE_GROUPS];

static void make_fields(void);

static const struct config_field *fields_of(enum recipe_group group)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_fields);
    return fields[group];
}

static const struct config_field *recipe_fields(void)
{
    return fields_of(RECIPE_NO_GROUP);
}

static const struct config_field *optimizer_fields(void)
{
    return fields_of(RECIPE_OPTIMIZER);
}

static const struct config_field *schedule_fields(void)
{
    return fields_of(RECIPE_SCHEDULE);
}

static void init_recipe(void *to)
{
    recipe_init(to);
}

/* A group shares the recipe's struct, so it sets what is its own. */
static void init_group(enum recipe_group group, struct recipe *recipe)
{
    for (const struct recipe_key *key = recipe_keys(); key->name; key++)
        if (key->group == group)
            recipe_key_set(key, key->initial, recipe);
}

static void init_optimizer(void *to)
{
    init_group(RECIPE_OPTIMIZER, to);
}

static void init_schedule(void *to)
{
    init_group(RECIPE_SCHEDULE, to);
}

static int check_recipe(const void *loaded, struct err *err)
{
    return recipe_validate(loaded, err);
}

const struct config_table recipe_table = {
    .name = "the recipe",
    .size = sizeof(struct recipe),
    .make_fields = recipe_fields,
    .init = init_recipe,
    .check = check_recipe,
};

static const struct config_table group_tables[RECIPE_GROUPS] = {
    [RECIPE_OPTIMIZER] = {.name = "the optimizer",
        .size = sizeof(struct recipe),
        .make_fields = optimizer_fields,
        .init = init_optimizer},
    [RECIPE_SCHEDULE] = {.name = "the schedule",
        .size = sizeof(struct recipe),
        .make_fields = schedule_fields,
        .init = init_schedule},
};

/* ---- rows ---- */

static enum config_type type_of(const struct recipe_key *key)
{
    static const enum config_type types[] = {
        [RECIPE_BOOL] = CONFIG_BOOL,
        [RECIPE_SWITCH] = CONFIG_SWITCH,
        [RECIPE_INT] = CONFIG_INT,
        [RECIPE_REAL] = CONFIG_REAL,
        [RECIPE_CHOICE] = CONFIG_CHOICE,
        [RECIPE_BITS] = CONFIG_BITS,
    };

    return types[key->type];
}

/* Defaults that are numbers have a column of their own. */
static const char *help_of(const struct recipe_key *key)
{
    struct str text = STR_INIT;

    str_add(&text, key->help);
    if (key->in_study)
        str_add(&text, key->in_study);
    for (int i = 0; key->summary && key->choices()[i]; i++)
        str_addf(&text, "; %s: %s", key->choices()[i], key->summary(i));
    if (key->otherwise && key->otherwise[0])
        str_addf(&text, "; default: %s", key->otherwise);
    return str_keep(&text, key->help);
}

static const char *unit_of(const struct recipe_key *key)
{
    struct str text = STR_INIT;

    if (key->unit)
        str_add(&text, key->unit);
    if (key->zero)
        str_addf(&text, "%s0: %s", key->unit ? "; " : "", key->zero);
    return text.length > 0 ? str_keep(&text, NULL) : NULL;
}

static void add_field(enum recipe_group group, const struct config_field *field)
{
    if (n_fields[group] < MOST_FIELDS)
        fields[group][n_fields[group]++] = *field;
}

static void add_key(const struct recipe_key *key)
{
    const struct config_field field = {
        .key = key->study_name,
        .type = type_of(key),
        .offset = key->offset,
        .least = key->least,
        .most = key->most,
        .above_least = key->above_least,
        .not_canonical = key->identity == RECIPE_NEVER,
        .may_be_absent = key->identity == RECIPE_IF_SET,
        .absent = key->type == RECIPE_SWITCH ? RECIPE_SWITCH_DEFAULT : key->initial,
        .default_word = key->zero_is_default,
        .detail = key->detail,
        .unit = unit_of(key),
        .choices = key->choices,
        .help = help_of(key),
    };

    add_field(key->group, &field);
}

/* A group stands where its first key does. */
static void make_fields(void)
{
    for (const struct recipe_key *key = recipe_keys(); key->name; key++) {
        if (key->group != RECIPE_NO_GROUP && n_fields[key->group] == 0)
            add_field(RECIPE_NO_GROUP, &(struct config_field){.key = recipe_group_name(key->group),
                                           .type = CONFIG_STRUCT,
                                           .table = &group_tables[key->group],
                                           .help = recipe_group_help(key->group)});
        add_key(key);
    }
}
