/*
 * Which slurmrestd is asked about the tasks of a run folder, and with whose token. A run folder may come
 * from anybody, so that no word of it says where a request goes or which file is read: only what the user
 * gave himself counts. That is an option of the command, or what he gave to `submit` for this folder,
 * which a file in his state folder remembers, or the cluster file that he names in this command.
 *
 *     run_access_remember(&run, &cluster, err)           by `submit`
 *     run_access_take(&run, &given, &cluster, err)       by what looks or cancels later
 *
 * Thread-safe as far as the environment does not change.
 */
#ifndef SCALESTUDY_HARNESS_CLUSTER_RUN_ACCESS_H
#define SCALESTUDY_HARNESS_CLUSTER_RUN_ACCESS_H

#include "harness/terminal/cli.h"
#include "cluster.h"
#include "harness/shared_queue/run_folder.h"

/* Options of the command line; NULL where there is none. */
struct run_access {
    const char *url, *token_file;
};

/* Rows of the table of options of a command. */
#define RUN_ACCESS_OPTIONS(type, field)                                                            \
    {"url", 0, CLI_TEXT, offsetof(type, field.url), "URL",                                         \
        "of a run folder: address of the slurmrestd, unix:/PATH, https://HOST:PORT or "            \
        "http://127.0.0.1:PORT (default: the one that you gave to `submit`)"},                     \
    {                                                                                              \
        "token-file", 0, CLI_TEXT, offsetof(type, field.token_file), "FILE",                       \
            "your file with its token, which nobody else may read (default: the one of "           \
            "`submit`, or $SLURM_JWT)"                                                             \
    }

/* ERR_INPUT if one is given although no run folder is looked at. */
int run_access_check_unused(const struct run_access *given, struct err *err) MUST_CHECK;

/* Put the user's own url, user and token_file in place of those in *cluster, which are dropped whatever
 * they are; the url is empty where he gave none. A file that cannot be read is an error. */
int run_access_take(const struct run_folder *run, const struct run_access *given,
    struct cluster *cluster, struct err *err) MUST_CHECK;

/* Keep those of *cluster for later commands of the same user, where nobody else can read them. The
 * token itself is not kept, only the name of its file. */
int run_access_remember(
    const struct run_folder *run, const struct cluster *cluster, struct err *err) MUST_CHECK;

#endif
