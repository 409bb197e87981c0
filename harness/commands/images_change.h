/*
 * What happened to a study's images since jobs were done: sentences for plan, run and submit.
 *
 *     images_change_say(store, &plan, err)        after results of the same settings with other images
 *
 * A job with different images is a different job: it is run again, and the former result stays in the
 * database under its own id. The sentences say how the sets differ, as far as the database records
 * them (results/store/store_images.h): counts, and whether names are the same.
 */
#ifndef SCALESTUDY_HARNESS_COMMANDS_IMAGES_CHANGE_H
#define SCALESTUDY_HARNESS_COMMANDS_IMAGES_CHANGE_H

#include "harness/base/str.h"
#include "harness/study/plan.h"
#include "results/store/store_images.h"

int images_change_say(struct store *store, const struct plan *plan, struct err *err) MUST_CHECK;

/* The same for the jobs of a run folder, before the plan's jobs take their place; `store` is the
 * folder's plan. */
int images_change_say_of_folder(
    struct store *store, const struct plan *plan, const char *folder, struct err *err) MUST_CHECK;

/* A line if the jobs of a study do not record their images, judged by its first job; study NULL: for
 * every study. */
int images_unknown_say(struct store *store, const char *study, struct err *err) MUST_CHECK;

#endif
