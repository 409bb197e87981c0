/* Loading and starting libcurl. */
#include "libcurl.h"

#include <pthread.h>

#include "late_library.h"

struct libcurl libcurl;

static __typeof__(curl_global_init) *global_init;

static const struct late_call calls[] = {
#define LIBCURL_ROW(name) {"curl_" #name, &libcurl.name},
    LIBCURL_CALLS(LIBCURL_ROW)
#undef LIBCURL_ROW
        {"curl_global_init", &global_init},
    {0},
};

static struct late_library library = {
    .file = "libcurl.so.4",
    .package = "libcurl4",
    .needed_for = "downloads and slurmrestd",
    .calls = calls,
};

static void start(void)
{
    global_init(CURL_GLOBAL_DEFAULT);
}

int libcurl_open(struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    if (late_library_open(&library, err) < 0)
        return -1;
    pthread_once(&once, start);
    return 0;
}

const char *libcurl_version(struct err *err)
{
    return libcurl_open(err) < 0 ? NULL : libcurl.version();
}
