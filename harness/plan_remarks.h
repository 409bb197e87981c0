/* What the recipes of a plan come to that the study does not say, on standard error: for commands. */
#ifndef SCALESTUDY_HARNESS_PLAN_REMARKS_H
#define SCALESTUDY_HARNESS_PLAN_REMARKS_H

#include "plan.h"

/* Each sentence of workload_train_remarks() once, whichever networks it is of. A plan without its
 * images says nothing of them. */
int plan_remarks(const struct plan *plan, struct str *lines, struct err *err) MUST_CHECK;
int plan_say_remarks(const struct plan *plan, struct err *err) MUST_CHECK;

#endif
