/*
 * Which images are for training and which for testing: one rule for folders and manifests.
 *
 *     Names, upper or lower case: train, training; test, testing, val, valid, validation. If there
 *     are several names of a split, the first in this order is used and the others are left out: with
 *     train, val and test, val is left out.
 *
 *     Without such names a fifth of each class is for testing, at least one image of a class that has
 *     two: those whose paths have the lowest hashes, so that an image that is added moves at most one
 *     other.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_DATASET_SPLITS_H
#define SCALESTUDY_WORKLOADS_DATA_DATASET_SPLITS_H

#include "dataset.h"
#include "selection.h"

#define SPLIT_WORDS "train or training; test, testing, val, valid or validation"

/* Place of a name among those of its split, 0 the first, *split which; -1 for other words. */
int split_rank(const char *word, enum split *split);

/* Of all images of a set, in the training split, a fifth of each class goes over to the test split;
 * both stay in the order that all had. */
int splits_draw(struct selection splits[SPLIT_COUNT], struct err *err) MUST_CHECK;

/* Were they drawn? Of a packed set its paths say so. */
bool splits_are_drawn(const struct dataset *set);

/* Adds how many images are for training and for testing, and what decides which, as a sentence without
 * a full stop; nothing for images that the program draws itself. */
void splits_say(const struct dataset *set, struct str *to);

/* For kinds that list their images themselves: what train_images and test_images leave of the
 * splits goes over to the set, whose classes are known already. */
int splits_hand_over(
    struct dataset *set, struct selection splits[SPLIT_COUNT], struct err *err) MUST_CHECK;

#endif
