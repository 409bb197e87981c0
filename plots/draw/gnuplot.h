/*
 * gnuplot, run as a program, never through a shell.
 *
 *     struct gnuplot plot = GNUPLOT_INIT;
 *     if (gnuplot_open(&plot, "out/table3.svg", err) < 0) goto done;
 *     gnuplot_terminal(&plot, &page);             size, fonts, where the figure goes
 *     str_addf(&plot.data, ...);                  becomes out/table3.svg.dat
 *     str_addf(&plot.script, "plot data ...\n");  becomes out/table3.svg.gp
 *     if (gnuplot_draw(&plot, err) < 0) goto done;
 * done:
 *     gnuplot_release(&plot);
 *
 * Script and data stay beside the figure and name each other relative to their folder, so that
 * `cd out && gnuplot table3.svg.gp` draws the figure again. A file of such a name that is
 * not of one of our figures is not replaced (ERR_INPUT). The figure gets its final name only once it is
 * complete.
 *
 * In scripts, `data` is the data file's name, `font` and `bold` are the fonts. Texts of users go
 * through gnuplot_quote, so that they cannot become commands; terminals are set noenhanced, so that they
 * are not markup either.
 *
 * Needs gnuplot 5.4 with the cairo terminals (Debian: gnuplot-nox). Errors: ERR_INPUT for an output
 * that cannot be written, ERR_IO for files, ERR_CHILD for gnuplot. One struct is used by one thread.
 */
#ifndef SCALESTUDY_PLOTS_DRAW_GNUPLOT_H
#define SCALESTUDY_PLOTS_DRAW_GNUPLOT_H

#include "harness/base/err.h"
#include "harness/system/file.h"
#include "harness/base/str.h"
#include "style.h"

#define GNUPLOT_TIMEOUT_SECONDS 60.0
#define GNUPLOT_NAME_BYTES      256

struct gnuplot_ending; /* what differs between .svg, .png and .pdf */

/* Paths of a figure, its script and its data. */
struct gnuplot_files {
    char figure[PATH_BYTES], script[PATH_BYTES], data[PATH_BYTES], folder[PATH_BYTES];
    char figure_name[GNUPLOT_NAME_BYTES], script_name[GNUPLOT_NAME_BYTES + 4],
        data_name[GNUPLOT_NAME_BYTES + 4]; /* in the folder */
};

struct gnuplot {
    struct gnuplot_files files;
    const struct gnuplot_ending *ending;
    struct str script, data;
    double scale;           /* of all sizes, set by gnuplot_terminal */
    double timeout_seconds; /* then gnuplot is killed */
};

#define GNUPLOT_INIT                                                                               \
    {                                                                                              \
        .script = STR_INIT, .data = STR_INIT, .scale = 1,                                          \
        .timeout_seconds = GNUPLOT_TIMEOUT_SECONDS,                                                \
    }

/* The files of an output. ERR_INPUT if it has none of the endings above, or its folder is missing. */
int gnuplot_files(struct gnuplot_files *files, const char *output, struct err *err) MUST_CHECK;

int gnuplot_open(struct gnuplot *plot, const char *output, struct err *err) MUST_CHECK;
void gnuplot_release(struct gnuplot *plot);

/* Default scale of figures with this ending: more than 1 for PNG, so that it prints well. */
double gnuplot_own_scale(const struct gnuplot *plot);

/* The output is a .txt, drawn in characters. */
bool gnuplot_is_text(const struct gnuplot *plot);

/* Begin the script. Width and height in pixels at scale 1; all sizes are multiplied by scale. */
struct gnuplot_page {
    double width, height, scale;
    enum style_theme theme;
    const char *title; /* of the document: a word */
};
void gnuplot_terminal(struct gnuplot *plot, const struct gnuplot_page *page);

/* Write script and data, run gnuplot, put the figure in its place. */
int gnuplot_draw(struct gnuplot *plot, struct err *err) MUST_CHECK;

/*
 * Append a text as a gnuplot string expression: pieces in single quotes, in which nothing has a
 * meaning, joined by "'" where the text has a quote. (Doubled quotes, the documented way, are not
 * understood by gnuplot 5.4 at a string's beginning or two in a row.) Control characters are left
 * out, bytes that are not UTF-8 become '?'.
 */
void gnuplot_quote(struct str *to, const char *text);

/* Append a text to a comment or a column of data: the same without quotes. */
void gnuplot_plain(struct str *to, const char *text);

#endif
