/*
 * UTF-8 from outside: what may stand in a file that others read (XML, HTML, scripts).
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

#endif
