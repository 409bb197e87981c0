/* What this machine is, as far as results and defaults depend on it. */
#ifndef SCALESTUDY_HARNESS_SYSTEM_CPU_H
#define SCALESTUDY_HARNESS_SYSTEM_CPU_H

#include <stddef.h>
#include <stdint.h>

/* Cores that this process may use (its affinity and its cgroup's quota), at least 1. */
int cpu_count(void);

/* The processor's name as the system gives it, or "unknown". */
void cpu_name(char *to, size_t size);

/* Best instruction set that the kernels have a version for: "reference", "avx2" or "avx512". */
const char *cpu_isa(void);

/* Memory of the machine (or of its cgroup, if less), in bytes; 0 if it cannot be read. */
uint64_t cpu_memory_bytes(void);

#endif
