/* Downloading one file: mirrors, retries, resumption, and checking what arrived. */
#include "download.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "download_proxy.h"
#include "download_state.h"
#include "workloads/data/formats/fetch_events.h"
#include "harness/base/clock.h"
#include "harness/system/file.h"
#include "harness/system/file_kind.h"
#include "harness/system/libcurl.h"
#include "harness/base/str.h"
#include "harness/base/url.h"

#define DEFAULT_RETRIES   4
#define DEFAULT_STALL_SEC 30
#define DEFAULT_WAIT_SEC  1.0
#define LONGEST_WAIT_SEC  60.0
#define MOST_ATTEMPTS     1000 /* of one URL, however much each brings */
#define CONNECT_SEC       30L
#define SLOWEST_BYTES_SEC 1024L
#define MOST_REDIRECTIONS 10L
#define SPARE_BYTES       ((int64_t)64 << 20) /* left free on the disk */

enum outcome {
    OUTCOME_DONE,
    OUTCOME_AGAIN, /* worth trying again */
    OUTCOME_ANEW,  /* at once, from the start: what is there is part of another version */
    OUTCOME_NEXT,  /* this URL will not do; the error says why */
    OUTCOME_FAILED,
};

/* One URL, while it is tried. */
struct transfer {
    const struct download *want;
    const struct fetch_events *events;
    struct err *err;
    CURL *curl;
    char part[PATH_BYTES], note[PATH_BYTES];
    char shown[URL_BYTES]; /* the URL that is asked now, without secrets */
    char said
        [CURL_ERROR_SIZE]; /* by libcurl, of an attempt that failed; names the proxy if one is used */
    int fd;
    int64_t have, asked; /* bytes in the part; where the range that was asked begins */
    struct download_state old, now;
    int64_t range_start, range_total;
    bool is_judged, is_anew, is_stopped;
    bool is_final, is_local; /* the error is not worth a retry; and no other server helps */
    bool has_resumed;        /* some of it came in an earlier answer */
};

bool download_is_url(const char *text)
{
    const char *colon = strstr(text, "://");

    return colon && colon > text && !memchr(text, '/', (size_t)(colon - text));
}

/* ---- what an answer says ---- */

static size_t take_header(char *line, size_t size, size_t n, void *context)
{
    struct transfer *t = context;
    size_t length = size * n;
    char value[VALIDATOR_BYTES];

    /* An answer begins: those before it were redirections. */
    if (length >= 5 && strncasecmp(line, "HTTP/", 5) == 0) {
        t->now.etag[0] = t->now.modified[0] = '\0';
        t->now.total = t->range_start = t->range_total = -1;
    }
    download_state_header(&t->now, line, length);
    if (download_header_value(line, length, "content-range", value, sizeof(value)))
        download_content_range(value, &t->range_start, &t->range_total);
    return length;
}

/* Fail for good: with this URL, or here, whatever the server. */
#define REFUSE(t, ...)       ((t)->is_final = true, err_set((t)->err, ERR_IO, __VA_ARGS__))
#define REFUSE_LOCAL(t, ...) ((t)->is_local = true, REFUSE(t, __VA_ARGS__))

static int check_room(struct transfer *t)
{
    int64_t total = t->now.total, need;
    char folder[PATH_BYTES];
    struct statvfs disk;
    int64_t room;

    if (total < 0)
        total = t->want->file->bytes;
    file_folder_of(t->part, folder);
    if (statvfs(folder, &disk) != 0)
        return 0;
    room = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    need = total - t->have + (t->want->keeps_copy ? total : 0) + SPARE_BYTES;
    if (need <= room)
        return 0;
    return REFUSE_LOCAL(t,
        "the disk of %s has %lld MB free, but %s needs %lld MB; make room, or choose another "
        "--root",
        folder, (long long)(room >> 20), t->want->file->name, (long long)(need >> 20));
}

static int check_total(struct transfer *t)
{
    const struct source_file *file = t->want->file;
    int64_t total = t->now.total;
    bool is_other = total >= 0 && file->bytes > 0 && !file->is_about && total != file->bytes;
    char *type = NULL;

    libcurl.easy_getinfo(t->curl, CURLINFO_CONTENT_TYPE, &type);
    if (is_other && type && (strstr(type, "html") || strstr(type, "json")))
        return REFUSE(t,
            "%s answers with %s in place of %s: its address leads to a page, not to the file "
            "itself",
            t->shown, strstr(type, "html") ? "a web page" : "JSON", file->name);
    if (is_other)
        return REFUSE(t,
            "%s offers %lld bytes, but %s has %lld: it is another file, or its publisher has "
            "changed it",
            t->shown, (long long)total, file->name, (long long)file->bytes);
    if (total > t->want->max_bytes)
        return REFUSE(t, "%s offers %lld bytes, more than the %lld that are allowed (--max-size)",
            t->shown, (long long)total, (long long)t->want->max_bytes);
    return check_room(t);
}

