/* Texts that become part of a line in a script for the queue. */
#ifndef SCALESTUDY_HARNESS_SHARED_QUEUE_SCRIPT_LINE_H
#define SCALESTUDY_HARNESS_SHARED_QUEUE_SCRIPT_LINE_H

#include "harness/base/err.h"

/* ERR_INPUT if a text that is to be a part of one line of the script has a control character, such as a
 * line break; tabs are blanks. */
int script_line_check(const char *text, struct err *err) MUST_CHECK;

#endif
