/*
 * What the figures of accuracy against FLOPs show: for each baseline the points that were measured,
 * and beside them the paper's.
 *
 *     struct gains gains = GAINS_INIT;
 *     if (gains_load(&gains, store, study, err) < 0) goto done;
 * done:
 *     gains_release(&gains);
 *
 * The paper's rows: Tan & Le, ICML 2019 (arXiv 1905.11946), Table 3, and Table 7 for
 * EfficientNet-B0.
 */
#ifndef SCALESTUDY_PLOTS_FIGURES_GAINS_H
#define SCALESTUDY_PLOTS_FIGURES_GAINS_H

#include <stdbool.h>

#include "plots/draw/chart.h"
#include "harness/base/err.h"
#include "results/query/groups.h"
#include "results/store/store.h"

#define GAINS_LABEL_BYTES 40
#define GAINS_NAME_BYTES  128
#define GAINS_TITLE_BYTES 320

struct gain_point {
    int method;                    /* in style_methods() */
    double params, macs, top1;     /* per cent */
    double interval;               /* half width of the 95 % interval; NaN where there is none */
    char label[GAINS_LABEL_BYTES]; /* "w=2"; empty where none is needed */
};

/* Points in the order of methods, each method's by FLOPs; the baseline first. */
struct gain_panel {
    char title[GAINS_TITLE_BYTES];
    struct gain_point *points;
    int n_points;
};

/* A baseline, and all that was scaled from it. */
struct gain_column {
    char study[GAINS_NAME_BYTES], model[GAINS_NAME_BYTES];
    int input;                         /* of the baseline */
    int64_t macs;                      /* of the baseline; 0: it is not measured */
    char label[GROUP_LABEL_BYTES];     /* what tells it from others that look alike; "" */
    int baseline;                      /* group of query_accuracy; -1 */
    struct gain_panel measured, paper; /* the paper's is empty if it has no such model */
    int paper_table;                   /* 3 or 7; 0 */
};

struct gains {
    struct gain_column *columns; /* in Table 3's order, other models after them */
    int n_columns;
    int least_seeds, most_seeds; /* behind a measured point */
    bool has_paper;              /* some column has */
    bool has_studies;            /* more than one */
};

#define GAINS_INIT                                                                                 \
    {                                                                                              \
        0                                                                                          \
    }

/* study NULL: all of the database, a column for each study and model. ERR_INPUT if no job is
 * finished. */
int gains_load(
    struct gains *gains, struct store *store, const char *study, struct err *err) MUST_CHECK;
void gains_release(struct gains *gains);

/* Panels made of some points of others. */
int gains_add_point(
    struct gain_panel *panel, const struct gain_point *point, struct err *err) MUST_CHECK;
void gains_panel_release(struct gain_panel *panel);

/* The study of a figure's title: the one asked for, or the only one; else NULL. */
const char *gains_study(const struct gains *gains, const char *asked);

/* "Measured here: mean of 3 seeds; bars are 95 % intervals". */
void gains_heading(const struct gains *gains, char to[GAINS_TITLE_BYTES]);

/* A curve of points as series of a chart's panel, one a method, each from the baseline on; and, with
 * GAINS_FRONT, a dashed line through the points that no cheaper one beats. With GAINS_LAWS methods
 * that have a fitted law (laws.h) show that instead of lines from point to point. Its axes are set
 * too; several curves may go into one panel. Returns whether there are laws. */
#define GAINS_FRONT     1u
#define GAINS_PARAMS    2u /* along x, instead of FLOPs */
#define GAINS_LAWS      4u
#define GAINS_LAWS_NOTE "Curves are fitted laws (scalestudy fit), dashed where extrapolated."
bool gains_chart(struct chart_panel *panel, const struct gain_panel *curve, unsigned flags);
/* The front alone, of points that may be of several curves. */
void gains_front(struct chart_panel *panel, const struct gain_panel *curve);
/* The axes alone, for panels that are filled otherwise. */
void gains_axes(struct chart_panel *panel, unsigned flags);

/* What a baseline is called: resnet18 is ResNet-18. */
void gains_display_name(const char *model, char to[GAINS_NAME_BYTES]);
/* Whether an earlier column is of the same model. The paper has each model once; a study may have
 * several variants of it. */
bool gains_is_repeated(const struct gains *gains, int column);
/* The columns of a figure of one model; returns how many. ERR_INPUT if there is none, or more than
 * `most`. */
int gains_columns(const struct gains *gains, const char *model, const char *figure, int most,
    int *columns, struct err *err) MUST_CHECK;
/* The error of a figure whose model, by its display name, has no results. */
int gains_lack(const char *name, const char *figure, struct err *err);

/* A point of the paper's figures, without an interval. */
void gains_paper_point(struct chart_series *series, double x, double y, const char *label);

#endif
