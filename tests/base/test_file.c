#include "tests/lib/test.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/file.h"

static char folder[] = "/tmp/scalestudy-test-file.XXXXXX";

static int group_setup(void **state)
{
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

/* Names in the folder but "." and "..", each removed if it can be. */
static int empty_folder(void)
{
    DIR *dir = opendir(".");
    int n = 0;

    for (struct dirent *entry; dir && (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            n++;
            remove(entry->d_name);
        }
    if (dir)
        closedir(dir);
    return n;
}

static int group_teardown(void **state)
{
    (void)state;
    empty_folder();
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

static void check_content(const char *path, const char *wanted)
{
    struct str content = STR_INIT;
    struct err err = {0};

    if (file_read(path, 1000, &content, &err) < 0)
        fail_msg("%s", err.message);
    assert_string_equal(content.text, wanted);
    str_release(&content);
}

static void write_file(const char *path, const char *text)
{
    struct err err = {0};

    if (file_write(path, text, strlen(text), &err) < 0)
        fail_msg("%s", err.message);
}

static void check_refused(const char *path, size_t most, enum err_code code)
{
    struct str content = STR_INIT;
    struct err err = {0};

    assert_int_equal(file_read(path, most, &content, &err), -1);
    assert_int_equal(err.code, code);
    if (!strstr(err.message, path))
        fail_msg("the error does not name %s: %s", path, err.message);
    str_release(&content);
}

static void test_file__what_is_written_is_read(void **state)
{
    static const char bytes[] = "a\0b\nc\r\n\xff";
    struct str content = STR_INIT;
    struct err err = {0};

    (void)state;
    empty_folder();
    str_add(&content, "what was there before");
    assert_int_equal(file_write("f", bytes, sizeof(bytes), &err), 0);
    assert_int_equal(file_read("f", sizeof(bytes), &content, &err), 0);
    assert_int_equal(content.length, sizeof(bytes));
    assert_memory_equal(content.text, bytes, sizeof(bytes));
    str_release(&content);
}

static void test_file_read__takes_no_more_than_it_is_allowed(void **state)
{
    struct str content = STR_INIT;
    struct err err = {0};

    (void)state;
    write_file("f", "12345");
    assert_int_equal(file_read("f", 5, &content, &err), 0);
    str_release(&content);
    check_refused("f", 4, ERR_INPUT);
    check_refused("/dev/zero", 1 << 20, ERR_INPUT); /* has no size that could be asked for */
}

static void test_file_read__a_missing_file_and_a_folder_are_wrong_input(void **state)
{
    (void)state;
    empty_folder();
    check_refused("no-such-file", 100, ERR_INPUT);
    check_refused("/", 100, ERR_INPUT);
}

static void test_file_write__leaves_nothing_but_the_file(void **state)
{
    (void)state;
    empty_folder();
    write_file("f", "text");
    assert_int_equal(empty_folder(), 1);
}

static void test_file_write__replaces_what_was_there(void **state)
{
    (void)state;
    write_file("f", "a longer text than the second");
    write_file("f", "second");
    check_content("f", "second");
}

static void test_file_writer__shows_nothing_before_it_is_done(void **state)
{
    struct file_writer writer;
    struct err err = {0};

    (void)state;
    write_file("f", "old");
    assert_int_equal(file_writer_open(&writer, "f", &err), 0);
    fputs("new", writer.stream);
    fflush(writer.stream);
    check_content("f", "old");
    assert_int_equal(file_writer_commit(&writer, &err), 0);
    check_content("f", "new");
}

static void test_file_writer__keeps_the_old_file_when_aborted(void **state)
{
    struct file_writer writer;
    struct err err = {0};

    (void)state;
    empty_folder();
    write_file("f", "old");
    assert_int_equal(file_writer_open(&writer, "f", &err), 0);
    fputs("new", writer.stream);
    file_writer_abort(&writer);
    file_writer_abort(&writer);
    check_content("f", "old");
    assert_int_equal(empty_folder(), 1);
}

/* A full disk, played by a limit on the size of files. */
static void test_file_write__keeps_the_old_file_when_the_disk_is_full(void **state)
{
    static char much[1 << 16];
    struct rlimit limit, small = {0};
    struct err err = {0};
    int result;

    (void)state;
    empty_folder();
    write_file("f", "old");
    memset(much, 'x', sizeof(much));
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small.rlim_cur = 1000;
    small.rlim_max = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    result = file_write("f", much, sizeof(much), &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(result, -1);
    assert_int_equal(err.code, ERR_IO);
    assert_non_null(strstr(err.message, "cannot write f"));
    check_content("f", "old");
    assert_int_equal(empty_folder(), 1);
}

static void test_file_write__names_the_folder_that_is_missing(void **state)
{
    struct err err = {0};

    (void)state;
    assert_int_equal(file_write("no-such-folder/f", "x", 1, &err), -1);
    assert_non_null(strstr(err.message, "no-such-folder/f"));
}

static void test_file_write__leaves_no_temporary_where_a_folder_has_the_name(void **state)
{
    struct err err = {0};

    (void)state;
    empty_folder();
    assert_int_equal(mkdir("f", 0777), 0);
    assert_int_equal(file_write("f", "x", 1, &err), -1);
    assert_true(file_is_folder("f"));
    assert_int_equal(empty_folder(), 1);
}

static void test_file_make_folders__makes_all_of_them_and_again(void **state)
{
    struct err err = {0};

    (void)state;
    empty_folder();
    assert_int_equal(file_make_folders("a/b/c", &err), 0);
    assert_true(file_is_folder("a/b/c"));
    assert_int_equal(file_make_folders("a/b/c/", &err), 0);
    assert_int_equal(file_make_folders("/", &err), 0);
    assert_int_equal(rmdir("a/b/c") | rmdir("a/b") | rmdir("a"), 0);
}

static void test_file_make_folders__a_file_in_the_way_is_named(void **state)
{
    struct err err = {0};

    (void)state;
    write_file("f", "x");
    assert_int_equal(file_make_folders("f", &err), -1);
    assert_non_null(strstr(err.message, "f exists and is not a folder"));
    err_clear(&err);
    assert_int_equal(file_make_folders("f/g", &err), -1);
    assert_non_null(strstr(err.message, "f/g"));
}

static void test_file__existence_and_folders(void **state)
{
    (void)state;
    empty_folder();
    write_file("f", "x");
    assert_true(file_exists("f") && !file_is_folder("f"));
    assert_true(file_exists(".") && file_is_folder("."));
    assert_false(file_exists("g") || file_is_folder("g"));
}

static void check_home(const char *from, const char *wanted)
{
    char to[PATH_BYTES];
    struct err err = {0};

    assert_int_equal(file_expand_home(from, to, &err), 0);
    assert_string_equal(to, wanted);
}

static void test_file_expand_home__replaces_a_leading_tilde_only(void **state)
{
    char to[PATH_BYTES];
    struct err err = {0};

    (void)state;
    setenv("HOME", "/home/ada", 1);
    check_home("~/data", "/home/ada/data");
    check_home("~", "/home/ada");
    check_home("~bob/data", "~bob/data");
    check_home("a/~/b", "a/~/b");
    check_home("/data", "/data");
    unsetenv("HOME");
    check_home("/data", "/data");
    assert_int_equal(file_expand_home("~/data", to, &err), -1);
    assert_non_null(strstr(err.message, "HOME"));
}

static void test_file_join__puts_one_slash_between(void **state)
{
    char to[PATH_BYTES];
    struct err err = {0};

    (void)state;
    assert_int_equal(file_join(to, "a", "b", &err), 0);
    assert_string_equal(to, "a/b");
    assert_int_equal(file_join(to, "a/", "b", &err), 0);
    assert_string_equal(to, "a/b");
    assert_int_equal(file_join(to, "/", "b", &err), 0);
    assert_string_equal(to, "/b");
    assert_int_equal(file_join(to, "a", "", &err), 0);
    assert_string_equal(to, "a");
}

static void test_file__paths_that_are_too_long_are_refused(void **state)
{
    static char path[PATH_BYTES + 1], to[PATH_BYTES];
    struct file_writer writer;
    struct err err = {0};

    (void)state;
    memset(path, 'x', PATH_BYTES);
    assert_int_equal(file_join(to, path, "b", &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    err_clear(&err);
    assert_int_equal(file_expand_home(path, to, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    err_clear(&err);
    assert_int_equal(file_writer_open(&writer, path, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    err_clear(&err);
    assert_int_equal(file_make_folders(path, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    path[PATH_BYTES - 1] = '\0'; /* the longest that fits */
    err_clear(&err);
    assert_int_equal(file_expand_home(path, to, &err), 0);
    assert_int_equal(strlen(to), PATH_BYTES - 1);
}

static void check_folder(const char *path, const char *wanted)
{
    char to[PATH_BYTES];

    file_folder_of(path, to);
    assert_string_equal(to, wanted);
}

static void test_file_folder_of__is_what_comes_before_the_last_slash(void **state)
{
    (void)state;
    check_folder("a/b/c.db", "a/b");
    check_folder("/c.db", "/");
    check_folder("c.db", ".");
    check_folder("a/b/", "a/b");
}
