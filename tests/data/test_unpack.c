/* Archives that mean harm, or are broken: refused, and nothing outside of the folder is touched. */
#include "fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include "workloads/data/formats/unpack.h"

#define BLOCK 512

static char folder[PATH_BYTES];

static int group_setup(void **state)
{
    (void)state;
    fixture_make(folder);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    fixture_remove(folder);
    return 0;
}

/* to = folder/NAMEREST. */
static void place(char to[PATH_BYTES], const char *name, const char *rest)
{
    struct err err = {0};
    char both[256];

    snprintf(both, sizeof(both), "%s%s", name, rest);
    assert_int_equal(file_join(to, folder, both, &err), 0);
}

/* One entry of a tar archive (POSIX ustar), `size` zeros long. */
static void add_entry(struct str *tar, const char *name, char type, const char *link, size_t size)
{
    char header[BLOCK] = "", zeros[BLOCK] = "";
    unsigned sum = 0;

    snprintf(header, 100, "%s", name);
    snprintf(header + 100, 8, "%07o", 0644u);
    snprintf(header + 108, 8, "%07o", 0u);
    snprintf(header + 116, 8, "%07o", 0u);
    snprintf(header + 124, 12, "%011zo", size);
    snprintf(header + 136, 12, "%011o", 0u);
    memset(header + 148, ' ', 8);
    header[156] = type;
    snprintf(header + 157, 100, "%s", link);
    memcpy(header + 257, "ustar\00000", 8);
    snprintf(header + 329, 8, "%07o", 1u);
    snprintf(header + 337, 8, "%07o", 3u);
    for (int i = 0; i < BLOCK; i++)
        sum += (unsigned char)header[i];
    snprintf(header + 148, 8, "%06o", sum);
    str_add_bytes(tar, header, BLOCK);
    for (size_t at = 0; at < size; at += BLOCK)
        str_add_bytes(tar, zeros, BLOCK);
}

static void end_archive(struct str *tar)
{
    char zeros[2 * BLOCK] = "";

    str_add_bytes(tar, zeros, sizeof(zeros));
}

/* Unpack into folder/NAME; the list of files goes to `listed`. */
static int unpack(const struct str *tar, const char *name, const struct unpack_limits *limits,
    struct str *listed, struct err *err)
{
    struct unpack_limits usual = UNPACK_LIMITS;
    const struct fetch_events events = {0};
    char archive[PATH_BYTES], to[PATH_BYTES], list[PATH_BYTES];
    FILE *stream;
    int result;

    place(archive, name, ".tar");
    place(to, name, "/in");
    place(list, name, ".list");
    assert_int_equal(file_write(archive, tar->text, tar->length, err), 0);
    assert_int_equal(file_make_folders(to, err), 0);
    stream = fopen(list, "w");
    assert_non_null(stream);
    result = unpack_archive(archive, to, stream, limits ? limits : &usual, &events, err);
    fclose(stream);
    if (listed)
        assert_int_equal(file_read(list, 1 << 20, listed, err), 0);
    return result;
}

