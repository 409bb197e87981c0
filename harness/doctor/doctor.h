/*
 * What `scalestudy doctor` finds out about a machine: findings, each with what to do about it.
 *
 *     struct doctor doctor;
 *     doctor_init(&doctor, ".", 0.3);
 *     doctor_look_at_programs(&doctor);  ...                any of them, in this order on the page
 *     doctor.findings[0 .. doctor.n - 1]
 *     doctor.problems                                       how many of them would make `run` fail
 *
 * Looking writes nothing but temporary files in the folder, and never fails: what cannot be determined is a finding.
 */
#ifndef SCALESTUDY_HARNESS_DOCTOR_DOCTOR_H
#define SCALESTUDY_HARNESS_DOCTOR_DOCTOR_H

#include <stdint.h>

#include "harness/base/err.h"

/* doctor_find's states: nothing to do; something works worse than it could, or a command will not
 * work; `run` will not work. */
enum doctor_state {
    DOCTOR_OK,
    DOCTOR_WARNING,
    DOCTOR_PROBLEM,
};

#define DOCTOR_MOST 40

struct doctor_finding {
    char check[48];
    enum doctor_state state;
    char found[512];
    const char *advice; /* what to do, a sentence or two; NULL: nothing */
};

struct doctor {
    const char *folder; /* where studies are run */
    double seconds;     /* of each measurement; 0: nothing is measured */
    struct doctor_finding findings[DOCTOR_MOST];
    int n, problems;
};

void doctor_init(struct doctor *doctor, const char *folder, double seconds);

/* One more; advice is static. */
void doctor_find(struct doctor *doctor, const char *check, enum doctor_state state,
    const char *advice, const char *found, ...) PRINTF_LIKE(5, 6);

void doctor_look_at_programs(struct doctor *doctor); /* ours, libraries, gnuplot, fonts, Slurm */
void doctor_look_at_machine(struct doctor *doctor);  /* processor, OpenBLAS, memory, speed */
void doctor_look_at_files(struct doctor *doctor);    /* folders, file systems, database, datasets */
void doctor_look_at_terminal(struct doctor *doctor);

/* "gnuplot 5.4 patchlevel 4" is 5.4; below 0: it is no version. */
double doctor_gnuplot_version(const char *text);

/* Of OpenBLAS's description of itself, the core whose kernels it uses; "" if it names none. */
#define DOCTOR_CORE_BYTES 32
const char *doctor_blas_core(const char *description, char to[DOCTOR_CORE_BYTES]);

#endif
