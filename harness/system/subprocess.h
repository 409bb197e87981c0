/*
 * Another program, run to its end: its output, its status, within a time. Never by a shell.
 *
 *     const char *const arguments[] = {"gnuplot", "--version", NULL};
 *     if (subprocess_run(arguments, NULL, 60, &output, &errors, &status, err) < 0)
 *             not started, or too slow
 *     if (status != 0) ... errors.text says why
 *
 * The program and all that it starts are one process group. They do not outlive the call: the group
 * is killed when the time is over, and when this process dies, of SIGKILL too.
 */
#ifndef SCALESTUDY_HARNESS_SYSTEM_SUBPROCESS_H
#define SCALESTUDY_HARNESS_SYSTEM_SUBPROCESS_H

#include "harness/base/err.h"
#include "harness/base/str.h"

#define SUBPROCESS_OUTPUT_BYTES ((size_t)256 << 20)

/*
 * environment: NAME=VALUE, ended by NULL; NULL: ours. *status: the program's exit status, or 128 +
 * the signal that ended it. ERR_INPUT: there is no such program; ERR_BUSY: it did not end in time
 * and was killed. Outputs are replaced.
 */
int subprocess_run(const char *const *arguments, const char *const *environment,
    double timeout_seconds, struct str *output, struct str *errors, int *status,
    struct err *err) MUST_CHECK;

#endif
