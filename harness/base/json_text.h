/*
 * Texts from outside as JSON: names of files and classes, messages of programs.
 *
 *     json_t *object = json_pack("{s:o}", "file", json_text(path));
 *     if (json_text_dump(object, stdout, JSON_COMPACT) < 0) ...
 *     json_decref(object);
 */
#ifndef SCALESTUDY_HARNESS_BASE_JSON_TEXT_H
#define SCALESTUDY_HARNESS_BASE_JSON_TEXT_H

#include <jansson.h>
#include <stdio.h>

#include "err.h"

/* A text that is not UTF-8 becomes one with its odd bytes shown as '?'. NULL: null. */
json_t *json_text(const char *text);

/* As json_dumpf, but every character that steers a terminal is escaped (utf8.h): jansson does not
 * escape DEL, C1 and overrides of the direction. -1: no memory, or a failed write. */
int json_text_dump(const json_t *value, FILE *stream, size_t flags) MUST_CHECK;

#endif
