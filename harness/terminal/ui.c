/* Messages, colours, durations and sizes as people read them. */
#include "ui.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/base/str.h"
#include "harness/base/utf8.h"

#define LINE_BYTES 1024 /* that may be drawn in a line: more than terminals have */

static bool quiet;

static bool is_live(int fd)
{
    const char *term = getenv("TERM");

    return isatty(fd) && term && term[0] && strcmp(term, "dumb") != 0;
}

static bool wants_colour(void)
{
    const char *no_color = getenv("NO_COLOR");

    return !(no_color && no_color[0]);
}

bool ui_is_live(void)
{
    return is_live(STDERR_FILENO);
}

bool ui_has_colour(void)
{
    return ui_is_live() && wants_colour();
}

bool ui_output_is_live(void)
{
    return is_live(STDOUT_FILENO);
}

bool ui_output_has_colour(void)
{
    return ui_output_is_live() && wants_colour();
}

bool ui_confirm(const char *question)
{
    char answer[16];

    if (!isatty(STDIN_FILENO))
        return false;
    fprintf(stderr, "%s [y/N] ", question);
    fflush(stderr);
    if (!fgets(answer, sizeof(answer), stdin))
        return false;
    answer[strcspn(answer, "\r\n")] = '\0';
    return strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
}

static int columns_of(int fd)
{
    struct winsize size;

    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

int ui_columns(void)
{
    return columns_of(STDERR_FILENO);
}

int ui_output_columns(void)
{
    return columns_of(STDOUT_FILENO);
}

/* Whether the terminal breaks lines anew when it changes its width. Most do, in tmux all; the few that
 * do not cut what is beyond the edge. */
static bool breaks_lines_anew(void)
{
    const char *term = getenv("TERM");

    if (getenv("TMUX"))
        return true;
    return !getenv("XTERM_VERSION") && !getenv("STY") && term && strcmp(term, "linux") != 0;
}

/* Rows of a line above the one that the cursor is in, which stands behind the line's last column. */
static int rows_above(int drawn)
{
    return drawn > 0 && breaks_lines_anew() ? (drawn - 1) / ui_columns() : 0;
}

/* To the first column of the line's first row; of several all are erased. */
static void to_its_beginning(int drawn)
{
    int rows = rows_above(drawn);

    fputc('\r', stderr);
    if (rows > 0)
        fprintf(stderr, "\033[%dA\033[J", rows);
}

void ui_draw_line(int *drawn, const char *text, bool colour)
{
    /* One column is left free: a full line wraps on some terminals. */
    int most = ui_columns() - 1, length;
    char shown[LINE_BYTES];

    snprintf(shown, sizeof(shown), "%s", text);
    length = (int)strlen(utf8_show(shown));
    length = length < most ? length : most;
    while (length > 0 && ((unsigned char)shown[length] & 0xc0) == 0x80)
        length--; /* no half of a character */
    to_its_beginning(*drawn);
    /* Where the terminal is narrower than it says yet, the rest is cut, not wrapped. */
    fprintf(stderr, "\033[?7l%s%.*s%s\033[K\033[?7h", colour ? "\033[36m" : "", length, shown,
        colour ? "\033[0m" : "");
    fflush(stderr);
    *drawn = length;
}

void ui_erase_line(int *drawn)
{
    if (*drawn == 0)
        return;
    to_its_beginning(*drawn);
    fputs("\033[K", stderr);
    *drawn = 0;
}

void ui_error(const struct err *err)
{
    const char *message =
        err->message[0] ? err->message : "it failed, and no reason was given: a mistake of ours";

    if (ui_has_colour())
        fprintf(stderr, "\033[1;31mscalestudy:\033[0m %s\n", message);
    else
        fprintf(stderr, "scalestudy: %s\n", message);
}

void ui_warn(const char *format, ...)
{
    va_list args;

    fputs(ui_has_colour() ? "\033[1;33mscalestudy:\033[0m warning: " : "scalestudy: warning: ",
        stderr);
    va_start(args, format);
    ui_vline(stderr, format, args);
    va_end(args);
}

void ui_quiet(void)
{
    quiet = true;
}

void ui_say(const char *format, ...)
{
    va_list args;

    if (quiet)
        return;
    va_start(args, format);
    ui_vline(stderr, format, args);
    va_end(args);
}

void ui_vline(FILE *stream, const char *format, va_list args)
{
    struct str line = STR_INIT;

    str_addv(&line, format, args);
    if (line.length > 0)
        utf8_show(line.text);
    fprintf(stream, "%s\n", line.text);
    str_release(&line);
}

void ui_line(FILE *stream, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    ui_vline(stream, format, args);
    va_end(args);
}

void ui_say_lines(const char *text)
{
    while (*text) {
        int length = (int)strcspn(text, "\n");

        ui_say("%.*s", length, text);
        text += text[length] ? length + 1 : length;
    }
}

const char *ui_plural(long n)
{
    return n == 1 ? "" : "s";
}

const char *ui_size(int64_t bytes, char to[UI_SIZE_BYTES])
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
    double value = (double)bytes;
    int unit = 0;

    for (; value >= 999.5 && unit < 5; unit++)
        value /= 1000;
    snprintf(to, UI_SIZE_BYTES, "%.*f %s", unit > 0 && value < 99.95, value, units[unit]);
    return to;
}

const char *ui_duration(double seconds, char to[UI_DURATION_BYTES])
{
    long whole;

    if (!isfinite(seconds) || seconds < 0 || seconds > 1e9) {
        snprintf(to, UI_DURATION_BYTES, "?");
        return to;
    }
    whole = lround(seconds);
    if (whole < 60)
        snprintf(to, UI_DURATION_BYTES, "%ld s", whole);
    else if (whole < 3600)
        snprintf(to, UI_DURATION_BYTES, "%ld:%02ld", whole / 60, whole % 60);
    else
        snprintf(
            to, UI_DURATION_BYTES, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    return to;
}

void ui_measuring(int done, int all)
{
    if (done == 0)
        ui_say("measuring how fast this machine trains %d network%s of the study, once", all,
            ui_plural(all));
}
