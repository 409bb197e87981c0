/* Colours, markers and widths of text that all figures share. */
#include "style.h"

#include <string.h>

#define ELLIPSIS "\xe2\x80\xa6"

static const struct style_page pages[STYLE_THEMES] = {
    [STYLE_LIGHT] = {"#ffffff", "#1f2328", "#59636e", "#8c959f", "#e3e7eb"},
    [STYLE_DARK] = {"#14181d", "#e6e9ec", "#9da7b1", "#6e7882", "#2a3038"},
};

static const struct style_method methods[] = {
    {"baseline", {"#222222", "#dddddd"}, {"#222222", "#dddddd"}, 7, 1.0},
    {"width", {"#0072b2", "#0072b2"}, {"#00639b", "#4aa8e0"}, 5, 0.95},
    {"depth", {"#d55e00", "#d55e00"}, {"#b04e00", "#f08a3c"}, 9, 1.15},
    {"resolution", {"#009e73", "#009e73"}, {"#007354", "#2fc79b"}, 13, 1.05},
    {"compound", {"#cc79a7", "#cc79a7"}, {"#a1457a", "#dd94bb"}, 11, 1.15},
    {"dwr", {"#56b4e9", "#56b4e9"}, {"#1d76a8", "#8accf2"}, 15, 1.1},
    {NULL, {"#8a8a8a", "#8a8a8a"}, {"#5c5c5c", "#b0b0b0"}, 3, 1.0},
};

const struct style_page *style_page(enum style_theme theme)
{
    return &pages[theme];
}

const struct style_method *style_methods(void)
{
    return methods;
}

int style_find(const char *method)
{
    int i = 0;

    while (methods[i].method && strcmp(methods[i].method, method) != 0)
        i++;
    return i;
}

const char *style_name(int method)
{
    return methods[method].method ? methods[method].method : "other";
}

/* Advance widths of DejaVu Sans from its table hmtx, in thousandths of the size, for ' ' to '~'. */
static const short advances[] = {
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, /* space to / */
    636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, /* 0 to ? */
    1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787, /* @ to O */
    603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,  /* P to _ */
    500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,  /* ` to o */
    635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,       /* p to ~ */
};

#define WIDEST      1.0  /* of the size: Chinese, Japanese, Korean */
#define BOLD_FACTOR 1.13 /* bold over regular: 1.10 on average, more for small letters */

static double advance(unsigned char c)
{
    if (c >= 0x80)
        return c >= 0xc0 ? WIDEST : 0; /* the first byte stands for its whole character */
    return c >= ' ' && c <= '~' ? advances[c - ' '] / 1000.0 : 0;
}

double style_text_width(const char *text, double size, bool bold)
{
    double width = 0;

    for (; *text; text++)
        width += advance((unsigned char)*text);
    return width * size * (bold ? BOLD_FACTOR : 1);
}

void style_fit_text(char *to, size_t bytes, const char *text, double size, bool bold, double width)
{
    double factor = size * (bold ? BOLD_FACTOR : 1), used = 0;
    double room = width / factor - advance('m'); /* an ellipsis is about as wide as an m */
    size_t length = strlen(text), cut = 0, most = bytes - sizeof(ELLIPSIS);

    if (length < bytes && style_text_width(text, size, bold) <= width) {
        memcpy(to, text, length + 1);
        return;
    }
    for (size_t i = 0; i < length && i <= most; i++) {
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            cut = i; /* a place between two characters */
        used += advance((unsigned char)text[i]);
        if (used > room)
            break;
    }
    memcpy(to, text, cut);
    memcpy(to + cut, ELLIPSIS, sizeof(ELLIPSIS));
}
