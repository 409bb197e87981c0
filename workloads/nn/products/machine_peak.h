/*
 * What this machine can do at most, measured: matrix products and moving memory.
 *
 *     struct machine_peak peak = {0};
 *     if (machine_peak_products(0.5, &peak, err) < 0 || machine_peak_memory(0.5, &peak, err) < 0)
 *         return -1;
 *
 * Both use the threads of parallel.h and the kernels of kernels(), as nets do. Each takes about the
 * given seconds and keeps its best round, since on a shared machine only the best says what is
 * possible. ERR_MEMORY if there is no room for the arrays, which are freed before returning.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_PRODUCTS_MACHINE_PEAK_H
#define SCALESTUDY_WORKLOADS_NN_PRODUCTS_MACHINE_PEAK_H

#include "harness/base/err.h"

/* All per second and of all threads together; 0: not measured. */
struct machine_peak {
    double flops;      /* the better of the two below; a multiply-add is two */
    double blas_flops; /* OpenBLAS, one product a thread, in cache; 0 where it is missing */
    double own_flops;  /* product_rows of the kernels, the same */

    double bytes;        /* the best of the three below */
    double read_bytes;   /* adding up an array far larger than the caches */
    double copy_bytes;   /* from one such array to another; bytes read and written both count */
    double update_bytes; /* in place; bytes read and written both count */
};

int machine_peak_products(double seconds, struct machine_peak *peak, struct err *err) MUST_CHECK;
int machine_peak_memory(double seconds, struct machine_peak *peak, struct err *err) MUST_CHECK;

#endif
