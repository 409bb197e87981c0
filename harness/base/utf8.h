/*
 * UTF-8 from outside: what may stand in a file that others read (XML, HTML, scripts), and what may be
 * shown to people. Names of files, classes and the like may hold anything; raw on a terminal some
 * would clear it, change its title or write a line that looks like one of ours.
 *
 *     for (const unsigned char *at = text; *at; at += bytes ? bytes : 1) {
 *         bytes = utf8_bytes(at);
 *         if (bytes == 0 || utf8_is_control(at)) ...  leave it out
 *     }
 */
#ifndef SCALESTUDY_BASE_UTF8_H
#define SCALESTUDY_BASE_UTF8_H

#include <stdbool.h>

/* Bytes of the valid character at `text`, 0 if it is none or may not stand in XML. */
int utf8_bytes(const unsigned char *text);

/* C0 and C1 controls, line ends and tabs among them. */
bool utf8_is_control(const unsigned char *text);

/* Line and paragraph separators, and what embeds or overrides the direction of text: three bytes. */
bool utf8_reorders(const unsigned char *text);

/* Nothing in a text steers a terminal, breaks or reorders its line, or is no character. */
bool utf8_is_showable(const char *text);

/* Make it so, in its place: each such character, and each broken one, becomes a '?'. Returns text. */
char *utf8_show(char *text);

/* The same of many lines: line ends and tabs stay. */
char *utf8_show_lines(char *text);

#endif
