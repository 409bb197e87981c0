/* Texts of --help as mdoc. */
#include "mdoc.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define MOST_COLUMNS 78

/* A paragraph on its way into lines. */
struct lines {
    FILE *to;
    int column;
    bool code; /* between backticks */
};

/* What a character is in mdoc; NULL: itself. */
static const char *escaped(char c, bool typed)
{
    switch (c) {
    case '\\':
        return "\\e";
    case '"':
        return "\\(dq";
    case '~':
        return "\\(ti";
    case '^':
        return "\\(ha";
    case '-':
        return typed ? "\\-" : NULL;
    case '\'':
        return typed ? "\\(aq" : NULL;
    default:
        return NULL;
    }
}

static void put(FILE *to, char c, bool typed)
{
    const char *text = escaped(c, typed);

    if (text)
        fputs(text, to);
    else
        putc(c, to);
}

/* Dashes of an option are not hyphens, at which lines are broken and which look otherwise. */
static bool is_option(const char *word, int length)
{
    int at = 0;

    while (at < length && strchr("([,/", word[at]))
        at++;
    return length - at > 1 && word[at] == '-';
}

/* Bytes that a word takes on its line. */
static int word_bytes(const char *word, int length, bool code, bool option)
{
    int bytes = option || code || word[0] == '`' ? 2 : 0;

    for (int i = 0; i < length; i++) {
        const char *text = escaped(word[i], code || option);

        if (word[i] == '`') {
            code = !code;
            bytes += 3;
        } else {
            bytes += text ? (int)strlen(text) : 1;
        }
    }
    return bytes;
}

static void put_word(struct lines *lines, const char *word, int length)
{
    bool option = is_option(word, length);
    int bytes = word_bytes(word, length, lines->code, option);

    if (lines->column > 0 && lines->column + 1 + bytes > MOST_COLUMNS) {
        putc('\n', lines->to);
        lines->column = 0;
    }
    if (lines->column > 0)
        lines->column += fprintf(lines->to, " ");
    else if (word[0] == '.' || word[0] == '\'')
        lines->column += fprintf(lines->to, "\\&");
    if (option || lines->code || word[0] == '`')
        fputs("\\%", lines->to); /* not to be hyphenated */
    lines->column += bytes;
    for (int i = 0; i < length; i++) {
        if (word[i] == '`') {
            lines->code = !lines->code;
            fputs(lines->code ? "\\fB" : "\\fR", lines->to);
        } else {
            put(lines->to, word[i], lines->code || option);
        }
    }
}

static int without_closers(const char *word, int length)
{
    while (length > 1 && strchr(")]}\"'`", word[length - 1]))
        length--;
    return length;
}

/* "in full." before "Without": a sentence; "al." before "2019" or "e.g." before "a" is none. */
static bool ends_sentence(const char *word, int length, const char *next)
{
    int end = without_closers(word, length);

    if (end < 3 || !strchr(".!?", word[end - 1]) || islower((unsigned char)*next) ||
        isdigit((unsigned char)*next))
        return false;
    return isalnum((unsigned char)word[without_closers(word, end - 1) - 1]);
}

/* Up to the end of a paragraph. */
static const char *put_paragraph(FILE *to, const char *text)
{
    struct lines lines = {.to = to};

    while (*text && *text != '\n') {
        int length = (int)strcspn(text, " \n");

        if (length > 0)
            put_word(&lines, text, length);
        if (text[length] == ' ' && !lines.code && ends_sentence(text, length, text + length + 1)) {
            putc('\n', to);
            lines.column = 0;
        }
        text += length;
        if (*text == ' ')
            text++;
    }
    if (lines.column > 0)
        putc('\n', to);
    return text;
}

void mdoc_text(FILE *to, const char *text)
{
    while (*text) {
        text = put_paragraph(to, text);
        text += strspn(text, "\n");
        if (*text)
            fputs(".Pp\n", to);
    }
}

void mdoc_literal(FILE *to, const char *lines)
{
    fputs(".Bd -literal -offset indent\n", to);
    for (const char *at = lines; *at; at++) {
        if ((at == lines || at[-1] == '\n') && (*at == '.' || *at == '\''))
            fputs("\\&", to);
        put(to, *at, true);
    }
    fputs("\n.Ed\n", to);
}

void mdoc_argument(FILE *to, const char *text)
{
    fputs(" \"", to);
    for (const char *at = text; *at; at++)
        put(to, *at, false);
    putc('"', to);
}
