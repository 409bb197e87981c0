/*
 * A string that grows.
 *
 *     struct str s = STR_INIT;
 *     str_addf(&s, "%s@%d", name, input);
 *     if (str_check(&s, err) < 0)
 *             goto done;
 *     puts(s.text);
 * done:
 *     str_release(&s);
 *
 * Adding never fails at once: when memory runs out or the text would pass STR_MAX_BYTES the string
 * remembers it, later additions do nothing, and str_check says so. `text` is never NULL and always
 * ends in NUL.
 */
#ifndef SCALESTUDY_HARNESS_BASE_STR_H
#define SCALESTUDY_HARNESS_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "err.h"

#define STR_MAX_BYTES ((size_t)1 << 30)

struct str {
    char *text;
    size_t length;   /* bytes, without the NUL */
    size_t capacity; /* 0 while `text` is the shared empty string */
    bool failed;
};

extern char str_empty[1];
/* clang-format off */
#define STR_INIT { .text = str_empty }
/* clang-format on */

void str_add(struct str *s, const char *text);
/* A text from outside, as it may be shown on a terminal (utf8.h). */
void str_add_shown(struct str *s, const char *text);
void str_add_bytes(struct str *s, const void *bytes, size_t count);
void str_addf(struct str *s, const char *format, ...) PRINTF_LIKE(2, 3);
void str_addv(struct str *s, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Error ERR_MEMORY if any addition failed. */
int str_check(const struct str *s, struct err *err) MUST_CHECK;

/* Empty it, keep its memory. */
void str_clear(struct str *s);

/* Free its memory; it is empty and usable again. */
void str_release(struct str *s);

/* Hand the text over to the caller, who frees it with free(); NULL if any addition failed. */
char *str_detach(struct str *s) MUST_CHECK;

/* The text for as long as the program runs, which nobody frees; `otherwise` if any addition failed. For texts of
 * tables that are made once. */
const char *str_keep(struct str *s, const char *otherwise);

/* Copy text into a fixed array, cutting it at size - 1 bytes. Returns false if it was cut. */
bool str_copy(char *to, size_t size, const char *from);

bool str_starts_with(const char *text, const char *prefix);
bool str_ends_with(const char *text, const char *suffix);

/* The one of `names` (ended by NULL) nearest to `word`, or NULL if none is near: "did you mean". */
const char *str_nearest(const char *word, const char *const *names);

/*
 * Place of `name` among `names` (ended by NULL); -1 with an ERR_INPUT that lists them and says which one is
 * near: `there is no model "resnet5"; did you mean resnet50? The models are: ...`. `what`: their kind, one word.
 */
int str_find(const char *what, const char *name, const char *const *names, struct err *err);

/* Whole-text conversions: no blanks, no rest, no overflow; false if it is not such a number. */
bool str_to_int64(const char *text, long long *value);
bool str_to_double(const char *text, double *value);

#endif
