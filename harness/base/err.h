/*
 * How library code reports failure.
 *
 * A function that can fail takes a `struct err *` last, returns 0 or -1, and on failure leaves one
 * complete sentence for the user in it: what happened, where, and what would be right.
 *
 *     struct err err = {0};
 *     if (spec_find("mobilnet", &spec, &err) < 0)
 *             return err_context(&err, "study.yaml:3:11");
 *
 * A message may quote files and other programs, which may hold anything. Line ends and tabs become
 * blanks, other characters that steer a terminal become '?' (utf8.h): a message is always one line.
 *
 * The first failure wins: setting an error that is already set changes nothing. Success leaves the
 * error untouched, so calls chain. Nothing here prints; only commands do. Not shared between
 * threads: each thread has its own.
 */
#ifndef SCALESTUDY_HARNESS_BASE_ERR_H
#define SCALESTUDY_HARNESS_BASE_ERR_H

#define MUST_CHECK        __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

enum err_code {
    ERR_NONE = 0,
#define ERROR(name, status, meaning) ERR_##name,
#include "errors.def"
#undef ERROR
};

struct err {
    enum err_code code;
    char message[1024]; /* one sentence, no newline at its end; cut at this length */
};

/* Set the error unless it is set already. Always returns -1, so that it can end a function. */
int err_set(struct err *err, enum err_code code, const char *format, ...) PRINTF_LIKE(3, 4);

/* The same, with ": " and the text of `errno_value` at the end. */
int err_set_errno(struct err *err, int errno_value, const char *format, ...) PRINTF_LIKE(3, 4);

/* Put "context: " in front of the message of an error that is set. Always returns -1. */
int err_context(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Forget it. */
void err_clear(struct err *err);

/* The program's exit status for this kind of error (errors.def); 0 for ERR_NONE. */
int err_exit_status(enum err_code code);

#endif
