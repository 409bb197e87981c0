/* Is a file what its publisher says? */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "download.h"
#include "workloads/data/formats/fetch_events.h"

#define CHECK_BUFFER_BYTES (1 << 15)

static int digest_shown(const char *path, const struct source_file *file, enum digest_kind kind,
    const struct fetch_events *events, char hex[DIGEST_HEX_BYTES], struct err *err)
{
    char buffer[CHECK_BUFFER_BYTES];
    struct digest digest = DIGEST_INIT;
    int fd = file_open(path, err), result = -1;
    int64_t done = 0;
    struct stat info;
    ssize_t count;

    if (fd < 0 || fstat(fd, &info) != 0) {
        err_set_errno(err, errno, "cannot read %s", path);
        goto done;
    }
    if (digest_open(&digest, kind, err) < 0)
        goto done;
    while ((count = read(fd, buffer, sizeof(buffer))) > 0) {
        digest_add(&digest, buffer, (size_t)count);
        done += count;
        fetch_show(events, FETCH_CHECKING, file->name, done, info.st_size);
        if (fetch_should_stop(events)) {
            err_set(err, ERR_INTERRUPTED, "stopped; the same command goes on");
            goto done;
        }
    }
    if (count < 0)
        err_set_errno(err, errno, "cannot read %s", path);
    else
        result = digest_close(&digest, hex, err);
done:
    digest_release(&digest);
    if (fd >= 0)
        close(fd);
    return result;
}

int download_check(const char *path, const struct source_file *file,
    const struct fetch_events *events, bool *matches, char is[DIGEST_HEX_BYTES], struct err *err)
{
    char hex[2][DIGEST_HEX_BYTES] = {"", ""};

    *matches = !file->sums[0].hex;
    for (int i = 0; i < SOURCE_MAX_SUMS && file->sums[i].hex && !*matches; i++) {
        enum digest_kind kind = file->sums[i].kind;

        if (!hex[kind][0] && digest_shown(path, file, kind, events, hex[kind], err) < 0)
            return -1;
        *matches = strcasecmp(hex[kind], file->sums[i].hex) == 0;
    }
    if (file->sums[0].hex)
        memcpy(is, hex[file->sums[0].kind], DIGEST_HEX_BYTES);
    return 0;
}
