/* This program in a run folder, for tasks of a queue. */
#include "run_program.h"

#include <string.h>
#include <unistd.h>

#define PROGRAM_BYTES ((size_t)256 << 20)

/* Others cannot change what is in it: neither now, nor by a descriptor from the time when it was theirs. */
static bool is_own(const struct stat *info)
{
    return (info->st_uid == geteuid() || info->st_uid == 0) &&
           !(info->st_mode & (S_IWGRP | S_IWOTH));
}

/* 1: that file has this content, can be run, and stays so. */
static int is_program(
    const struct run_folder *run, const char *name, const struct str *content, struct err *err)
{
    struct str found = STR_INIT;
    struct err none = {0};
    struct stat info;
    int there = dir_look(&run->folder, name, &info, err);
    bool is = there == 1 && S_ISREG(info.st_mode) && (info.st_mode & S_IXUSR) && is_own(&info) &&
              dir_read(&run->folder, name, content->length, &found, &none) == 0 &&
              found.length == content->length &&
              memcmp(found.text, content->text, content->length) == 0;

    str_release(&found);
    return there < 0 ? -1 : is;
}

static int put(const struct run_folder *run, const char *folder, const char *name,
    const struct str *content, struct err *err)
{
    if (dir_make(&run->folder, folder, err) < 0)
        return -1;
    return dir_write(&run->folder, name, content->text, content->length, 0755, err);
}

int run_program_put(const struct run_folder *run, struct run_program *program, struct err *err)
{
    struct str content = STR_INIT;
    char folder[RUN_NAME_BYTES / 2], name[RUN_NAME_BYTES];
    int is = 0, result = file_read("/proc/self/exe", PROGRAM_BYTES, &content, err);

    if (result == 0)
        result = sha256_hex(content.text, content.length, program->hash, err);
    if (result == 0) {
        /* Each user has a copy, so that none runs what another may change. */
        snprintf(folder, sizeof(folder), "program/%s.%ld", program->hash, (long)geteuid());
        snprintf(name, sizeof(name), "%s/scalestudy", folder);
        run_folder_path(run, program->path, "%s", name);
        is = is_program(run, name, &content, err);
        result = is < 0 ? -1 : 0;
    }
    if (result == 0 && !is)
        result = put(run, folder, name, &content, err);
    str_release(&content);
    return result;
}

void run_program_add_check(struct str *script)
{
    /* What is compared and what is run are one open file, whatever its name leads to meanwhile; and nobody
     * else can have it open to change it between the two. */
    str_add(script,
        "/bin/bash -c '\n"
        "    trap \"\" USR1\n"
        "    program=$1 hash=$2; shift 2\n"
        "    exec 9<\"$program\"\n"
        "    read -r owner mode <<<\"$(stat -L -c \"%u %a\" /proc/self/fd/9)\"\n"
        "    if [[ $owner == 0 || $owner == \"$EUID\" ]] && (( (0$mode & 022) == 0 )); then\n"
        "        case $(sha256sum <&9) in\n"
        "            \"$hash \"*) exec -a \"$program\" /proc/self/fd/9 \"$@\" ;;\n"
        "        esac\n"
        "    fi\n"
        "    echo \"scalestudy: $program is not the program that submit put there\" \\\n"
        "        \"(SHA-256 $hash): nothing was run; submit again\" >&2\n"
        "    exit 1' scalestudy ");
}
