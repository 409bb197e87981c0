/*
 * The options that give a recipe: one for each key of its table (workloads/recipe_keys.h), two for what is on
 * or off.
 *
 *     struct args { struct recipe_options recipe; ... };
 *     static struct cli_option options[RECIPE_MAX_OPTIONS + 1];
 *     recipe_options_add(options, offsetof(struct args, recipe));      then cli_parse()
 *     recipe_options_init(&args.recipe);                               before it
 *     if (recipe_options_resolve(&args.recipe, &job.recipe, err) < 0) return -1;
 */
#ifndef SCALESTUDY_HARNESS_OPTIONS_RECIPE_OPTIONS_H
#define SCALESTUDY_HARNESS_OPTIONS_RECIPE_OPTIONS_H

#include "harness/terminal/cli.h"
#include "workloads/recipe_keys.h"

#define RECIPE_MAX_OPTIONS (2 * RECIPE_MAX_KEYS)

/* By the place of the key in recipe_keys(). */
struct recipe_options {
    struct recipe recipe;                           /* what is a number */
    const char *words[RECIPE_MAX_KEYS];             /* names, or a list of them; NULL: not given */
    bool on[RECIPE_MAX_KEYS], off[RECIPE_MAX_KEYS]; /* of switches */
};

void recipe_options_init(struct recipe_options *options);

/* The rows of all keys, with room for the end of the table behind them: `to` has RECIPE_MAX_OPTIONS + 1.
 * `offset`: of the struct recipe_options in what cli_parse() fills. Returns how many. Texts are kept for good;
 * call it once. */
int recipe_options_add(struct cli_option *to, size_t offset);

/* The same of those keys alone that say how images are augmented. */
int recipe_options_add_augmentation(struct cli_option *to, size_t offset);

/* ERR_INPUT: an unknown name, both of two opposite options, or what recipe_validate() says. */
int recipe_options_resolve(
    const struct recipe_options *options, struct recipe *recipe, struct err *err) MUST_CHECK;

#endif
