/*
 * Scaling backwards: the factors (d, w, r) whose network meets a budget of anything that a network
 * costs: multiply-adds, parameters, bytes. Rows that a paper gives by their FLOPs alone are found
 * so.
 *
 *     struct solve_request request = SOLVE_REQUEST_INIT;
 *     request.measure = macs_of, request.budget = 2.3e9;
 *     struct solution *list;
 *     if (scaling_solve(&base, &request, &list, &n, err) < 0) return -1;
 *     list[0] is the nearest; free(list)
 *
 * Pure functions; safe from any thread if `measure` is.
 */
#ifndef SCALESTUDY_SCALERS_SOLVE_H
#define SCALESTUDY_SCALERS_SOLVE_H

#include <math.h>

#include "scaler.h"

struct solve_request {
    /* A method of scalers.def; "": every method that has one size. */
    const char *method;
    double depth, width, resolution; /* factors that are fixed (dwr); NaN: free */
    double alpha, beta, gamma;       /* of compound; NaN: the paper's */
    /* Cost of a network in the budget's unit. */
    int (*measure)(void *context, const struct spec *spec, int64_t *cost, struct err *err);
    void *context;
    bool ignores_input; /* the cost is the same at any input: parameters */
    double budget;      /* above 0 */
};

/* Nothing is fixed; `measure` and `budget` are still to be given. */
#define SOLVE_REQUEST_INIT                                                                         \
    {                                                                                              \
        .method = "", .depth = NAN, .width = NAN, .resolution = NAN, .alpha = NAN, .beta = NAN,    \
        .gamma = NAN                                                                               \
    }

struct solution {
    struct scaling scaling;
    struct spec spec;
    int64_t cost;
    double ratio; /* cost / budget */
};

/*
 * The networks nearest to the budget, by |log ratio|, each once. Of a method with one size the
 * nearest of all its networks. Of dwr one for each depth and width, which are fixed or go from 0.5
 * to 4 in steps of 0.1: at the fixed resolution, or with the input that is nearest to the pixel. ERR_INPUT if there is none within a
 * factor of two.
 */
int scaling_solve(const struct spec *base, const struct solve_request *request,
    struct solution **list, int *n, struct err *err) MUST_CHECK;

#endif
