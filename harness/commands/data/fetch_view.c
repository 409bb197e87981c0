/* Progress of a download. */
#include "fetch_view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/clock.h"
#include "harness/base/str.h"
#include "harness/terminal/interrupt.h"
#include "harness/terminal/ui.h"

#define BAR_CELLS 20

static const char *verb(enum fetch_step step)
{
    switch (step) {
    case FETCH_WAITING:
        return "waiting for";
    case FETCH_DOWNLOADING:
        return "fetching";
    case FETCH_CHECKING:
        return "checking";
    default:
        return "unpacking";
    }
}

/* "====>     " */
static void draw_bar(double share, char bar[BAR_CELLS + 1])
{
    int full = (int)(share * BAR_CELLS);

    memset(bar, ' ', BAR_CELLS);
    memset(bar, '=', (size_t)full);
    if (full < BAR_CELLS)
        bar[full] = '>';
    bar[BAR_CELLS] = '\0';
}

static void show(void *context, const struct fetch_progress *progress)
{
    struct fetch_view *view = context;
    char done[UI_SIZE_BYTES], total[UI_SIZE_BYTES], rate[UI_SIZE_BYTES];
    char left[UI_DURATION_BYTES], bar[BAR_CELLS + 1];
    double now = clock_seconds(), speed, share;

    if (progress->step != view->step || strcmp(progress->what, view->what) != 0) {
        view->step = progress->step;
        str_copy(view->what, sizeof(view->what), progress->what);
        view->since = now;
        view->first = progress->done;
    }
    if (progress->step == FETCH_WAITING) {
        live_line_show(
            &view->line, "%s the process that fetches %s", verb(progress->step), progress->what);
        return;
    }
    speed = now > view->since ? (double)(progress->done - view->first) / (now - view->since) : 0;
    ui_size(progress->done, done);
    ui_size((int64_t)speed, rate);
    if (progress->total <= 0) {
        live_line_show(
            &view->line, "%s %s  %s  %s/s", verb(progress->step), progress->what, done, rate);
        return;
    }
    share = fmin(1, (double)progress->done / (double)progress->total);
    draw_bar(share, bar);
    ui_duration(speed > 0 ? (double)(progress->total - progress->done) / speed : NAN, left);
    live_line_show(&view->line, "%s %s  [%s] %3.0f %%  %s of %s  %s/s  %s left",
        verb(progress->step), progress->what, bar, 100 * share, done,
        ui_size(progress->total, total), rate, left);
}

static void say(void *context, const char *sentence)
{
    struct fetch_view *view = context;

    live_line_close(&view->line);
    if (!view->line.quiet)
        ui_say("%s", sentence);
}

static bool stop(void *context)
{
    (void)context;
    return interrupt_asked();
}

struct fetch_events fetch_view_start(struct fetch_view *view, bool quiet)
{
    *view = (struct fetch_view){.step = FETCH_WAITING};
    live_line_init(&view->line, quiet);
    interrupt_catch();
    return (struct fetch_events){
        .context = view, .progress = show, .note = say, .should_stop = stop};
}

void fetch_view_end(struct fetch_view *view)
{
    live_line_close(&view->line);
}
