/*
 * Texts of --help as mdoc, the language of manual pages (mdoc(7)).
 *
 *     mdoc_text(stdout, "Bring results into a database, as `collect` does.\n\nAgain, it adds what is new.");
 *
 * Characters that are special in mdoc (backslashes, a dot or an apostrophe at the beginning of a line) are escaped. Every
 * sentence begins a line and no line is longer than 80 bytes, as mandoc's lint asks.
 */
#ifndef SCALESTUDY_HARNESS_TERMINAL_MDOC_H
#define SCALESTUDY_HARNESS_TERMINAL_MDOC_H

#include <stdio.h>

/* Paragraphs with an empty line between them; words between backticks are bold (cli.h). */
void mdoc_text(FILE *to, const char *text);

/* Lines that stay as they are, in a display of their own. */
void mdoc_literal(FILE *to, const char *lines);

/* One argument of a macro, on the macro's line, with a blank before it. */
void mdoc_argument(FILE *to, const char *text);

#endif
