/* Folders that are held open, with links in them that lead to somebody's files. */
#include "tests/lib/test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/system/dir.h"

#define DEPTH        100 /* of a tree that is deeper than is removed */
#define RACE_SECONDS 0.5

/* open/ is what is looked at, victim/ is what nothing may happen to. */
struct places {
    char path[PATH_BYTES], victim[2 * PATH_BYTES];
    struct dir top, open;
    struct err err;
};

static void put(const struct dir *dir, const char *name)
{
    struct err err = {0};

    if (dir_write(dir, name, "mine", 4, 0, &err) < 0)
        fail_msg("%s", err.message);
}

static void make(const struct dir *dir, const char *name)
{
    struct err err = {0};

    if (dir_make(dir, name, &err) < 0)
        fail_msg("%s", err.message);
}

static void set_up(struct places *p)
{
    *p = (struct places){.top = DIR_CLOSED, .open = DIR_CLOSED};
    assert_int_equal(file_make_temporary_folder(p->path, &p->err), 0);
    assert_int_equal(dir_open(&p->top, p->path, &p->err), 0);
    make(&p->top, "open");
    make(&p->top, "victim");
    make(&p->top, "victim/inner");
    put(&p->top, "victim/file");
    put(&p->top, "victim/inner/file");
    assert_int_equal(dir_open_inside(&p->open, &p->top, "open", &p->err), 0);
    snprintf(p->victim, sizeof(p->victim), "%s/victim", p->top.path);
}

static void plant(const struct places *p, const char *name)
{
    assert_int_equal(symlinkat(p->victim, p->open.fd, name), 0);
}

static void assert_whole(const struct places *p, const char *file)
{
    struct str text = STR_INIT;
    struct err err = {0};

    assert_int_equal(dir_read(&p->top, file, 100, &text, &err), 0);
    assert_string_equal(text.text, "mine");
    str_release(&text);
}

static void tear_down(struct places *p)
{
    char name[PATH_BYTES];
    struct dir outer;

    assert_whole(p, "victim/file");
    assert_whole(p, "victim/inner/file");
    dir_close(&p->open);
    dir_close(&p->top);
    file_folder_of(p->path, name);
    assert_int_equal(dir_open(&outer, name, &p->err), 0);
    dir_remove(&outer, strrchr(p->path, '/') + 1);
    dir_close(&outer);
    assert_false(file_exists(p->path));
}

#define REFUSED(p, call)                                                                           \
    do {                                                                                           \
        err_clear(&(p)->err);                                                                      \
        assert_true((call) < 0);                                                                   \
        assert_int_equal((p)->err.code, ERR_INPUT);                                                \
        assert_non_null(strstr((p)->err.message, "/open/way/link is a symbolic link"));            \
    } while (0)

static void refuse_links(void)
{
    struct str text = STR_INIT;
    struct places p;
    struct dir inner;
    struct stat info;

    set_up(&p);
    make(&p.open, "way");
    put(&p.open, "way/own");
    plant(&p, "way/link");
    REFUSED(&p, dir_look(&p.open, "way/link/file", &info, &p.err));
    REFUSED(&p, dir_read(&p.open, "way/link/file", 100, &text, &p.err));
    REFUSED(&p, dir_read(&p.open, "way/link/inner/file", 100, &text, &p.err));
    REFUSED(&p, dir_read(&p.open, "way/link", 100, &text, &p.err));
    REFUSED(&p, dir_write(&p.open, "way/link/file", "", 0, 0, &p.err));
    REFUSED(&p, dir_create(&p.open, "way/link/new", 0666, &p.err));
    REFUSED(&p, dir_make(&p.open, "way/link", &p.err));
    REFUSED(&p, dir_make(&p.open, "way/link/new", &p.err));
    REFUSED(&p, dir_open_inside(&inner, &p.open, "way/link", &p.err));
    REFUSED(&p, dir_list(&p.open, "way/link", &p.err) ? 0 : -1);
    assert_int_equal(dir_link(&p.open, "way/own", "way/link/new"), -1);
    assert_int_equal(dir_rename(&p.open, "way/link/file", "way/stolen"), -1);
    assert_int_equal(dir_touch(&p.open, "way/link/file"), -1);
    dir_unlink(&p.open, "way/link/file");
    dir_remove(&p.open, "way/link/inner");
    dir_remove_empty(&p.open, "way/link/inner");
    /* A link is something, and is replaced and removed itself. */
    assert_int_equal(dir_look(&p.open, "way/link", &info, &p.err), 1);
    put(&p.open, "way/link");
    dir_unlink(&p.open, "way/link");
    plant(&p, "way/link");
    dir_remove(&p.open, "way/link");
    assert_int_equal(dir_look(&p.open, "way/link", &info, &p.err), 0);
    str_release(&text);
    tear_down(&p);
}

static void test_dir__links_are_refused_by_name(void **state)
{
    (void)state;
    refuse_links();
}

