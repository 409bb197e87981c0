/* Copies of packed sets on this machine's disk: whole and as the original, or not there. */
#include "tests/lib/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/shared_queue/packed_copy.h"
#include "harness/shared_queue/run_folder.h"

#define BYTES ((size_t)9 << 20) /* three pieces */

struct made {
    char folder[64], from[96], into[96], copy[PATH_BYTES];
    struct err err;
    /* What happens when the copier asks for the n-th time. */
    int asked, at;
    const char *spoiled; /* a byte of this file changes */
    bool stops;
};

static void make(struct made *m)
{
    char *bytes = malloc(BYTES);

    *m = (struct made){0};
    assert_non_null(bytes);
    for (size_t i = 0; i < BYTES; i++)
        bytes[i] = (char)(i * 2654435761u >> 13);
    snprintf(m->folder, sizeof(m->folder), "/tmp/scalestudy-test-XXXXXX");
    assert_non_null(mkdtemp(m->folder));
    snprintf(m->from, sizeof(m->from), "%s/a set.pack", m->folder);
    snprintf(m->into, sizeof(m->into), "%s/scratch", m->folder);
    assert_int_equal(file_write(m->from, bytes, BYTES, &m->err), 0);
    assert_int_equal(mkdir(m->into, 0700), 0);
    free(bytes);
}

static bool is_empty(const char *folder)
{
    bool empty = rmdir(folder) == 0;

    return empty && mkdir(folder, 0700) == 0;
}

static bool meddle(void *context)
{
    struct made *m = context;
    int fd;

    if (++m->asked != m->at)
        return true;
    if (m->spoiled) {
        fd = open(m->spoiled, O_WRONLY | O_CLOEXEC);
        assert_true(fd >= 0);
        assert_int_equal(pwrite(fd, "?", 1, 12345), 1);
        close(fd);
    }
    return !m->stops;
}

static int copy(struct made *m)
{
    return packed_copy_make(m->from, m->into, m->copy, meddle, m, &m->err);
}

static void test_packed_copy__has_the_bytes_of_the_original(void **state)
{
    struct str original = STR_INIT, copied = STR_INIT;
    struct made m;

    (void)state;
    make(&m);
    assert_int_equal(copy(&m), 0);
    assert_int_equal(m.asked, 6); /* three pieces copied, three compared */
    assert_int_equal(file_read(m.from, BYTES, &original, &m.err), 0);
    assert_int_equal(file_read(m.copy, BYTES, &copied, &m.err), 0);
    assert_int_equal(copied.length, BYTES);
    assert_memory_equal(copied.text, original.text, BYTES);
    unlink(m.copy);
    assert_true(is_empty(m.into));
    str_release(&original);
    str_release(&copied);
    run_folder_remove(m.folder);
}

static void test_packed_copy__of_a_set_that_changes_is_given_up(void **state)
{
    struct made m;

    (void)state;
    make(&m);
    m.at = 2;
    m.spoiled = m.from;
    assert_int_equal(copy(&m), -1);
    assert_non_null(strstr(m.err.message, "changed while it was copied"));
    assert_true(is_empty(m.into));
    run_folder_remove(m.folder);
}

static void test_packed_copy__that_a_disk_damages_is_given_up(void **state)
{
    char part[PATH_BYTES];
    struct made m;

    (void)state;
    make(&m);
    snprintf(part, sizeof(part), "%s/packed.part", m.into);
    m.at = 3; /* all is written, nothing compared yet */
    m.spoiled = part;
    assert_int_equal(copy(&m), -1);
    assert_non_null(strstr(m.err.message, "differs from it"));
    assert_true(is_empty(m.into));
    run_folder_remove(m.folder);
}

static void test_packed_copy__stops_when_it_is_told_to(void **state)
{
    struct made m;

    (void)state;
    for (int at = 1; at <= 6; at++) {
        make(&m);
        m.at = at;
        m.stops = true;
        assert_int_equal(copy(&m), -1);
        assert_int_equal(m.err.code, ERR_INTERRUPTED);
        assert_int_equal(m.asked, at);
        assert_true(is_empty(m.into));
        run_folder_remove(m.folder);
    }
}

static void test_packed_copy__is_made_where_it_helps(void **state)
{
    struct made m;
    char why[512];

    (void)state;
    make(&m);
    assert_true(packed_copy_is_wanted(PACKED_ALWAYS, m.from, m.into, why, sizeof(why)));
    assert_false(packed_copy_is_wanted(PACKED_NEVER, m.from, m.into, why, sizeof(why)));
    assert_string_equal(why, "");
    /* This machine's own disks and memory. */
    assert_false(packed_copy_is_wanted(PACKED_AUTO, m.from, m.into, why, sizeof(why)));
    assert_string_equal(why, "");
    assert_false(packed_copy_is_wanted(PACKED_ALWAYS, "/nowhere", m.into, why, sizeof(why)));
    /* A file that no disk has room for. */
    assert_int_equal(truncate(m.from, (off_t)1 << 43), 0);
    assert_false(packed_copy_is_wanted(PACKED_ALWAYS, m.from, m.into, why, sizeof(why)));
    assert_non_null(strstr(why, "has room for"));
    run_folder_remove(m.folder);
}
