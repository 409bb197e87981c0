/* Telling a caller of fetch.h how far it is, and asking whether to stop: all of it is optional there. */
#ifndef SCALESTUDY_WORKLOADS_DATA_FORMATS_FETCH_EVENTS_H
#define SCALESTUDY_WORKLOADS_DATA_FORMATS_FETCH_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"

enum fetch_step {
    FETCH_WAITING, /* for another process */
    FETCH_DOWNLOADING,
    FETCH_CHECKING,
    FETCH_UNPACKING,
};

struct fetch_progress {
    enum fetch_step step;
    const char *what;    /* name of the file */
    int64_t done, total; /* bytes; total 0: unknown */
};

/* All OPTIONAL. */
struct fetch_events {
    void *context;
    void (*progress)(void *context, const struct fetch_progress *progress);
    void (*note)(void *context, const char *sentence); /* what a user should know; goes on */
    bool (*should_stop)(void *context);                /* ERR_INTERRUPTED, with all saved */
};

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
