/*
 * Texts of others in HTML and XML: whatever is in them, they come out as text.
 *
 *     str_add(&page, "<td>");
 *     markup_text(&page, job->error);
 *     str_add(&page, "</td>");
 *
 * Right in elements and in quoted attributes. Bytes that are not UTF-8 become '?', control
 * characters other than line ends and tabs are left out.
 */
#ifndef SCALESTUDY_HARNESS_BASE_MARKUP_H
#define SCALESTUDY_HARNESS_BASE_MARKUP_H

#include "str.h"

void markup_text(struct str *to, const char *text);

#endif
