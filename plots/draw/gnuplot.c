/* A figure's script and data: terminals and their units, quoting, files, drawing. */
#include "gnuplot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "gnuplot_process.h"
#include "harness/base/utf8.h"

/* What the terminals of gnuplot 5.4 need to draw the same figure, as measured from their output. */
struct gnuplot_ending {
    const char *ending;
    const char *terminal;
    const char *font, *bold;
    double font_scale;  /* of fonts in pixels, to the terminal's own unit */
    double point_scale; /* so that a point of size 1 is 9 pixels wide; 0: it is so already */
    double line_scale;
    double own_scale;
    const char *last; /* what a whole file ends with */
};

/*
 * The svg terminal copies the family into an attribute as it is but cuts it at a comma, so commas
 * of the list for browsers without DejaVu are written as XML's number for them.
 */
#define SVG_FAMILIES STYLE_FONT "&#44;Verdana&#44;sans-serif"

static const struct gnuplot_ending endings[] = {
    {".svg", "svg fixed", SVG_FAMILIES, SVG_FAMILIES " Bold", 1, 0, 1, 1, "</svg>"},
    {".png", "pngcairo", STYLE_FONT, STYLE_FONT ":Bold", 0.75, 1.475, 1, 2, "IEND"},
    {".pdf", "pdfcairo", STYLE_FONT, STYLE_FONT ":Bold", 0.5625, 1.11, 1.3, 1, "%%EOF"},
    {".txt", NULL, "", "", 1, 0, 1, 1, "\n"},
};
#define N_ENDINGS       ((int)(sizeof(endings) / sizeof(endings[0])))
#define PIXELS_PER_INCH 96.0
/* What a script of ours begins with. */
#define OURS "# Drawn by scalestudy; "

static void add_clean(struct str *to, const char *text, const char *quote)
{
    const unsigned char *at = (const unsigned char *)text;

    while (*at) {
        int bytes = utf8_bytes(at);

        if (bytes == 0)
            str_add(to, "?");
        else if (*at == '\'')
            str_add(to, quote);
        else if (!utf8_is_control(at))
            str_add_bytes(to, at, (size_t)bytes);
        at += bytes ? bytes : 1;
    }
}

void gnuplot_quote(struct str *to, const char *text)
{
    str_add(to, "'");
    add_clean(to, text, "'.\"'\".'");
    str_add(to, "'");
}

void gnuplot_plain(struct str *to, const char *text)
{
    add_clean(to, text, "'");
}

static const struct gnuplot_ending *find_ending(const char *output)
{
    size_t length = strlen(output);

    for (int i = 0; i < N_ENDINGS; i++) {
        size_t ending = strlen(endings[i].ending);

        if (length > ending && strcasecmp(output + length - ending, endings[i].ending) == 0)
            return &endings[i];
    }
    return NULL;
}

/* A name that needs no quoting in a script of gnuplot. */
static int check_name(const char *name, const char *output, struct err *err)
{
    const unsigned char *at = (const unsigned char *)name;

    if (strlen(name) >= GNUPLOT_NAME_BYTES - 32)
        return err_set(err, ERR_INPUT, "%.60s...: the name of a figure has at most %d bytes",
            output, GNUPLOT_NAME_BYTES - 33);
    for (int bytes; *at; at += bytes) {
        bytes = utf8_bytes(at);
        if (bytes == 0 || utf8_is_control(at))
            return err_set(err, ERR_INPUT,
                "the name of the figure holds a byte 0x%02x that is no printable UTF-8; use a name "
                "of plain characters",
                *at);
    }
    return 0;
}

