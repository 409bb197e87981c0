/* Sets as their publishers give them: what comes out, and what is refused. */
#include "mat.h"
#include "sets.h"

#include <sys/stat.h>

#include "workloads/data/dataset/imagenet_ids.h"
#include "workloads/data/formats/mat_file.h"

static char root[PATH_BYTES];

/* Every test has a folder of its own. */
static void begin(void)
{
    fixture_make(root);
}

static void end(struct dataset *set)
{
    dataset_free(set);
    fixture_remove(root);
}

static struct dataset *open_set(const char *kind)
{
    struct data_config config = fixture_config(kind, root);
    struct dataset *set;
    struct err err = {0};

    if (dataset_open(&set, &config, 0, &err) < 0)
        fail_msg("%s", err.message);
    return set;
}

static void unlink_in_root(const char *name)
{
    struct err err = {0};
    char path[PATH_BYTES];

    assert_int_equal(file_join(path, root, name, &err), 0);
    assert_int_equal(unlink(path), 0);
}

static void assert_refused_config(const struct data_config *config, int outputs, const char *words)
{
    struct dataset *set;
    struct err err = {0};

    assert_int_equal(dataset_open(&set, config, outputs, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    if (!strstr(err.message, words))
        fail_msg("not \"%s\" but: %s", words, err.message);
}

static void assert_refused(const char *kind, const char *words)
{
    struct data_config config = fixture_config(kind, root);

    assert_refused_config(&config, 0, words);
}

static void test_idx__pixels_and_labels_are_those_of_the_files(void **state)
{
    struct image image = {0};
    struct err err = {0};
    struct dataset *set;

    (void)state;
    begin();
    sets_mnist(root);
    set = open_set("mnist");
    assert_int_equal(dataset_classes(set), 10);
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), SETS_IDX_IMAGES);
    assert_int_equal(dataset_count(set, SPLIT_TEST), SETS_IDX_IMAGES);
    assert_int_equal(dataset_label(set, SPLIT_TRAIN, 11), 1);
    assert_int_equal(dataset_read(set, SPLIT_TRAIN, 7, &image, &err), 0);
    assert_int_equal(image.width, 5);
    assert_int_equal(image.height, 4);
    for (int i = 0; i < 60; i++)
        assert_int_equal(image.pixels[i], SETS_PIXEL(7 * 20 + i / 3));
    image_release(&image);
    end(set);
}

static void test_idx__compressed_files_give_the_same(void **state)
{
    struct image image = {0};
    struct err err = {0};
    struct dataset *set;

    (void)state;
    begin();
    sets_mnist(root);
    sets_compress_mnist(root);
    set = open_set("fashion_mnist");
    assert_string_equal(dataset_class_name(set, 9), "Ankle boot");
    assert_int_equal(dataset_read(set, SPLIT_TEST, 11, &image, &err), 0);
    assert_int_equal(image.pixels[59], SETS_PIXEL(11 * 20 + 19));
    image_release(&image);
    end(set);
}

static void test_idx__refuses_what_its_header_does_not_fit(void **state)
{
    struct str bytes = STR_INIT;

    (void)state;
    begin();
    sets_mnist(root);
    sets_text(root, "t10k-labels-idx1-ubyte", "");
    assert_refused("mnist", "truncated");
    sets_text(root, "t10k-labels-idx1-ubyte", "<html>not found</html>");
    assert_refused("mnist", "not an IDX file");
    sets_idx_header(&bytes, 1, (const int[]){2});
    str_add_bytes(&bytes, "\1\2", 2);
    fixture_write(root, "t10k-labels-idx1-ubyte", bytes.text, bytes.length);
    assert_refused("mnist", "12 images, but");
    str_clear(&bytes);
    sets_idx_header(&bytes, 1, (const int[]){12});
    str_add_bytes(&bytes, "\0\1\2\3\4\5\6\7\x8\x9\xa\xb", 12);
    fixture_write(root, "t10k-labels-idx1-ubyte", bytes.text, bytes.length);
    assert_refused("mnist", "has the label 10");
    str_release(&bytes);
    end(NULL);
}

