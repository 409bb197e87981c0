/* Handing an image's pixels and texts to gnuplot. */
#include "picture.h"

#include "gnuplot.h"

#define TEXT_BYTES 512

static void add_text(struct gnuplot *plot, const struct picture_text *text)
{
    const struct style_page *page = style_page(STYLE_LIGHT);
    char shown[TEXT_BYTES];

    if (text->width > 0)
        style_fit_text(shown, sizeof(shown), text->text, text->size, false, text->width);
    str_add(&plot->script, "set label ");
    gnuplot_quote(&plot->script, text->width > 0 ? shown : text->text);
    str_addf(&plot->script, " at %g,%g left font font.',%g' textcolor rgb '%s' front\n", text->x,
        text->y, text->size, text->muted ? page->muted : page->text);
}

int picture_draw(const struct picture *picture, const char *output, struct err *err)
{
    const struct gnuplot_page page = {.width = picture->width,
        .height = picture->height,
        .scale = 1,
        .theme = STYLE_LIGHT,
        .title = picture->title};
    size_t bytes = (size_t)picture->pixels_wide * (size_t)picture->pixels_high * 3;
    struct gnuplot plot = GNUPLOT_INIT;
    int result = -1;

    if (gnuplot_open(&plot, output, err) < 0)
        goto done;
    if (gnuplot_is_text(&plot)) {
        err_set(err, ERR_INPUT,
            "%s: images cannot be drawn in characters; a name that ends in .png "
            "would do",
            output);
        goto done;
    }
    gnuplot_terminal(&plot, &page);
    str_add(&plot.script, "set lmargin at screen 0\nset rmargin at screen 1\n"
                          "set tmargin at screen 1\nset bmargin at screen 0\n"
                          "unset border\nunset tics\nunset key\n");
    str_addf(
        &plot.script, "set xrange [0:%d]\nset yrange [%d:0]\n", picture->width, picture->height);
    for (int i = 0; i < picture->n_texts; i++)
        add_text(&plot, &picture->texts[i]);
    str_addf(&plot.script,
        "plot data binary array=(%d,%d) format='%%uchar' origin=(%g,%g) using 1:2:3 with "
        "rgbimage\n",
        picture->pixels_wide, picture->pixels_high, picture->x + 0.5, picture->y + 0.5);
    str_add_bytes(&plot.data, (const char *)picture->pixels, bytes);
    result = gnuplot_draw(&plot, err);
done:
    gnuplot_release(&plot);
    return result;
}
