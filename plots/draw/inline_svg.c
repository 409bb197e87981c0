/* Reading an SVG that gnuplot wrote, and writing only the elements that a page may hold. */
#include "inline_svg.h"

#include <ctype.h>
#include <string.h>

#include "harness/base/markup.h"
#include "style.h"

/* All elements that gnuplot's svg terminal writes, and that stay. */
static const char *const elements[] = {"svg", "g", "path", "rect", "circle", "polygon", "polyline",
    "line", "text", "tspan", "use", "defs", "filter", "feFlood", "feComposite", "pattern",
    "clipPath", NULL};
/* Those that are left out with what they hold: they name the file, not what it shows. */
static const char *const left_out[] = {"title", "desc", NULL};

static bool is_one_of(const char *name, size_t length, const char *const *names)
{
    for (int i = 0; names[i]; i++)
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
            return true;
    return false;
}

/* Value of at most `most` digits of a base at *at, which is moved behind them; -1 if there are none. */
static int read_digits(const char **at, int most, int base)
{
    static const char digits[] = "0123456789abcdef";
    const char *digit;
    int value = 0, n = 0;

    while (n < most && **at && (digit = strchr(digits, tolower((unsigned char)**at))) &&
           digit - digits < base) {
        value = value * base + (int)(digit - digits);
        (*at)++;
        n++;
    }
    return n > 0 ? value : -1;
}

/* "rgb( 31, 35, 40)". */
static size_t read_rgb(const char *from, unsigned *colour)
{
    const char *at = from + 4;

    if (strncmp(from, "rgb(", 4) != 0)
        return 0;
    *colour = 0;
    for (int i = 0; i < 3; i++) {
        int value;

        at += strspn(at, " ");
        value = read_digits(&at, 3, 10);
        at += strspn(at, " ");
        if (value < 0 || value > 255 || *at++ != (i < 2 ? ',' : ')'))
            return 0;
        *colour = *colour << 8 | (unsigned)value;
    }
    return (size_t)(at - from);
}

/* Bytes of "#1f2328" or "rgb( 31, 35, 40)" at `from`, with its value; 0 if there is no colour. */
static size_t read_colour(const char *from, unsigned *colour)
{
    const char *at = from + 1;
    int value;

    if (from[0] != '#')
        return read_rgb(from, colour);
    value = read_digits(&at, 6, 16);
    if (value < 0 || at != from + 7)
        return 0;
    *colour = (unsigned)value;
    return 7;
}

/* A tag without its angle brackets. What stands in quotes is looked at, since gnuplot escapes '<'
 * and '>' of texts and writes none of a user's into attributes. */
static void add_tag(struct str *to, const char *tag, size_t length, const char *prefix)
{
    static const struct {
        const char *name;
        size_t length;
    } names[] = {{"id=\"", 4}, {"id='", 4}, {"href=\"#", 7}, {"href='#", 7}, {"url(#", 5}};

    str_add(to, "<");
    for (size_t i = 0; i < length;) {
        size_t used = 0;
        unsigned colour;

        for (size_t n = 0; n < sizeof(names) / sizeof(names[0]) && !used; n++)
            if (i + names[n].length <= length &&
                memcmp(tag + i, names[n].name, names[n].length) == 0) {
                used = names[n].length;
                str_add_bytes(to, tag + i, used);
                str_addf(to, "%s-", prefix);
            }
        if (!used && (tag[i] == '#' || tag[i] == 'r') && (used = read_colour(tag + i, &colour)) > 0)
            str_addf(to, "var(--c-%06x,#%06x)", colour, colour);
        if (!used) {
            str_add_bytes(to, tag + i, 1);
            used = 1;
        }
        i += used;
    }
    str_add(to, ">");
}

/* The third number of a viewBox, which is "0 0 WIDTH HEIGHT". */
static void add_width(struct str *to, const char *box)
{
    const char *at = strchr(box, ' ');

    at = at ? strchr(at + 1, ' ') : NULL;
    if (at && strspn(at + 1, "0123456789") > 0)
        str_addf(to, " width=\"%.*s\"", (int)strspn(at + 1, "0123456789"), at + 1);
}

/* The opening <svg>: its height follows from its width, and it gets a name. */
static int add_opening(struct str *to, const char *tag, const char *label, struct err *err)
{
    const char *box = strstr(tag, "viewBox=\""), *end = box ? strchr(box + 9, '"') : NULL;

    if (!end)
        return err_set(err, ERR_BUG, "a figure of gnuplot has no viewBox");
    str_addf(to, "<svg %.*s", (int)(end - box + 1), box);
    add_width(to, box);
    str_add(to, " role=\"img\" aria-label=\"");
    markup_text(to, label);
    str_add(to,
        "\" xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">");
    return 0;
}

int inline_svg_add(
    struct str *to, const char *svg, const char *prefix, const char *label, struct err *err)
{
    const char *at = strstr(svg, "<svg");

    if (!at)
        return err_set(err, ERR_BUG, "a figure of gnuplot is no SVG");
    while (*at) {
        const char *end = *at == '<' ? strchr(at, '>') : NULL, *name = at + 1 + (at[1] == '/');
        size_t text = strcspn(at, "<"), length = strcspn(name, " \t\n/>");

        if (*at != '<') {
            str_add_bytes(to, at, text);
            at += text;
            continue;
        }
        if (!end)
            return err_set(err, ERR_BUG, "a figure of gnuplot ends inside of a tag");
        if (at[1] != '/' && is_one_of(name, length, left_out)) {
            at = strchr(end, '<');
            at = at ? strchr(at, '>') : NULL;
            if (!at)
                return err_set(err, ERR_BUG, "a figure of gnuplot ends inside of an element");
        } else if (!is_one_of(name, length, elements)) {
            return err_set(err, ERR_BUG, "a figure of gnuplot holds an element <%.20s", name);
        } else if (at[1] != '/' && length == 3 && memcmp(name, "svg", 3) == 0) {
            if (add_opening(to, at, label, err) < 0)
                return -1;
            at = end;
        } else {
            add_tag(to, at + 1, (size_t)(end - at - 1), prefix);
            at = end;
        }
        at++;
    }
    str_add(to, "\n");
    return 0;
}

static void add_variable(struct str *to, const char *light, const char *value)
{
    str_addf(to, "--c-%s:%s;", light + 1, value);
}

/* Every colour of the light theme as a variable with its value in a theme. */
static void add_variables(struct str *to, enum style_theme theme)
{
    const struct style_page *from = style_page(STYLE_LIGHT), *page = style_page(theme);
    const struct style_method *method = style_methods();

    add_variable(to, from->background, page->background);
    add_variable(to, from->text, page->text);
    add_variable(to, from->muted, page->muted);
    add_variable(to, from->axis, page->axis);
    add_variable(to, from->grid, page->grid);
    for (;; method++) {
        add_variable(to, method->colour[STYLE_LIGHT], method->colour[theme]);
        if (strcmp(method->text[STYLE_LIGHT], method->colour[STYLE_LIGHT]) != 0)
            add_variable(to, method->text[STYLE_LIGHT], method->text[theme]);
        if (!method->method)
            break;
    }
}

void inline_svg_style(struct str *to)
{
    str_add(to, ":root{");
    add_variables(to, STYLE_LIGHT);
    str_add(to, "}\n@media screen and (prefers-color-scheme: dark){:root:not([data-theme=light]){");
    add_variables(to, STYLE_DARK);
    str_add(to, "}}\n@media screen{:root[data-theme=dark]{");
    add_variables(to, STYLE_DARK);
    str_add(to, "}}\n");
}
