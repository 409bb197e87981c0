/*
 * Rows with a caption and notes, as a terminal, a program or a document wants them.
 *
 *     struct document document = {.caption = "...", .rows = &rows, .notes = notes.text};
 *     if (document_print(&document, stdout, FORMAT_LATEX, err) < 0) return -1;
 *
 * For people the notes stand below the table, broken into lines; Markdown and LaTeX have the caption
 * too, and everything in them is escaped; CSV and JSON are the rows alone.
 */
#ifndef SCALESTUDY_HARNESS_TERMINAL_DOCUMENT_H
#define SCALESTUDY_HARNESS_TERMINAL_DOCUMENT_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/base/err.h"
#include "harness/base/rowset.h"

struct document {
    const char *caption; /* of Markdown and LaTeX; begins with a capital there */
    const struct rowset *rows;
    const char *notes; /* sentences, one a line; "" for none */
};

int document_print(const struct document *document, FILE *stream, enum output_format format,
    struct err *err) MUST_CHECK;

/* Whether notes are shown in this format: if not, they need not be made. */
bool document_has_notes(enum output_format format);

#endif
