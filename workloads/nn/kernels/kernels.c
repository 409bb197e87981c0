/*
 * Chooses the best table of kernels for this processor. SCALESTUDY_ISA names another one, which is
 * used if the processor supports it.
 */
#include "kernels.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "harness/system/cpu.h"
#include "kernels_isa.h"

static int most(int a, int b)
{
    return a > b ? a : b;
}

int depthwise_columns(const struct kernel_window *p)
{
    return most(p->before_w + p->w, (p->out_w - 1) * p->stride + p->kernel);
}

/* Output of pixel 0 and the last tap: (before_w - (kernel - 1)) / stride, rounded down. */
int depthwise_dy_lead(const struct kernel_window *p)
{
    return (p->kernel - 1 - p->before_w + p->stride - 1) / p->stride;
}

/* Up to the output of the last pixel, or for stride 2 of the one behind it, and tap 0. */
int depthwise_dy_columns(const struct kernel_window *p)
{
    int lead = depthwise_dy_lead(p);

    return lead + most(p->out_w, (p->w - 1 + p->before_w) / p->stride + 1);
}

/* In ascending order: a processor that can run one can run those before it. */
static const struct kernels *const tables[] = {
    &kernels_reference,
#if defined(__x86_64__)
    &kernels_avx2,
    &kernels_avx512,
#endif
};

#define N_TABLES (sizeof(tables) / sizeof(tables[0]))

static _Atomic(const struct kernels *) chosen;

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

/* The last of those that are both in this build and for this processor. */
static const struct kernels *find_best(void)
{
    const struct kernels *best = &kernels_reference;

    for (size_t i = 0; i < N_TABLES; i++) {
        const struct kernels *table = kernels_find(tables[i]->isa);

        best = table ? table : best;
    }
    return best;
}

const struct kernels *kernels(void)
{
    const struct kernels *table = atomic_load_explicit(&chosen, memory_order_acquire);
    const char *wanted;

    if (table)
        return table;
    wanted = getenv("SCALESTUDY_ISA");
    table = wanted ? kernels_find(wanted) : NULL;
    table = table ? table : find_best();
    kernels_use(table);
    return table;
}

void kernels_use(const struct kernels *table)
{
    atomic_store_explicit(&chosen, table, memory_order_release);
}
