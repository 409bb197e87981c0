/*
 * What `cancel`, `retry` and `rm` share: jobs are chosen by job_choice.h, then something is done to them.
 *
 *     static const struct cli_option options[] = {STEER_OPTIONS, {0}};
 *     return steer(&usage, argc, argv, cancel_jobs, err);
 */
#ifndef SCALESTUDY_HARNESS_COMMANDS_STEER_H
#define SCALESTUDY_HARNESS_COMMANDS_STEER_H

#include "harness/terminal/cli.h"
#include "job_choice.h"
#include "harness/options/trust.h"

struct steer_options {
    struct job_choice_options choice;
    bool quiet;
    bool yes;                 /* no question; of those that ask */
    struct run_access access; /* of those that talk to a queue */
};

#define STEER_OPTIONS                                                                              \
    JOB_CHOICE_OPTIONS(struct steer_options, choice),                                              \
        TRUST_OPTION(struct steer_options, choice.trust),                                          \
    {                                                                                              \
        "quiet", 'q', CLI_FLAG, offsetof(struct steer_options, quiet), NULL, "show errors only"    \
    }

typedef int steer_action(
    struct job_choice *choice, const struct steer_options *given, struct err *err);

/* A command's `run`: options, the database or run folder, the jobs, the action. */
int steer(const struct cli_usage *usage, int argc, char **argv, steer_action *action,
    struct err *err) MUST_CHECK;

#endif
