/* Declarations of the stage tables that models.def lists; for spec.c and the files that define
 * them. */
#ifndef SCALESTUDY_WORKLOADS_MODELS_SPEC_TABLES_H
#define SCALESTUDY_WORKLOADS_MODELS_SPEC_TABLES_H

#include "spec.h"

#define MODEL(name, summary) extern const struct spec spec_##name;
#include "models.def"
#undef MODEL

#endif
