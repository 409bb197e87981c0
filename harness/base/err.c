/* Setting an error, putting context in front of it, and its exit status. */
#include "err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

/* One line that a terminal shows as it is. */
static void tidy(char *message)
{
    size_t length = strlen(message);

    while (length > 0 && (message[length - 1] == '\n' || message[length - 1] == '\r'))
        message[--length] = '\0';
    for (char *c = message; *c; c++)
        if (*c == '\n' || *c == '\r' || *c == '\t')
            *c = ' ';
    utf8_show(message);
}

int err_set(struct err *err, enum err_code code, const char *format, ...)
{
    va_list args;

    if (err->code != ERR_NONE)
        return -1;
    err->code = code;
    va_start(args, format);
    vsnprintf(err->message, sizeof(err->message), format, args);
    va_end(args);
    tidy(err->message);
    return -1;
}

static enum err_code code_of_errno(int errno_value)
{
    return errno_value == ENOMEM ? ERR_MEMORY : ERR_IO;
}

int err_set_errno(struct err *err, int errno_value, const char *format, ...)
{
    va_list args;
    size_t used;

    if (err->code != ERR_NONE)
        return -1;
    err->code = code_of_errno(errno_value);
    va_start(args, format);
    vsnprintf(err->message, sizeof(err->message), format, args);
    va_end(args);
    used = strlen(err->message);
    snprintf(err->message + used, sizeof(err->message) - used, ": %s", strerror(errno_value));
    tidy(err->message);
    return -1;
}

int err_context(struct err *err, const char *format, ...)
{
    char context[512], old[sizeof(err->message)];
    va_list args;

    if (err->code == ERR_NONE)
        return -1;
    va_start(args, format);
    vsnprintf(context, sizeof(context), format, args);
    va_end(args);
    memcpy(old, err->message, sizeof(old));
    /* Cutting a message that is too long is intended: the context matters more than its end. */
    if (snprintf(err->message, sizeof(err->message), "%s: %s", context, old) < 0)
        err->message[0] = '\0';
    tidy(err->message);
    return -1;
}

void err_clear(struct err *err)
{
    err->code = ERR_NONE;
    err->message[0] = '\0';
}

int err_exit_status(enum err_code code)
{
    static const int statuses[] = {
        [ERR_NONE] = 0,
#define ERROR(name, status, meaning) [ERR_##name] = status,
#include "errors.def"
#undef ERROR
    };

    return statuses[code];
}
