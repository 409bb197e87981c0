/*
 * UTF-8 from outside: which characters may stand in XML, HTML and scripts, and which may be shown on a
 * terminal. Names of files and classes may hold any bytes; unchanged, some would clear the screen,
 * change its title or write a line that looks like the program's.
 *
 *     for (const unsigned char *at = text; *at; at += bytes ? bytes : 1) {
 *         bytes = utf8_bytes(at);
 *         if (bytes == 0 || utf8_is_control(at)) ...  leave it out
 *     }
 */
#ifndef SCALESTUDY_HARNESS_BASE_UTF8_H
#define SCALESTUDY_HARNESS_BASE_UTF8_H

#include <stdbool.h>

/* Bytes of the valid character at `text`, 0 if it is none or may not stand in XML. */
int utf8_bytes(const unsigned char *text);

/* C0 and C1 controls, line ends and tabs among them. */
bool utf8_is_control(const unsigned char *text);

/* Line and paragraph separators, and what embeds or overrides the direction of text: three bytes. */
bool utf8_reorders(const unsigned char *text);

/* Whether all of a text is characters that neither steer a terminal nor break or reorder its line. */
bool utf8_is_showable(const char *text);

/* Make a text showable, in place: each other or broken character becomes a '?'. Returns text. */
char *utf8_show(char *text);

/* The same of many lines: line ends and tabs stay. */
char *utf8_show_lines(char *text);

#endif
