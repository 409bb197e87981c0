/*
 * Scalers: pure functions from a spec and a request to a wider, deeper or higher-resolution spec.
 *
 *     struct scaling_request request = {.method = "compound", .phi = 1};
 *     struct scaling scaling;
 *     if (scaling_resolve(&base, &request, cost, &scaling, err) < 0) return -1;
 *     if (scaling_apply(&base, &scaling, &scaled, err) < 0) return -1;
 *
 * A scaler (one file, one line in scalers.def) says which factors (d, w, r) a request means;
 * applying factors, with the official rounding, is the same for all. No scaler sees a tensor or
 * builds a net: a request for a FLOPs budget asks the caller's cost function.
 */
#ifndef SCALESTUDY_SCALERS_SCALER_H
#define SCALESTUDY_SCALERS_SCALER_H

#include <stdint.h>

#include "harness/base/err.h"
#include "workloads/models/spec.h"

#define SCALER_NAME_BYTES 16

/* Coefficients of compound scaling found by the paper's grid search (Section 4): alpha 1.2,
 * beta 1.1, gamma 1.15. */
#define COMPOUND_ALPHA 1.2
#define COMPOUND_BETA  1.1
#define COMPOUND_GAMMA 1.15

/* What was asked for. Fields that were not given are NaN. */
struct scaling_request {
    char method[SCALER_NAME_BYTES];
    double depth, width, resolution; /* d, w, r */
    double factor;                   /* the one factor of a single-dimension method */
    double phi, alpha, beta, gamma;  /* compound: d = alpha^phi, w = beta^phi, r = gamma^phi */
    double flops;                    /* a budget in multiply-adds, or NaN */
    double flops_ratio;              /* a budget as a multiple of the base's own, or NaN */
};

/* What it means: the method and its three factors, before rounding. */
struct scaling {
    char method[SCALER_NAME_BYTES];
    double depth, width, resolution;
};

struct scaler {
    const char *name;    /* REQUIRED, as in scalers.def */
    const char *summary; /* REQUIRED, one line */
    const char *source;  /* REQUIRED, equation and paper */
    /* REQUIRED. Factors of a request without a budget; refuses fields that this method does not
     * take. */
    int (*factors)(const struct scaling_request *request, struct scaling *scaling, struct err *err);
    /* OPTIONAL. Factors at size t, continuous and increasing in t, 1 at t = 0; NULL: takes no
     * budget. */
    void (*along)(const struct scaling_request *request, double t, struct scaling *scaling);
};

/* Multiply-adds of a spec; the caller's, so that scalers need no engine. */
typedef int scaler_cost(const struct spec *spec, int64_t *macs, struct err *err);

void scaling_request_init(struct scaling_request *request, const char *method);

/* Factors of a request; with a budget the largest scaling along the method whose cost stays nearest
 * to it. */
int scaling_resolve(const struct spec *base, const struct scaling_request *request,
    scaler_cost *cost, struct scaling *scaling, struct err *err) MUST_CHECK;

/* base scaled by d, w, r with the official rounding. ERR_INPUT if a factor is out of range. */
int scaling_apply(const struct spec *base, const struct scaling *scaling, struct spec *scaled,
    struct err *err) MUST_CHECK;

/* The smaller baseline that a study asks for. */
int variant_apply(const struct spec *base, const struct variant *variant, struct spec *smaller,
    struct err *err) MUST_CHECK;

/* The names in scalers.def, ended by NULL; the scaler of a name, or NULL with an ERR_INPUT that
 * lists them. */
const char *const *scaler_names(void);
const struct scaler *scaler_find(const char *name, struct err *err);

#endif