static void assert_refused(
    const char *name, const struct str *tar, const struct unpack_limits *limits, const char *words)
{
    struct err err = {0};

    assert_int_equal(unpack(tar, name, limits, NULL, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    if (!strstr(err.message, words))
        fail_msg("%s: not \"%s\" but: %s", name, words, err.message);
}

static void assert_entry_refused(
    const char *name, const char *entry, char type, const char *link, const char *words)
{
    struct str tar = STR_INIT;

    add_entry(&tar, "good/image.png", '0', "", 3);
    add_entry(&tar, entry, type, link, 0);
    end_archive(&tar);
    assert_refused(name, &tar, NULL, words);
    str_release(&tar);
}

static void test_unpack__writes_files_and_lists_their_digests(void **state)
{
    struct str tar = STR_INIT, list = STR_INIT;
    struct err err = {0};
    char path[PATH_BYTES];
    struct stat info;

    (void)state;
    add_entry(&tar, "./set/", '5', "", 0);
    add_entry(&tar, "./set/a/zeros", '0', "", 1000);
    add_entry(&tar, "./set/empty", '0', "", 0);
    end_archive(&tar);
    if (unpack(&tar, "good", NULL, &list, &err) < 0)
        fail_msg("%s", err.message);
    place(path, "good/in/set/a/zeros", "");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, 1000);
    assert_string_equal(list.text,
        "541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53\t1000\tset/a/zeros\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\t0\tset/empty\n");
    str_release(&tar);
    str_release(&list);
}

static void test_unpack__refuses_names_that_lead_out(void **state)
{
    char beside[PATH_BYTES];

    (void)state;
    assert_entry_refused("up", "../beside", '0', "", "leads out");
    assert_entry_refused("middle", "good/../../beside", '0', "", "leads out");
    assert_entry_refused("end", "good/..", '5', "", "leads out");
    assert_entry_refused("dotted", "./../beside", '0', "", "leads out");
    assert_entry_refused("absolute", "/tmp/scalestudy-outside", '0', "", "absolute");
    assert_entry_refused("dot-absolute", ".//tmp/../beside", '0', "", "leads out");
    assert_entry_refused("newline", "a\nb", '0', "", "control character");
    place(beside, "up/beside", "");
    assert_false(file_exists(beside));
    assert_false(file_exists("/tmp/scalestudy-outside"));
}

static void test_unpack__refuses_links_devices_and_pipes(void **state)
{
    (void)state;
    assert_entry_refused("symlink", "way", '2', "/etc", "is a link");
    assert_entry_refused("inner-symlink", "way", '2', "good", "is a link");
    assert_entry_refused("hardlink", "way", '1', "/etc/passwd", "hard link");
    assert_entry_refused("device", "null", '3', "", "a device");
    assert_entry_refused("block", "disk", '4', "", "a device");
    assert_entry_refused("pipe", "pipe", '6', "", "a pipe");
}

static void test_unpack__refuses_an_entry_that_is_there_twice(void **state)
{
    (void)state;
    assert_entry_refused("twice", "good/image.png", '0', "", "twice");
}

static void test_unpack__holds_its_limits(void **state)
{
    const struct unpack_limits few = {
        .entries = 2, .bytes = 1 << 30, .ratio = 1000, .ratio_after = 1 << 30};
    const struct unpack_limits small = {
        .entries = 9, .bytes = 1000, .ratio = 1000, .ratio_after = 1 << 30};
    struct str tar = STR_INIT;

    (void)state;
    add_entry(&tar, "a", '0', "", 400);
    add_entry(&tar, "b", '0', "", 400);
    add_entry(&tar, "c", '0', "", 400);
    end_archive(&tar);
    assert_refused("few", &tar, &few, "more than 2 entries");
    assert_refused("small", &tar, &small, "more than 1000 bytes");
    str_release(&tar);
}

/* 16 MB of zeros are 16 kB of gzip, made here by gzip itself. */
static void test_unpack__refuses_a_bomb(void **state)
{
    const struct unpack_limits limits = {
        .entries = 9, .bytes = 1 << 30, .ratio = 200, .ratio_after = 1 << 20};
    struct str tar = STR_INIT, packed = STR_INIT;
    char path[PATH_BYTES];
    struct err err = {0};
    struct stat info;
    pid_t pid;

    (void)state;
    add_entry(&tar, "zeros", '0', "", 16 << 20);
    end_archive(&tar);
    place(path, "bomb", "");
    assert_int_equal(file_write(path, tar.text, tar.length, &err), 0);
    pid = fork();
    if (pid == 0) {
        execlp("gzip", "gzip", "-q", path, (char *)NULL);
        _exit(1);
    }
    place(path, "bomb.gz", "");
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_int_equal(file_read(path, 1 << 20, &packed, &err), 0);
    assert_refused("bombed", &packed, &limits, "times its size");
    place(path, "bombed/in/zeros", "");
    assert_int_equal(stat(path, &info), 0);
    assert_true(info.st_size < 8 << 20);
    str_release(&tar);
    str_release(&packed);
}

static void test_unpack__refuses_what_is_cut_short_or_no_archive(void **state)
{
    struct str tar = STR_INIT;

    (void)state;
    add_entry(&tar, "a", '0', "", 4000);
    tar.length -= 2000;
    assert_refused("cut", &tar, NULL, "damaged");
    str_clear(&tar);
    str_add(&tar, "<html>404</html>");
    assert_refused("html", &tar, NULL, "is a web page (HTML) in place of an archive");
    str_clear(&tar);
    assert_refused("nothing", &tar, NULL, "is not a tar or zip archive");
    end_archive(&tar);
    assert_refused("no-entries", &tar, NULL, "empty archive");
    str_release(&tar);
}

/* ---- archives in archives ---- */

/* A tar as an entry of another. */
static void add_tar(struct str *outer, const char *name, const struct str *inner)
{
    size_t at = outer->length + BLOCK;

    add_entry(outer, name, '0', "", inner->length);
    memcpy(outer->text + at, inner->text, inner->length);
}

static int unpack_nested(
    const struct str *tar, const char *name, struct str *listed, struct err *err)
{
    const struct unpack_limits limits = UNPACK_LIMITS;
    const struct fetch_events events = {0};
    char archive[PATH_BYTES], to[PATH_BYTES], list[PATH_BYTES];
    FILE *stream;
    int result;

    place(archive, name, ".tar");
    place(to, name, "/in");
    place(list, name, ".list");
    assert_int_equal(file_write(archive, tar->text, tar->length, err), 0);
    assert_int_equal(file_make_folders(to, err), 0);
    stream = fopen(list, "w");
    assert_non_null(stream);
    result = unpack_archive_of_archives(archive, to, stream, &limits, &events, err);
    fclose(stream);
    assert_int_equal(file_read(list, 1 << 20, listed, err), 0);
    return result;
}

static void test_unpack__tars_in_a_tar_become_folders(void **state)
{
    struct str inner = STR_INIT, outer = STR_INIT, list = STR_INIT;
    struct err err = {0};
    char path[PATH_BYTES];
    struct stat info;

    (void)state;
    add_entry(&inner, "n01_1.JPEG", '0', "", 1000);
    add_entry(&inner, "n01_2.JPEG", '0', "", 0);
    end_archive(&inner);
    add_tar(&outer, "n01.tar", &inner);
    add_tar(&outer, "n02.tar", &inner);
    add_entry(&outer, "note", '0', "", 3);
    end_archive(&outer);
    if (unpack_nested(&outer, "nested", &list, &err) < 0)
        fail_msg("%s", err.message);
    place(path, "nested/in/n02/n01_1.JPEG", "");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, 1000);
    place(path, "nested/in/n01.tar", "");
    assert_int_equal(stat(path, &info), -1);
    assert_non_null(strstr(list.text, "\t0\tn01/n01_2.JPEG\n"));
    assert_non_null(strstr(list.text, "\t3\tnote\n"));
    str_release(&inner);
    str_release(&outer);
    str_release(&list);
}