static void test_dir__outputs_and_inputs_by_path_follow_no_link(void **state)
{
    char path[PATH_BYTES];
    struct str text = STR_INIT;
    struct places p;

    (void)state;
    set_up(&p);
    assert_int_equal(symlinkat("../victim/file", p.open.fd, "link"), 0);
    dir_path(&p.open, "link", path);
    assert_int_equal(file_write(path, "", 0, &p.err), -1);
    dir_show(&p.open, &p.err);
    assert_null(strstr(p.err.message, "/proc"));
    assert_non_null(strstr(p.err.message, p.open.path));
    err_clear(&p.err);
    assert_int_equal(file_read(path, 100, &text, &p.err), -1);
    err_clear(&p.err);
    /* Where the folder's own path leads by then does not matter. */
    assert_int_equal(renameat(p.top.fd, "open", p.top.fd, "moved"), 0);
    plant(&p, "../open");
    dir_path(&p.open, "file", path);
    assert_int_equal(file_write(path, "other", 5, &p.err), 0);
    assert_int_equal(dir_read(&p.top, "moved/file", 100, &text, &p.err), 0);
    assert_string_equal(text.text, "other");
    str_release(&text);
    tear_down(&p);
}

static void test_dir__removing_takes_links_and_leaves_what_they_lead_to(void **state)
{
    char name[4 * DEPTH + 8] = "tree";
    struct places p;
    struct stat info;

    (void)state;
    set_up(&p);
    make(&p.open, "tree");
    for (int i = 0; i < 40; i++) {
        size_t length = strlen(name);

        snprintf(name + length, sizeof(name) - length, "/l");
        plant(&p, name);
        snprintf(name + length, sizeof(name) - length, "/f");
        put(&p.open, name);
        snprintf(name + length, sizeof(name) - length, "/d");
        make(&p.open, name);
    }
    dir_remove(&p.open, "tree");
    assert_int_equal(dir_look(&p.open, "tree", &info, &p.err), 0);
    tear_down(&p);
}

static void test_dir__removing_ends_in_a_tree_without_end(void **state)
{
    char name[2 * DEPTH + 8] = "t";
    struct places p;
    struct stat info;

    (void)state;
    set_up(&p);
    make(&p.open, "t");
    for (int i = 0; i < DEPTH; i++) {
        snprintf(name + strlen(name), sizeof(name) - strlen(name), "/d");
        make(&p.open, name);
    }
    dir_remove(&p.open, "t");
    assert_int_equal(dir_look(&p.open, "t", &info, &p.err), 1);
    /* Little by little, for the end of the test. */
    assert_int_equal(dir_rename(&p.open,
                         "t/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/"
                         "d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d",
                         "u"),
        0);
    tear_down(&p);
}

struct swapping {
    int fd;
    atomic_bool over;
};

/* tree/x, a folder, and tree/y, a link, change places again and again. */
static void *swap(void *context)
{
    struct swapping *swapping = context;

    while (!atomic_load(&swapping->over))
        (void)!syscall(SYS_renameat2, swapping->fd, "tree/x", swapping->fd, "tree/y", 2);
    return NULL;
}

static void test_dir__a_folder_swapped_for_a_link_empties_nothing_else(void **state)
{
    double until = clock_seconds() + RACE_SECONDS;
    struct places p;
    struct swapping swapping;
    pthread_t thread;

    (void)state;
    set_up(&p);
    swapping.fd = p.open.fd;
    atomic_init(&swapping.over, false);
    assert_int_equal(pthread_create(&thread, NULL, swap, &swapping), 0);
    while (clock_seconds() < until) {
        make(&p.open, "tree");
        if (mkdirat(p.open.fd, "tree/x", 0777) == 0) {
            (void)!mkdirat(p.open.fd, "tree/x/file", 0777);
            (void)!symlinkat(p.victim, p.open.fd, "tree/y");
        }
        dir_remove(&p.open, "tree");
        assert_whole(&p, "victim/file");
        assert_whole(&p, "victim/inner/file");
    }
    atomic_store(&swapping.over, true);
    pthread_join(thread, NULL);
    tear_down(&p);
}

static void test_dir__others_and_everybody_need_trust(void **state)
{
    struct places p;

    (void)state;
    set_up(&p);
    assert_int_equal(dir_check_ours(&p.open, &p.err), 0);
    assert_int_equal(chmod(p.open.path, 02775), 0);
    assert_int_equal(dir_check_ours(&p.open, &p.err), 0);
    assert_int_equal(chmod(p.open.path, 0777), 0);
    assert_int_equal(dir_check_ours(&p.open, &p.err), -1);
    assert_non_null(strstr(p.err.message, "everybody may write"));
    err_clear(&p.err);
    assert_int_equal(chmod(p.open.path, 0755), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(p.open.path, 65534, 65534), 0);
        assert_int_equal(dir_check_ours(&p.open, &p.err), -1);
        assert_non_null(strstr(p.err.message, "another user (number 65534)"));
        err_clear(&p.err);
    }
    tear_down(&p);
}

/* The last one, for what is forbidden to a process stays so. */
static void test_dir__a_kernel_without_openat2_does_as_well(void **state)
{
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const struct sock_fprog filter = {.len = 4, .filter = steps};

    (void)state;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        skip();
    assert_int_equal(syscall(SYS_openat2, -1, NULL, NULL, 0), -1);
    assert_int_equal(errno, ENOSYS);
    refuse_links();
}
