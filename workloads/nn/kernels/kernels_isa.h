/* The tables that exist, one for each instruction set; private to kernels/. */
#ifndef SCALESTUDY_WORKLOADS_NN_KERNELS_KERNELS_ISA_H
#define SCALESTUDY_WORKLOADS_NN_KERNELS_KERNELS_ISA_H

#include "kernels.h"

extern const struct kernels kernels_reference;

/* What is in vector/, compiled for each; elsewhere there is the reference alone. */
#if defined(__x86_64__)
extern const struct kernels kernels_avx2, kernels_avx512;
#endif

#endif
