/* Folders of images made for one test, below a temporary folder. */
#ifndef SCALESTUDY_TESTS_DATA_FIXTURE_H
#define SCALESTUDY_TESTS_DATA_FIXTURE_H

#include "tests/lib/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/system/file.h"
#include "harness/base/str.h"
#include "workloads/data/dataset/dataset.h"

/* A new empty folder; the caller removes it with fixture_remove. */
static inline void fixture_make(char folder[PATH_BYTES])
{
    snprintf(folder, PATH_BYTES, "/tmp/scalestudy-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
}

/* Whatever is in the folder is removed without following links. */
static inline void fixture_remove(const char *folder)
{
    pid_t pid = fork();

    if (pid == 0) {
        execlp("rm", "rm", "-rf", "--", folder, (char *)NULL);
        _exit(1);
    }
    assert_true(pid > 0);
    while (access(folder, F_OK) == 0)
        usleep(1000);
}

static inline void fixture_write(
    const char *folder, const char *name, const void *bytes, size_t count)
{
    char path[PATH_BYTES], parent[PATH_BYTES];
    struct err err = {0};

    assert_int_equal(file_join(path, folder, name, &err), 0);
    file_folder_of(path, parent);
    assert_int_equal(file_make_folders(parent, &err), 0);
    assert_int_equal(file_write(path, bytes, count, &err), 0);
}

/* A real PNG of 19 x 14 pixels under that name. */
static inline void fixture_image(const char *folder, const char *name)
{
    struct str content = STR_INIT;
    struct err err = {0};

    assert_int_equal(file_read("tests/data/files/colour.png", 1 << 20, &content, &err), 0);
    fixture_write(folder, name, content.text, content.length);
    str_release(&content);
}

static inline struct data_config fixture_config(const char *kind, const char *root)
{
    struct data_config config;

    data_config_init(&config);
    snprintf(config.name, sizeof(config.name), "%s", kind);
    snprintf(config.root, sizeof(config.root), "%s", root);
    return config;
}

static inline struct dataset *fixture_shapes(int train, int test)
{
    struct data_config config = fixture_config("shapes", "");
    struct dataset *set;
    struct err err = {0};

    config.train_images = train;
    config.test_images = test;
    if (dataset_open(&set, &config, 0, &err) < 0)
        fail_msg("%s", err.message);
    return set;
}

#endif
