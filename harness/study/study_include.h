/*
 * `include: FILE`, or a list of files, in any mapping of a study: the mapping gets what it lacks of
 * the mapping that the file holds, of the first file first (yaml_complete). A path that is not
 * absolute is relative to the folder of the file that names it.
 *
 *     if (study_include(&tree, tree.root, &texts, err) < 0) return -1;     no include is left
 *
 * Files may include others, STUDY_MAX_INCLUDES in all and STUDY_MAX_INCLUDE_DEPTH deep; one that
 * includes itself on any way is an ERR_INPUT.
 */
#ifndef SCALESTUDY_HARNESS_STUDY_STUDY_INCLUDE_H
#define SCALESTUDY_HARNESS_STUDY_STUDY_INCLUDE_H

#include "yaml_tree.h"

#define STUDY_MAX_INCLUDES      32
#define STUDY_MAX_INCLUDE_DEPTH 8

struct str;

/* Adds the text of every file to `texts`, as comments. */
int study_include(
    struct yaml_tree *tree, struct yaml_node *node, struct str *texts, struct err *err) MUST_CHECK;

#endif
