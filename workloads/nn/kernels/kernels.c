#include "kernels.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/cpu.h"
#include "kernels_isa.h"

static const struct kernels *const tables[] = {
    &kernels_reference,
};

#define N_TABLES (sizeof(tables) / sizeof(tables[0]))

static _Atomic(const struct kernels *) chosen;

/* Tables are in ascending order: one that the processor cannot run stands after the one named by
 * cpu_isa. */
const struct kernels *kernels_find(const char *isa)
{
    const char *best = cpu_isa();

    for (size_t i = 0; i < N_TABLES; i++) {
        if (strcmp(tables[i]->isa, isa) == 0)
            return tables[i];
        if (strcmp(tables[i]->isa, best) == 0)
            break;
    }
    return NULL;
}

const struct kernels *kernels(void)
{
    const struct kernels *table = atomic_load_explicit(&chosen, memory_order_acquire);
    const char *wanted;

    if (table)
        return table;
    wanted = getenv("SCALESTUDY_ISA");
    table = wanted ? kernels_find(wanted) : NULL;
    if (!table)
        table = kernels_find(cpu_isa());
    kernels_use(table ? table : &kernels_reference);
    return table ? table : &kernels_reference;
}

void kernels_use(const struct kernels *table)
{
    atomic_store_explicit(&chosen, table, memory_order_release);
}
