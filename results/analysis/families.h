/*
 * The networks of a study, grouped by baseline and method, each method's from small to large.
 *
 *     struct families families = FAMILIES_INIT;
 *     if (families_load(&families, &runs, &samples, err) < 0) goto done;
 *     for (int m = 0; m < families.n; m++)
 *         ... families.methods[m].configs[0 .. families.methods[m].n - 1] ...
 * done:
 *     families_release(&families);
 *
 * Only networks with an accuracy are listed. groups.h says from which baseline one was scaled. Methods
 * are in the order of family_method_rank; others follow in the study's order.
 */
#ifndef SCALESTUDY_RESULTS_ANALYSIS_FAMILIES_H
#define SCALESTUDY_RESULTS_ANALYSIS_FAMILIES_H

#include "seed_samples.h"

struct family_method {
    int family;                 /* methods of one baseline share it, and stand together */
    int baseline;               /* configuration; -1: there is none with an accuracy */
    const char *model, *method; /* of `runs` */
    const char *label;          /* of its first network */
    int *configs, n;            /* by multiply-adds, ascending; without the baseline */
};

struct families {
    struct family_method *methods;
    int n;
    int *memory;
};

#define FAMILIES_INIT                                                                              \
    {                                                                                              \
        0                                                                                          \
    }

int families_load(struct families *families, const struct runs *runs,
    const struct seed_samples *samples, struct err *err) MUST_CHECK;
void families_release(struct families *families);

bool family_is_baseline(const struct run_config *config);
/* The key that networks of one family share: those scaled from one baseline, or that may have been. */
int family_of(const struct runs *runs, int config);

/* depth, width, resolution, compound: 0 to 3; others 4. */
int family_method_rank(const char *method);

/* ERR_INPUT with the names that exist, unless `name` is NULL or a model (method) of the study. */
int families_check_model(const struct runs *runs, const char *name, struct err *err) MUST_CHECK;
int families_check_method(const struct runs *runs, const char *name, struct err *err) MUST_CHECK;

#endif
