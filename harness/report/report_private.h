/*
 * Inside of the report: what its sections are made from. Each section appends HTML to `page`; memory
 * that runs out is found by str_check at the end.
 */
#ifndef SCALESTUDY_HARNESS_REPORT_REPORT_PRIVATE_H
#define SCALESTUDY_HARNESS_REPORT_REPORT_PRIVATE_H

#include "harness/base/rowset.h"
#include "harness/base/str.h"
#include "report.h"
#include "results/analysis/compare.h"
#include "results/analysis/families.h"
#include "results/query/query.h"
#include "results/query/runs.h"

#define REPORT_MAX_JOB_ROWS 1000 /* of single jobs; more are put together by network */
#define REPORT_MAX_ROWS     2000
#define REPORT_MAX_NUMBERS  200000 /* in all curves */

struct report {
    struct store *store;
    const struct report_options *options;
    char study[128];
    char data_name[64];
    struct runs runs;
    struct study_source source;
    struct run_environment *environments;
    int n_environments;
    int counts[RUN_STATES];           /* jobs in each state */
    int *by_config;                   /* [n_runs] runs, those of a configuration together */
    int *first;                       /* [n_configs + 1] where each begins in by_config */
    struct comparisons rivals, gains; /* methods at equal FLOPs; networks and their baselines */
    struct str page;
    struct err *warning;
};

/* How the two are compared. */
extern const struct compare_options report_rivals, report_gains;

/* Seeds of a configuration that are done. `samples` has one entry a run, by seed in ascending
 * order. */
struct report_sample {
    int64_t seed;
    double top1;
};
int report_samples(const struct report *report, int config, struct report_sample **samples, int *n,
    struct err *err) MUST_CHECK; /* free() */

/* "w=2"; "d=1.4 w=1.2 r=1.3"; "baseline". */
#define REPORT_SCALING_BYTES 64
void report_scaling(const struct run_config *config, char to[REPORT_SCALING_BYTES]);
/* ", epochs=8": what tells a network from others that look alike; nothing if there is nothing. */
void report_label(struct str *to, const struct run_config *config);
/* 1234567 with commas. */
#define REPORT_NUMBER_BYTES 32
const char *report_count(int64_t value, char to[REPORT_NUMBER_BYTES]);

/* Rows as a table of the page, with notes below it, a sentence a line. `label`: for screen readers. */
struct report_table {
    const char *label, *caption;
    const struct rowset *rows;
    char *notes; /* written to */
};

int report_summary(struct report *report, struct err *err) MUST_CHECK;
void report_claims(struct report *report);
int report_table3(struct report *report, struct err *err) MUST_CHECK;
int report_comparisons(struct report *report, struct err *err) MUST_CHECK;
int report_laws(struct report *report, struct err *err) MUST_CHECK;
int report_figures(struct report *report, struct err *err) MUST_CHECK;
int report_jobs(struct report *report, struct err *err) MUST_CHECK;
int report_curves(struct report *report, struct err *err) MUST_CHECK; /* JSON */

#endif
