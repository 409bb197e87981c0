/* HTTP calls by libcurl, and what their failures mean to a user. */
#include "rest.h"

#include <stdlib.h>
#include <string.h>

#include "harness/system/libcurl.h"
#include "harness/base/str.h"
#include "harness/base/url.h"

#define REPLY_BYTES     ((size_t)1 << 28)
#define CONNECT_SECONDS 10L
#define CALL_SECONDS    60.0
#define SHOWN_BYTES     512 /* of a URL in a message */

static size_t take(char *bytes, size_t size, size_t count, void *context)
{
    struct str *to = context;

    if (to->length + size * count > REPLY_BYTES)
        return 0;
    str_add_bytes(to, bytes, size * count);
    return to->failed ? 0 : size * count;
}

/* The address for libcurl, and the socket if it is one. */
static int set_address(CURL *curl, const struct rest_call *call, struct err *err)
{
    struct str address = STR_INIT;
    char shown[SHOWN_BYTES];
    int result;

    url_mask(call->url, shown, sizeof(shown));
    if (str_starts_with(call->url, "unix:")) {
        libcurl.easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, call->url + strlen("unix:"));
        str_addf(&address, "http://localhost%s", call->path);
    } else if (url_is_http(call->url)) {
        str_addf(&address, "%s%s", call->url, call->path);
    } else {
        return err_set(err, ERR_INPUT,
            "'%.200s' is no address of slurmrestd: unix:/PATH, https://HOST:PORT or "
            "http://127.0.0.1:PORT (--url)",
            shown);
    }
    result = str_check(&address, err);
    if (result == 0)
        libcurl.easy_setopt(curl, CURLOPT_URL, address.text);
    str_release(&address);
    return result;
}

static struct curl_slist *add_header(
    struct curl_slist *headers, const char *name, const char *value)
{
    struct str line = STR_INIT;
    struct curl_slist *longer;

    if (!value)
        return headers;
    str_addf(&line, "%s: %s", name, value);
    longer = libcurl.slist_append(headers, line.text);
    str_release(&line);
    return longer ? longer : headers;
}

/* The first of `errors`, as Slurm puts them into answers of any status. */
static const char *first_error(const json_t *reply)
{
    const json_t *error = json_array_get(json_object_get(reply, "errors"), 0);
    const char *text = json_string_value(json_object_get(error, "error"));

    if (!text || !*text)
        text = json_string_value(json_object_get(error, "description"));
    return error ? (text && *text ? text : "an error without a word") : NULL;
}

static int judge(const struct rest_call *call, long status, const struct str *text, json_t **reply,
    struct err *err)
{
    const char *said;

    *reply = json_loads(text->text, 0, NULL);
    said = first_error(*reply);
    if (status == 401 || status == 403)
        return err_set(err, ERR_INPUT,
            "slurmrestd refuses who we are (status %ld): the token is missing, wrong or expired; "
            "`scontrol token` gives a new one, for the token file or $SLURM_JWT",
            status);
    if (status < 200 || status > 299)
        return err_set(err, ERR_CHILD, "slurmrestd answered %s with status %ld: %.300s%s",
            call->path, status, said ? said : "it gave no reason",
            call->token ? " (it says so of a wrong or expired token, too)" : "");
    if (!*reply)
        return err_set(err, ERR_CHILD, "slurmrestd answered %s with what is no JSON: %.60s",
            call->path, text->text);
    if (said)
        return err_set(err, ERR_CHILD, "slurmrestd says of %s: %.300s", call->path, said);
    return 0;
}

static int perform(CURL *curl, const struct rest_call *call, json_t **reply, struct err *err)
{
    char *body = call->body ? json_dumps(call->body, JSON_COMPACT) : NULL;
    double seconds = call->timeout_seconds > 0 ? call->timeout_seconds : CALL_SECONDS;
    struct curl_slist *headers = NULL;
    struct str text = STR_INIT;
    char shown[SHOWN_BYTES];
    long status = 0;
    CURLcode code;
    int result = set_address(curl, call, err);

    url_mask(call->url, shown, sizeof(shown));
    headers = add_header(headers, "Content-Type", "application/json");
    headers = add_header(headers, "X-SLURM-USER-NAME", call->user);
    headers = add_header(headers, "X-SLURM-USER-TOKEN", call->token);
    libcurl.easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    libcurl.easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
    libcurl.easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    libcurl.easy_setopt(curl, CURLOPT_PROXY, "");
    /* A token goes where the user said, and to whom the certificate names: nowhere else. */
    libcurl.easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    libcurl.easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    libcurl.easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    libcurl.easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    libcurl.easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    libcurl.easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(seconds * 1000));
    libcurl.easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    libcurl.easy_setopt(curl, CURLOPT_WRITEDATA, &text);
    if (body)
        libcurl.easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    if (result == 0) {
        code = libcurl.easy_perform(curl);
        libcurl.easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        if (code == CURLE_OPERATION_TIMEDOUT)
            result = err_set(err, ERR_BUSY, "slurmrestd at %s did not answer within %.0f seconds",
                shown, seconds);
        else if (code != CURLE_OK)
            result = err_set(err, ERR_CHILD, "Unable to contact slurmrestd at %s: %s", shown,
                libcurl.easy_strerror(code));
        else
            result = judge(call, status, &text, reply, err);
    }
    libcurl.slist_free_all(headers);
    str_release(&text);
    free(body);
    return result;
}

int rest_call(const struct rest_call *call, json_t **reply, struct err *err)
{
    CURL *curl;
    int result;

    *reply = NULL;
    if (libcurl_open(err) < 0)
        return -1;
    curl = libcurl.easy_init();
    if (!curl)
        return err_set(err, ERR_MEMORY, "no memory to talk to slurmrestd");
    result = perform(curl, call, reply, err);
    libcurl.easy_cleanup(curl);
    return result;
}
