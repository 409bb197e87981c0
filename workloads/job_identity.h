/* What tells one training job from another: everything that decides its weights. Private to
 * train.c. */
#ifndef SCALESTUDY_WORKLOADS_JOB_IDENTITY_H
#define SCALESTUDY_WORKLOADS_JOB_IDENTITY_H

#include "harness/base/err.h"
#include "harness/base/sha256.h"
#include "workload.h"

/*
 * SHA-256 of the numerics version, the network (spec: with its classes known), data, recipe
 * (resolved), seed and first weights' path, but not of threads, output files and the number of steps,
 * which change nothing before the end. Paths of images count only if data.images is empty.
 */
int job_identity(const struct workload *job, const struct spec *spec,
    char identity[SHA256_HEX_BYTES], struct err *err) MUST_CHECK;

#endif
