/*
 * A plan's study and jobs in a database, where they wait to be run.
 *
 *     if (plan_store(&plan, store, &dropped, err) < 0) return -1;
 *
 * Again, it adds what is new; jobs that the study no longer asks for leave it, and are counted.
 */
#ifndef SCALESTUDY_HARNESS_STUDY_PLAN_STORE_H
#define SCALESTUDY_HARNESS_STUDY_PLAN_STORE_H

#include "estimate.h"
#include "harness/base/err.h"
#include "plan.h"
#include "results/store/store.h"
#include "results/store/store_images.h"

int plan_store(
    const struct plan *plan, struct store *store, int *dropped, struct err *err) MUST_CHECK;

/* Its images as a database keeps them; no fingerprint: the program draws them. */
void plan_images(const struct plan *plan, struct image_set *set);

/* How long each job that is not done was thought to take; what is unknown is left as it is. */
int plan_store_estimate(const struct plan *plan, const struct estimate *estimate,
    struct store *store, struct err *err) MUST_CHECK;

#endif
