/*
 * The paper's Figure 2, drawn to scale: a network, wider, deeper, at higher resolution, and all of
 * it. A block is a rectangle as wide as its output has channels and as tall as that has pixels, so
 * that each of the three ways of scaling is seen as what it is.
 */
#include <math.h>
#include <stdio.h>

#include "plots/draw/axis.h"
#include "plots/draw/chart.h"
#include "gains.h"
#include "harness/base/str.h"
#include "plots/plot.h"
#include "plots/draw/style.h"

#define MODEL  "efficientnet_b0"
#define PANELS 5

/* The factors of Tables 3 and 7. */
static const struct scaling {
    const char *method, *title;
    double depth, width, resolution;
} scalings[PANELS] = {
    {"baseline", "baseline", 1, 1, 1},
    {"width", "wider, w=2", 1, 2, 1},
    {"depth", "deeper, d=4", 4, 1, 1},
    {"resolution", "larger, r=2", 1, 1, 2},
    {"compound", "d=1.4 w=1.2 r=1.3", 1.4, 1.2, 1.3},
};

/* The last two, head and classifier, have no pixels worth drawing and more channels than all the
 * rest: they are left out. */
static int drawn_stages(const struct plot_network *network)
{
    return network->n_stages > 3 ? network->n_stages - 2 : network->n_stages;
}

static void find_size(const struct plot_network *network, double *width, double *height)
{
    *width = *height = 0;
    for (int i = 0; i < drawn_stages(network); i++) {
        const struct plot_stage *stage = &network->stages[i];

        *width = fmax(*width, stage->channels);
        *height += (double)stage->blocks * stage->side;
    }
}

/* From the bottom up, as the paper draws it. */
static void fill(struct chart_panel *panel, const struct plot_network *network,
    const struct scaling *scaling, double width, double height)
{
    struct chart_series *series =
        chart_series(panel, scaling->title, style_find(scaling->method), CHART_BOXES);
    char macs[AXIS_TEXT_BYTES];
    double y = 0, all = 0;

    panel->no_axes = true;
    panel->tallness = 2.2;
    panel->x = (struct chart_axis){.kind = CHART_LINEAR, .from = -width / 2, .to = width / 2};
    panel->y = (struct chart_axis){.kind = CHART_LINEAR, .from = 0, .to = height};
    for (int i = 0; i < network->n_stages; i++)
        all += (double)network->stages[i].macs;
    axis_count(all, macs);
    snprintf(panel->title, sizeof(panel->title), "%s", scaling->title);
    snprintf(panel->x.title, sizeof(panel->x.title), "%d px, %s FLOPs", network->input, macs);
    for (int i = 0; i < drawn_stages(network); i++) {
        const struct plot_stage *stage = &network->stages[i];

        for (int block = 0; block < stage->blocks; block++, y += stage->side)
            chart_point(series, &(struct chart_point){.x = 0,
                                    .y = y + stage->side / 2.0,
                                    .low = -stage->channels / 2.0,
                                    .high = stage->channels / 2.0,
                                    .half = stage->side / 2.0});
    }
}

static int count_all(const struct plot_options *options, const char *model,
    struct plot_network networks[PANELS], double *width, double *height, struct err *err)
{
    *width = *height = 0;
    for (int i = 0; i < PANELS; i++) {
        double w, h;

        if (options->network(model, scalings[i].depth, scalings[i].width, scalings[i].resolution,
                &networks[i], err) < 0)
            return -1;
        find_size(&networks[i], &w, &h);
        *width = fmax(*width, w);
        *height = fmax(*height, h);
    }
    return 0;
}

static int draw(struct store *store, const struct plot_options *options, struct err *err)
{
    const char *model = options->model ? options->model : MODEL;
    struct plot_network networks[PANELS];
    struct chart chart = CHART_INIT;
    char name[GAINS_NAME_BYTES];
    double width, height;
    int result = -1;

    (void)store;
    if (!options->network)
        return err_set(err, ERR_BUG, "the figure fig2 was given no networks");
    if (options->depth > 0 || options->width_factor > 0 || options->resolution > 0)
        return err_set(
            err, ERR_INPUT, "fig2 shows five scalings of a model: it takes no factors of its own");
    if (count_all(options, model, networks, &width, &height, err) < 0 ||
        chart_grid(&chart, PANELS, 1, err) < 0)
        goto done;
    gains_display_name(model, name);
    snprintf(chart.title, sizeof(chart.title), "Five scalings of %s, to scale", name);
    chart.no_key = true;
    chart.one_band = true;
    for (int i = 0; i < PANELS; i++)
        fill(chart_panel(&chart, i, 0), &networks[i], &scalings[i], width, height);
    str_copy(chart.note, sizeof(chart.note),
        "A rectangle a block, input at the bottom: as wide as it has channels, as tall as its "
        "output has pixels. Head and classifier are left out.");
    result = chart_draw(&chart, options, "fig2", err);
done:
    chart_release(&chart);
    return result;
}

const struct plot plot_fig2 = {
    .name = "fig2",
    .summary = "a network, wider, deeper, at higher resolution, and all of it, drawn to scale as "
               "the paper's Figure 2",
    .takes_no_results = true,
    .takes_a_model = true,
    .draw = draw,
};
