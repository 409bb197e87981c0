#include "tests/lib/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/system/file.h"

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
    /* The reason, though only the first of many writes met it. */
    assert_non_null(strstr(err.message, "cannot write f: File too large"));
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

/* ---- what is no ordinary file ---- */

static void test_file_read__refuses_what_could_keep_it_waiting(void **state)
{
    static const char *const paths[] = {"fifo", "link-to-fifo", "/dev/tty", "/dev/stdin"};
    int pipes[2], keep = dup(STDIN_FILENO);

    (void)state;
    empty_folder();
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(symlink("fifo", "link-to-fifo"), 0);
    assert_int_equal(pipe(pipes), 0);
    assert_true(dup2(pipes[0], STDIN_FILENO) >= 0);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        check_refused(paths[i], 100, ERR_INPUT);
    assert_true(dup2(keep, STDIN_FILENO) >= 0);
    close(pipes[0]);
    close(pipes[1]);
    close(keep);
}

static void test_file_read_text__leaves_a_byte_order_mark_out(void **state)
{
    struct str content = STR_INIT;
    struct err err = {0};

    (void)state;
    empty_folder();
    write_file("f", "\xef\xbb\xbfname: x\xef\xbb\xbf\n");
    assert_int_equal(file_read_text("f", 100, &content, &err), 0);
    assert_string_equal(content.text, "name: x\xef\xbb\xbf\n");
    assert_int_equal(content.length, strlen(content.text));
    write_file("f", "\xef\xbb\xbf");
    assert_int_equal(file_read_text("f", 100, &content, &err), 0);
    assert_string_equal(content.text, "");
    write_file("f", "");
    assert_int_equal(file_read_text("f", 100, &content, &err), 0);
    str_release(&content);
}

static unsigned mode_of(const char *path)
{
    struct stat info;

    assert_int_equal(lstat(path, &info), 0);
    return info.st_mode;
}

static void test_file_write__replaces_the_target_of_links_and_keeps_its_rights(void **state)
{
    char here[PATH_BYTES], absolute[PATH_BYTES + 16];

    (void)state;
    empty_folder();
    assert_non_null(getcwd(here, sizeof(here)));
    snprintf(absolute, sizeof(absolute), "%s/real", here);
    write_file("real", "old");
    assert_int_equal(chmod("real", 0640), 0);
    assert_true(symlink(absolute, "one") == 0 && symlink("one", "two") == 0);
    write_file("two", "new");
    assert_true(S_ISLNK(mode_of("two")) && S_ISLNK(mode_of("one")));
    assert_int_equal(mode_of("real"), S_IFREG | 0640);
    check_content("real", "new");
    assert_int_equal(empty_folder(), 3);
    assert_int_equal(symlink("not-yet", "link"), 0);
    write_file("link", "made");
    check_content("not-yet", "made");
    assert_int_equal(mode_of("not-yet") & 0777, 0666 & ~022);
}

static void test_file_write__keeps_the_owner_where_it_may(void **state)
{
    struct stat info;

    (void)state;
    empty_folder();
    write_file("f", "old");
    if (chown("f", 1234, 4321) != 0)
        skip();
    write_file("f", "new");
    assert_int_equal(stat("f", &info), 0);
    assert_int_equal(info.st_uid, 1234);
    assert_int_equal(info.st_gid, 4321);
}

