/*
 * Sets that are damaged at random, in every format: each is read or refused by a sentence, under the sanitizers
 * without a finding. Rounds are few here; `make fuzz FUZZ_SECONDS=600` goes on for so long.
 */
#include "mat.h"
#include "sets.h"
#include "tests/lib/damage.h"

#include "workloads/data/fetch/fetched.h"
#include "workloads/data/formats/unpack.h"

#define ROUNDS    300
#define FORMS     3
#define CLASS_MAP "map.tsv" /* given where there is one */

static char root[PATH_BYTES];

static void put(const char *name, const struct str *bytes)
{
    struct err err = {0};
    char path[PATH_BYTES];

    assert_int_equal(file_join(path, root, name, &err), 0);
    damage_put(path, bytes);
}

/* Open, and read every image that there is said to be. */
static void use(const char *kind)
{
    struct data_config config = fixture_config(kind, root);
    struct image image = {0};
    struct err err = {0};
    struct dataset *set;

    assert_int_equal(file_join(config.class_map, root, CLASS_MAP, &err), 0);
    if (!file_exists(config.class_map))
        config.class_map[0] = '\0';
    if (dataset_open(&set, &config, 0, &err) < 0) {
        assert_true(damage_is_told(&err));
        return;
    }
    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int i = 0; i < dataset_count(set, (enum split)s); i++) {
            struct err why = {0};

            assert_in_range(dataset_label(set, (enum split)s, i), 0, dataset_classes(set) - 1);
            if (dataset_read(set, (enum split)s, i, &image, &why) < 0)
                assert_true(damage_is_told(&why));
        }
    image_release(&image);
    dataset_free(set);
}

/* One of the files, damaged anew each time, then as it was. */
static void damage_files(const char *kind, const char *const *names)
{
    struct damage_rounds rounds = damage_begin(kind, ROUNDS, 77);
    struct str whole = STR_INIT, damaged = STR_INIT;
    struct err err = {0};
    char path[PATH_BYTES];
    struct rng rng;
    int n = 0;

    use(kind);
    while (names[n])
        n++;
    while (damage_next(&rounds, &rng)) {
        const char *name = names[rng_below(&rng, (uint32_t)n)];

        assert_int_equal(file_join(path, root, name, &err), 0);
        assert_int_equal(file_read(path, 1 << 24, &whole, &err), 0);
        damage_copy(&damaged, &whole);
        damage(&damaged, &rng);
        put(name, &damaged);
        use(kind);
        put(name, &whole);
    }
    str_release(&whole);
    str_release(&damaged);
}