int gnuplot_files(struct gnuplot_files *files, const char *output, struct err *err)
{
    const struct gnuplot_ending *ending = find_ending(output);
    const char *slash = strrchr(output, '/'), *name = slash ? slash + 1 : output;

    *files = (struct gnuplot_files){0};
    if (!ending || strlen(name) <= strlen(ending->ending))
        return err_set(err, ERR_INPUT,
            "%s: a figure's name ends with .svg, .png or .pdf, or with .txt for characters",
            output);
    if (check_name(name, output, err) < 0)
        return -1;
    str_copy(files->figure_name, sizeof(files->figure_name), name);
    snprintf(files->script_name, sizeof(files->script_name), "%s.gp", files->figure_name);
    snprintf(files->data_name, sizeof(files->data_name), "%s.dat", files->figure_name);
    if (!str_copy(files->figure, sizeof(files->figure), output))
        return err_set(
            err, ERR_INPUT, "the path %.60s... is longer than %d bytes", output, PATH_BYTES - 1);
    file_folder_of(output, files->folder);
    if (file_join(files->script, files->folder, files->script_name, err) < 0 ||
        file_join(files->data, files->folder, files->data_name, err) < 0)
        return -1;
    if (!file_is_folder(files->folder))
        return err_set(
            err, ERR_INPUT, "%s: there is no folder %s; create it first", output, files->folder);
    return file_check_output(output, err);
}

static bool is_script_of_ours(const char *path)
{
    char begin[sizeof(OURS)] = "";
    struct err ignored = {0};
    FILE *stream = file_open_stream(path, &ignored);

    if (!stream)
        return false;
    (void)!fread(begin, 1, sizeof(begin) - 1, stream);
    fclose(stream);
    return strcmp(begin, OURS) == 0;
}

/* What lies beside the figure is replaced only if a figure of ours left it there: a script says so
 * itself, and data are ours where such a script, which is written first, lies beside them. */
static int check_whose(const struct gnuplot_files *files, struct err *err)
{
    bool ours = is_script_of_ours(files->script);
    const char *other = file_exists(files->script) ? files->script : files->data;

    if (ours || !file_exists(other))
        return 0;
    return err_set(err, ERR_INPUT,
        "%s is in the way of the figure's %s, but scalestudy did not write it; give the figure "
        "another name, or move that file",
        other, other == files->script ? "script" : "data");
}

int gnuplot_open(struct gnuplot *plot, const char *output, struct err *err)
{
    if (gnuplot_files(&plot->files, output, err) < 0 || check_whose(&plot->files, err) < 0)
        return -1;
    plot->ending = find_ending(output);
    return 0;
}

void gnuplot_release(struct gnuplot *plot)
{
    str_release(&plot->script);
    str_release(&plot->data);
}

double gnuplot_own_scale(const struct gnuplot *plot)
{
    return plot->ending->own_scale;
}

bool gnuplot_is_text(const struct gnuplot *plot)
{
    return !plot->ending->terminal;
}

/* Sizes and colours of the picture terminals. */
static void add_terminal(struct gnuplot *plot, const struct gnuplot_page *page)
{
    const struct gnuplot_ending *ending = plot->ending;
    struct str *script = &plot->script;
    double scale = page->scale, font = STYLE_TEXT_SIZE * scale;

    if (gnuplot_is_text(plot)) {
        str_addf(script, "\nset terminal dumb size %.0f,%.0f noenhanced mono\n", page->width,
            page->height);
        return;
    }
    str_addf(script,
        "\nset terminal %s noenhanced font font.',%g' background rgb '%s' linewidth %g",
        ending->terminal, font, style_page(page->theme)->background, scale * ending->line_scale);
    if (ending->font_scale != 1)
        str_addf(script, " fontscale %g", ending->font_scale);
    if (ending->point_scale > 0)
        str_addf(script, " pointscale %g", scale * ending->point_scale);
    if (strcmp(ending->ending, ".pdf") == 0)
        str_addf(script, " size %.4fin,%.4fin\n", page->width * scale / PIXELS_PER_INCH,
            page->height * scale / PIXELS_PER_INCH);
    else
        str_addf(script, " size %.0f,%.0f%s%s%s\n", page->width * scale, page->height * scale,
            ending->point_scale > 0 ? "" : " name '", ending->point_scale > 0 ? "" : page->title,
            ending->point_scale > 0 ? "" : "'");
}

