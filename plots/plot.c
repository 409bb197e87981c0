/* The list of figures, and finding one by name. */
#include "plot.h"

#include "plots/draw/gnuplot.h"
#include "harness/base/str.h"

#define PLOT(name) extern const struct plot plot_##name;
#include "plots.def"
#undef PLOT

static const struct plot *const plots[] = {
#define PLOT(name) &plot_##name,
#include "plots.def"
#undef PLOT
    NULL,
};

const struct plot *const *plot_all(void)
{
    return plots;
}

const struct plot *plot_find(const char *name, struct err *err)
{
    const char *names[sizeof(plots) / sizeof(plots[0])] = {0};
    int found;

    for (int i = 0; plots[i]; i++)
        names[i] = plots[i]->name;
    found = str_find("figure", name, names, err);
    return found < 0 ? NULL : plots[found];
}

int plot_files(struct plot_files *files, const char *output, struct err *err)
{
    struct gnuplot_files of_gnuplot;

    *files = (struct plot_files){0};
    if (gnuplot_files(&of_gnuplot, output, err) < 0)
        return -1;
    str_copy(files->figure, sizeof(files->figure), of_gnuplot.figure);
    str_copy(files->script, sizeof(files->script), of_gnuplot.script);
    str_copy(files->data, sizeof(files->data), of_gnuplot.data);
    return 0;
}