static void test_cifar10__planes_become_pixels(void **state)
{
    struct image image = {0};
    struct err err = {0};
    struct dataset *set;

    (void)state;
    begin();
    sets_cifar10(root);
    set = open_set("cifar10");
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 15);
    assert_int_equal(dataset_count(set, SPLIT_TEST), 4);
    assert_string_equal(dataset_class_name(set, 2), "class2");
    assert_string_equal(dataset_path(set, SPLIT_TRAIN, 5), "data_batch_2.bin#2");
    assert_int_equal(dataset_label(set, SPLIT_TRAIN, 5), 2);
    assert_int_equal(dataset_read(set, SPLIT_TRAIN, 5, &image, &err), 0);
    for (int i = 0; i < 1024; i++)
        for (int c = 0; c < 3; c++)
            assert_int_equal(image.pixels[3 * i + c], SETS_PIXEL(2 * 3072 + c * 1024 + i));
    image_release(&image);
    end(set);
}

static void test_cifar10__refuses_a_truncated_file(void **state)
{
    (void)state;
    begin();
    sets_cifar10(root);
    sets_text(root, "data_batch_3.bin", "short");
    assert_refused("cifar10", "no whole number of images");
    sets_names(root, "batches.meta.txt", 9);
    assert_refused("cifar10", "a line for each of 10 classes");
    end(NULL);
}

static void test_cifar100__takes_the_fine_label(void **state)
{
    struct dataset *set;

    (void)state;
    begin();
    sets_cifar_file(root, "train.bin", 60, 2, 100);
    sets_cifar_file(root, "test.bin", 2, 2, 100);
    sets_names(root, "fine_label_names.txt", 100);
    set = open_set("cifar100");
    assert_int_equal(dataset_label(set, SPLIT_TRAIN, 59), 59);
    assert_string_equal(dataset_class_name(set, 99), "class99");
    end(set);
}

static void test_records__take_part_of_a_set_and_no_class_map(void **state)
{
    struct data_config config;
    struct dataset *set;
    struct err err = {0};

    (void)state;
    begin();
    sets_mnist(root);
    config = fixture_config("mnist", root);
    config.train_images = 5;
    assert_int_equal(dataset_open(&set, &config, 10, &err), 0);
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 5);
    dataset_free(set);
    assert_refused_config(&config, 9, "only 9 outputs");
    str_copy(config.match, sizeof(config.match), "a*");
    assert_refused_config(&config, 0, "no class map and no pattern");
    end(NULL);
}

static void test_tiny_imagenet__is_tested_on_its_annotated_images(void **state)
{
    struct dataset *set;

    (void)state;
    begin();
    fixture_image(root, "train/n02124075/images/n02124075_0.png");
    fixture_image(root, "train/n01443537/images/n01443537_0.png");
    fixture_image(root, "val/images/val_0.png");
    fixture_image(root, "val/images/val_1.png");
    sets_text(root, "val/val_annotations.txt",
        "val_0.png\tn02124075\t0\t32\t44\t62\nval_1.png\tn01443537\t0\t0\t1\t1\n");
    set = open_set("tiny_imagenet");
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 2);
    assert_int_equal(dataset_count(set, SPLIT_TEST), 2);
    assert_int_equal(dataset_label(set, SPLIT_TEST, 0), 1);
    assert_int_equal(dataset_label(set, SPLIT_TEST, 1), 0);
    assert_string_equal(dataset_path(set, SPLIT_TEST, 1), "val/images/val_1.png");
    dataset_free(set);
    sets_text(root, "val/val_annotations.txt", "val_0.png\tn09999999\t0\n");
    assert_refused("tiny_imagenet", "val_annotations.txt:1");
    end(NULL);
}

