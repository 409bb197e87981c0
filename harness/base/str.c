/* A growing string, and helpers that compare, search and copy C strings. */
#include "str.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

char str_empty[1] = "";

static bool reserve(struct str *s, size_t more)
{
    size_t wanted, capacity;
    char *text;

    if (s->failed || more > STR_MAX_BYTES || s->length + more > STR_MAX_BYTES) {
        s->failed = true;
        return false;
    }
    wanted = s->length + more + 1;
    if (wanted <= s->capacity)
        return true;
    capacity = s->capacity ? s->capacity : 64;
    while (capacity < wanted)
        capacity *= 2;
    text = realloc(s->capacity ? s->text : NULL, capacity);
    if (!text) {
        s->failed = true;
        return false;
    }
    if (!s->capacity)
        text[0] = '\0';
    s->text = text;
    s->capacity = capacity;
    return true;
}

void str_add_bytes(struct str *s, const void *bytes, size_t count)
{
    if (!reserve(s, count))
        return;
    memcpy(s->text + s->length, bytes, count);
    s->length += count;
    s->text[s->length] = '\0';
}

void str_add(struct str *s, const char *text)
{
    str_add_bytes(s, text, strlen(text));
}

void str_add_shown(struct str *s, const char *text)
{
    size_t before = s->length;

    str_add(s, text);
    if (s->length > before)
        s->length = before + strlen(utf8_show(s->text + before));
}

void str_addv(struct str *s, const char *format, va_list args)
{
    va_list again;
    int length;

    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, args);
    if (length < 0)
        s->failed = true;
    else if (reserve(s, (size_t)length)) {
        vsnprintf(s->text + s->length, (size_t)length + 1, format, again);
        s->length += (size_t)length;
    }
    va_end(again);
}

void str_addf(struct str *s, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    str_addv(s, format, args);
    va_end(args);
}

int str_check(const struct str *s, struct err *err)
{
    if (s->failed)
        return err_set(err, ERR_MEMORY, "no memory for a text of more than %zu bytes", s->length);
    return 0;
}

void str_clear(struct str *s)
{
    s->length = 0;
    s->failed = false;
    if (s->capacity)
        s->text[0] = '\0';
}

void str_release(struct str *s)
{
    if (s->capacity)
        free(s->text);
    *s = (struct str)STR_INIT;
}

char *str_detach(struct str *s)
{
    char *text = NULL;

    if (!s->failed && reserve(s, 0))
        text = s->text;
    else
        str_release(s);
    *s = (struct str)STR_INIT;
    return text;
}

const char *str_keep(struct str *s, const char *otherwise)
{
    char *text = str_detach(s);

    return text ? text : otherwise;
}

bool str_copy(char *to, size_t size, const char *from)
{
    size_t length = strlen(from);
    bool fits = length < size;

    if (!fits)
        length = size - 1;
    memcpy(to, from, length);
    to[length] = '\0';
    return fits;
}

bool str_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends_with(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);

    return n >= m && strcmp(text + n - m, suffix) == 0;
}

/* Levenshtein's distance, for words of up to 63 bytes; longer ones are never near anything. */
static int edit_distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    int row[64];

    if (n > 63 || m > 63)
        return INT_MAX;
    for (size_t j = 0; j <= m; j++)
        row[j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int diagonal = row[0];

        row[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int change =
                diagonal + (tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]));
            int least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;

            diagonal = row[j];
            row[j] = change < least ? change : least;
        }
    }
    return row[m];
}

const char *str_nearest(const char *word, const char *const *names)
{
    const char *best = NULL;
    int best_distance = (int)strlen(word) / 3 + 2;

    for (; *names; names++) {
        int distance = edit_distance(word, *names);

        if (distance < best_distance) {
            best_distance = distance;
            best = *names;
        }
    }
    return best;
}

int str_find(const char *what, const char *name, const char *const *names, struct err *err)
{
    const char *nearest;
    struct str list = STR_INIT;

    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    for (int i = 0; names[i]; i++)
        str_addf(&list, "%s%s", i ? ", " : "", names[i]);
    nearest = str_nearest(name, names);
    err_set(err, ERR_INPUT, "there is no %s \"%.60s\"; %s%s%s %ss are: %s", what, name,
        nearest ? "did you mean " : "", nearest ? nearest : "", nearest ? "? The" : "the", what,
        list.text);
    str_release(&list);
    return -1;
}

bool str_to_int64(const char *text, long long *value)
{
    char *end;
    long long parsed;

    if (!isdigit((unsigned char)text[0]) && !(text[0] == '-' && isdigit((unsigned char)text[1])))
        return false;
    errno = 0;
    parsed = strtoll(text, &end, 10);
    if (errno || *end)
        return false;
    *value = parsed;
    return true;
}

bool str_to_double(const char *text, double *value)
{
    char *end;
    double parsed;

    if (!text[0] || isspace((unsigned char)text[0]))
        return false;
    errno = 0;
    parsed = strtod(text, &end);
    if (*end || end == text || !isfinite(parsed) || (errno == ERANGE && fabs(parsed) > 1.0))
        return false;
    *value = parsed;
    return true;
}
