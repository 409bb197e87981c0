/* The table of the fast kernels of one instruction set. */
#include "vector.h"

const struct kernels NAMED(kernels) = {
    .isa = VECTOR_ISA,
#define KERNEL(name, tolerance) .name = NAMED(name),
#include "workloads/nn/kernels/kernels.def"
#undef KERNEL
};
