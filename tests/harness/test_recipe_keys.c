/* Every key of a recipe, as its table has it: studies, options of `train` and the library agree on its default, on every
 * bound, and on what it means. */
#include "tests/lib/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/options/recipe_options.h"
#include "harness/study/job.h"
#include "harness/study/study.h"
#include "workloads/recipe_keys.h"

#define MAX_WORDS 256

/* Recipes beside which a value may mean something. */
enum others {
    PLAIN,     /* all defaults */
    AUGMENTED, /* every number means something, and none stands in the way of another */
    ERASING,   /* and those of erasing too, which mean nothing without it */
    N_OTHERS,
};

static void init(struct recipe *recipe, enum others others)
{
    recipe_init(recipe);
    if (others == PLAIN)
        return;
    recipe->epochs = 100000;
    recipe->batch = 65536;
    recipe->warmup_epochs = 0;
    recipe->augment = AUGMENT_BIT(AUGMENT_INDEX_RANDOM_RESIZED_CROP) |
                      AUGMENT_BIT(AUGMENT_INDEX_RANDOM_CROP) |
                      AUGMENT_BIT(AUGMENT_INDEX_HORIZONTAL_FLIP);
    recipe->settings.crop_scale_min = recipe->settings.crop_ratio_min = 1e-9;
    recipe->settings.crop_ratio_max = 100;
    if (others != ERASING)
        return;
    recipe->settings.random_erasing = 0.5;
    recipe->settings.erasing_scale_min = recipe->settings.erasing_ratio_min = 1e-9;
    recipe->settings.erasing_ratio_max = 100;
    recipe->settings.erasing_scale_max = 1;
}

/* ---- the ways in: 0 or -1, and what they make of it ---- */

/* A value, and that of every key that has not its default, as somebody writes them. */
struct given {
    const struct recipe_key *key;
    double value;
    struct recipe others;
};

static bool is_given(const struct given *given, const struct recipe_key *key, double *value)
{
    *value = key == given->key ? given->value : recipe_key_get(key, &given->others);
    return key == given->key || *value != key->initial;
}

static void write_value(const struct recipe_key *key, double value, struct str *to)
{
    const char *between = "";

    switch (key->type) {
    case RECIPE_BOOL:
    case RECIPE_SWITCH:
        str_add(to, value > 0 ? "true" : "false");
        break;
    case RECIPE_CHOICE:
        str_add(to, key->choices()[(int)value]);
        break;
    case RECIPE_BITS:
        for (int i = 0; key->choices()[i]; i++)
            if ((unsigned)value >> i & 1u) {
                str_addf(to, "%s%s", between, key->choices()[i]);
                between = ",";
            }
        break;
    default:
        str_addf(to, "%.17g", value);
    }
}

static void write_group(const struct given *given, enum recipe_group group, struct str *to)
{
    double value;

    for (const struct recipe_key *key = recipe_keys(); key->name; key++) {
        if (key->group != group || !is_given(given, key, &value))
            continue;
        str_addf(to, "%s: %s", key->study_name, key->type == RECIPE_BITS ? "[" : "");
        write_value(key, value, to);
        str_add(to, key->type == RECIPE_BITS ? "], " : ", ");
    }
}

static int by_study(const struct given *given, struct recipe *recipe)
{
    struct study study = STUDY_INIT;
    struct str text = STR_INIT;
    struct err err = {0};
    int result;

    str_add(&text, "name: s\ndata: {name: shapes}\nseeds: [0]\n"
                   "models: [{base: resnet18, scalings: [{method: baseline}]}]\nrecipe: {");
    for (int group = 1; group < RECIPE_GROUPS; group++) {
        str_addf(&text, "%s: {", recipe_group_name((enum recipe_group)group));
        write_group(given, (enum recipe_group)group, &text);
        str_add(&text, "}, ");
    }
    write_group(given, RECIPE_NO_GROUP, &text);
    str_add(&text, "}\n");
    result = study_parse(&study, "s.yaml", text.text, text.length, &err);
    *recipe = study.recipe;
    study_release(&study);
    str_release(&text);
    return result;
}

static void write_options(const struct given *given, char *words[], int *n)
{
    double value;

    for (const struct recipe_key *key = recipe_keys(); key->name; key++) {
        struct str word = STR_INIT, text = STR_INIT;
        bool flag = key->type == RECIPE_BOOL || key->type == RECIPE_SWITCH;

        if (!is_given(given, key, &value))
            continue;
        str_addf(&word, "--%s%s", flag && value == 0 ? "no-" : "", key->name);
        for (size_t i = 0; i < word.length; i++)
            if (word.text[i] == '_')
                word.text[i] = '-';
        words[(*n)++] = str_detach(&word);
        if (flag)
            continue;
        write_value(key, value, &text);
        words[(*n)++] = str_detach(&text);
    }
}

