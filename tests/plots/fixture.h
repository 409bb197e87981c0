/* A folder of its own for figures, and gnuplots that behave badly. */
#ifndef SCALESTUDY_TESTS_PLOTS_FIXTURE_H
#define SCALESTUDY_TESTS_PLOTS_FIXTURE_H

#include "tests/lib/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/err.h"
#include "harness/system/file.h"
#include "harness/base/str.h"

struct fixture {
    char folder[64];
    char *path; /* PATH as it was */
    struct err err;
};

static inline void fixture_init(struct fixture *f)
{
    *f = (struct fixture){.folder = "/tmp/scalestudy-plot-XXXXXX"};
    assert_non_null(mkdtemp(f->folder));
    f->path = strdup(getenv("PATH"));
    assert_non_null(f->path);
}

/* Remove the folder and the files in it; give PATH back. */
static inline void fixture_release(struct fixture *f)
{
    DIR *folder = opendir(f->folder);
    char path[PATH_BYTES];

    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        snprintf(path, sizeof(path), "%s/%s", f->folder, entry->d_name);
        unlink(path);
    }
    if (folder)
        closedir(folder);
    rmdir(f->folder);
    setenv("PATH", f->path, 1);
    free(f->path);
}

static inline const char *fixture_path(
    const struct fixture *f, const char *name, char to[PATH_BYTES])
{
    snprintf(to, PATH_BYTES, "%s/%s", f->folder, name);
    return to;
}

static inline bool fixture_has(const struct fixture *f, const char *name)
{
    char path[PATH_BYTES];

    return file_exists(fixture_path(f, name, path));
}

/* Content of a file of the folder, to be released by the caller. */
static inline struct str fixture_read(const struct fixture *f, const char *name)
{
    struct str content = STR_INIT;
    struct err err = {0};
    char path[PATH_BYTES];

    assert_int_equal(file_read(fixture_path(f, name, path), 1 << 24, &content, &err), 0);
    return content;
}

/* Names in the folder that end with a temporary file's ending. */
static inline int fixture_leftovers(const struct fixture *f)
{
    DIR *folder = opendir(f->folder);
    int n = 0;

    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        n += strstr(entry->d_name, ".tmp.") != NULL;
    closedir(folder);
    return n;
}

/* From now on gnuplot is this shell script; its $4 is the figure's temporary name. NULL: none. */
static inline void fixture_fake(struct fixture *f, const char *script)
{
    struct str text = STR_INIT;
    char path[PATH_BYTES];

    if (script) {
        fixture_path(f, "gnuplot", path);
        str_addf(&text, "#!/bin/sh\nPATH=/usr/bin:/bin\n%s\n", script);
        assert_int_equal(file_write(path, text.text, text.length, &f->err), 0);
        assert_int_equal(chmod(path, 0755), 0);
        str_release(&text);
    }
    setenv("PATH", f->folder, 1);
}

static inline bool fixture_has_gnuplot(void)
{
    char *path = strdup(getenv("PATH")), *rest = path, *folder, file[PATH_BYTES];
    bool found = false;

    while (!found && (folder = strsep(&rest, ":"))) {
        snprintf(file, sizeof(file), "%s/gnuplot", folder);
        found = access(file, X_OK) == 0;
    }
    free(path);
    return found;
}

/* At the top of tests that draw. */
#define NEEDS_GNUPLOT()                                                                            \
    do {                                                                                           \
        if (!fixture_has_gnuplot()) {                                                              \
            print_message("gnuplot is not installed (Debian: gnuplot-nox)\n");                     \
            skip();                                                                                \
        }                                                                                          \
    } while (0)

#define assert_says(err_, words)                                                                   \
    do {                                                                                           \
        if (!strstr((err_)->message, words))                                                       \
            fail_msg("\"%s\" does not say \"%s\"", (err_)->message, words);                        \
    } while (0)

#endif