static void check_not_written(const char *path, const char *why)
{
    struct file_writer writer;
    struct err err = {0}, again = {0};

    assert_int_equal(file_writer_open(&writer, path, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    if (!strstr(err.message, why))
        fail_msg("%s: %s", path, err.message);
    assert_int_equal(file_check_output(path, &again), -1);
    assert_string_equal(again.message, err.message);
}

static void test_file_writer__refuses_what_is_neither_file_nor_stream(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)state;
    empty_folder();
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(symlink("circle", "circle"), 0);
    assert_int_equal(symlink("/", "to-root"), 0);
    check_not_written("/", "is a folder");
    check_not_written("to-root", "is a folder");
    check_not_written("socket", "is a socket");
    check_not_written("circle", "in a circle");
    assert_true(S_ISSOCK(mode_of("socket")) && S_ISLNK(mode_of("to-root")));
    if (mknod("disk", S_IFBLK | 0600, makedev(240, 0)) == 0)
        check_not_written("disk", "is a disk");
    close(fd);
    assert_true(empty_folder() >= 3);
}

/* A pipe with a child that reads it: what came out. */
static void test_file_writer__writes_to_a_pipe_as_it_is(void **state)
{
    struct file_writer writer;
    struct err err = {0};
    char got[16] = "";
    int status;
    pid_t child;

    (void)state;
    empty_folder();
    assert_int_equal(mkfifo("fifo", 0600), 0);
    for (int named = 0; named < 2; named++) {
        child = fork();
        if (child == 0) {
            FILE *in = fopen("fifo", "r");

            _exit(in && fread(got, 1, sizeof(got), in) == 4 && memcmp(got, "text", 4) == 0 ? 7 : 1);
        }
        if (named) {
            assert_int_equal(file_writer_open_name(&writer, "fifo", &err), 0);
            check_content(writer.temporary, "");
            write_file(writer.temporary, "text");
            assert_int_equal(file_writer_commit(&writer, &err), 0);
            assert_false(file_exists(writer.temporary));
        } else {
            assert_int_equal(file_write("fifo", "text", 4, &err), 0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 7 << 8);
    }
    assert_int_equal(file_writer_open_plain(&writer, "fifo", &err), -1);
    assert_non_null(strstr(err.message, "not an ordinary file"));
    assert_true(S_ISFIFO(mode_of("fifo")));
    assert_int_equal(empty_folder(), 1);
}

static void test_file_writer__writes_to_a_device_as_it_is(void **state)
{
    struct err err = {0};

    (void)state;
    empty_folder();
    if (mknod("null", S_IFCHR | 0600, makedev(1, 3)) != 0 ||
        mknod("full", S_IFCHR | 0600, makedev(1, 7)) != 0)
        skip();
    assert_int_equal(file_write("null", "text", 4, &err), 0);
    assert_int_equal(file_write("full", "text", 4, &err), -1);
    assert_non_null(strstr(err.message, "cannot write full: No space left"));
    assert_true(S_ISCHR(mode_of("null")) && S_ISCHR(mode_of("full")));
    assert_int_equal(empty_folder(), 2);
}

static void test_file_writer__names_of_descriptors_go_on_where_those_are(void **state)
{
    static const char *const names[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"};
    struct err err = {0};
    int keep = dup(STDOUT_FILENO), out, failed = 0;

    (void)state;
    empty_folder();
    fflush(stdout);
    assert_int_equal(symlink("/dev/stdout", "link"), 0);
    out = open("out", O_RDWR | O_CREAT, 0600);
    assert_true(out >= 0 && dup2(out, STDOUT_FILENO) >= 0);
    printf("head ");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        failed |= file_write(names[i], "x", 1, &err);
    assert_true(dup2(keep, STDOUT_FILENO) >= 0);
    close(keep);
    close(out);
    assert_int_equal(failed, 0);
    check_content("out", "head xxxxx");
    assert_int_equal(empty_folder(), 2);
}

/* ---- temporaries ---- */

static void test_file_writer__its_temporary_cannot_be_foreseen(void **state)
{
    struct file_writer a, b;
    struct err err = {0};

    (void)state;
    empty_folder();
    assert_int_equal(file_writer_open(&a, "f", &err), 0);
    assert_int_equal(file_writer_open(&b, "f", &err), 0);
    assert_true(str_starts_with(a.temporary, "f.tmp."));
    assert_string_not_equal(a.temporary, b.temporary);
    file_writer_abort(&a);
    file_writer_abort(&b);
    assert_int_equal(empty_folder(), 0);
}

static void test_file_sweep__removes_leftovers_and_nothing_else(void **state)
{
    static const char *const others[] = {"f.tmp.0123456789abcde", "f.tmp.0123456789abcdeg",
        "f.tmp.mine", "ff.tmp.0123456789abcdef", "f"};
    struct file_writer writer;
    struct err err = {0};

    (void)state;
    empty_folder();
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        write_file(others[i], "x");
    write_file("f.tmp.0123456789abcdef", "left behind");
    assert_int_equal(symlink("f", "link"), 0);
    assert_int_equal(file_writer_open_plain(&writer, "link", &err), 0);
    file_sweep("link");
    assert_false(file_exists("f.tmp.0123456789abcdef"));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_true(file_exists(others[i]));
    fputs("whole", writer.stream);
    assert_int_equal(file_writer_commit(&writer, &err), 0);
    check_content("f", "whole");
}

static void test_file_follow__does_not_follow_links_of_others_where_all_may_write(void **state)
{
    char to[PATH_BYTES];
    struct err err = {0};

    (void)state;
    empty_folder();
    assert_true(mkdir("shared", 0777) == 0 && chmod("shared", 01777) == 0);
    write_file("mine", "mine");
    assert_int_equal(symlink("../mine", "shared/link"), 0);
    assert_int_equal(file_follow("shared/link", to, &err), 0);
    assert_string_equal(to, "shared/../mine");
    if (lchown("shared/link", 1234, 1234) == 0) {
        assert_int_equal(file_follow("shared/link", to, &err), -1);
        assert_non_null(strstr(err.message, "of another user"));
        err_clear(&err);
        assert_int_equal(file_write("shared/link", "x", 1, &err), -1);
        check_content("mine", "mine");
    }
    unlink("shared/link");
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
