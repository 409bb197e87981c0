/*
 * One call of a REST service that speaks JSON (libcurl), by a unix socket or by TCP.
 *
 *     struct rest_call call = {.url = "unix:/run/rest.sock", .method = "GET", .path = "/openapi"};
 *     if (rest_call(&call, &reply, err) < 0) ...           json_decref(reply) when done
 *
 * Every failure is a sentence: no connection, no answer in time, a status that is none of success,
 * an answer that is no JSON. The token goes into a header, never into a message.
 */
#ifndef SCALESTUDY_HARNESS_CLUSTER_REST_H
#define SCALESTUDY_HARNESS_CLUSTER_REST_H

#include <jansson.h>

#include "harness/base/err.h"

struct rest_call {
    const char
        *url; /* unix:/PATH, http://HOST:PORT or https://HOST:PORT; no redirection is followed */
    const char *method, *path;
    const json_t *body;       /* or NULL */
    const char *user, *token; /* or NULL */
    double timeout_seconds;   /* 0: a minute */
};

/* *reply is set also with an ERR_CHILD, if the service explained itself in JSON; else NULL. */
int rest_call(const struct rest_call *call, json_t **reply, struct err *err) MUST_CHECK;

#endif