static int by_options(const struct given *given, struct recipe *recipe)
{
    static struct cli_option options[RECIPE_MAX_OPTIONS + 1];
    static const struct cli_usage usage = {.command = "try",
        .arguments = "",
        .summary = "a test",
        .options = options,
        .example = "scalestudy try"};
    char *words[MAX_WORDS] = {"try"}, *all[MAX_WORDS], **arguments;
    struct recipe_options fields;
    struct err err = {0};
    int n = 1, result;

    if (!options[0].name)
        recipe_options_add(options, 0);
    recipe_options_init(&fields);
    write_options(given, words, &n);
    memcpy(all, words, sizeof(all)); /* parsing moves them */
    result = cli_parse(&usage, n, words, &fields, &arguments, &err);
    if (result == 0)
        result = recipe_options_resolve(&fields, recipe, &err);
    for (int i = 1; i < n; i++)
        free(all[i]);
    return result;
}

static int by_library(const struct given *given, struct recipe *recipe)
{
    struct err err = {0};

    *recipe = given->others;
    recipe_key_set(given->key, given->value, recipe);
    return recipe_validate(recipe, &err);
}

static const struct {
    const char *name;
    int (*take)(const struct given *given, struct recipe *recipe);
} ways[] = {{"a study", by_study}, {"an option", by_options}, {"the library", by_library}};

#define N_WAYS       (sizeof(ways) / sizeof(ways[0]))
#define WRITTEN_WAYS 2 /* the first */

static void check_equal(const struct recipe *a, const struct recipe *b, const char *way)
{
    for (const struct recipe_key *key = recipe_keys(); key->name; key++)
        if (recipe_key_get(key, a) != recipe_key_get(key, b))
            fail_msg("%s makes %s %.17g, not %.17g", way, key->name, recipe_key_get(key, a),
                recipe_key_get(key, b));
}

/* With an optimizer and a schedule that have it. What is taken means what was written. */
static bool is_taken(size_t way, struct given *given)
{
    for (int o = 0; recipe_optimizer_names()[o]; o++)
        for (int s = 0; recipe_schedule_names()[s]; s++)
            for (int others = PLAIN; others < N_OTHERS; others++) {
                struct recipe taken, wanted;

                init(&given->others, (enum others)others);
                given->others.optimizer = (enum optimizer)o;
                given->others.schedule = (enum schedule)s;
                if (ways[way].take(given, &taken) < 0)
                    continue;
                wanted = given->others;
                recipe_key_set(given->key, given->value, &wanted);
                check_equal(&taken, &wanted, ways[way].name);
                return true;
            }
    return false;
}

static void check(const struct recipe_key *key, double value, bool wanted)
{
    struct given given = {.key = key, .value = value};
    /* Inside, 0 may be what was not given. */
    size_t n_ways = value == 0 && key->zero_is_default ? WRITTEN_WAYS : N_WAYS;

    for (size_t way = 0; way < n_ways; way++)
        if (is_taken(way, &given) != wanted)
            fail_msg("%s: %.17g is %s by %s; its row says %s%.17g to %.17g", key->name, value,
                wanted ? "refused" : "taken", ways[way].name, key->above_least ? "above " : "",
                key->least, key->most);
}

static void check_number(const struct recipe_key *key)
{
    bool whole = key->type == RECIPE_INT;
    double least = key->least, most = key->most;
    double step = whole ? 1 : 1e-6 * (most - least);

    assert_true(most > least);
    check(key, most, true);
    check(key, whole ? most + 1 : nextafter(most, INFINITY), false);
    check(key, least - step, false);
    check(key, key->above_least ? least + step : least, true);
    if (key->above_least)
        check(key, least, false);
    if (!whole) {
        check(key, NAN, false);
        check(key, INFINITY, false);
        check(key, -1, false);
    }
}

static void check_choices(const struct recipe_key *key)
{
    for (int i = 0; key->choices()[i]; i++)
        check(key, key->type == RECIPE_BITS ? 1u << i : (unsigned)i, true);
}

static void test_recipe__every_way_in_takes_what_the_table_says(void **state)
{
    (void)state;
    for (const struct recipe_key *key = recipe_keys(); key->name; key++)
        switch (key->type) {
        case RECIPE_BOOL:
        case RECIPE_SWITCH:
            check(key, 0, true);
            check(key, 1, true);
            break;
        case RECIPE_CHOICE:
        case RECIPE_BITS:
            check_choices(key);
            break;
        default:
            check_number(key);
        }
}

