/*
 * Options of sbatch that a user adds, `options` of a cluster and --options of submit: read as sbatch
 * reads a line of #SBATCH, and refused where they would undo what submit relies on.
 *
 *     if (sbatch_options_check("--nice=10 --gres gpu:1", err) < 0) ...
 *     sbatch_options_add("--nice=10 --gres gpu:1", &script)       a line of #SBATCH
 *
 * Refused are, in every spelling (--job-name=x, --job-name x, --job x, -J x, -Jx, -HJx), what names
 * tasks, places them, says what they run, when they are warned and what becomes of their output; and
 * words that end sbatch's reading of options.
 */
#ifndef SCALESTUDY_HARNESS_CLUSTER_SBATCH_OPTIONS_H
#define SCALESTUDY_HARNESS_CLUSTER_SBATCH_OPTIONS_H

#include "harness/base/err.h"
#include "harness/base/str.h"

int sbatch_options_check(const char *options, struct err *err) MUST_CHECK;
/* Options must have been checked; adds nothing if there are none. */
void sbatch_options_add(const char *options, struct str *script);

/* ERR_INPUT if `setup` has a line that looks like options: sbatch ignores these after the script's
 * first command. */
int sbatch_setup_check(const char *setup, struct err *err) MUST_CHECK;

/* A value as sbatch reads it in a line of #SBATCH, in quotes. */
void sbatch_add_quoted(struct str *script, const char *value);

#endif
