/* The options of a recipe, from the table of its keys. */
#include "recipe_options.h"

#include <string.h>

#include "harness/base/str.h"

void recipe_options_init(struct recipe_options *options)
{
    memset(options, 0, sizeof(*options));
    recipe_init(&options->recipe);
}

/* ---- rows ---- */

/* "no-zero-init-residual" */
static const char *option_name(const char *prefix, const struct recipe_key *key)
{
    struct str text = STR_INIT;

    str_addf(&text, "%s%s", prefix, key->name);
    for (size_t i = 0; !text.failed && i < text.length; i++)
        if (text.text[i] == '_')
            text.text[i] = '-';
    return str_keep(&text, key->name);
}

static void add_choices(const struct recipe_key *key, const char *between, struct str *to)
{
    const char *const *choices = key->choices();

    for (int i = 0; choices[i]; i++)
        str_addf(to, "%s%s", i ? between : "", choices[i]);
}

static void add_default(const struct recipe_key *key, struct str *to)
{
    struct str value = STR_INIT;

    recipe_key_add_default(key, &value);
    if (key->zero && key->initial == 0)
        str_addf(to, " (default 0: %s)", key->zero);
    else if (value.length > 0)
        str_addf(to, " (default%s %s)", key->otherwise ? ":" : "", value.text);
    str_release(&value);
}

static const char *option_help(const struct recipe_key *key)
{
    struct str text = STR_INIT;

    str_add(&text, key->help);
    if (key->type == RECIPE_CHOICE || key->type == RECIPE_BITS) {
        str_add(&text, ": ");
        add_choices(key, key->type == RECIPE_BITS ? "," : ", ", &text);
        str_add(&text, key->type == RECIPE_BITS ? " or none" : "");
    }
    add_default(key, &text);
    return str_keep(&text, key->help);
}

/* Two options: what an option that turns it on says, and one that turns it off. */
static int add_on_and_off(struct cli_option *to, const struct recipe_key *key, enum cli_type off,
    size_t at, size_t at_off)
{
    const char *name = option_name("", key);
    struct str help = STR_INIT;

    str_addf(&help, "the opposite of --%s", name);
    to[0] = (struct cli_option){name, 0, CLI_FLAG, at, NULL, option_help(key)};
    to[1] = (struct cli_option){
        option_name("no-", key), 0, off, at_off, NULL, str_keep(&help, "the opposite")};
    return 2;
}

static int add_option(
    struct cli_option *to, const struct recipe_key *key, size_t place, size_t offset)
{
    size_t at = offset + offsetof(struct recipe_options, recipe) + key->offset;
    size_t word = offset + offsetof(struct recipe_options, words) + place * sizeof(const char *);
    size_t on = offset + offsetof(struct recipe_options, on) + place * sizeof(bool);
    size_t off = offset + offsetof(struct recipe_options, off) + place * sizeof(bool);

    if (key->type == RECIPE_BOOL)
        return add_on_and_off(to, key, CLI_NO_FLAG, at, at);
    if (key->type == RECIPE_SWITCH)
        return add_on_and_off(to, key, CLI_FLAG, on, off);
    *to = (struct cli_option){.name = option_name("", key), .offset = at, .help = option_help(key)};
    switch (key->type) {
    case RECIPE_BOOL:
    case RECIPE_SWITCH:
        break;
    case RECIPE_INT:
        to->type = key->zero_is_default ? CLI_INT_ABOVE_0 : CLI_INT;
        to->value = "N";
        break;
    case RECIPE_REAL:
        to->type = key->zero_is_default ? CLI_REAL_ABOVE_0 : CLI_REAL;
        to->value = "X";
        break;
    case RECIPE_CHOICE:
    case RECIPE_BITS:
        to->type = CLI_TEXT;
        to->offset = word;
        to->value = key->type == RECIPE_BITS ? "LIST" : "NAME";
        break;
    }
    return 1;
}

static int add_options(struct cli_option *to, size_t offset, bool augmentation_alone)
{
    const struct recipe_key *keys = recipe_keys();
    int n = 0;

    for (size_t i = 0; keys[i].name; i++)
        if (keys[i].augments || !augmentation_alone)
            n += add_option(&to[n], &keys[i], i, offset);
    return n;
}

int recipe_options_add(struct cli_option *to, size_t offset)
{
    return add_options(to, offset, false);
}

int recipe_options_add_augmentation(struct cli_option *to, size_t offset)
{
    return add_options(to, offset, true);
}

/* ---- what was given ---- */

static int resolve_words(
    const struct recipe_key *key, const char *words, struct recipe *recipe, struct err *err)
{
    int place;

    if (key->type == RECIPE_BITS)
        return recipe_augment_parse(words, &recipe->augment, err);
    place = str_find(key->what ? key->what : key->name, words, key->choices(), err);
    if (place >= 0)
        recipe_key_set(key, place, recipe);
    return place < 0 ? -1 : 0;
}

static int resolve_switch(
    const struct recipe_key *key, bool on, bool off, struct recipe *recipe, struct err *err)
{
    if (on && off)
        return err_set(
            err, ERR_INPUT, "--%s and --no-%s are given; only one can be", key->name, key->name);
    if (on || off)
        recipe_key_set(key, on, recipe);
    return 0;
}

int recipe_options_resolve(
    const struct recipe_options *options, struct recipe *recipe, struct err *err)
{
    const struct recipe_key *keys = recipe_keys();

    *recipe = options->recipe;
    for (size_t i = 0; keys[i].name; i++)
        if ((options->words[i] && resolve_words(&keys[i], options->words[i], recipe, err) < 0) ||
            resolve_switch(&keys[i], options->on[i], options->off[i], recipe, err) < 0)
            return -1;
    return recipe_validate(recipe, err);
}
