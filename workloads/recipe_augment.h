/* What a recipe says of augmentations: is it right, and in which of several ways that mean the same
 * is it kept. */
#ifndef SCALESTUDY_WORKLOADS_RECIPE_AUGMENT_H
#define SCALESTUDY_WORKLOADS_RECIPE_AUGMENT_H

#include "recipe.h"

/* Defaults that were given become zeros, three equal strengths of a colour jitter one. */
void recipe_augment_settle(struct augment_settings *settings);

/* An ERR_INPUT that names the recipe's key: out of range, upside down, or of something that is not
 * done. */
int recipe_augment_check(const struct recipe *recipe, struct err *err) MUST_CHECK;

#endif
