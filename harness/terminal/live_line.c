/* A line of progress that is drawn again and again. */
#include "live_line.h"

#include <stdarg.h>
#include <stdio.h>

#include "harness/base/clock.h"
#include "ui.h"

#define LIVE_SECONDS  0.2
#define PLAIN_SECONDS 30.0

void live_line_init(struct live_line *line, bool quiet)
{
    *line = (struct live_line){.quiet = quiet, .live = ui_is_live(), .last_shown = clock_seconds()};
}

void live_line_show(struct live_line *line, const char *format, ...)
{
    double now = clock_seconds();
    char text[256];
    va_list args;

    if (line->quiet || now - line->last_shown < (line->live ? LIVE_SECONDS : PLAIN_SECONDS))
        return;
    line->last_shown = now;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (line->live)
        ui_draw_line(&line->drawn, text, false);
    else
        ui_line(stderr, "%s", text);
}

void live_line_close(struct live_line *line)
{
    ui_erase_line(&line->drawn);
}
