/* Packed sets: the same images as the files, and a sentence for every kind of pack that is not whole. */
#include "sets.h"

#include <sys/stat.h>

#include "harness/base/sha256.h"
#include "workloads/data/loader.h"
#include "workloads/data/dataset/pack.h"
#include "workloads/data/dataset/pack_format.h"

struct place {
    char folder[PATH_BYTES], root[PATH_BYTES], pack[PATH_BYTES];
};

static void make_place(struct place *place)
{
    struct err err = {0};

    fixture_make(place->folder);
    assert_int_equal(file_join(place->root, place->folder, "images", &err), 0);
    assert_int_equal(file_join(place->pack, place->folder, "set.pack", &err), 0);
    fixture_image(place->root, "train/a/1.png");
    fixture_image(place->root, "train/a/2.png");
    fixture_image(place->root, "train/b/1.png");
    fixture_image(place->root, "test/a/1.png");
    fixture_image(place->root, "test/b/1.png");
}

static void write_pack(const struct place *place, int side)
{
    struct data_config config = fixture_config("folder", place->root);
    const struct pack_options options = {.side = side, .threads = 2};
    struct pack_result written;
    struct dataset *set;
    struct err err = {0};

    if (dataset_open(&set, &config, 0, &err) < 0 ||
        pack_write(set, &options, place->pack, &written, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(written.images, 5);
    dataset_free(set);
}

/* Without the care of file_write, which waits for the disk. */
static void overwrite(const char *path, const void *bytes, size_t count)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

static struct data_config packed(const struct place *place, bool with_root)
{
    struct data_config config = fixture_config("folder", with_root ? place->root : "");

    snprintf(config.packed, sizeof(config.packed), "%s", place->pack);
    return config;
}

static void refuses(const struct data_config *config, const char *words)
{
    struct dataset *set;
    struct err err = {0};

    assert_int_equal(dataset_open(&set, config, 0, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    if (!strstr(err.message, words))
        fail_msg("'%s' does not say '%s'", err.message, words);
}

static void test_pack__holds_the_pixels_labels_names_and_paths_of_the_files(void **state)
{
    struct place place;
    struct data_config config;
    struct dataset *files, *pack;
    struct image a = {0}, b = {0};
    struct err err = {0};

    (void)state;
    make_place(&place);
    write_pack(&place, 0);
    config = fixture_config("folder", place.root);
    assert_int_equal(dataset_open(&files, &config, 0, &err), 0);
    config = packed(&place, true);
    if (dataset_open(&pack, &config, 0, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(dataset_classes(pack), 2);
    assert_string_equal(dataset_class_name(pack, 1), "b");
    for (int s = 0; s < SPLIT_COUNT; s++) {
        enum split split = (enum split)s;

        assert_int_equal(dataset_count(pack, split), dataset_count(files, split));
        for (int i = 0; i < dataset_count(files, split); i++) {
            assert_int_equal(dataset_read(files, split, i, &a, &err), 0);
            assert_int_equal(dataset_read(pack, split, i, &b, &err), 0);
            assert_int_equal(a.width, b.width);
            assert_int_equal(a.height, b.height);
            assert_memory_equal(a.pixels, b.pixels, (size_t)a.width * (size_t)a.height * 3);
            assert_int_equal(dataset_label(files, split, i), dataset_label(pack, split, i));
            assert_string_equal(dataset_path(files, split, i), dataset_path(pack, split, i));
        }
    }
    image_release(&a);
    image_release(&b);
    dataset_free(files);
    dataset_free(pack);
    fixture_remove(place.folder);
}

static void test_pack__gives_the_batches_that_the_files_give(void **state)
{
    struct place place;
    struct loader_options options = {.split = SPLIT_TRAIN,
        .input = 8,
        .batch = 3,
        .training = true,
        .augment = AUGMENT_BIT(AUGMENT_INDEX_RANDOM_RESIZED_CROP),
        .shuffle = true,
        .threads = 2};
    float images[2][3 * 8 * 8 * 3];
    struct err err = {0};

    (void)state;
    make_place(&place);
    write_pack(&place, 0);
    for (int i = 0; i < 2; i++) {
        struct data_config config =
            i ? packed(&place, false) : fixture_config("folder", place.root);
        struct dataset *set;
        struct loader *loader;
        struct batch batch;

        assert_int_equal(dataset_open(&set, &config, 0, &err), 0);
        options.set = set;
        assert_int_equal(loader_open(&loader, &options, &err), 0);
        assert_int_equal(loader_start_epoch(loader, 0, 0, &err), 0);
        assert_int_equal(loader_next(loader, &batch, &err), 3);
        memcpy(images[i], batch.images, sizeof(images[i]));
        loader_free(loader);
        dataset_free(set);
    }
    assert_memory_equal(images[0], images[1], sizeof(images[0]));
    fixture_remove(place.folder);
}

static void test_pack__side_makes_images_smaller_and_never_larger(void **state)
{
    struct place place;
    struct data_config config;
    struct dataset *set;
    struct image image = {0};
    struct err err = {0};

    (void)state;
    make_place(&place);
    config = packed(&place, false);
    for (int side = 7; side <= 21; side += 7) { /* images are of 19 x 14 pixels */
        write_pack(&place, side);
        assert_int_equal(dataset_open(&set, &config, 0, &err), 0);
        assert_int_equal(dataset_read(set, SPLIT_TEST, 1, &image, &err), 0);
        assert_int_equal(image.height, side < 14 ? side : 14);
        assert_int_equal(image.width, side < 14 ? side * 19 / 14 : 19);
        dataset_free(set);
    }
    image_release(&image);
    fixture_remove(place.folder);
}

static void test_pack__a_stale_one_is_refused_where_its_files_are_named(void **state)
{
    struct place place;
    struct data_config config;
    struct dataset *set;
    struct err err = {0};

    (void)state;
    make_place(&place);
    write_pack(&place, 0);
    fixture_image(place.root, "test/b/2.png");
    config = packed(&place, true);
    refuses(&config, "stale");
    config = packed(&place, false);
    assert_int_equal(dataset_open(&set, &config, 0, &err), 0);
    dataset_free(set);
    fixture_remove(place.folder);
}

static void test_pack__another_set_or_its_own_pattern_is_refused(void **state)
{
    struct place place;
    struct data_config config;

    (void)state;
    make_place(&place);
    write_pack(&place, 0);
    config = packed(&place, false);
    snprintf(config.name, sizeof(config.name), "shapes");
    refuses(&config, "is a packed folder, not shapes");
    config = packed(&place, false);
    snprintf(config.match, sizeof(config.match), "1*");
    refuses(&config, "match");
    fixture_remove(place.folder);
}

/* Two ways that mapped memory would answer with SIGBUS, or with zeros up to the page's end. */
static void test_pack__an_image_that_is_cut_off_while_the_set_is_open_is_told(void **state)
{
    struct place place;
    struct data_config config;
    struct image image = {0};
    struct dataset *set;
    struct err err = {0};

    (void)state;
    make_place(&place);
    write_pack(&place, 0);
    config = packed(&place, false);
    assert_int_equal(dataset_open(&set, &config, 0, &err), 0);
    for (int i = 0; i < 2; i++) /* checked, so no checksum is looked at any more */
        assert_int_equal(dataset_read(set, SPLIT_TRAIN, i, &image, &err), 0);
    assert_int_equal(
        truncate(place.pack, (off_t)(sizeof(struct pack_header) + 2 * 19 * 14 * 3 - 1)), 0);
    assert_int_equal(dataset_read(set, SPLIT_TRAIN, 0, &image, &err), 0);
    assert_int_equal(dataset_read(set, SPLIT_TRAIN, 1, &image, &err), -1);
    assert_int_equal(err.code, ERR_IO);
    assert_non_null(strstr(err.message, "truncated while it was in use"));
    err_clear(&err);
    assert_int_equal(truncate(place.pack, 0), 0);
    assert_int_equal(dataset_read(set, SPLIT_TRAIN, 0, &image, &err), -1);
    assert_int_equal(err.code, ERR_IO);
    image_release(&image);
    dataset_free(set);
    fixture_remove(place.folder);
}

static void test_pack__one_written_over_while_it_is_open_is_told_before_long(void **state)
{
    struct place place;
    struct data_config config;
    struct image image = {0};
    struct str content = STR_INIT;
    struct dataset *set;
    struct err err = {0};
    int reads = 0;

    (void)state;
    make_place(&place);
    write_pack(&place, 0);
    config = packed(&place, false);
    assert_int_equal(file_read(place.pack, 1 << 20, &content, &err), 0);
    assert_int_equal(dataset_open(&set, &config, 0, &err), 0);
    for (; reads < 1000; reads++)
        assert_int_equal(dataset_read(set, SPLIT_TRAIN, reads % 3, &image, &err), 0);
    usleep(20000); /* a file's time may go on in ticks */
    memset(content.text + sizeof(struct pack_header), 0, 99);
    overwrite(place.pack, content.text, content.length);
    for (reads = 0; reads < 1000; reads++)
        if (dataset_read(set, SPLIT_TRAIN, reads % 3, &image, &err) < 0)
            break;
    assert_true(reads < 256);
    assert_int_equal(err.code, ERR_IO);
    assert_non_null(strstr(err.message, "written to while it was in use"));
    image_release(&image);
    str_release(&content);
    dataset_free(set);
    fixture_remove(place.folder);
}

/* An index whose checksum is right and that lies all the same: whatever it says, nothing outside of
 * the file is read (which sanitizers see), and nothing crashes. */
static void test_pack__an_index_that_lies_is_survived(void **state)
{
    struct place place;
    struct data_config config;
    struct str content = STR_INIT;
    struct pack_header header;
    struct image image = {0};
    struct err err = {0};
    struct dataset *set;
    char *index, hex[SHA256_HEX_BYTES];
    int refused = 0;

    (void)state;
    make_place(&place);
    write_pack(&place, 0);
    config = packed(&place, false);
    assert_int_equal(file_read(place.pack, 1 << 20, &content, &err), 0);
    memcpy(&header, content.text, sizeof(header));
    index = content.text + header.index_offset;
    for (size_t at = 0; at < header.index_bytes; at += at < 64 ? 32 : 1) {
        char before = index[at];

        index[at] = (char)(at % 2 ? 0xff : before + 1);
        assert_int_equal(sha256_hex(index, header.index_bytes, hex, &err), 0);
        memcpy(header.index_sha256, hex, sizeof(header.index_sha256));
        memcpy(content.text, &header, sizeof(header));
        overwrite(place.pack, content.text, content.length);
        err_clear(&err);
        if (dataset_open(&set, &config, 0, &err) < 0) {
            assert_true(err.message[0] != '\0');
            refused++;
        }
        for (int s = 0; set && s < SPLIT_COUNT; s++)
            for (int i = 0; i < dataset_count(set, (enum split)s); i++) {
                const char *path = dataset_path(set, (enum split)s, i);

                assert_true(!path || strlen(path) < content.length);
                err_clear(&err);
                if (dataset_read(set, (enum split)s, i, &image, &err) < 0)
                    assert_int_equal(err.code, ERR_INPUT);
            }
        dataset_free(set);
        index[at] = before;
    }
    assert_true(refused > 100);
    image_release(&image);
    str_release(&content);
    fixture_remove(place.folder);
}

/* Any byte of header and index, and any length: a sentence, or images that are checked when read. */
static void test_pack__damage_anywhere_is_told(void **state)
{
    struct place place;
    struct data_config config;
    struct str content = STR_INIT;
    struct image image = {0};
    struct err err = {0};
    struct dataset *set;

    (void)state;
    make_place(&place);
    write_pack(&place, 0);
    config = packed(&place, false);
    assert_int_equal(file_read(place.pack, 1 << 20, &content, &err), 0);
    for (size_t at = 0; at < content.length; at += 11) {
        bool refused;

        content.text[at] ^= 4;
        overwrite(place.pack, content.text, content.length);
        err_clear(&err);
        refused = dataset_open(&set, &config, 0, &err) < 0;
        for (int s = 0; !refused && s < SPLIT_COUNT; s++)
            for (int i = 0; i < dataset_count(set, (enum split)s) && !refused; i++)
                refused = dataset_read(set, (enum split)s, i, &image, &err) < 0;
        if (!refused)
            fail_msg("byte %zu of %zu can be changed unnoticed", at, content.length);
        assert_int_equal(err.code, ERR_INPUT);
        dataset_free(set);
        content.text[at] ^= 4;
    }
    for (size_t length = 0; length < content.length; length += 97) {
        overwrite(place.pack, content.text, length);
        refuses(&config, "packed set");
    }
    image_release(&image);
    str_release(&content);
    fixture_remove(place.folder);
}

static void test_pack__holds_sets_whose_images_are_records_of_larger_files(void **state)
{
    const struct pack_options options = {.threads = 1};
    struct data_config config;
    struct place place;
    struct pack_result written;
    struct image image = {0};
    struct dataset *set;
    struct err err = {0};

    (void)state;
    make_place(&place);
    sets_cifar10(place.root);
    config = fixture_config("cifar10", place.root);
    if (dataset_open(&set, &config, 0, &err) < 0 ||
        pack_write(set, &options, place.pack, &written, &err) < 0)
        fail_msg("%s", err.message);
    dataset_free(set);
    str_copy(config.packed, sizeof(config.packed), place.pack);
    if (dataset_open(&set, &config, 0, &err) < 0)
        fail_msg("%s", err.message);
    assert_string_equal(dataset_path(set, SPLIT_TRAIN, 5), "data_batch_2.bin#2");
    assert_int_equal(dataset_read(set, SPLIT_TRAIN, 5, &image, &err), 0);
    assert_int_equal(image.pixels[1], SETS_PIXEL(2 * 3072 + 1024));
    dataset_free(set);
    sets_cifar_file(place.root, "test_batch.bin", 5, 1, 10);
    refuses(&config, "stale");
    image_release(&image);
    fixture_remove(place.folder);
}
