/* Consequences of a plan's recipes that are easy to overlook, on standard error: for commands. */
#ifndef SCALESTUDY_HARNESS_VIEWS_PLAN_REMARKS_H
#define SCALESTUDY_HARNESS_VIEWS_PLAN_REMARKS_H

#include "harness/study/plan.h"

/* The sentences of workload_train_remarks() for all networks, each once. A plan without images gives
 * none about them. */
int plan_say_remarks(const struct plan *plan, struct err *err) MUST_CHECK;

#endif
