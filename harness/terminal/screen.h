/*
 * A full screen that a command draws on again and again: the terminal is as it was when it is closed,
 * whatever ended the command.
 *
 *     if (screen_open(&screen, err) < 0) return -1;
 *     do {
 *         screen_draw(&screen, text);          lines; what does not fit is cut
 *     } while (screen_wait(&screen, 1.0) != SCREEN_END);
 *     screen_close(&screen);
 *
 * Standard output must be a terminal (ui_output_is_live). Ctrl-C, SIGTERM, a hangup and the key q are
 * SCREEN_END; Ctrl-Z gives the terminal back until the command goes on. One at a time, and one
 * thread.
 */
#ifndef SCALESTUDY_HARNESS_TERMINAL_SCREEN_H
#define SCALESTUDY_HARNESS_TERMINAL_SCREEN_H

#include <signal.h>
#include <stdbool.h>
#include <termios.h>

#include "harness/base/err.h"

enum screen_event {
    SCREEN_TICK,   /* the time is over */
    SCREEN_RESIZE, /* rows and columns are new */
    SCREEN_END,
};

struct screen {
    int rows, columns;
    bool has_keys;         /* standard input is a terminal */
    struct termios before; /* of standard input */
    sigset_t unblocked;
};

int screen_open(struct screen *screen, struct err *err) MUST_CHECK;
/* Sequences that set colours take no room. */
void screen_draw(struct screen *screen, const char *text);
enum screen_event screen_wait(struct screen *screen, double seconds);
void screen_close(struct screen *screen);

#endif
