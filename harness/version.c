#include "version.h"

#include <stdio.h>

#include "results/store/store.h"
#include "workloads/workload.h"

static const char *built_from = "";

void version_built_from(const char *revision)
{
    built_from = revision;
}

void version_full(char to[VERSION_FULL_BYTES])
{
    snprintf(to, VERSION_FULL_BYTES, "%s%s%s (%s, %s)", SCALESTUDY_VERSION,
        built_from[0] ? "+g" : "", built_from, store_library(), workload_decoders());
}
