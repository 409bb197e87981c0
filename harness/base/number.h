/* Numbers as people and canonical texts write them. */
#ifndef SCALESTUDY_HARNESS_BASE_NUMBER_H
#define SCALESTUDY_HARNESS_BASE_NUMBER_H

#include <stdbool.h>

#include "str.h"

/* A number with an optional suffix K, M, B, G or T: 1.3B is 1.3e9. False if it is none. */
bool number_parse_count(const char *text, double *value);

/* The shortest decimal form that reads back as the same double; value must be finite. */
void number_add_shortest(struct str *to, double value);

#endif