static void test_unpack__tars_in_a_tar_are_not_trusted_either(void **state)
{
    static const struct {
        const char *name, *entry, *link, *words;
        char type;
    } bad[] = {
        {"up", "../../out", "", "leads out", '0'},
        {"abs", "/etc/x", "", "absolute", '0'},
        {"link", "a", "/etc", "a link", '2'},
    };
    struct str list = STR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct str inner = STR_INIT, outer = STR_INIT;
        struct err err = {0};

        add_entry(&inner, bad[i].entry, bad[i].type, bad[i].link, 0);
        end_archive(&inner);
        add_tar(&outer, "n01.tar", &inner);
        end_archive(&outer);
        assert_int_equal(unpack_nested(&outer, bad[i].name, &list, &err), -1);
        assert_int_equal(err.code, ERR_INPUT);
        if (!strstr(err.message, bad[i].words))
            fail_msg("not \"%s\" but: %s", bad[i].words, err.message);
        str_release(&inner);
        str_release(&outer);
    }
    str_release(&list);
}

static void test_unpack__a_tar_in_a_tar_that_is_cut_off_is_refused(void **state)
{
    struct str inner = STR_INIT, outer = STR_INIT, list = STR_INIT;
    struct err err = {0};

    (void)state;
    add_entry(&inner, "n01_1.JPEG", '0', "", 5000);
    inner.length -= 3 * BLOCK;
    add_tar(&outer, "n01.tar", &inner);
    end_archive(&outer);
    assert_int_equal(unpack_nested(&outer, "cut", &list, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    str_clear(&outer);
    add_entry(&outer, "n01.tar", '0', "", 2000);
    end_archive(&outer);
    memset(outer.text + BLOCK, 'x', 2000);
    err = (struct err){0};
    assert_int_equal(unpack_nested(&outer, "none", &list, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    str_release(&inner);
    str_release(&outer);
    str_release(&list);
}
