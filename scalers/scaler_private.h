/* What the files of scalers/ share. */
#ifndef SCALESTUDY_SCALERS_SCALER_PRIVATE_H
#define SCALESTUDY_SCALERS_SCALER_PRIVATE_H

#include <math.h>

#include "scaler.h"

/* Fields of a request, for what a method takes. */
enum request_field {
    TAKES_DEPTH = 1,
    TAKES_WIDTH = 2,
    TAKES_RESOLUTION = 4,
    TAKES_FACTOR = 8,
    TAKES_PHI = 16, /* phi, alpha, beta, gamma */
};

/* ERR_INPUT naming the first field that was given and is not among `taken`. */
int request_takes_only(
    const struct scaling_request *request, unsigned taken, struct err *err) MUST_CHECK;

/* The factor of a single-dimension method, given as `factor` or by its own letter. */
int request_single_factor(const struct scaling_request *request, double own, const char *letter,
    double *factor, struct err *err) MUST_CHECK;

static inline double given_or(double value, double otherwise)
{
    return isnan(value) ? otherwise : value;
}

#define SCALER(name) extern const struct scaler scaler_##name;
#include "scalers.def"
#undef SCALER

#endif
