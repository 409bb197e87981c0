/* Telling a caller of fetch.h how far it is, and asking whether to stop: all of it is optional there. */
#ifndef SCALESTUDY_DATA_FETCH_EVENTS_H
#define SCALESTUDY_DATA_FETCH_EVENTS_H

#include "fetch.h"

static inline bool fetch_should_stop(const struct fetch_events *events)
{
    return events->should_stop && events->should_stop(events->context);
}

static inline void fetch_show(const struct fetch_events *events, enum fetch_step step,
    const char *what, int64_t done, int64_t total)
{
    const struct fetch_progress progress = {step, what, done, total > 0 ? total : 0};

    if (events->progress)
        events->progress(events->context, &progress);
}

/* A sentence for the user. */
void fetch_note(const struct fetch_events *events, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
