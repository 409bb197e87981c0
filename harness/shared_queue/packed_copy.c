#include "packed_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "harness/system/digest.h"
#include "harness/system/file_system.h"

#define PIECE_BYTES ((size_t)4 << 20)
/* Room that is left for databases and for others. */
#define SPARE_BYTES 268435456.0
#define MEGABYTE    1048576.0

/* ---- whether ---- */

const char *const *packed_policy_names(void)
{
    static const char *const names[] = {
        [PACKED_AUTO] = "auto", [PACKED_ALWAYS] = "always", [PACKED_NEVER] = "never", NULL};

    return names;
}

static bool lies_in(const struct statfs *info, enum file_system_place place)
{
    const struct file_system *kind = file_system_of((unsigned long)info->f_type);

    return kind && kind->place == place;
}

static bool has_room(
    const struct statfs *disk, double bytes, const char *folder, char *why, size_t size)
{
    double room = (double)disk->f_bavail * (double)disk->f_bsize;

    if (room >= bytes + SPARE_BYTES)
        return true;
    snprintf(why, size,
        "the packed set is not copied: it has %.0f MB, and %.300s has room for %.0f",
        bytes / MEGABYTE, folder, room > SPARE_BYTES ? (room - SPARE_BYTES) / MEGABYTE : 0);
    return false;
}

bool packed_copy_is_wanted(
    enum packed_policy policy, const char *from, const char *folder, char *why, size_t size)
{
    struct statfs there, here;
    struct stat info;

    why[0] = '\0';
    /* What is wrong with the original, jobs say better. */
    if (policy == PACKED_NEVER || stat(from, &info) != 0 || statfs(from, &there) != 0 ||
        statfs(folder, &here) != 0)
        return false;
    if (policy == PACKED_AUTO && !lies_in(&there, FILE_SYSTEM_NETWORK))
        return false;
    if (policy == PACKED_AUTO && lies_in(&here, FILE_SYSTEM_MEMORY)) {
        snprintf(why, size,
            "the packed set is not copied: %.300s is in memory (a disk of this machine may be "
            "named by --scratch, $SLURM_TMPDIR or $TMPDIR)",
            folder);
        return false;
    }
    if (policy == PACKED_AUTO && lies_in(&here, FILE_SYSTEM_NETWORK)) {
        snprintf(why, size,
            "the packed set is not copied: %.300s is on a file system of the network, too", folder);
        return false;
    }
    return has_room(&here, (double)info.st_size, folder, why, size);
}

/* ---- copying ---- */

struct copying {
    const char *from, *to;
    char *piece; /* PIECE_BYTES */
    bool (*go_on)(void *context);
    void *context;
};

static int ask(const struct copying *copying, struct err *err)
{
    if (copying->go_on && !copying->go_on(copying->context))
        return err_set(err, ERR_INTERRUPTED, "copying %s was interrupted", copying->from);
    return 0;
}

static int write_all(int fd, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t written = write(fd, bytes, count);

        if (written < 0 && errno != EINTR)
            return -1;
        bytes += written > 0 ? written : 0;
        count -= written > 0 ? (size_t)written : 0;
    }
    return 0;
}

/* Read `in` to its end, into the digest and, unless it is -1, to `out`. */
static int pass(const struct copying *copying, int in, int out, struct digest *digest,
    const char *path, struct err *err)
{
    for (;;) {
        ssize_t count = read(in, copying->piece, PIECE_BYTES);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return err_set_errno(err, errno, "cannot read %s", path);
        if (count == 0)
            return 0;
        digest_add(digest, copying->piece, (size_t)count);
        if (out >= 0 && write_all(out, copying->piece, (size_t)count) < 0)
            return err_set_errno(err, errno, "cannot write %s", copying->to);
        if (ask(copying, err) < 0)
            return -1;
    }
}

/* One pass over a file; hex: what was read. */
static int pass_over(const struct copying *copying, const char *path, int out,
    char hex[DIGEST_HEX_BYTES], struct stat *info, struct err *err)
{
    struct digest digest = DIGEST_INIT;
    int in = file_open(path, err), result = -1;

    if (in < 0)
        return -1;
    (void)!posix_fadvise(in, 0, 0, POSIX_FADV_SEQUENTIAL);
    if (digest_open(&digest, DIGEST_SHA256, err) == 0) {
        result = pass(copying, in, out, &digest, path, err);
        if (result == 0)
            result = digest_close(&digest, hex, err);
        else
            digest_release(&digest);
    }
    if (result == 0 && fstat(in, info) != 0)
        result = err_set_errno(err, errno, "cannot look at %s", path);
    close(in);
    return result;
}

static bool is_unchanged(const struct stat *before, const struct stat *after)
{
    return before->st_size == after->st_size && before->st_ino == after->st_ino &&
           before->st_mtim.tv_sec == after->st_mtim.tv_sec &&
           before->st_mtim.tv_nsec == after->st_mtim.tv_nsec;
}

static int copy(const struct copying *copying, int out, struct err *err)
{
    char original[DIGEST_HEX_BYTES], copied[DIGEST_HEX_BYTES];
    struct stat before, after, made;

    if (stat(copying->from, &before) != 0)
        return err_set_errno(err, errno, "cannot look at %s", copying->from);
    if (pass_over(copying, copying->from, out, original, &after, err) < 0)
        return -1;
    if (!is_unchanged(&before, &after))
        return err_set(err, ERR_IO, "%s changed while it was copied", copying->from);
    if (pass_over(copying, copying->to, -1, copied, &made, err) < 0)
        return -1;
    if (made.st_size != after.st_size || strcmp(original, copied) != 0)
        return err_set(
            err, ERR_IO, "the copy of %s in %s differs from it", copying->from, copying->to);
    return 0;
}

int packed_copy_make(const char *from, const char *folder, char to[PATH_BYTES],
    bool (*go_on)(void *context), void *context, struct err *err)
{
    char part[PATH_BYTES];
    struct copying copying = {.from = from, .to = part, .go_on = go_on, .context = context};
    int out, result;

    if (file_join(to, folder, "packed", err) < 0 || file_join(part, folder, "packed.part", err) < 0)
        return -1;
    copying.piece = malloc(PIECE_BYTES);
    if (!copying.piece)
        return err_set(err, ERR_MEMORY, "no memory to copy %s", from);
    out = file_create(part, 0600, err);
    result = out < 0 ? -1 : copy(&copying, out, err);
    if (out >= 0 && close(out) != 0 && result == 0)
        result = err_set_errno(err, errno, "cannot write %s", part);
    if (result == 0 && rename(part, to) != 0)
        result = err_set_errno(err, errno, "cannot name %s", to);
    if (result < 0 && out >= 0)
        unlink(part);
    free(copying.piece);
    return result;
}
