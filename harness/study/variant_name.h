/* Names of variants, for labels of networks that share a model (results/query/groups.h). */
#ifndef SCALESTUDY_HARNESS_STUDY_VARIANT_NAME_H
#define SCALESTUDY_HARNESS_STUDY_VARIANT_NAME_H

#include "results/query/groups.h"

/* "variant w=0.25 stem_stride=1": factors and settings as a study's `variant` has them, that give
 * exactly these sizes; several may. False: none was found. */
bool variant_name(
    const char *model, const struct canonical_shape *shape, char to[GROUP_LABEL_BYTES]);

#endif
