/* The tables that exist, one for each instruction set; private to kernels/. */
#ifndef SCALESTUDY_NN_KERNELS_ISA_H
#define SCALESTUDY_NN_KERNELS_ISA_H

#include "kernels.h"

extern const struct kernels kernels_reference;

/* Weak: where a file compiles to nothing its table is at NULL. */
extern const struct kernels kernels_avx2 __attribute__((weak));
extern const struct kernels kernels_avx512 __attribute__((weak));

#endif
