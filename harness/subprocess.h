/*
 * Another program, run to its end: its output, its status, within a time. Never by a shell.
 *
 *     const char *const arguments[] = {"squeue", "--version", NULL};
 *     if (subprocess_run(arguments, 60, &output, &errors, &status, err) < 0)   not started, too slow
 *     if (status != 0) ... errors.text says why
 *
 * The program sees our environment without SLURM_* and SBATCH_* (but SLURM_CONF): settings of the
 * task that we may be in ourselves are not meant for what we start.
 */
#ifndef SCALESTUDY_HARNESS_SUBPROCESS_H
#define SCALESTUDY_HARNESS_SUBPROCESS_H

#include "harness/base/err.h"
#include "harness/base/str.h"

#define SUBPROCESS_OUTPUT_BYTES ((size_t)256 << 20)

/*
 * *status: its exit status, or 128 + the signal that ended it. ERR_INPUT: there is no such program;
 * ERR_BUSY: it did not end in time and was killed. Outputs are replaced.
 */
int subprocess_run(const char *const *arguments, double timeout_seconds, struct str *output,
    struct str *errors, int *status, struct err *err) MUST_CHECK;

#endif
