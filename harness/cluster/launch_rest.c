/* Slurm by its REST service, slurmrestd (Slurm 22.05 to 26.05); rest_shape.h is what it is told. */
#include <jansson.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/url.h"
#include "launch.h"
#include "rest.h"
#include "rest_shape.h"
#include "harness/system/secret_file.h"
#include "harness/shared_queue/slurm_environment.h"

#define TOKEN_BYTES     16384
#define URL_SHOWN_BYTES 512

struct access {
    struct str token;
    char user[64];
};

/* ---- who we are ---- */

/* The token itself: a file, or a variable, may have more behind it. */
static int end_token(struct str *token, struct err *err)
{
    if (str_check(token, err) < 0)
        return -1;
    token->text[strcspn(token->text, " \t\r\n")] = '\0';
    return 0;
}

static int find_token(const struct cluster *cluster, struct str *token, struct err *err)
{
    const char *given = slurm_environment("SLURM_JWT");
    char shown[URL_SHOWN_BYTES];

    url_mask(cluster->url, shown, sizeof(shown));
    if (!url_is_private(cluster->url))
        return err_set(err, ERR_INPUT,
            "'%.200s' gets no token, which others on the network could read: give unix:/PATH, "
            "https://HOST:PORT, or http to this machine (`ssh -L 6820:HOST:PORT` makes "
            "http://127.0.0.1:6820 of it)",
            shown);
    if (cluster->token_file[0])
        return secret_file_read(cluster->token_file, TOKEN_BYTES, token, err) < 0
                   ? -1
                   : end_token(token, err);
    if (!given || !*given)
        return err_set(err, ERR_INPUT,
            "slurmrestd at %s needs a token: in a file of your own (--token-file, or token_file of "
            "the cluster's file), or in $SLURM_JWT (`scontrol token` gives one)",
            shown);
    str_add(token, given);
    return end_token(token, err);
}

static int open_access(const struct cluster *cluster, struct access *access, struct err *err)
{
    const struct passwd *self = getpwuid(geteuid());

    *access = (struct access){.token = STR_INIT};
    if (!cluster->url[0])
        return err_set(err, ERR_INPUT,
            "where is slurmrestd? Give --url, or url in the cluster's file: unix:/PATH or "
            "https://HOST:PORT");
    str_copy(access->user, sizeof(access->user),
        cluster->user[0] ? cluster->user : (self ? self->pw_name : "root"));
    /* Its other end knows who we are. */
    if (str_starts_with(cluster->url, "unix:"))
        return 0;
    return find_token(cluster, &access->token, err);
}

static int call(const struct cluster *cluster, const char *method, const char *path,
    const json_t *body, json_t **reply, struct err *err)
{
    struct access access;
    int result = open_access(cluster, &access, err);
    const struct rest_call what = {.url = cluster->url,
        .method = method,
        .path = path,
        .body = body,
        .timeout_seconds = cluster->answer_seconds,
        .user = access.token.length > 0 ? access.user : NULL,
        .token = access.token.length > 0 ? access.token.text : NULL};

    *reply = NULL;
    if (result == 0)
        result = rest_call(&what, reply, err);
    str_release(&access.token);
    return result;
}

/* The newest version that both sides speak, asked once by a process for an address; 0: none yet. */
static struct {
    char url[512];
    int version;
} spoken;

static int negotiate(const struct cluster *cluster, int *version, struct err *err)
{
    char offered[256], shown[URL_SHOWN_BYTES];
    json_t *reply;
    int result;

    if (spoken.version > 0 && strcmp(spoken.url, cluster->url) == 0) {
        *version = spoken.version;
        return 0;
    }
    url_mask(cluster->url, shown, sizeof(shown));
    result = call(cluster, "GET", "/openapi", NULL, &reply, err);
    if (result == 0)
        *version = rest_newest(reply, offered, sizeof(offered));
    json_decref(reply);
    if (result == 0 && *version == 0)
        result = err_set(err, ERR_INPUT,
            "slurmrestd at %s speaks none of the versions that scalestudy speaks, v0.0.%d to "
            "v0.0.%d; it has:%s; use --via sbatch",
            shown, REST_OLDEST, REST_NEWEST, offered[0] ? offered : " none that could be found");
    if (result == 0) {
        spoken.version = *version;
        str_copy(spoken.url, sizeof(spoken.url), cluster->url);
    }
    return result;
}

/* As `call`, of a path below /slurm/VERSION. */
static int call_slurm(const struct cluster *cluster, const char *method, const char *path,
    const json_t *body, json_t **reply, struct err *err)
{
    char whole[160];
    int version;

    *reply = NULL;
    if (negotiate(cluster, &version, err) < 0)
        return -1;
    snprintf(whole, sizeof(whole), "/slurm/v0.0.%d%s", version, path);
    return call(cluster, method, whole, body, reply, err);
}

/* ---- submitting ---- */

static int submit(const struct cluster *cluster, const struct launch_array *array,
    char job[QUEUE_JOB_BYTES], struct err *err)
{
    json_t *body, *reply = NULL;
    int result = -1, version;

    if (cluster->options[0])
        return err_set(err, ERR_INPUT,
            "options of sbatch (%.100s) cannot be sent by REST; use --via sbatch",
            cluster->options);
    if (strchr(array->logs, '%'))
        return err_set(err, ERR_INPUT,
            "the path %s has a %%, which slurmrestd takes for a pattern; use --via sbatch",
            array->logs);
    if (negotiate(cluster, &version, err) < 0)
        return -1;
    body = rest_job(version, cluster, array);
    if (!body)
        return err_set(
            err, ERR_INPUT, "the path %s is no UTF-8 text, which JSON needs", array->folder);
    if (call_slurm(cluster, "POST", "/job/submit", body, &reply, err) == 0) {
        int64_t number = rest_job_id(reply);

        if (number > 0) {
            snprintf(job, QUEUE_JOB_BYTES, "%lld", (long long)number);
            result = 0;
        } else {
            err_set(err, ERR_CHILD, "slurmrestd gave no number of a job");
        }
    }
    json_decref(reply);
    json_decref(body);
    return result;
}

/* ---- looking ---- */

static int poll_queue(const struct cluster *cluster, const struct run_folder *run,
    struct queue *queue, struct err *err)
{
    struct queue_match match = {0};
    json_t *reply, *record;
    size_t i;
    int result = call_slurm(cluster, "GET", "/jobs", NULL, &reply, err);

    if (result == 0 && !json_is_array(json_object_get(reply, "jobs")))
        result = err_set(err, ERR_CHILD, "slurmrestd answered without a list of jobs");
    if (result == 0)
        result = queue_match_open(&match, run, err);
    if (result == 0)
        json_array_foreach(json_object_get(reply, "jobs"), i, record)
        {
            if (result == 0)
                result = rest_add_tasks(queue, record, &match, err);
        }
    queue_match_close(&match);
    json_decref(reply);
    return result;
}

static int cancel(const struct cluster *cluster, const char *const *tasks, int n, struct err *err)
{
    int result = 0;

    for (int i = 0; result == 0 && i < n; i++) {
        char path[128];
        json_t *reply;

        snprintf(path, sizeof(path), "/job/%.60s", tasks[i]);
        result = call_slurm(cluster, "DELETE", path, NULL, &reply, err);
        json_decref(reply);
    }
    return result;
}

const struct launcher launcher_rest = {
    .name = "rest",
    .summary = "Slurm, by slurmrestd",
    .needs_url = true,
    .submit = submit,
    .poll = poll_queue,
    .cancel = cancel,
};
