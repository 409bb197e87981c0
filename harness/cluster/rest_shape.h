/*
 * What slurmrestd is told and what it answers, in each version of its interface: numbers that are
 * numbers in v0.0.38 are {"set": true, "number": n} from v0.0.39 on, variables become a list,
 * the script moves into the job in v0.0.40. Pure functions, no network.
 *
 *     version = rest_newest(openapi, offered, sizeof(offered));      0: none in common
 *     body = rest_job(version, &cluster, &array);                    POST /job/submit
 *     id = rest_job_id(reply)
 *     json_array_foreach(jobs, i, record) rest_add_tasks(&queue, record, &match, err)
 *
 * Source: the OpenAPI descriptions that slurmrestd serves. v0.0.38 comes with Slurm 22.05 to 23.11,
 * v0.0.39 with 23.02 to 24.05, v0.0.40 with 23.11 on, and each release has a new one and some before
 * it: v0.0.45 is 26.05's. All but v0.0.39 were tried on such a Slurm (tests/slurm/suite.sh).
 */
#ifndef SCALESTUDY_HARNESS_CLUSTER_REST_SHAPE_H
#define SCALESTUDY_HARNESS_CLUSTER_REST_SHAPE_H

#include <jansson.h>

#include "launch.h"
#include "queue_match.h"

#define REST_OLDEST 38
#define REST_NEWEST 45

/* The newest version that an OpenAPI description has, of those that we speak; 0: none. offered: the
 * ones that it has, a blank before each. */
int rest_newest(const json_t *openapi, char *offered, size_t size);

/* The array as the body of a submission; NULL if a path is no UTF-8. */
json_t *rest_job(int version, const struct cluster *cluster, const struct launch_array *array);

/* Of a submission's answer; 0: it has none. */
int64_t rest_job_id(const json_t *reply);

/* Add the tasks of a record of /jobs if it is an array of the run folder. */
int rest_add_tasks(struct queue *queue, const json_t *record, struct queue_match *match,
    struct err *err) MUST_CHECK;

#endif
