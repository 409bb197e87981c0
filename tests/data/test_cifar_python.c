/* CIFAR in its Python version, and the pickles that it is made of. */
#include "sets.h"

#include "tests/lib/damage.h"
#include "workloads/data/formats/pickle.h"

static char root[PATH_BYTES];

static struct dataset *open_set(const char *kind)
{
    struct data_config config = fixture_config(kind, root);
    struct dataset *set;
    struct err err = {0};

    if (dataset_open(&set, &config, 0, &err) < 0)
        fail_msg("%s", err.message);
    return set;
}

static void check_refused(const char *kind, const char *words)
{
    struct data_config config = fixture_config(kind, root);
    struct dataset *set;
    struct err err = {0};

    assert_int_equal(dataset_open(&set, &config, 0, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    if (!strstr(err.message, words))
        fail_msg("not \"%s\" but: %s", words, err.message);
}

static void check_pixels(const struct dataset *set, enum split split, int index, int place)
{
    struct image image = {0};
    struct err err = {0};

    assert_int_equal(dataset_read(set, split, index, &image, &err), 0);
    for (int i = 0; i < 1024; i++)
        for (int c = 0; c < 3; c++)
            assert_int_equal(image.pixels[3 * i + c], SETS_PIXEL(place * 3072 + c * 1024 + i));
    image_release(&image);
}

static void test_cifar10__its_python_version_is_read_where_torchvision_leaves_it(void **state)
{
    char above[PATH_BYTES], beside[PATH_BYTES];
    struct err err = {0};
    struct dataset *set;

    (void)state;
    fixture_make(above);
    assert_int_equal(file_join(root, above, "cifar-10-batches-py", &err), 0);
    assert_int_equal(file_make_folders(root, &err), 0);
    sets_cifar10_python(root);
    str_copy(beside, sizeof(beside), root);
    for (int deeper = 0; deeper < 2; deeper++) {
        str_copy(root, sizeof(root), deeper ? beside : above);
        set = open_set("cifar10");
        assert_int_equal(dataset_count(set, SPLIT_TRAIN), 15);
        assert_int_equal(dataset_count(set, SPLIT_TEST), 4);
        assert_int_equal(dataset_classes(set), 10);
        assert_string_equal(dataset_class_name(set, 9), "class9");
        assert_string_equal(dataset_path(set, SPLIT_TRAIN, 5), "data_batch_2#2");
        assert_int_equal(dataset_label(set, SPLIT_TRAIN, 5), 2);
        check_pixels(set, SPLIT_TRAIN, 5, 2);
        check_pixels(set, SPLIT_TEST, 3, 3);
        dataset_free(set);
    }
    fixture_remove(above);
}

static void test_cifar100__its_python_version_has_the_fine_labels(void **state)
{
    struct dataset *set;

    (void)state;
    fixture_make(root);
    sets_pickle_batch(root, "train", 60, "fine_labels", 100);
    sets_pickle_batch(root, "test", 2, "fine_labels", 100);
    sets_pickle_names(root, "meta", "fine_label_names", 100);
    set = open_set("cifar100");
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 60);
    assert_int_equal(dataset_label(set, SPLIT_TRAIN, 59), 59);
    assert_string_equal(dataset_class_name(set, 59), "class59");
    check_pixels(set, SPLIT_TRAIN, 59, 59);
    dataset_free(set);
    fixture_remove(root);
}

static void test_cifar10__another_pickle_is_refused_with_what_is_wrong(void **state)
{
    (void)state;
    fixture_make(root);
    sets_cifar10_python(root);
    sets_pickle_batch(root, "data_batch_3", 3, "fine_labels", 10);
    check_refused("cifar10", "data_batch_3 has no labels");
    sets_pickle_batch(root, "data_batch_3", 3, "labels", 11);
    sets_text(root, "data_batch_4", "cos\nsystem\n(S'touch owned'\ntR.");
    check_refused("cifar10", "data_batch_4 has no labels");
    sets_text(root, "data_batch_4", "Pid\n.");
    check_refused("cifar10", "nothing of a pickle is executed");
    sets_text(root, "data_batch_4", "");
    check_refused("cifar10", "data_batch_4");
    sets_pickle_batch(root, "data_batch_4", 12, "labels", 11);
    check_refused("cifar10", "image 10 has no label from 0 to 9");
    sets_pickle_names(root, "batches.meta", "label_names", 9);
    check_refused("cifar10", "10 names");
    assert_int_equal(access("owned", F_OK), -1);
    fixture_remove(root);
}

/* ---- pickles ---- */

static int read_memory(void *context, int64_t offset, void *to, size_t count, struct err *err)
{
    const struct str *bytes = context;

    assert_true(offset >= 0 && count <= bytes->length && (size_t)offset <= bytes->length - count);
    memcpy(to, bytes->text + offset, count);
    (void)err;
    return 0;
}

/* The value of a pickle that is one integer; INT64_MIN: it is none. */
static int64_t read_integer(const char *bytes, size_t count)
{
    struct str text = STR_INIT;
    struct pickle_source source = {
        .path = "test", .bytes = (int64_t)count, .context = &text, .read = read_memory};
    struct pickle *pickle;
    struct err err = {0};
    int64_t integer = INT64_MIN;

    str_add_bytes(&text, bytes, count);
    if (pickle_read(&pickle, &source, &err) == 0)
        pickle_integer(pickle, pickle_root(pickle), &integer);
    pickle_free(pickle);
    str_release(&text);
    return integer;
}

static void test_pickle__integers_of_all_protocols_are_read(void **state)
{
    (void)state;
    assert_int_equal(read_integer("I-12\n.", 6), -12);
    assert_int_equal(read_integer("L300L\n.", 7), 300);
    assert_int_equal(read_integer("I01\n.", 5), 1);
    assert_int_equal(read_integer("\x80\2K\xff.", 5), 255);
    assert_int_equal(read_integer("M\x10\x27.", 4), 10000);
    assert_int_equal(read_integer("J\xfe\xff\xff\xff.", 6), -2);
    assert_int_equal(read_integer("\x8a\1\xff.", 4), -1);
    assert_int_equal(read_integer("\x8a\5\0\0\0\0\1.", 8), INT64_C(1) << 32);
    assert_int_equal(read_integer("\x80\4\x95\3\0\0\0\0\0\0\0K\7\x94.", 15), 7);
    assert_int_equal(read_integer("K\1", 2), INT64_MIN);
    assert_int_equal(read_integer("K\1K\2.", 5), INT64_MIN);
    assert_int_equal(read_integer("X\xff\xff\xff\x7f.", 6), INT64_MIN);
}

/* Whatever opcodes come in whatever order, it is read or refused. */
static void test_pickle__random_opcodes_are_read_or_refused(void **state)
{
    static const char opcodes[] = "((((]}))NKKKKUU\x8c\x85\x86\x87tldaesuRRcb\x93\x94qqhhrj0\x88.";
    struct damage_rounds rounds = damage_begin("pickles", 20000, 83);
    struct str text = STR_INIT;
    struct rng rng;

    (void)state;
    while (damage_next(&rounds, &rng)) {
        struct pickle_source source = {.path = "test", .context = &text, .read = read_memory};
        int n = 1 + (int)rng_below(&rng, 60);
        struct pickle *pickle;
        struct pickle_array array;
        struct err err = {0};

        str_clear(&text);
        for (int i = 0; i < n; i++) {
            char opcode = opcodes[rng_below(&rng, sizeof(opcodes) - 1)];

            str_add_bytes(&text, &opcode, 1);
            if (strchr("KU\x8cqh", opcode))
                str_add_bytes(&text, (const char[]){(char)rng_below(&rng, 4)}, 1);
            if (strchr("rj", opcode))
                str_add_bytes(&text, (const char[]){(char)rng_below(&rng, 9), 0, 0, 0}, 4);
            if (opcode == 'c')
                str_add(&text, rng_below(&rng, 2) ? "numpy\ndtype\n" : "numpy\n_reconstruct\n");
        }
        str_add(&text, ".");
        source.bytes = (int64_t)text.length;
        if (pickle_read(&pickle, &source, &err) < 0)
            assert_true(err.code == ERR_INPUT && err.message[0]);
        else
            pickle_bytes_array(pickle, pickle_item(pickle, pickle_root(pickle), "data"), &array);
        pickle_free(pickle);
    }
    str_release(&text);
}
