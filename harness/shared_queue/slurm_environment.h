/* Variables of the environment that matter to queues; scalestudy(1) lists them. */
#ifndef SCALESTUDY_HARNESS_SHARED_QUEUE_SLURM_ENVIRONMENT_H
#define SCALESTUDY_HARNESS_SHARED_QUEUE_SLURM_ENVIRONMENT_H

#define SLURM_ENVIRONMENT_MOST 4

/* Those that a task starts with as they were where it was submitted, and all that Slurm's own
 * programs are given (slurm_call.h); ended by NULL. */
const char *const *slurm_environment_names(void);

/* The value of one, or NULL. */
const char *slurm_environment(const char *name);

#endif