static void test_food101__classes_are_numbered_by_its_list(void **state)
{
    struct dataset *set;

    (void)state;
    begin();
    fixture_image(root, "images/apple_pie/1.jpg");
    fixture_image(root, "images/waffles/2.jpg");
    sets_text(root, "meta/classes.txt", "apple_pie\nwaffles\n");
    sets_text(root, "meta/train.txt", "apple_pie/1\n");
    sets_text(root, "meta/test.txt", "waffles/2\n");
    set = open_set("food101");
    assert_int_equal(dataset_label(set, SPLIT_TEST, 0), 1);
    assert_string_equal(dataset_path(set, SPLIT_TRAIN, 0), "images/apple_pie/1.jpg");
    dataset_free(set);
    sets_text(root, "meta/test.txt", "apple_pie/1\n");
    assert_refused("food101", "twice");
    sets_text(root, "meta/test.txt", "../1\n");
    assert_refused("food101", "test.txt:1");
    sets_text(root, "meta/test.txt", "pizza/1\n");
    assert_refused("food101", "its class is not in meta/classes.txt");
    end(NULL);
}

static void test_aircraft__variants_may_have_blanks(void **state)
{
    struct dataset *set;

    (void)state;
    begin();
    fixture_image(root, "data/images/0034309.jpg");
    fixture_image(root, "data/images/0034958.jpg");
    sets_text(root, "data/variants.txt", "707-320\nAn-12 B\n");
    sets_text(root, "data/images_variant_trainval.txt", "0034309 An-12 B\n");
    sets_text(root, "data/images_variant_test.txt", "0034958 707-320\n");
    set = open_set("aircraft");
    assert_int_equal(dataset_label(set, SPLIT_TRAIN, 0), 1);
    assert_int_equal(dataset_label(set, SPLIT_TEST, 0), 0);
    end(set);
}

static void test_pets__classes_are_named_by_their_images(void **state)
{
    struct str train = STR_INIT;
    struct dataset *set;

    (void)state;
    begin();
    str_add(&train, "#Image CLASS-ID SPECIES BREED ID\n");
    for (int i = 1; i <= 37; i++)
        str_addf(&train, "great_breed%d_%d %d 1 1\n", i, 100 + i, i);
    fixture_image(root, "images/great_breed1_101.jpg");
    fixture_image(root, "images/great_breed7_9.jpg");
    sets_text(root, "annotations/trainval.txt", train.text);
    sets_text(root, "annotations/test.txt", "great_breed7_9 7 2 1\n");
    set = open_set("pets");
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 37);
    assert_string_equal(dataset_class_name(set, 6), "great_breed7");
    assert_int_equal(dataset_label(set, SPLIT_TEST, 0), 6);
    dataset_free(set);
    sets_text(root, "annotations/test.txt", "great_breed7_9 38 2 1\n");
    assert_refused("pets", "a class from 1 to 37");
    str_release(&train);
    end(NULL);
}

static void test_flowers102__labels_come_out_of_its_matlab_files(void **state)
{
    struct dataset *set;

    (void)state;
    begin();
    mat_flowers(root);
    set = open_set("flowers102");
    assert_int_equal(dataset_classes(set), 102);
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 2);
    assert_string_equal(dataset_path(set, SPLIT_TRAIN, 0), "jpg/image_00003.jpg");
    assert_int_equal(dataset_label(set, SPLIT_TRAIN, 0), 101);
    assert_int_equal(dataset_label(set, SPLIT_TRAIN, 1), 76);
    assert_string_equal(dataset_class_name(set, 76), "77");
    assert_int_equal(dataset_label(set, SPLIT_TEST, 0), 0);
    end(set);
}

static void assert_mat_refused(const char *path, const char *array, const char *words)
{
    struct err err = {0};
    int *values, n;

    assert_int_equal(mat_read_integers(path, array, &values, &n, &err), -1);
    assert_null(values);
    if (!strstr(err.message, words))
        fail_msg("not \"%s\" but: %s", words, err.message);
}

