/*
 * What a person sees of a dataset being fetched or checked: a bar that is redrawn, notes, Ctrl-C.
 *
 *     struct fetch_view view;
 *     struct fetch_events events = fetch_view_start(&view, quiet);
 *     result = data_fetch(&request, &events, ...);
 *     fetch_view_end(&view);
 */
#ifndef SCALESTUDY_HARNESS_COMMANDS_DATA_FETCH_VIEW_H
#define SCALESTUDY_HARNESS_COMMANDS_DATA_FETCH_VIEW_H

#include "harness/terminal/live_line.h"
#include "workloads/data/fetch/fetch.h"

struct fetch_view {
    struct live_line line;
    enum fetch_step step;
    char what[128];
    double since;  /* when this step of this file began, clock_seconds ... */
    int64_t first; /* ... and what there was then */
};

struct fetch_events fetch_view_start(struct fetch_view *view, bool quiet);
void fetch_view_end(struct fetch_view *view);

#endif
