/* The whole screen of a terminal, drawn again without flicker; keys that are pressed. */
#include "screen.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/str.h"

#define ENTER "\033[?1049h\033[?25l" /* another screen, no cursor */
#define LEAVE "\033[0m\033[?25h\033[?1049l"

static volatile sig_atomic_t asked_to_end, resized, asked_to_stop;

static void on_signal(int number)
{
    if (number == SIGWINCH)
        resized = 1;
    else if (number == SIGTSTP)
        asked_to_stop = 1;
    else
        asked_to_end = 1;
}

static void write_all(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t count = write(STDOUT_FILENO, text, length);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return;
        text += count;
        length -= (size_t)count;
    }
}

static void measure(struct screen *screen)
{
    struct winsize size;

    screen->rows = 24;
    screen->columns = 80;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
        screen->rows = size.ws_row;
        screen->columns = size.ws_col;
    }
}

static void enter(struct screen *screen)
{
    struct termios keys = screen->before;

    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    if (screen->has_keys)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &keys);
    write_all(ENTER, strlen(ENTER));
    measure(screen);
}

static void leave(struct screen *screen)
{
    write_all(LEAVE, strlen(LEAVE));
    if (screen->has_keys)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &screen->before);
}

int screen_open(struct screen *screen, struct err *err)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP};
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t blocked;

    *screen = (struct screen){0};
    if (!isatty(STDOUT_FILENO))
        return err_set(err, ERR_INPUT, "standard output is not a terminal");
    screen->has_keys = tcgetattr(STDIN_FILENO, &screen->before) == 0;
    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        sigaction(numbers[i], &action, NULL);
        sigaddset(&blocked, numbers[i]);
    }
    /* None comes between looking and sleeping. */
    sigprocmask(SIG_BLOCK, &blocked, &screen->unblocked);
    enter(screen);
    return 0;
}

/* Bytes of the first `columns` characters of a line of `length` bytes; colours are no characters. */
static size_t cut(const char *line, size_t length, int columns)
{
    int seen = 0;
    size_t i = 0;

    while (i < length) {
        if (line[i] == '\033') {
            while (i < length && line[i] != 'm')
                i++;
            i += i < length;
            continue;
        }
        if (((unsigned char)line[i] & 0xc0) != 0x80 && seen++ == columns)
            break;
        i++;
    }
    return i;
}

void screen_draw(struct screen *screen, const char *text)
{
    struct str frame = STR_INIT;

    str_add(&frame, "\033[H");
    for (int row = 0; row < screen->rows; row++) {
        size_t length = strcspn(text, "\n");

        str_add_bytes(&frame, text, cut(text, length, screen->columns));
        str_add(&frame, row < screen->rows - 1 ? "\033[0m\033[K\r\n" : "\033[0m\033[K");
        text += length + (text[length] == '\n');
    }
    write_all(frame.text, frame.length);
    str_release(&frame);
}

/* Ctrl-Z: as any program, with the terminal as it was. */
static void stop_here(struct screen *screen)
{
    sigset_t only_stop;

    asked_to_stop = 0;
    leave(screen);
    signal(SIGTSTP, SIG_DFL);
    sigemptyset(&only_stop);
    sigaddset(&only_stop, SIGTSTP);
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &only_stop, NULL); /* stops here, until SIGCONT */
    sigprocmask(SIG_BLOCK, &only_stop, NULL);
    sigaction(SIGTSTP, &(struct sigaction){.sa_handler = on_signal}, NULL);
    enter(screen);
}

enum screen_event screen_wait(struct screen *screen, double seconds)
{
    const struct timespec most = {
        .tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
    struct pollfd keys = {.fd = STDIN_FILENO, .events = POLLIN};
    int got = ppoll(&keys, screen->has_keys ? 1 : 0, &most, &screen->unblocked);
    char key;

    if (asked_to_stop) {
        stop_here(screen);
        return SCREEN_RESIZE;
    }
    if (asked_to_end)
        return SCREEN_END;
    if (got > 0) {
        if (read(STDIN_FILENO, &key, 1) != 1) {
            screen->has_keys = false; /* its terminal is gone */
            return SCREEN_END;
        }
        if (key == 'q' || key == 'Q')
            return SCREEN_END;
    }
    if (resized) {
        resized = 0;
        measure(screen);
        return SCREEN_RESIZE;
    }
    return SCREEN_TICK;
}

void screen_close(struct screen *screen)
{
    leave(screen);
    sigprocmask(SIG_SETMASK, &screen->unblocked, NULL);
}