static void begin_anew_note(const struct transfer *t)
{
    fetch_note(t->events,
        "%s does not go on from where it was: it has another version now, or cannot; beginning "
        "anew",
        t->shown);
}

static int begin_whole(struct transfer *t)
{
    if (t->asked > 0)
        begin_anew_note(t);
    if (ftruncate(t->fd, 0) != 0 || lseek(t->fd, 0, SEEK_SET) != 0)
        return REFUSE_LOCAL(t, "cannot write %s", t->part);
    t->have = 0;
    t->has_resumed = false;
    if (check_total(t) < 0)
        return -1;
    if (download_state_save(&t->now, t->note, t->err) < 0) {
        t->is_final = t->is_local = true;
        return -1;
    }
    t->old = t->now;
    return 0;
}

/* Before its first byte: is the answer what was asked for? -1: it is not taken. */
static int judge(struct transfer *t)
{
    curl_off_t length = -1;
    long status = 0;

    t->is_judged = true;
    libcurl.easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
    libcurl.easy_getinfo(t->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (status != 206) {
        t->now.total = length;
        return begin_whole(t);
    }
    t->now.total = t->range_total;
    if (t->asked == 0 || t->range_start != t->asked || download_state_differs(&t->old, &t->now) ||
        (length >= 0 && t->range_total >= 0 && t->asked + length > t->range_total)) {
        t->is_anew = true;
        begin_anew_note(t);
        return -1;
    }
    if (t->now.total < 0)
        t->now.total = t->old.total;
    t->has_resumed = true;
    return check_total(t);
}

static int write_all(struct transfer *t, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t written = write(t->fd, bytes, count);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            t->is_final = t->is_local = true;
            return err_set_errno(t->err, written < 0 ? errno : ENOSPC,
                "cannot write %s, of which %lld bytes are kept", t->part, (long long)t->have);
        }
        bytes += written;
        count -= (size_t)written;
        t->have += written;
    }
    return 0;
}

static size_t take_body(char *bytes, size_t size, size_t n, void *context)
{
    struct transfer *t = context;
    const struct source_file *file = t->want->file;
    int64_t count = (int64_t)(size * n), limit = t->want->max_bytes;

    if (!t->is_judged && judge(t) < 0)
        return 0;
    if (file->bytes > 0 && !file->is_about)
        limit = file->bytes;
    if (t->have + count > limit) {
        REFUSE(t, "%s sends more than %lld bytes, which is all that %s may have", t->shown,
            (long long)limit, file->name);
        return 0;
    }
    return write_all(t, bytes, (size_t)count) < 0 ? 0 : (size_t)count;
}

static int on_progress(
    void *context, curl_off_t total, curl_off_t done, curl_off_t to_send, curl_off_t sent)
{
    struct transfer *t = context;

    (void)total, (void)done, (void)to_send, (void)sent;
    fetch_show(t->events, FETCH_DOWNLOADING, t->want->file->name, t->have,
        t->now.total >= 0 ? t->now.total : t->want->file->bytes);
    t->is_stopped = t->is_stopped || fetch_should_stop(t->events);
    return t->is_stopped;
}

/* ---- one attempt ---- */

static void set_options(struct transfer *t, const char *url, struct curl_slist *headers)
{
    CURL *curl = t->curl;
    long stall = t->want->stall_sec > 0 ? t->want->stall_sec : DEFAULT_STALL_SEC;
    const char *protocols = strncasecmp(url, "https:", 6) == 0 ? "https" : "http,https";
    char range[32];

    libcurl.easy_reset(curl);
    t->said[0] = '\0';
    libcurl.easy_setopt(curl, CURLOPT_ERRORBUFFER, t->said);
    libcurl.easy_setopt(curl, CURLOPT_URL, url);
    libcurl.easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    libcurl.easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, protocols);
    libcurl.easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    libcurl.easy_setopt(curl, CURLOPT_MAXREDIRS, MOST_REDIRECTIONS);
    libcurl.easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    libcurl.easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    libcurl.easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    libcurl.easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SEC);
    libcurl.easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, SLOWEST_BYTES_SEC);
    libcurl.easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, stall);
    libcurl.easy_setopt(curl, CURLOPT_USERAGENT, "scalestudy");
    libcurl.easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    libcurl.easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    libcurl.easy_setopt(curl, CURLOPT_HEADERDATA, t);
    libcurl.easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    libcurl.easy_setopt(curl, CURLOPT_WRITEDATA, t);
    libcurl.easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    libcurl.easy_setopt(curl, CURLOPT_XFERINFODATA, t);
    if (t->asked > 0) {
        snprintf(range, sizeof(range), "%lld-", (long long)t->asked);
        libcurl.easy_setopt(curl, CURLOPT_RANGE, range);
    }
}

