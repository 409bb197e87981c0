/*
 * Which of a set's images take part: some classes, a held-out part of the training images, a
 * fraction, a number. For dataset.c, after a kind has listed all there is.
 *
 * In this order: `classes` are drawn and renumbered; `minival` is held out of the training images
 * and takes the place of the test split; `fraction` of the other training images is kept; then at
 * most train_images and test_images. All but the last two are stratified: every class gives its
 * share. Draws depend on config.split_seed (limits on nothing) and on the images that are there; a
 * smaller number takes from what a larger one takes, and the held-out images are the same for every
 * fraction.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_DATASET_CHOICE_H
#define SCALESTUDY_WORKLOADS_DATA_DATASET_CHOICE_H

#include "dataset.h"

/* Fills set->places where anything is left out. ERR_INPUT if nothing would be left. */
int choose_images(struct dataset *set, struct err *err) MUST_CHECK;

#endif