void gnuplot_terminal(struct gnuplot *plot, const struct gnuplot_page *page)
{
    const struct gnuplot_ending *ending = plot->ending;
    struct str *script = &plot->script;

    plot->scale = page->scale;
    str_add(script, OURS "`gnuplot ");
    gnuplot_plain(script, plot->files.script_name);
    str_add(script, "` in this folder draws it again.\nreset\nset encoding utf8\n");
    str_addf(script, "font = '%s'\nbold = '%s'\ndata = ", ending->font, ending->bold);
    /* A leading ./ keeps names that begin with < or | from being commands. */
    str_add(script, "'./'.");
    gnuplot_quote(script, plot->files.data_name);
    add_terminal(plot, page);
    str_add(script, "set output (ARGC > 0 ? ARG1 : './'.");
    gnuplot_quote(script, plot->files.figure_name);
    str_add(script, ")\n");
}

/* gnuplot does not look whether its writes succeed, so the file itself is looked at. */
static int check_whole(const struct gnuplot *plot, const char *drawn, struct err *err)
{
    const char *last = plot->ending->last;
    char end[64];
    int fd = file_open(drawn, err);
    off_t size, from;
    ssize_t count;

    if (fd < 0)
        return -1;
    size = lseek(fd, 0, SEEK_END);
    from = size > (off_t)sizeof(end) ? size - (off_t)sizeof(end) : 0;
    count = size < 0 ? -1 : pread(fd, end, sizeof(end), from);
    close(fd);
    if (count < 0)
        return err_set_errno(err, errno, "cannot read back %s", plot->files.figure);
    if (count == 0)
        return err_set(err, ERR_CHILD, "gnuplot ended well but left no figure %s; its script is %s",
            plot->files.figure, plot->files.script);
    if (!memmem(end, (size_t)count, last, strlen(last)))
        return err_set(err, ERR_IO,
            "gnuplot wrote only a part of %s (%lld bytes); the disk may be full",
            plot->files.figure, (long long)size);
    return 0;
}

/* A name as gnuplot finds it from the figure's folder: one that begins with / or ./, never a
 * command. */
static int find_from_folder(const char *path, char to[PATH_BYTES], struct err *err)
{
    char folder[PATH_BYTES], absolute[PATH_BYTES];
    const char *slash = strrchr(path, '/');

    file_folder_of(path, folder);
    if (!realpath(folder, absolute))
        return err_set_errno(err, errno, "cannot find the folder %s", folder);
    return file_join(to, absolute, slash ? slash + 1 : path, err);
}

static int run(const struct gnuplot *plot, const char *temporary, struct err *err)
{
    char script[GNUPLOT_NAME_BYTES + 8], output[PATH_BYTES];
    const char *arguments[] = {"gnuplot", "-d", "-c", script, output, NULL};
    const struct gnuplot_process process = {
        .arguments = arguments,
        .folder = plot->files.folder,
        .timeout_seconds = plot->timeout_seconds,
    };

    if (find_from_folder(temporary, output, err) < 0)
        return -1;
    snprintf(script, sizeof(script), "./%s", plot->files.script_name);
    if (gnuplot_process_run(&process, err) < 0)
        return err_context(
            err, "%s is not drawn (its script is %s)", plot->files.figure, plot->files.script);
    return 0;
}

int gnuplot_draw(struct gnuplot *plot, struct err *err)
{
    const struct gnuplot_files *files = &plot->files;
    struct file_writer figure;

    str_add(&plot->script, "unset output\n");
    if (str_check(&plot->script, err) < 0 || str_check(&plot->data, err) < 0 ||
        file_write(files->script, plot->script.text, plot->script.length, err) < 0 ||
        file_write(files->data, plot->data.text, plot->data.length, err) < 0 ||
        file_writer_open_name(&figure, files->figure, err) < 0)
        return -1;
    if (run(plot, figure.temporary, err) == 0 && check_whole(plot, figure.temporary, err) == 0)
        return file_writer_commit(&figure, err);
    file_writer_abort(&figure);
    return -1;
}