static void test_mat_file__reads_types_and_refuses_the_rest(void **state)
{
    struct str mat = STR_INIT;
    char path[PATH_BYTES];
    struct err err = {0};
    int *values, n;

    (void)state;
    begin();
    mat_begin(&mat);
    mat_array(&mat, "a", 10, 3, "\xfe\xff\5\0", 4, 2, false);
    mat_array(&mat, "halves", 6, 9, (const double[]){0.5}, 8, 1, true);
    mat_array(&mat, "text", 4, 1, "ab", 2, 2, true);
    mat_array(&mat, "short", 9, 2, "\1", 1, 7, true);
    mat_array(&mat, "huge", 9, 2, "\1", 1, 1u << 31, true);
    fixture_write(root, "a.mat", mat.text, mat.length);
    assert_int_equal(file_join(path, root, "a.mat", &err), 0);
    assert_int_equal(mat_read_integers(path, "a", &values, &n, &err), 0);
    assert_int_equal(n, 2);
    assert_int_equal(values[0], -2);
    assert_int_equal(values[1], 5);
    free(values);
    assert_mat_refused(path, "halves", "no integer");
    assert_mat_refused(path, "text", "none of real numbers");
    assert_mat_refused(path, "short", "missing");
    assert_mat_refused(path, "huge", "too large");
    assert_mat_refused(path, "nothing", "has no array nothing");
    sets_text(root, "a.mat", "MATLAB 7.3");
    assert_mat_refused(path, "a", "version 5");
    str_release(&mat);
    end(NULL);
}

static void test_cars__labels_come_out_of_structures_in_its_matlab_files(void **state)
{
    struct str mat = STR_INIT;
    struct dataset *set;

    (void)state;
    begin();
    mat_cars(root);
    set = open_set("cars");
    assert_int_equal(dataset_classes(set), 2);
    assert_string_equal(dataset_class_name(set, 0), "AM General Hummer SUV 2000");
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 2);
    assert_string_equal(dataset_path(set, SPLIT_TRAIN, 1), "cars_train/00002.jpg");
    assert_int_equal(dataset_label(set, SPLIT_TRAIN, 0), 1);
    assert_int_equal(dataset_label(set, SPLIT_TRAIN, 1), 0);
    assert_string_equal(dataset_path(set, SPLIT_TEST, 0), "cars_test/00001.jpg");
    assert_int_equal(dataset_label(set, SPLIT_TEST, 0), 1);
    dataset_free(set);
    mat_begin(&mat);
    mat_table(&mat, "annotations", (const char *const[]){"class"}, 1,
        (const struct mat_cell[]){{.number = 2}}, 1, false);
    fixture_write(root, "cars_test_annos_withlabels.mat", mat.text, mat.length);
    assert_refused("cars", "has no field fname");
    str_clear(&mat);
    mat_begin(&mat);
    mat_table(&mat, "annotations", (const char *const[]){"class", "fname"}, 2,
        (const struct mat_cell[]){{.number = 3}, {.text = "00001.jpg"}}, 1, false);
    fixture_write(root, "cars_test_annos_withlabels.mat", mat.text, mat.length);
    assert_refused("cars", "is not one of the set's 2");
    unlink_in_root("cars_test_annos_withlabels.mat");
    assert_refused("cars", "labels the test images");
    str_release(&mat);
    end(NULL);
}

static void test_cars__all_labels_may_be_in_one_file(void **state)
{
    struct str mat = STR_INIT;
    struct dataset *set;

    (void)state;
    begin();
    mat_begin(&mat);
    mat_table(&mat, "annotations", (const char *const[]){"relative_im_path", "class", "test"}, 3,
        (const struct mat_cell[]){{.text = "car_ims/1.jpg"}, {.number = 1}, {.number = 0},
            {.text = "car_ims/2.jpg"}, {.number = 2}, {.number = 1}},
        2, true);
    mat_table(&mat, "class_names", NULL, 0, (const struct mat_cell[]){{.text = "A"}, {.text = "B"}},
        2, true);
    fixture_write(root, "cars_annos.mat", mat.text, mat.length);
    fixture_image(root, "car_ims/1.jpg");
    fixture_image(root, "car_ims/2.jpg");
    set = open_set("cars");
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 1);
    assert_string_equal(dataset_path(set, SPLIT_TEST, 0), "car_ims/2.jpg");
    assert_int_equal(dataset_label(set, SPLIT_TEST, 0), 1);
    str_release(&mat);
    end(set);
}

