/*
 * A recipe's list of augmentations with parameters:
 *
 *     augment: [{name: random_resized_crop, scale: [0.2, 1]}, horizontal_flip, {name: mixup, alpha: 0.2}]
 *
 * is short for keys of the recipe, one a number (`scalestudy study keys`):
 *
 *     augment: [random_resized_crop, horizontal_flip]
 *     crop_scale_min: 0.2
 *     crop_scale_max: 1
 *     mixup: 0.2
 *
 * The order of the list does not matter. Names and parameters are torchvision's.
 */
#ifndef SCALESTUDY_HARNESS_STUDY_AUGMENT_LIST_H
#define SCALESTUDY_HARNESS_STUDY_AUGMENT_LIST_H

#include "harness/base/err.h"
#include "yaml_tree.h"

/* Write the list of a recipe out as its keys. What is wrong is an ERR_INPUT at its place; a list of
 * no list is left for config_load to refuse. */
int augment_list_write_out(
    struct yaml_tree *tree, struct yaml_node *recipe, struct err *err) MUST_CHECK;

#endif
