/* Notes to the caller of a fetch: for fetch_events.h. */
#include <stdarg.h>
#include <stdio.h>

#include "fetch_events.h"

void fetch_note(const struct fetch_events *events, const char *format, ...)
{
    char text[1400];
    va_list args;

    if (!events->note)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    events->note(events->context, text);
}
