/* Files of epochs in run folders, which may come from anybody. */
#include "tests/lib/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/run/epoch_file.h"

#define MANY 90000

#define NAME "epochs"

struct epochs {
    char path[64]; /* of the folder's only file */
    struct dir folder;
    struct epoch_list list;
    struct err err;
};

/* A file of rows whose epochs go from `first` to `last`. */
static void put(struct epochs *e, const char *mode, int first, int last)
{
    FILE *stream = fopen(e->path, mode);
    int step = first < last ? 1 : -1;

    assert_non_null(stream);
    for (int i = first; i != last + step; i += step)
        fprintf(stream, "%d train %d 50 nan 0.1 1\n", i, i);
    fclose(stream);
}

static void init(struct epochs *e)
{
    char folder[] = "/tmp/scalestudy-test-XXXXXX";

    *e = (struct epochs){.folder = DIR_CLOSED};
    assert_non_null(mkdtemp(folder));
    assert_int_equal(dir_open(&e->folder, folder, &e->err), 0);
    snprintf(e->path, sizeof(e->path), "%s/" NAME, folder);
}

static void release(struct epochs *e)
{
    epoch_list_release(&e->list);
    unlink(e->path);
    rmdir(e->folder.path);
    dir_close(&e->folder);
}

static void test_epoch_file_read__later_rows_replace_those_before(void **state)
{
    struct epochs e;

    (void)state;
    init(&e);
    put(&e, "w", 1, 100);
    put(&e, "a", 60, 120);
    assert_int_equal(epoch_file_read(&e.folder, NAME, &e.list, &e.err), 0);
    assert_int_equal(e.list.n, 120);
    for (int i = 0; i < e.list.n; i++)
        assert_int_equal(e.list.rows[i].epoch, i + 1);
    release(&e);
}

/* Each row is looked for among all that came before. */
static void test_epoch_file_read__epochs_in_no_order_are_refused_at_once(void **state)
{
    struct epochs e;

    (void)state;
    init(&e);
    put(&e, "w", MANY, 1);
    assert_int_equal(epoch_file_read(&e.folder, NAME, &e.list, &e.err), -1);
    assert_int_equal(e.err.code, ERR_INPUT);
    assert_non_null(strstr(e.err.message, "in no order"));
    release(&e);
}

static void test_epoch_file_read__epochs_that_no_recipe_has_are_passed_over(void **state)
{
    struct epochs e;

    (void)state;
    init(&e);
    put(&e, "w", 99990, 100010);
    assert_int_equal(epoch_file_read(&e.folder, NAME, &e.list, &e.err), 0);
    assert_int_equal(e.list.n, 11);
    release(&e);
}
