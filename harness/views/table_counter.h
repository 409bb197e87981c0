/*
 * What tables ask of the engine: what networks of models.def cost, with 1000 classes.
 *
 *     const struct table_options options = {.study = name, .counter = &table_counter};
 */
#ifndef SCALESTUDY_HARNESS_VIEWS_TABLE_COUNTER_H
#define SCALESTUDY_HARNESS_VIEWS_TABLE_COUNTER_H

#include "results/tables/table.h"

extern const struct table_counter table_counter;

#endif
