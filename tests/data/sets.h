/* Small sets in the formats of their publishers, made for one test. */
#ifndef SCALESTUDY_TESTS_DATA_SETS_H
#define SCALESTUDY_TESTS_DATA_SETS_H

#include "fixture.h"

#include <sys/wait.h>

#define SETS_IDX_IMAGES 12
#define SETS_PIXEL(i)   ((uint8_t)((i)*37 + ((i) >> 8) * 11))

/* A program with its arguments, ended by NULL, which must succeed. */
static inline void sets_run(char *const arguments[])
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        execvp(arguments[0], arguments);
        _exit(1);
    }
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* The files of sets_mnist become FILE.gz. */
static inline void sets_compress_mnist(char *root)
{
    sets_run((char *[]){"gzip", "-r", root, NULL});
}

/* Big-endian numbers after the four bytes of an IDX file's kind. */
static inline void sets_idx_header(struct str *to, int dimensions, const int *sizes)
{
    const char kind[4] = {0, 0, 8, (char)dimensions};

    str_add_bytes(to, kind, 4);
    for (int i = 0; i < dimensions; i++) {
        const char number[4] = {0, 0, (char)(sizes[i] >> 8), (char)sizes[i]};

        str_add_bytes(to, number, 4);
    }
}

/* Images of 5 x 4 pixels; label i % 10. */
static inline void sets_mnist(const char *root)
{
    static const char *const names[2][2] = {{"train-images-idx3-ubyte", "train-labels-idx1-ubyte"},
        {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}};

    for (int s = 0; s < 2; s++) {
        struct str images = STR_INIT, labels = STR_INIT;

        sets_idx_header(&images, 3, (const int[]){SETS_IDX_IMAGES, 4, 5});
        sets_idx_header(&labels, 1, (const int[]){SETS_IDX_IMAGES});
        for (int i = 0; i < SETS_IDX_IMAGES * 20; i++)
            str_add_bytes(&images, &(uint8_t){SETS_PIXEL(i)}, 1);
        for (int i = 0; i < SETS_IDX_IMAGES; i++)
            str_add_bytes(&labels, &(uint8_t){(uint8_t)(i % 10)}, 1);
        fixture_write(root, names[s][0], images.text, images.length);
        fixture_write(root, names[s][1], labels.text, labels.length);
        str_release(&images);
        str_release(&labels);
    }
}

/* `n` records of `labels` bytes and 3072 pixels; the last label is i % classes. */
static inline void sets_cifar_file(
    const char *root, const char *name, int n, int labels, int classes)
{
    struct str bytes = STR_INIT;

    for (int i = 0; i < n; i++) {
        for (int l = 1; l < labels; l++)
            str_add_bytes(&bytes, "\x13", 1);
        str_add_bytes(&bytes, &(uint8_t){(uint8_t)(i % classes)}, 1);
        for (int p = 0; p < 3072; p++)
            str_add_bytes(&bytes, &(uint8_t){SETS_PIXEL(i * 3072 + p)}, 1);
    }
    fixture_write(root, name, bytes.text, bytes.length);
    str_release(&bytes);
}

static inline void sets_names(const char *root, const char *name, int classes)
{
    struct str text = STR_INIT;

    for (int i = 0; i < classes; i++)
        str_addf(&text, "class%d\n", i);
    str_add(&text, "\n");
    fixture_write(root, name, text.text, text.length);
    str_release(&text);
}

static inline void sets_cifar10(const char *root)
{
    for (int i = 1; i <= 5; i++) {
        char name[32];

        snprintf(name, sizeof(name), "data_batch_%d.bin", i);
        sets_cifar_file(root, name, 3, 1, 10);
    }
    sets_cifar_file(root, "test_batch.bin", 4, 1, 10);
    sets_names(root, "batches.meta.txt", 10);
}

/* ---- pickles as Python 2 wrote them ---- */

