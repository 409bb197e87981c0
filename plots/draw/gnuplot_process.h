/*
 * gnuplot as a process: started without a shell, and killed when it takes too long; its messages become
 * part of the error.
 */
#ifndef SCALESTUDY_PLOTS_DRAW_GNUPLOT_PROCESS_H
#define SCALESTUDY_PLOTS_DRAW_GNUPLOT_PROCESS_H

#include "harness/base/err.h"

struct gnuplot_process {
    const char *const *arguments; /* [0] is looked for in PATH; ended by NULL */
    const char *folder;           /* where it runs */
    double timeout_seconds;       /* then it is killed */
};

/* Run it to its end; ERR_CHILD if it cannot be started, fails, crashes or takes too long. */
int gnuplot_process_run(const struct gnuplot_process *process, struct err *err) MUST_CHECK;

#endif