static void test_manifest__reads_quoted_cells_in_any_order_of_columns(void **state)
{
    struct data_config config;
    struct dataset *set;
    struct err err = {0};

    (void)state;
    begin();
    fixture_image(root, "a, b.png");
    fixture_image(root, "c.png");
    sets_text(root, "birds.csv",
        "\xef\xbb\xbfsplit,weight,class,path\r\ntrain,1,\"the \"\"owl\"\"\",\"a, "
        "b.png\"\r\nval,2,emu,"
        "c.png\r\n");
    config = fixture_config("manifest", root);
    assert_refused_config(&config, 0, "manifest.csv");
    snprintf(config.root, sizeof(config.root), "%.4000s/birds.csv", root);
    assert_int_equal(dataset_open(&set, &config, 0, &err), 0);
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 1);
    assert_int_equal(dataset_count(set, SPLIT_TEST), 1);
    assert_string_equal(dataset_path(set, SPLIT_TRAIN, 0), "a, b.png");
    assert_string_equal(dataset_class_name(set, 1), "the \"owl\"");
    assert_int_equal(dataset_label(set, SPLIT_TEST, 0), 0);
    end(set);
}

static void test_manifest__names_the_line_of_a_mistake(void **state)
{
    static const char *const mistakes[][2] = {
        {"class,split\nx,train\n", "no line of headings"},
        {"path\tclass\nx.png\tx\n", "with commas between them"},
        {"path,class\nc.png\n", ":2 has 1 cells"},
        {"path,class\nc.png,x\nd.png,\n", ":3 has an empty"},
        {"path,class,split\nc.png,x,trian\n", ":2 has a split that is none of train"},
        {"path,class\n\"c.png,x\n", ":2 begins a quoted cell"},
        {"path,class\n\"c\"x,y\n", ":2 has something after"},
        {"path,class\n/etc/c.png,y\n", ":2: its path"},
        {"path,class\nmissing.png,y\n", "there is no such file"},
        {"path,class,split\nc.png,y,train\nc.png,y,test\n", "twice"},
        {"path,class\n", "names no images"},
    };

    (void)state;
    begin();
    fixture_image(root, "c.png");
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        sets_text(root, "manifest.csv", mistakes[i][0]);
        assert_refused("manifest", mistakes[i][1]);
    }
    end(NULL);
}

static void test_imagenet__needs_all_its_classes_and_is_not_to_be_fetched(void **state)
{
    (void)state;
    begin();
    fixture_image(root, "train/n01440764/a.png");
    fixture_image(root, "val/n01440764/b.png");
    assert_refused("imagenet", "each of ImageNet's 1000 classes");
    fixture_image(root, "train/sparrows/a.png");
    fixture_image(root, "val/sparrows/b.png");
    assert_refused("imagewoof", "so it is not imagewoof");
    end(NULL);
}

static void test_sources__are_complete(void **state)
{
    (void)state;
    for (const struct dataset_kind *const *kind = dataset_kinds(); *kind; kind++) {
        const struct source *source = (*kind)->source;

        if (!source)
            continue;
        assert_true(source->train > 0 && source->test > 0 && source->classes > 1);
        assert_non_null(source->licence);
        assert_true(str_starts_with(source->page, "http"));
        /* Files without an address are for who has them. */
        assert_true((source->files && source->files[0].urls[0]) != (source->instead != NULL));
        for (const struct source_file *f = source->files; f && f->name; f++) {
            assert_true((f->urls[0] == NULL) == (source->instead != NULL));
            assert_true(f->bytes > 0);
            for (int i = 0; i < SOURCE_MAX_SUMS && f->sums[i].hex; i++) {
                enum digest_kind found;

                assert_true(digest_kind_of(f->sums[i].hex, &found));
                assert_int_equal(found, f->sums[i].kind);
                assert_non_null(f->sums[i].publisher);
            }
        }
    }
}

