/* Tables as documents: aligned, CSV, JSON, Markdown or LaTeX, with caption and notes. */
#include "document.h"

#include <ctype.h>
#include <string.h>

#include "harness/base/str.h"

/* Notes are broken into lines of this width; tables are made to fit it too. */
#define LINE_COLUMNS 100
#define NOTE_BYTES   2048

/* One note, broken at blanks. */
static void print_note(FILE *stream, const char *text, size_t length)
{
    while (length > LINE_COLUMNS) {
        size_t cut = LINE_COLUMNS;

        while (cut > 0 && text[cut] != ' ')
            cut--;
        if (cut == 0)
            break;
        fprintf(stream, "%.*s\n", (int)cut, text);
        text += cut + 1;
        length -= cut + 1;
    }
    fprintf(stream, "%.*s\n", (int)length, text);
}

static void print_notes(FILE *stream, const char *notes, enum output_format format)
{
    if (format != FORMAT_LATEX)
        fputc('\n', stream);
    for (size_t length; *notes; notes += length + (notes[length] == '\n')) {
        char note[NOTE_BYTES];

        length = strcspn(notes, "\n");
        snprintf(note, sizeof(note), "%.*s", (int)length, notes);
        switch (format) {
        case FORMAT_MARKDOWN:
            markdown_print(stream, note);
            fputs(notes[length] && notes[length + 1] ? "\n\n" : "\n", stream);
            break;
        case FORMAT_LATEX:
            fputs("\\par ", stream);
            latex_print(stream, note);
            fputc('\n', stream);
            break;
        default:
            print_note(stream, notes, length);
        }
    }
}

/* What stands above and below the rows in a document; a caption begins with a capital. */
static void print_caption(FILE *stream, const char *summary, enum output_format format)
{
    char caption[256];

    str_copy(caption, sizeof(caption), summary);
    caption[0] = (char)toupper((unsigned char)caption[0]);
    if (format == FORMAT_MARKDOWN) {
        fputs("**", stream);
        markdown_print(stream, caption);
        fputs("**\n\n", stream);
    } else if (format == FORMAT_LATEX) {
        fputs("\\begin{table}\n\\caption{", stream);
        latex_print(stream, caption);
        fputs("}\n\\centering\n", stream);
    }
}

/* After the rows. */
static void print_end(FILE *stream, const char *notes, enum output_format format)
{
    if (format == FORMAT_LATEX)
        fputs("\\par\\smallskip\\raggedright\\footnotesize\n", stream);
    if (*notes)
        print_notes(stream, notes, format);
    if (format == FORMAT_LATEX)
        fputs("\\end{table}\n", stream);
}

bool document_has_notes(enum output_format format)
{
    return format != FORMAT_CSV && format != FORMAT_JSON;
}

int document_print(
    const struct document *document, FILE *stream, enum output_format format, struct err *err)
{
    int result;

    if (document_has_notes(format))
        print_caption(stream, document->caption, format);
    result = rowset_print(document->rows, stream, format, err);
    if (result == 0 && document_has_notes(format))
        print_end(stream, document->notes, format);
    return result;
}
