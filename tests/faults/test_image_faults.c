/* Every allocation on the way from an image's file to a network's input fails in turn: a sentence that names the
 * file, nothing leaked (the sanitizer build says so), and the next try works. */
#include "faults.h"

#include "tests/data/fixture.h"
#include "workloads/data/loader.h"

/* The loader's only thread is at work while this one waits. */
static int load_one(struct loader *loader, int call, bool *failed, struct err *err)
{
    struct batch batch;
    int n;

    arm(FAULT_MEMORY, call, ENOMEM, false);
    assert_int_equal(loader_start_epoch(loader, 0, 0, err), 0);
    n = loader_next(loader, &batch, err);
    *failed = disarm();
    return n;
}

static void check(unsigned augment, const struct augment_settings *settings)
{
    char folder[PATH_BYTES];
    struct loader_options options = {.split = SPLIT_TRAIN,
        .input = 8,
        .batch = 1,
        .training = true,
        .augment = augment,
        .settings = *settings,
        .threads = 1};
    struct data_config config;
    struct dataset *set;
    bool failed = true;
    int call = 1;

    fixture_make(folder);
    fixture_image(folder, "train/a/narrow.png");
    fixture_image(folder, "test/a/2.png");
    config = fixture_config("folder", folder);
    config.resize = RESIZE_BILINEAR;
    for (; failed; call++) {
        struct loader *loader;
        struct err err = {0};
        int n;

        assert_int_equal(dataset_open(&set, &config, 0, &err), 0);
        options.set = set;
        assert_int_equal(loader_open(&loader, &options, &err), 0);
        n = load_one(loader, call, &failed, &err);
        assert_int_equal(n, failed ? -1 : 1);
        if (failed) {
            assert_int_equal(err.code, ERR_MEMORY);
            if (!strstr(err.message, "train/a/narrow.png: "))
                fail_msg("no file is named: %s", err.message);
            err_clear(&err);
            assert_int_equal(load_one(loader, 0, &failed, &err), 1);
            failed = true;
        }
        loader_free(loader);
        dataset_free(set);
    }
    assert_true(call > 10);
    fixture_remove(folder);
}

static void test_image_faults__an_image_without_memory_is_named(void **state)
{
    static const struct augment_settings none = {0}, all = {.color_jitter = 0.4,
                                                         .rand_augment = 9,
                                                         .rand_augment_layers = 2,
                                                         .random_erasing = 1};

    (void)state;
    check(0, &none);
    check(AUGMENT_BIT(AUGMENT_INDEX_RANDOM_RESIZED_CROP), &none);
    check(AUGMENT_BIT(AUGMENT_INDEX_RANDOM_CROP), &all);
}