static inline void sets_pickle_text(struct str *to, const char *text)
{
    str_addf(to, "U%c%s", (char)strlen(text), text);
}

static inline void sets_pickle_labels(struct str *to, const char *key, int n, int classes)
{
    sets_pickle_text(to, key);
    str_add(to, "](");
    for (int i = 0; i < n; i++)
        str_add_bytes(to, (const char[]){'K', (char)(i % classes)}, 2);
    str_add(to, "e");
}

/* An array of n x 3072 bytes: numpy.core.multiarray._reconstruct(numpy.ndarray, (0,), "b") with a state
 * of version, shape, numpy.dtype("u1", 0, 1), order and bytes. */
static inline void sets_pickle_array(struct str *to, int n)
{
    const char count[4] = {(char)(n * 3072), (char)(n * 3072 >> 8), (char)(n * 3072 >> 16), 0};

    str_add(to, "cnumpy.core.multiarray\n_reconstruct\nq\7cnumpy\nndarray\nq\10");
    str_add_bytes(to, "K\0\x85U\1b\x87Rq\t(K\1K", 14);
    str_add_bytes(to, (const char[]){(char)n, 'M', 0, 12, '\x86'}, 5);
    str_add(to, "cnumpy\ndtype\nq\nU\2u1");
    str_add_bytes(to, "K\0K\1\x87Rq\v(K\3U\1|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89T", 33);
    str_add_bytes(to, count, 4);
    for (int i = 0; i < n * 3072; i++)
        str_add_bytes(to, &(uint8_t){SETS_PIXEL(i)}, 1);
    str_add(to, "tb");
}

/* A batch of n images with labels i % classes. */
static inline void sets_pickle_batch(
    const char *root, const char *name, int n, const char *labels, int classes)
{
    struct str bytes = STR_INIT;

    str_add_bytes(&bytes, "\x80\2}q\1(", 6);
    sets_pickle_text(&bytes, "batch_label");
    str_add(&bytes, "q\2");
    sets_pickle_text(&bytes, "training batch 1 of 5");
    str_add(&bytes, "q\3");
    if (classes > 20)
        sets_pickle_labels(&bytes, "coarse_labels", n, 20);
    sets_pickle_labels(&bytes, labels, n, classes);
    sets_pickle_text(&bytes, "data");
    sets_pickle_array(&bytes, n);
    sets_pickle_text(&bytes, "filenames");
    str_add(&bytes, "](");
    for (int i = 0; i < n; i++)
        sets_pickle_text(&bytes, "leptodactylus_pentadactylus_s_000004.png");
    str_add(&bytes, "eu.");
    fixture_write(root, name, bytes.text, bytes.length);
    str_release(&bytes);
}

static inline void sets_pickle_names(
    const char *root, const char *name, const char *key, int classes)
{
    struct str bytes = STR_INIT;

    str_add_bytes(&bytes, "\x80\2}q\1(", 6);
    sets_pickle_text(&bytes, "num_vis");
    str_add_bytes(&bytes, "M\0\f", 3);
    sets_pickle_text(&bytes, key);
    str_add(&bytes, "](");
    for (int i = 0; i < classes; i++) {
        char text[24];

        snprintf(text, sizeof(text), "class%d", i);
        sets_pickle_text(&bytes, text);
    }
    str_add(&bytes, "eu.");
    fixture_write(root, name, bytes.text, bytes.length);
    str_release(&bytes);
}

static inline void sets_cifar10_python(const char *root)
{
    for (int i = 1; i <= 5; i++) {
        char name[32];

        snprintf(name, sizeof(name), "data_batch_%d", i);
        sets_pickle_batch(root, name, 3, "labels", 10);
    }
    sets_pickle_batch(root, "test_batch", 4, "labels", 10);
    sets_pickle_names(root, "batches.meta", "label_names", 10);
}

static inline void sets_text(const char *root, const char *name, const char *text)
{
    fixture_write(root, name, text, strlen(text));
}

#endif
