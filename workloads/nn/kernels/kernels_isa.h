/* The tables that exist, one for each instruction set; private to kernels/. */
#ifndef SCALESTUDY_NN_KERNELS_ISA_H
#define SCALESTUDY_NN_KERNELS_ISA_H

#include "kernels.h"

extern const struct kernels kernels_reference;

/* NULL where the compiler cannot make them. Not weak symbols: those do not pull a file out of a library. */
extern const struct kernels *const kernels_avx2;
extern const struct kernels *const kernels_avx512;

#endif
