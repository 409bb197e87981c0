/* The bar of several jobs, with the time left. */
#include "progress.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/clock.h"
#include "ui.h"

#define LIVE_SECONDS  0.2
#define PLAIN_SECONDS 30.0
#define LINE_BYTES    512
#define LEAST_BAR     10
#define MOST_BAR      40

void progress_init(struct progress *progress, bool quiet)
{
    *progress = (struct progress){.quiet = quiet,
        .live = ui_is_live(),
        .colour = ui_has_colour(),
        .started = clock_seconds()};
    progress->next_draw = progress->started + (progress->live ? 0 : PLAIN_SECONDS);
}

void progress_counts(struct progress *progress, int total, int done, int failed, int running)
{
    progress->total = total;
    progress->done = done;
    progress->failed = failed;
    progress->running = running;
}

double progress_seconds_left(const struct progress *progress)
{
    double done = progress->work_done - progress->work_before;
    double elapsed = clock_seconds() - progress->started;

    if (done <= 0 || elapsed < 1)
        return NAN;
    return (progress->work_total - progress->work_done) * elapsed / done;
}

void progress_say(struct progress *progress, const char *format, ...)
{
    va_list args;

    if (progress->quiet)
        return;
    ui_erase_line(&progress->drawn);
    va_start(args, format);
    ui_vline(stderr, format, args);
    va_end(args);
    if (progress->live)
        progress->next_draw = 0;
}

static int add_bar(const struct progress *progress, int columns, char *to, size_t size)
{
    int width = columns / 4 > MOST_BAR ? MOST_BAR : columns / 4;
    double share = progress->work_total > 0 ? progress->work_done / progress->work_total : 0;
    int full;

    if (width < LEAST_BAR || size < MOST_BAR + 4)
        return 0;
    full = (int)(fmin(fmax(share, 0), 1) * width);
    to[0] = '[';
    memset(to + 1, '#', (size_t)full);
    memset(to + 1 + full, '.', (size_t)(width - full));
    memcpy(to + 1 + width, "] ", 3);
    return width + 3;
}

const char *progress_left(const struct progress *progress, char to[PROGRESS_LEFT_BYTES])
{
    double seconds = progress_seconds_left(progress);
    char duration[UI_DURATION_BYTES];

    to[0] = '\0';
    if (isfinite(seconds))
        snprintf(to, PROGRESS_LEFT_BYTES, ", %s left", ui_duration(seconds, duration));
    return to;
}

const char *progress_line(
    const struct progress *progress, const char *now, int columns, char *to, size_t size)
{
    char left[PROGRESS_LEFT_BYTES], failed[32] = "", speed[48] = "";
    int bar;

    to[0] = '\0';
    bar = add_bar(progress, columns, to, size);
    if (progress->failed > 0)
        snprintf(failed, sizeof(failed), ", %d failed", progress->failed);
    if (progress->images_per_second > 0)
        snprintf(speed, sizeof(speed), ", %.0f images/s", progress->images_per_second);
    snprintf(to + bar, size - (size_t)bar, "%d/%d jobs%s%s%s%s%s", progress->done, progress->total,
        failed, progress_left(progress, left), speed, now[0] ? " - " : "", now);
    if (columns > 0 && (size_t)columns < size)
        to[columns] = '\0';
    return to;
}

void progress_show(struct progress *progress, const char *now)
{
    double at = clock_seconds();
    char line[LINE_BYTES];

    if (progress->quiet || at < progress->next_draw)
        return;
    progress->next_draw = at + (progress->live ? LIVE_SECONDS : PLAIN_SECONDS);
    if (!progress->live) {
        ui_line(stderr, "%s", progress_line(progress, now, 0, line, sizeof(line)));
        return;
    }
    progress_line(progress, now, ui_columns() - 1, line, sizeof(line));
    ui_draw_line(&progress->drawn, line, progress->colour);
}

void progress_end(struct progress *progress)
{
    ui_erase_line(&progress->drawn);
    fflush(stderr);
}