/* How much of the part may be kept, before a URL is asked. */
static int look_at_part(struct transfer *t)
{
    const struct source_file *file = t->want->file;
    bool known = download_state_load(&t->old, t->note), is_checked = file->sums[0].hex != NULL;
    struct stat info;

    t->fd = file_open_ours(t->part, t->err);
    if (t->fd < 0)
        return -1;
    if (fstat(t->fd, &info) != 0)
        return err_set_errno(t->err, errno, "cannot write %s", t->part);
    t->have = info.st_size;
    /* From another URL, or without a validator, only a checksum at the end can vouch for it. */
    if (!known || t->have > t->want->max_bytes || (t->old.total >= 0 && t->have > t->old.total) ||
        (!is_checked &&
            (!download_state_validator(&t->old) || strcmp(t->old.url, t->now.url) != 0)))
        t->have = 0;
    if (t->have == 0 && ftruncate(t->fd, 0) != 0)
        return err_set_errno(t->err, errno, "cannot write %s", t->part);
    lseek(t->fd, t->have, SEEK_SET);
    t->asked = t->have;
    return 0;
}

static bool is_passing(CURLcode code, long status)
{
    switch (code) {
    case CURLE_HTTP_RETURNED_ERROR:
        return status == 408 || status == 429 || status >= 500;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_WEIRD_SERVER_REPLY:
        return true;
    default:
        return false;
    }
}

/* The error of an attempt that never came to an answer, where a proxy may be why. */
static void explain_connection(struct transfer *t, const char *url, const char *what)
{
    char proxy[DOWNLOAD_PROXY_BYTES];

    if (download_proxy(url, t->said, proxy))
        err_set(t->err, ERR_IO,
            "%s cannot be reached through the proxy %s, which does not answer as it should "
            "(%.200s)",
            t->shown, proxy, t->said[0] ? t->said : what);
    else
        err_set(t->err, ERR_IO,
            "%s cannot be reached (%.200s); without a network, --from takes a file that "
            "was "
            "fetched elsewhere",
            t->shown, t->said[0] ? t->said : what);
}

/* The error of an attempt that libcurl ended. */
static enum outcome explain(struct transfer *t, CURLcode code, const char *url)
{
    const char *what = libcurl.easy_strerror(code), *shown = t->shown;
    char at[URL_BYTES], to[URL_BYTES], proxy[DOWNLOAD_PROXY_BYTES];
    char *effective = NULL, *target = NULL;
    long status = 0;

    libcurl.easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
    libcurl.easy_getinfo(t->curl, CURLINFO_EFFECTIVE_URL, &effective);
    libcurl.easy_getinfo(t->curl, CURLINFO_REDIRECT_URL, &target);
    url_mask(effective ? effective : url, at, sizeof(at));
    url_mask(target ? target : effective ? effective : "nothing", to, sizeof(to));
    err_clear(t->err);
    if (code == CURLE_HTTP_RETURNED_ERROR)
        err_set(t->err, ERR_IO, "%s answered with the status %ld%s", at, status,
            status == 404 || status == 410 ? ": it is not there (any more)" : "");
    else if (code == CURLE_UNSUPPORTED_PROTOCOL && status >= 300 && status < 400)
        err_set(t->err, ERR_IO,
            "%s redirects to something that is not followed (%s): only http and https are, and "
            "no step from https down to http",
            shown, to);
    else if (code == CURLE_OPERATION_TIMEDOUT && status == 0 && download_proxy(url, t->said, proxy))
        explain_connection(t, url, what);
    else if (code == CURLE_OPERATION_TIMEDOUT)
        err_set(t->err, ERR_IO, "%s sent nothing, or next to nothing, for too long", shown);
    else if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY ||
             code == CURLE_COULDNT_CONNECT || code == CURLE_PROXY ||
             (code == CURLE_RECV_ERROR && strstr(t->said, "roxy")))
        explain_connection(t, url, what);
    else if (code == CURLE_PARTIAL_FILE && t->now.total >= 0)
        err_set(t->err, ERR_IO, "%s ended after %lld of %lld bytes", shown, (long long)t->have,
            (long long)t->now.total);
    else
        err_set(t->err, ERR_IO, "%s could not be fetched: %s", shown, what);
    return is_passing(code, status) ? OUTCOME_AGAIN : OUTCOME_NEXT;
}