static void test_recipe__every_way_in_has_the_defaults_of_the_table(void **state)
{
    struct given nothing = {.key = recipe_keys()};

    (void)state;
    recipe_init(&nothing.others);
    nothing.value = nothing.key->initial;
    for (size_t way = 0; way < N_WAYS; way++) {
        struct recipe taken;

        assert_int_equal(ways[way].take(&nothing, &taken), 0);
        for (const struct recipe_key *key = recipe_keys(); key->name; key++)
            if (recipe_key_get(key, &taken) != key->initial)
                fail_msg("%s is %g by %s; its row says %g", key->name, recipe_key_get(key, &taken),
                    ways[way].name, key->initial);
    }
}

/* But for what the job's network holds. A value that is not given is left out. */
static void test_recipe__keys_that_decide_results_are_in_the_canonical_text(void **state)
{
    struct str plain = STR_INIT, other = STR_INIT;
    struct job job = {0};
    struct err err = {0};

    (void)state;
    recipe_init(&job.recipe);
    data_config_init(&job.data);
    assert_int_equal(spec_find("resnet18", &job.spec, &err), 0);
    job_canonical(&job, &plain);
    for (const struct recipe_key *key = recipe_keys(); key->name; key++) {
        str_clear(&other);
        recipe_key_set(key, key->initial == 1 ? 0 : 1, &job.recipe);
        job_canonical(&job, &other);
        if ((strcmp(plain.text, other.text) == 0) != (key->identity == RECIPE_NEVER))
            fail_msg("%s: its row and the canonical text differ", key->name);
        recipe_key_set(key, key->initial, &job.recipe);
    }
    str_release(&plain);
    str_release(&other);
}

/* What `study keys` prints of it, and how many others there are. */
static const struct config_field *find_field(
    const struct config_table *table, const struct recipe_key *key, int *n)
{
    const struct config_field *found = NULL;

    for (const struct config_field *field = config_fields(table); field->key; field++) {
        const struct config_field *inside =
            field->type == CONFIG_STRUCT ? find_field(field->table, key, n) : NULL;

        *n += field->type != CONFIG_STRUCT;
        if (inside)
            found = inside;
        else if (field->type != CONFIG_STRUCT && field->offset == key->offset)
            found = field;
    }
    return found;
}

static void check_field(const struct recipe_key *key)
{
    int n = 0;
    const struct config_field *field = find_field(&recipe_table, key, &n);

    assert_non_null(field);
    assert_string_equal(field->key, key->study_name);
    if (field->least != key->least || field->most != key->most ||
        field->above_least != key->above_least)
        fail_msg("%s: studies show other bounds than its row has", key->name);
}

static void test_recipe__keys_are_found_by_their_names_and_explained(void **state)
{
    int n = 0, n_fields = 0;

    (void)state;
    for (const struct recipe_key *key = recipe_keys(); key->name; key++, n++) {
        check_field(key);
        if (recipe_key_find(key->name) != key)
            fail_msg("there are two keys %s", key->name);
        assert_true(key->help && key->help[0]);
        assert_true((key->type == RECIPE_CHOICE || key->type == RECIPE_BITS) == !!key->choices);
        if (key->identity == RECIPE_ALWAYS)
            assert_true(key->initial != RECIPE_DEFAULT);
    }
    assert_true(n >= 45 && n < RECIPE_MAX_KEYS);
    find_field(&recipe_table, recipe_keys(), &n_fields);
    assert_int_equal(n_fields, n);
}

static void test_recipe__no_momentum_alone_is_plain_sgd(void **state)
{
    struct recipe recipe;
    struct err err = {0};

    (void)state;
    recipe_init(&recipe);
    recipe.optimizer_settings.momentum = 0;
    assert_int_equal(recipe_validate(&recipe, &err), 0);
    assert_int_equal(recipe_resolve(&recipe, &err), 0);
    assert_int_equal(recipe.optimizer_settings.nesterov, 0);
    assert_int_equal(recipe_resolve(&recipe, &err), 0);
    assert_int_equal(recipe.optimizer_settings.nesterov, 0);
    recipe.optimizer_settings.nesterov = 1; /* asked for, it is a mistake */
    assert_int_equal(recipe_validate(&recipe, &err), -1);
    err_clear(&err);
    recipe_init(&recipe);
    assert_int_equal(recipe_resolve(&recipe, &err), 0);
    assert_int_equal(recipe.optimizer_settings.nesterov, 1);
}

/* What a setting says is done or refused: a step schedule cannot fall smoothly. */
static void test_recipe__a_step_schedule_without_steps_is_refused(void **state)
{
    struct recipe recipe;
    struct err err = {0};

    (void)state;
    recipe_init(&recipe);
    recipe.schedule = SCHEDULE_STEP;
    recipe.schedule_settings.staircase = 0;
    assert_int_equal(recipe_validate(&recipe, &err), -1);
    assert_non_null(strstr(err.message, "staircase"));
    err_clear(&err);
    recipe.schedule = SCHEDULE_EXPONENTIAL;
    assert_int_equal(recipe_validate(&recipe, &err), 0);
}
