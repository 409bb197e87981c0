/*
 * The numbers that the EfficientNet paper printed, and the points of its figures: constants of the
 * program, which no measurement changes. Safe in all threads.
 */
#ifndef SCALESTUDY_RESULTS_PUBLISHED_PAPER_H
#define SCALESTUDY_RESULTS_PUBLISHED_PAPER_H

/* Rows of the paper's tables (view paper_row); source NULL: all. Fields that the paper does not
 * state are NaN. */
struct paper_row {
    char source[16], model[32], method[16];
    double depth, width, resolution;
    double flops_b, top1, top5, params_m;
};
/* Without a database: the table that the program carries; in the paper's order, static. NULL and 0:
 * no such source. */
const struct paper_row *paper_rows(const char *source, int *n_rows);

/* Points of the paper's figures, which are not printed but were read off the drawings: never to be
 * shown as the paper's own numbers without saying so. */
struct paper_point {
    int figure;         /* 1, 3, 4, 5 or 8 */
    const char *series; /* a method; in Figures 1 and 5 family (EfficientNet) or compared */
    const char *label;  /* "w=1.4", "ResNet-50"; empty where the figure has none */
    double depth, width, resolution;
    double x; /* Figure 1: millions of parameters; others: billions of multiply-adds */
    double top1;
};
/* NULL and 0: not such a figure. */
const struct paper_point *paper_points(int figure, int *n_points);

#endif
