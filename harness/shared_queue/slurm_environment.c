#include "slurm_environment.h"

#include <stdlib.h>

const char *const *slurm_environment_names(void)
{
    static const char *const names[SLURM_ENVIRONMENT_MOST + 1] = {
        "PATH", "HOME", "LD_LIBRARY_PATH", "SLURM_CONF", NULL};

    return names;
}

const char *slurm_environment(const char *name)
{
    return getenv(name);
}
