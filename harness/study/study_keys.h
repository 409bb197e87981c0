/* The list of every key that a study can have, from the tables that load them (study_schema.c). */
#ifndef SCALESTUDY_HARNESS_STUDY_STUDY_KEYS_H
#define SCALESTUDY_HARNESS_STUDY_STUDY_KEYS_H

#include "harness/base/err.h"
#include "harness/base/rowset.h"

/* To standard output: for commands. */
int study_print_keys(enum output_format format, struct err *err) MUST_CHECK;

#endif
