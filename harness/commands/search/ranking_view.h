/* A ranking (results/analysis/ranking.h), printed for people and programs. */
#ifndef SCALESTUDY_HARNESS_COMMANDS_SEARCH_RANKING_VIEW_H
#define SCALESTUDY_HARNESS_COMMANDS_SEARCH_RANKING_VIEW_H

#include <stdio.h>

#include "harness/base/rowset.h"
#include "results/analysis/ranking.h"

/* Load, and print with its notes; ERR_INPUT if nothing that is asked for is done. */
int ranking_view_print(struct store *store, const char *study,
    const struct ranking_options *options, enum output_format format, FILE *stream,
    struct err *err) MUST_CHECK;

#endif