/* libcurl is content: is it all there? */
static enum outcome end_of_answer(struct transfer *t)
{
    const struct source_file *file = t->want->file;
    int64_t total = t->now.total;

    if (!t->is_judged && judge(t) < 0)
        return t->is_anew ? OUTCOME_ANEW : t->is_local ? OUTCOME_FAILED : OUTCOME_NEXT;
    if (total < 0 && !file->is_about && file->bytes > 0)
        total = file->bytes;
    if (total >= 0 && t->have < total) {
        err_clear(t->err);
        err_set(t->err, ERR_IO, "%s ended after %lld of %lld bytes", t->shown, (long long)t->have,
            (long long)total);
        return OUTCOME_AGAIN;
    }
    return OUTCOME_DONE;
}

/* The range that was asked for is not there: nothing is left to send, or the file has shrunk. */
static enum outcome beyond_end(struct transfer *t)
{
    if (t->range_total == t->have && !download_state_differs(&t->old, &t->now)) {
        t->has_resumed = true;
        return OUTCOME_DONE;
    }
    return OUTCOME_ANEW;
}

static enum outcome attempt(struct transfer *t, const char *url)
{
    struct curl_slist *headers = NULL;
    enum outcome outcome;
    long status = 0;
    CURLcode code;

    t->is_judged = t->is_anew = t->is_final = t->is_local = false;
    t->now = (struct download_state){.total = -1};
    t->range_start = t->range_total = -1;
    url_mask(url, t->shown, sizeof(t->shown));
    if (url_identity(url, t->now.url, sizeof(t->now.url), t->err) < 0 || look_at_part(t) < 0)
        return OUTCOME_FAILED;
    if (t->asked > 0 && download_state_validator(&t->old) && strcmp(t->old.url, t->now.url) == 0) {
        char line[VALIDATOR_BYTES + 16];

        snprintf(line, sizeof(line), "If-Range: %s", download_state_validator(&t->old));
        headers = libcurl.slist_append(NULL, line);
    }
    set_options(t, url, headers);
    code = libcurl.easy_perform(t->curl);
    libcurl.easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
    if (t->is_stopped)
        outcome = OUTCOME_FAILED;
    else if (code == CURLE_OK)
        outcome = end_of_answer(t);
    else if (t->is_anew)
        outcome = OUTCOME_ANEW;
    else if (t->is_final)
        outcome = t->is_local ? OUTCOME_FAILED : OUTCOME_NEXT;
    else if (status == 416 && t->asked > 0)
        outcome = beyond_end(t);
    else
        outcome = explain(t, code, url);
    libcurl.slist_free_all(headers);
    if (outcome == OUTCOME_DONE && fsync(t->fd) != 0) {
        err_set_errno(t->err, errno, "cannot write %s", t->part);
        outcome = OUTCOME_FAILED;
    }
    close(t->fd);
    if (outcome == OUTCOME_ANEW)
        unlink(t->note);
    return outcome;
}

/* ---- all attempts ---- */

static int interrupted(const struct transfer *t)
{
    err_clear(t->err);
    return err_set(t->err, ERR_INTERRUPTED,
        "stopped; the %lld bytes of %s that have come are kept, and the same command goes on from "
        "there",
        (long long)t->have, t->want->file->name);
}

/* Until the next attempt: what a server asks for, or longer after each that brought nothing. */
static int wait_a_while(struct transfer *t, int tries)
{
    double first = t->want->first_wait_sec > 0 ? t->want->first_wait_sec : DEFAULT_WAIT_SEC;
    double seconds = first * (double)(1 << (tries < 10 ? tries - 1 : 9)), until;
    struct timespec moment = {.tv_nsec = 20000000};
    curl_off_t asked = 0;

    libcurl.easy_getinfo(t->curl, CURLINFO_RETRY_AFTER, &asked);
    if ((double)asked > seconds)
        seconds = (double)asked;
    if (seconds > LONGEST_WAIT_SEC)
        seconds = LONGEST_WAIT_SEC;
    fetch_note(t->events, "%s; trying again in %.3g s", t->err->message, seconds);
    for (until = clock_seconds() + seconds; clock_seconds() < until;) {
        if (fetch_should_stop(t->events))
            return interrupted(t);
        nanosleep(&moment, NULL);
    }
    return 0;
}

