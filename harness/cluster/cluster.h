/*
 * How jobs are to be sent to a cluster: a file NAME.yaml, and options of `submit`.
 *
 *     cluster_find("lab", path, err)
 *     cluster_load(&cluster, path, err)
 *     cluster_check(&cluster, err)           once options of the command line are in it, too
 */
#ifndef SCALESTUDY_HARNESS_CLUSTER_CLUSTER_H
#define SCALESTUDY_HARNESS_CLUSTER_CLUSTER_H

#include <stdint.h>

#include "harness/study/config.h"
#include "harness/system/file.h"

#define CLUSTER_TEXT_BYTES 256

struct cluster {
    char launcher[16]; /* of launchers.def */
    char partition[CLUSTER_TEXT_BYTES], account[CLUSTER_TEXT_BYTES], qos[CLUSTER_TEXT_BYTES];
    char constraint[CLUSTER_TEXT_BYTES];
    char clusters[CLUSTER_TEXT_BYTES]; /* a cluster of Slurm's database; empty: this machine's */
    char time[32], memory[32];         /* as sbatch takes them; empty: by the plan */
    char options[1024];       /* further options of sbatch, as sbatch_options.h reads them */
    char setup[4096];         /* lines of the script before the program starts */
    char scratch[PATH_BYTES]; /* of `work`; empty: as it chooses */
    char copy_packed[16];     /* of `work`: packed_policy_names */
    char url[512], user[64], token_file[PATH_BYTES]; /* of slurmrestd */
    double answer_seconds;   /* that slurmrestd or one of Slurm's programs may take for an answer */
    int cpus;                /* of a task; 0: as many as threads */
    int throttle;            /* tasks of an array at the same time; 0: any number */
    int signal_seconds;      /* USR1 so long before the time limit */
    double pack_seconds;     /* jobs shorter than this share a task */
    int max_array, max_jobs; /* 0: as the controller says */
};

extern const struct config_table cluster_table;

void cluster_init(struct cluster *cluster);
/* to = a name's file, in ~/.config/scalestudy/clusters, beside the program or where it was installed;
 * what has a slash or ends in .yaml is a path already. Never by a name in the current folder. */
int cluster_find(const char *name, char to[PATH_BYTES], struct err *err) MUST_CHECK;
int cluster_load(struct cluster *cluster, const char *path, struct err *err) MUST_CHECK;
int cluster_check(const struct cluster *cluster, struct err *err) MUST_CHECK;

/* Slurm's forms: minutes, M:S, H:M:S, D-H, D-H:M, D-H:M:S. */
int cluster_seconds(const char *time, int64_t *seconds, struct err *err) MUST_CHECK;
/* A number with K, M, G or T; megabytes without. */
int cluster_megabytes(const char *memory, int64_t *megabytes, struct err *err) MUST_CHECK;

#endif
