/* This program in a run folder, for tasks of a queue. */
#include "run_program.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RANDOM_DIGITS 16

static int refuse_link(const char *path, struct err *err)
{
    if (!file_is_link(path))
        return 0;
    return err_set(err, ERR_INPUT,
        "%s is a symbolic link: programs are not put where links of a run folder lead; remove it",
        path);
}

/* Whether that file has this content and can be run. */
static bool is_program(const char *path, const struct str *content)
{
    struct str found = STR_INIT;
    struct err none = {0};
    bool is = !file_is_link(path) && file_exists(path) && access(path, X_OK) == 0 &&
              file_read(path, content->length, &found, &none) == 0 &&
              found.length == content->length &&
              memcmp(found.text, content->text, content->length) == 0;

    str_release(&found);
    return is;
}

static int write_whole(int fd, const struct str *content)
{
    for (size_t at = 0; at < content->length;) {
        ssize_t count = write(fd, content->text + at, content->length - at);

        if (count < 0 && errno != EINTR)
            return -1;
        at += count > 0 ? (size_t)count : 0;
    }
    /* Whoever starts it on another machine may be another user. */
    return fchmod(fd, 0755) == 0 ? fsync(fd) : -1;
}

/* Written under a name of its own, so that a file, or a link, under the final one is replaced and never
 * written to. */
static int put(const char *path, const struct str *content, struct err *err)
{
    char temporary[RUN_FILE_PATH + RANDOM_DIGITS + 8], digits[RANDOM_DIGITS + 1];
    int fd, result;

    if (file_random_name(digits, RANDOM_DIGITS, err) < 0)
        return -1;
    snprintf(temporary, sizeof(temporary), "%s.tmp.%s", path, digits);
    fd = file_create(temporary, 0755, err);
    if (fd < 0)
        return -1;
    result = write_whole(fd, content);
    if (close(fd) != 0)
        result = -1;
    if (result == 0)
        result = rename(temporary, path);
    if (result != 0) {
        err_set_errno(err, errno, "cannot write the program to %s", path);
        unlink(temporary);
        return -1;
    }
    return 0;
}

int run_program_put(const struct run_folder *run, struct run_program *program, struct err *err)
{
    struct str content = STR_INIT;
    char above[RUN_FILE_PATH], folder[RUN_FILE_PATH];
    int result = file_read("/proc/self/exe", STR_MAX_BYTES, &content, err);

    if (result == 0)
        result = sha256_hex(content.text, content.length, program->hash, err);
    if (result == 0) {
        run_folder_path(run, above, "program");
        run_folder_path(run, folder, "program/%s", program->hash);
        run_folder_path(run, program->path, "program/%s/scalestudy", program->hash);
        if (refuse_link(above, err) < 0 || refuse_link(folder, err) < 0)
            result = -1;
    }
    if (result == 0 && !is_program(program->path, &content)) {
        result = file_make_folders(folder, err);
        if (result == 0)
            result = put(program->path, &content, err);
    }
    str_release(&content);
    return result;
}

void run_program_add_check(struct str *script)
{
    /* What is compared and what is run are one open file, whatever its name leads to meanwhile. */
    str_add(script,
        "/bin/bash -c '\n"
        "    trap \"\" USR1\n"
        "    program=$1 hash=$2; shift 2\n"
        "    exec 9<\"$program\"\n"
        "    case $(sha256sum <&9) in\n"
        "        \"$hash \"*) exec -a \"$program\" /proc/self/fd/9 \"$@\" ;;\n"
        "    esac\n"
        "    echo \"scalestudy: $program is not the program that submit put there\" \\\n"
        "        \"(SHA-256 $hash): nothing was run; submit again\" >&2\n"
        "    exit 1' scalestudy ");
}