static char ids[IMAGENET_CLASSES][IMAGENET_ID_BYTES];

/* A folder of each class of ImageNet, as links: neither written nor waited for. */
static void make_imagenet_folders(void)
{
    struct err err = {0};
    char image[PATH_BYTES], folder[PATH_BYTES], path[PATH_BYTES];
    int n = 0;

    fixture_image(root, "image.png");
    assert_int_equal(file_join(image, root, "image.png", &err), 0);
    assert_int_equal(file_join(folder, root, "train", &err), 0);
    assert_int_equal(file_make_folders(folder, &err), 0);
    for (int i = 0; i < IMAGENET_CLASSES; i++) {
        imagenet_id(i, ids[i]);
        snprintf(folder, sizeof(folder), "%.4000s/train/%s", root, ids[i]);
        assert_int_equal(mkdir(folder, 0755), 0);
        assert_int_equal(file_join(path, folder, "a.png", &err), 0);
        n += link(image, path) == 0;
    }
    assert_int_equal(n, IMAGENET_CLASSES);
}

/* Numbers that run the other way than those of the sorted ids, and a group of classes. */
static void write_devkit(const char *truth)
{
    static struct mat_cell cells[(IMAGENET_CLASSES + 1) * 2];
    struct str mat = STR_INIT;

    for (int i = 0; i < IMAGENET_CLASSES; i++) {
        cells[2 * i].number = IMAGENET_CLASSES - i;
        cells[2 * i + 1].text = ids[i];
    }
    cells[2 * IMAGENET_CLASSES].number = IMAGENET_CLASSES + 1;
    cells[2 * IMAGENET_CLASSES + 1].text = "n00001740";
    mat_begin(&mat);
    mat_table(&mat, "synsets", (const char *const[]){"ILSVRC2012_ID", "WNID"}, 2, cells,
        IMAGENET_CLASSES + 1, true);
    fixture_write(root, "devkit/data/meta.mat", mat.text, mat.length);
    sets_text(root, "devkit/data/ILSVRC2012_validation_ground_truth.txt", truth);
    str_release(&mat);
}

static void test_imagenet__labels_of_its_validation_images_come_from_the_devkit(void **state)
{
    struct dataset *set;

    (void)state;
    begin();
    make_imagenet_folders();
    fixture_image(root, "val/ILSVRC2012_val_00000001.png");
    fixture_image(root, "val/ILSVRC2012_val_00000002.png");
    write_devkit("1000\n3\n");
    set = open_set("imagenet");
    assert_int_equal(dataset_classes(set), 1000);
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 1000);
    assert_string_equal(dataset_path(set, SPLIT_TRAIN, 0), "train/n01440764/a.png");
    assert_int_equal(dataset_count(set, SPLIT_TEST), 2);
    assert_string_equal(dataset_path(set, SPLIT_TEST, 1), "val/ILSVRC2012_val_00000002.png");
    assert_int_equal(dataset_label(set, SPLIT_TEST, 0), 0);
    assert_int_equal(dataset_label(set, SPLIT_TEST, 1), 997);
    dataset_free(set);
    write_devkit("1000\n");
    assert_refused("imagenet", "has 2 images, but the devkit labels 1");
    write_devkit("1000\n3\n4\n");
    assert_refused("imagenet", "ground_truth.txt:3");
    write_devkit("1000\n1001\n");
    assert_refused("imagenet", "no folder for class 1001");
    write_devkit("1000\n2000\n");
    assert_refused("imagenet", "not a class from 1");
    end(NULL);
}

static void test_imagenet__archives_in_its_place_are_told_how_to_be_used(void **state)
{
    (void)state;
    begin();
    sets_text(root, "ILSVRC2012_img_train.tar", "");
    assert_refused("imagenet", "data fetch imagenet --from");
    end(NULL);
}