static void test_damage__idx(void **state)
{
    (void)state;
    fixture_make(root);
    sets_mnist(root);
    damage_files(
        "mnist", (const char *const[]){"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                     "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", NULL});
    fixture_remove(root);
}

static void test_damage__compressed_idx(void **state)
{
    (void)state;
    fixture_make(root);
    sets_mnist(root);
    sets_compress_mnist(root);
    damage_files("mnist",
        (const char *const[]){"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", NULL});
    fixture_remove(root);
}

static void test_damage__cifar(void **state)
{
    (void)state;
    fixture_make(root);
    sets_cifar10(root);
    damage_files("cifar10",
        (const char *const[]){"data_batch_2.bin", "test_batch.bin", "batches.meta.txt", NULL});
    fixture_remove(root);
}

static void test_damage__cifar_in_its_python_version(void **state)
{
    (void)state;
    fixture_make(root);
    sets_cifar10_python(root);
    damage_files(
        "cifar10", (const char *const[]){"data_batch_2", "test_batch", "batches.meta", NULL});
    fixture_remove(root);
}

static void test_damage__manifest(void **state)
{
    (void)state;
    fixture_make(root);
    fixture_image(root, "a.png");
    fixture_image(root, "b.png");
    sets_text(root, "manifest.csv",
        "path,class,split\na.png,\"the \"\"owl\"\"\",train\r\n\"b.png\",emu,validation\n");
    damage_files("manifest", (const char *const[]){"manifest.csv", NULL});
    fixture_remove(root);
}

static void test_damage__matlab_files(void **state)
{
    (void)state;
    fixture_make(root);
    mat_flowers(root);
    damage_files("flowers102", (const char *const[]){"imagelabels.mat", "setid.mat", NULL});
    fixture_remove(root);
}

static void test_damage__structures_in_matlab_files(void **state)
{
    (void)state;
    fixture_make(root);
    mat_cars(root);
    damage_files(
        "cars", (const char *const[]){"devkit/cars_meta.mat", "devkit/cars_train_annos.mat",
                    "cars_test_annos_withlabels.mat", NULL});
    fixture_remove(root);
}

static void test_damage__lists(void **state)
{
    (void)state;
    fixture_make(root);
    fixture_image(root, "images/pie/1.jpg");
    fixture_image(root, "images/waffles/2.jpg");
    sets_text(root, "meta/classes.txt", "pie\nwaffles\n");
    sets_text(root, "meta/train.txt", "pie/1\n");
    sets_text(root, "meta/test.txt", "waffles/2\n");
    damage_files("food101",
        (const char *const[]){"meta/classes.txt", "meta/train.txt", "meta/test.txt", NULL});
    fixture_remove(root);
}

static void test_damage__annotations(void **state)
{
    (void)state;
    fixture_make(root);
    fixture_image(root, "train/n02124075/images/n02124075_0.png");
    fixture_image(root, "train/n01443537/images/n01443537_0.png");
    fixture_image(root, "val/images/val_0.png");
    fixture_image(root, "val/images/val_1.png");
    sets_text(root, "val/val_annotations.txt",
        "val_0.png\tn02124075\t0\t32\t44\t62\nval_1.png\tn01443537\t0\t0\t1\t1\n");
    damage_files("tiny_imagenet", (const char *const[]){"val/val_annotations.txt", NULL});
    fixture_remove(root);
}

static void test_damage__lists_of_breeds(void **state)
{
    struct str train = STR_INIT;

    (void)state;
    fixture_make(root);
    str_add(&train, "#Image CLASS-ID SPECIES BREED ID\n");
    for (int i = 1; i <= 37; i++)
        str_addf(&train, "breed%d_%d %d 1 1\n", i, 100 + i, i);
    fixture_image(root, "images/breed1_101.jpg");
    fixture_image(root, "images/breed7_9.jpg");
    sets_text(root, "annotations/trainval.txt", train.text);
    sets_text(root, "annotations/test.txt", "breed7_9 7 2 1\n");
    damage_files(
        "pets", (const char *const[]){"annotations/trainval.txt", "annotations/test.txt", NULL});
    str_release(&train);
    fixture_remove(root);
}

static void test_damage__class_maps(void **state)
{
    (void)state;
    fixture_make(root);
    fixture_image(root, "cat/1.png");
    fixture_image(root, "dog/2.png");
    sets_text(root, CLASS_MAP, "dog\t3\ncat\t7\nbird\t1\n");
    damage_files("folder", (const char *const[]){CLASS_MAP, NULL});
    fixture_remove(root);
}

/* An archive of the tests' own images, damaged: whatever comes out lies in the folder. */
static void test_damage__archives(void **state)
{
    struct damage_rounds rounds = damage_begin("archives", ROUNDS, 78);
    const struct unpack_limits limits = {
        .entries = 1000, .bytes = 1 << 24, .ratio = 200, .ratio_after = 1 << 22};
    /* Plain, compressed, and one in another. */
    char *const forms[FORMS][3] = {
        {"-cf", "tests/data/files"}, {"-czf", "tests/data/files"}, {"-cf", "inner.tar"}};
    char archive[PATH_BYTES], to[PATH_BYTES];
    const struct fetch_events events = {0};
    struct str whole[FORMS] = {STR_INIT}, damaged = STR_INIT;
    struct err err = {0};
    struct rng rng;

    (void)state;
    fixture_make(root);
    assert_int_equal(file_join(archive, root, "a.tar", &err), 0);
    for (int form = 0; form < FORMS; form++) {
        if (form == 2)
            put("inner.tar", &whole[0]);
        sets_run((char *[]){
            "tar", forms[form][0], archive, "-C", form == 2 ? root : ".", forms[form][1], NULL});
        assert_int_equal(file_read(archive, 1 << 24, &whole[form], &err), 0);
    }
    while (damage_next(&rounds, &rng)) {
        FILE *list = fopen("/dev/null", "w");
        int form = (int)rng_below(&rng, FORMS);
        struct err why = {0};
        char name[32];

        snprintf(name, sizeof(name), "to%d", (int)rng_below(&rng, 8));
        assert_int_equal(file_join(to, root, name, &err), 0);
        assert_int_equal(folder_remove(to, &err), 0);
        assert_int_equal(file_make_folders(to, &err), 0);
        damage_copy(&damaged, &whole[form]);
        damage(&damaged, &rng);
        put("a.tar", &damaged);
        if ((form == 2 ? unpack_archive_of_archives : unpack_archive)(
                archive, to, list, &limits, &events, &why) < 0)
            assert_true(damage_is_told(&why));
        fclose(list);
    }
    for (int form = 0; form < FORMS; form++)
        str_release(&whole[form]);
    str_release(&damaged);
    fixture_remove(root);
}
