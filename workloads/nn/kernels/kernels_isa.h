/* The tables that exist, one for each instruction set; private to kernels/. */
#ifndef SCALESTUDY_NN_KERNELS_ISA_H
#define SCALESTUDY_NN_KERNELS_ISA_H

#include "kernels.h"

extern const struct kernels kernels_reference;
#if defined(__x86_64__)
extern const struct kernels kernels_avx2, kernels_avx512;
#endif

#endif
