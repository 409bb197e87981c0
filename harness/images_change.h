/*
 * What happened to a study's images since jobs were done: sentences for who plans, runs or sends it.
 *
 *     images_change_say(store, &plan, err)        after results of the same settings with other images
 *
 * A job with other images is another job: it is run anew, and the former result stays in the database
 * under its own id. What is said of the difference is what the database keeps of a set
 * (results/store_images.h): counts, and whether names are the same.
 */
#ifndef SCALESTUDY_HARNESS_IMAGES_CHANGE_H
#define SCALESTUDY_HARNESS_IMAGES_CHANGE_H

#include "harness/base/str.h"
#include "plan.h"
#include "results/store_images.h"

int images_change_say(struct store *store, const struct plan *plan, struct err *err) MUST_CHECK;

/* The same for the jobs of a run folder, before others take their place; `store` is its plan. */
int images_change_say_of_folder(
    struct store *store, const struct plan *plan, const char *folder, struct err *err) MUST_CHECK;

/* A line if the jobs of a study, of which the first speaks for all, were planned before jobs knew their
 * images; study NULL: of every study. */
int images_unknown_say(struct store *store, const char *study, struct err *err) MUST_CHECK;

#endif
