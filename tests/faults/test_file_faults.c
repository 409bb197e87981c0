/* Every call that writing a file takes fails in turn: what was there is there still, whole, and
 * nothing lies beside it. */
#include "faults.h"

#include <dirent.h>

#include "harness/system/file.h"

static int count_files(void)
{
    DIR *dir = opendir(".");
    int n = 0;

    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        n += entry->d_name[0] != '.';
    closedir(dir);
    return n;
}

static void assert_holds(const char *path, const char *text)
{
    struct str content = STR_INIT;
    struct err err = {0};

    assert_int_equal(file_read(path, 100, &content, &err), 0);
    assert_string_equal(content.text, text);
    str_release(&content);
}

/* Returns how many calls there were. */
static int fail_each(bool stays, enum fault kind)
{
    struct err err = {0};
    int call = 0, result;
    bool failed;

    do {
        assert_int_equal(file_write("a", "old", 3, &err), 0);
        arm(kind, ++call, ENOSPC, stays);
        result = file_write("a", "new and longer", 14, &err);
        failed = disarm();
        if (result < 0) {
            assert_int_not_equal(err.code, ERR_BUG);
            assert_non_null(strstr(err.message, "a"));
            assert_holds("a", "old");
        } else {
            assert_holds("a", "new and longer");
        }
        assert_int_equal(count_files(), 1);
        err_clear(&err);
    } while (failed);
    return call;
}

static void test_file_write__whatever_fails_leaves_the_old_file_whole(void **state)
{
    char folder[] = "/tmp/scalestudy-test-XXXXXX";

    (void)state;
    assert_true(mkdtemp(folder) && chdir(folder) == 0);
    /* open, flush, sync, close, rename, and the sync of the folder. */
    assert_int_equal(fail_each(false, FAULT_FILE), 7);
    assert_true(fail_each(true, FAULT_FILE) >= 6);
    unlink("a");
    assert_int_equal(chdir("/"), 0);
    rmdir(folder);
}

static void test_file_read__an_error_is_a_sentence_and_nothing_leaks(void **state)
{
    char folder[] = "/tmp/scalestudy-test-XXXXXX";
    struct err err = {0};
    int call = 0, told = 0;
    bool failed;

    (void)state;
    assert_true(mkdtemp(folder) && chdir(folder) == 0);
    assert_int_equal(file_write("a", "text", 4, &err), 0);
    do {
        struct str content = STR_INIT;
        enum fault kind = call % 2 ? FAULT_MEMORY : FAULT_FILE;
        int result;

        arm(kind, 1 + call++ / 2, kind == FAULT_MEMORY ? ENOMEM : EIO, false);
        result = file_read("a", 100, &content, &err);
        failed = disarm();
        if (result == 0)
            assert_string_equal(content.text, "text");
        else
            assert_true(strlen(err.message) > 10);
        told += result < 0;
        err_clear(&err);
        str_release(&content);
    } while (failed || call < 4);
    assert_true(told >= 2); /* it is not opened; there is no memory */
    unlink("a");
    assert_int_equal(chdir("/"), 0);
    rmdir(folder);
}
