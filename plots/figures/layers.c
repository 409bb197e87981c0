/* Where a network's multiply-adds, parameters and activations are, stage by stage. */
#include <stdio.h>
#include <string.h>

#include "plots/draw/axis.h"
#include "plots/draw/chart.h"
#include "gains.h"
#include "harness/base/str.h"
#include "plots/plot.h"
#include "plots/draw/style.h"

#define MODEL       "efficientnet_b0"
#define HALF_HEIGHT 0.36

static double amount(const struct plot_stage *stage, int which)
{
    return (double)(which == 0 ? stage->macs : which == 1 ? stage->params : stage->activations);
}

static void fill(struct chart_panel *panel, const struct plot_network *network, int which)
{
    static const char *const titles[] = {"Multiply-adds", "Parameters", "Activations"};
    struct chart_series *series;
    double total = 0;

    for (int i = 0; i < network->n_stages; i++)
        total += amount(&network->stages[i], which);
    snprintf(panel->title, sizeof(panel->title), "%s", titles[which]);
    panel->x = (struct chart_axis){.kind = CHART_LINEAR};
    panel->y = (struct chart_axis){.kind = CHART_NAMES};
    panel->tallness = 0.16 * network->n_stages;
    series = chart_series(panel, titles[which], style_find(""), CHART_BOXES);
    for (int i = 0; i < network->n_stages; i++) {
        double value = amount(&network->stages[i], which);
        struct chart_point point = {.x = value / 2, .low = 0, .high = value, .half = HALF_HEIGHT};
        char name[CHART_LABEL_BYTES];

        if (network->stages[i].side > 1)
            snprintf(name, sizeof(name), "%.30s  %d px", network->stages[i].name,
                network->stages[i].side);
        else
            str_copy(name, sizeof(name), network->stages[i].name);
        point.y = chart_name(panel, which == 0 ? name : "");
        snprintf(
            point.label, sizeof(point.label), "%.0f %%", total > 0 ? 100 * value / total : 0.0);
        chart_point(series, &point);
    }
}

static void describe(const struct plot_options *options, const struct plot_network *network,
    const char *model, char to[CHART_TITLE_BYTES])
{
    char name[GAINS_NAME_BYTES], macs[AXIS_TEXT_BYTES], params[AXIS_TEXT_BYTES];
    double all[2] = {0};

    for (int i = 0; i < network->n_stages; i++) {
        all[0] += (double)network->stages[i].macs;
        all[1] += (double)network->stages[i].params;
    }
    gains_display_name(model, name);
    axis_count(all[0], macs);
    axis_count(all[1], params);
    snprintf(to, CHART_TITLE_BYTES,
        "%s at d=%g w=%g and %d pixels: %s multiply-adds, %s parameters", name,
        options->depth > 0 ? options->depth : 1,
        options->width_factor > 0 ? options->width_factor : 1, network->input, macs, params);
}

static int draw(struct store *store, const struct plot_options *options, struct err *err)
{
    const char *model = options->model ? options->model : MODEL;
    struct plot_network network;
    struct chart chart = CHART_INIT;
    int result = -1;

    (void)store;
    if (!options->network)
        return err_set(err, ERR_BUG, "the figure layers was given no networks");
    if (options->network(model, options->depth > 0 ? options->depth : 1,
            options->width_factor > 0 ? options->width_factor : 1,
            options->resolution > 0 ? options->resolution : 1, &network, err) < 0 ||
        chart_grid(&chart, 3, 1, err) < 0)
        goto done;
    chart_title(&chart, "Where a network's cost is, stage by stage", NULL);
    chart.no_key = true;
    describe(options, &network, model, chart.headings[0]);
    for (int which = 0; which < 3; which++)
        fill(chart_panel(&chart, which, 0), &network, which);
    str_copy(chart.note, sizeof(chart.note),
        "Counted exactly. Activations are outputs of convolutions and linear layers, of one image; "
        "px: the output's side.");
    result = chart_draw(&chart, options, "layers", err);
done:
    chart_release(&chart);
    return result;
}

const struct plot plot_layers = {
    .name = "layers",
    .summary = "multiply-adds, parameters and activations of a network, stage by stage",
    .takes_no_results = true,
    .takes_a_model = true,
    .draw = draw,
};