/* One URL to its end. */
static enum outcome try_url(struct transfer *t, const char *url)
{
    int retries = t->want->retries > 0 ? t->want->retries : DEFAULT_RETRIES, tries = 0;
    int stall = t->want->stall_sec > 0 ? t->want->stall_sec : DEFAULT_STALL_SEC;
    int64_t most = -1, worth = stall * (int64_t)SLOWEST_BYTES_SEC;

    for (int n = 0; n < MOST_ATTEMPTS; n++) {
        enum outcome outcome = attempt(t, url);

        if (t->is_stopped) {
            interrupted(t);
            return OUTCOME_FAILED;
        }
        if (outcome == OUTCOME_ANEW && ++tries <= retries)
            continue;
        if (outcome == OUTCOME_ANEW) {
            err_clear(t->err);
            err_set(t->err, ERR_IO, "%s changes while it is fetched", t->shown);
            return OUTCOME_NEXT;
        }
        if (outcome != OUTCOME_AGAIN)
            return outcome;
        /* A few bytes more are no reason to go on for ever. */
        tries = most < 0 || t->have >= most + worth ? 1 : tries + 1;
        most = t->have > most ? t->have : most;
        if (tries > retries)
            return OUTCOME_NEXT;
        if (wait_a_while(t, tries) < 0)
            return OUTCOME_FAILED;
        err_clear(t->err);
    }
    return OUTCOME_NEXT;
}

/* Say what came in place of the file. */
static void say_mismatch(struct transfer *t, const char *is)
{
    const struct source_file *file = t->want->file;
    struct file_kind kind;

    if (file_kind_of(t->part, &kind) && kind.is_text)
        err_set(t->err, ERR_IO, "%s is %s in place of %s: %s", t->shown, kind.what, file->name,
            kind.advice);
    else
        err_set(t->err, ERR_IO,
            "%s has the %s %s, but %s says %s: it is damaged, or its publisher has changed it",
            t->shown, digest_name(file->sums[0].kind), is, file->sums[0].publisher,
            file->sums[0].hex);
}

/* A part that is complete: is it the right file? Then it gets its name. */
static enum outcome finish(struct transfer *t)
{
    const struct source_file *file = t->want->file;
    char is[DIGEST_HEX_BYTES];
    bool matches;

    if (download_check(t->part, file, t->events, &matches, is, t->err) < 0)
        return OUTCOME_FAILED;
    if (!matches) {
        if (!t->has_resumed)
            say_mismatch(t, is);
        unlink(t->part);
        unlink(t->note);
        if (t->has_resumed)
            return OUTCOME_ANEW;
        return OUTCOME_NEXT;
    }
    if (rename(t->part, t->want->path) != 0) {
        err_set_errno(t->err, errno, "cannot rename %s to %s", t->part, t->want->path);
        return OUTCOME_FAILED;
    }
    unlink(t->note);
    return OUTCOME_DONE;
}

int download(const struct download *want, const struct fetch_events *events, struct err *err)
{
    struct transfer t = {.want = want, .events = events, .err = err, .fd = -1};
    enum outcome outcome = OUTCOME_NEXT;
    int n = 0;

    if (libcurl_open(err) < 0)
        return -1;
    if (snprintf(t.part, PATH_BYTES, "%s.part", want->path) >= PATH_BYTES ||
        snprintf(t.note, PATH_BYTES, "%s.state", want->path) >= PATH_BYTES)
        return err_set(err, ERR_INPUT, "the path %.60s... is too long", want->path);
    t.curl = libcurl.easy_init();
    if (!t.curl)
        return err_set(err, ERR_MEMORY, "no memory to fetch %s", want->file->name);
    for (; want->urls[n] && outcome == OUTCOME_NEXT; n++) {
        err_clear(err);
        outcome = try_url(&t, want->urls[n]);
        if (outcome == OUTCOME_DONE)
            outcome = finish(&t);
        /* Pieces of two versions, or of two servers' files, do not fit: once more, in one go. */
        if (outcome == OUTCOME_ANEW) {
            outcome = try_url(&t, want->urls[n]);
            if (outcome == OUTCOME_DONE)
                outcome = finish(&t);
        }
    }
    libcurl.easy_cleanup(t.curl);
    if (outcome == OUTCOME_DONE)
        return 0;
    if (outcome == OUTCOME_ANEW)
        err_set(err, ERR_IO, "%s arrives damaged again and again", want->file->name);
    if (err->code != ERR_INTERRUPTED && n > 1 && !want->urls[n])
        err_context(err, "none of %d servers has it; the last", n);
    return -1;
}
