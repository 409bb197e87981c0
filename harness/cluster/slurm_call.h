/*
 * The one way to call Slurm's own programs: without a shell, with the environment that
 * slurm_environment.h lists and nothing else (SBATCH_*, SQUEUE_*, SCANCEL_* and so on would change
 * what they do), for the cluster that cluster->clusters names, within cluster->answer_seconds.
 *
 *     const char *const words[] = {"squeue", "--noheader", NULL};
 *     if (slurm_call(&cluster, words, &output, &remarks, err) < 0)
 *             err has all that it said
 */
#ifndef SCALESTUDY_HARNESS_CLUSTER_SLURM_CALL_H
#define SCALESTUDY_HARNESS_CLUSTER_SLURM_CALL_H

#include "cluster.h"
#include "harness/base/str.h"

/* remarks: what a call that succeeded wrote to standard error, as one line; OPTIONAL. */
int slurm_call(const struct cluster *cluster, const char *const *words, struct str *output,
    struct str *remarks, struct err *err) MUST_CHECK;

/* What a program wrote to standard error, as one line without its name in front of each:
 * "sbatch: error: no account\nsbatch: see the wiki\n" becomes "error: no account; see the wiki". */
void slurm_remarks(const char *program, const char *text, struct str *to);

#endif
