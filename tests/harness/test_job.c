#include "tests/lib/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/study/job.h"
#include "harness/study/plan.h"

#define MODELS                                                                                     \
    "models:\n  - {base: mobilenet_v2, input: 32, variant: {width: 0.25}, scalings: [{method: "    \
    "width, w: 2}]}\n"
#define RECIPE                                                                                     \
    "recipe:\n  epochs: 3\n  batch: 16\n"                                                          \
    "  optimizer: {name: sgd, lr: 0.1, momentum: 0.9, nesterov: true, weight_decay: 5.0e-4}\n"     \
    "  schedule: {name: cosine, warmup_epochs: 1}\n  label_smoothing: 0.1\n  augment: "            \
    "[random_crop, horizontal_flip]\n"
#define STUDY "name: s\ndata: {name: shapes, train_images: 100}\nseeds: [4]\n" RECIPE MODELS

/* The first job of a study. */
static void job_of(const char *text, struct job *job)
{
    struct study study = STUDY_INIT;
    struct plan plan = PLAN_INIT;
    struct err err = {0};

    if (study_parse(&study, "s.yaml", text, strlen(text), &err) < 0 ||
        plan_build(&plan, &study, 10, PLAN_FILE, &err) < 0)
        fail_msg("%s in\n%s", err.message, text);
    plan_job(&plan, 0, job);
    plan_release(&plan);
    study_release(&study);
}

static const char *id_of(const char *text)
{
    static char ids[4][SHA256_HEX_BYTES];
    static int next;
    struct err err = {0};
    struct job job;

    job_of(text, &job);
    next = (next + 1) % 4;
    assert_int_equal(job_identify(&job, ids[next], &err), 0);
    return ids[next];
}

static void test_job__order_of_keys_comments_and_loader_threads_do_not_change_it(void **state)
{
    (void)state;
    assert_string_equal(id_of(STUDY),
        id_of("# a comment\n" MODELS
              "recipe:\n  augment: [horizontal_flip, random_crop]\n  label_smoothing: 1.0e-1\n"
              "  schedule: {warmup_epochs: 1.0, name: cosine}\n"
              "  optimizer: {weight_decay: 0.0005, nesterov: true, momentum: 0.90, lr: 1e-1, name: "
              "sgd}\n"
              "  batch: 16\n  epochs: 3\n"
              "seeds: [4]\ndata: {loader_threads: 3, train_images: 100, name: 'shapes'}\nname: "
              "another\n"));
}

static void test_job__a_default_and_the_same_value_written_out_are_one_job(void **state)
{
    (void)state;
    assert_string_equal(
        id_of(STUDY), id_of("name: s\ndata: {name: shapes, train_images: 100}\nseeds: [4]\n" RECIPE
                            "  dropout: 0.2\n" MODELS));
}

/* STUDY with the first `from` replaced. */
static char *replaced(const char *from, const char *to)
{
    const char *at = strstr(STUDY, from);
    size_t size = sizeof(STUDY) + strlen(to);
    char *text = malloc(size);

    assert_non_null(at);
    assert_non_null(text);
    snprintf(text, size, "%.*s%s%s", (int)(at - STUDY), STUDY, to, at + strlen(from));
    return text;
}

static void test_job__every_key_that_decides_a_result_changes_it(void **state)
{
    static const char *const changes[][2] = {
        {"train_images: 100", "train_images: 101"},
        {"train_images: 100", "train_images: 100, test_images: 7"},
        {"train_images: 100", "train_images: 100, mean: 0.4"},
        {"train_images: 100", "train_images: 100, std: 0.5"},
        {"train_images: 100", "train_images: 100, crop_ratio: 0.9"},
        {"train_images: 100", "train_images: 100, match: '*.png'"},
        {"seeds: [4]", "seeds: [5]"},
        {"epochs: 3", "epochs: 4"},
        {"batch: 16", "batch: 17"},
        {"lr: 0.1", "lr: 0.10000000000000002"},
        {"momentum: 0.9", "momentum: 0.8"},
        {"nesterov: true", "nesterov: false"},
        {"weight_decay: 5.0e-4", "weight_decay: 1.0e-4"},
        {"name: cosine", "name: constant"},
        {"warmup_epochs: 1", "warmup_epochs: 0"},
        {"label_smoothing: 0.1", "label_smoothing: 0"},
        {"label_smoothing: 0.1", "label_smoothing: 0.1\n  zero_init_residual: false"},
        {"label_smoothing: 0.1", "dropout: 0.9\n  label_smoothing: 0.1"},
        {"label_smoothing: 0.1", "drop_path: 0.9\n  label_smoothing: 0.1"},
        {"batch: 16", "batch: 16\n  micro_batch: 8"},
        {"label_smoothing: 0.1", "label_smoothing: 0.1\n  clip_norm: 1"},
        {"label_smoothing: 0.1", "label_smoothing: 0.1\n  ema_decay: 0.99"},
        {"label_smoothing: 0.1", "label_smoothing: 0.1\n  bn_momentum: 0.01"},
        {"name: cosine", "name: exponential"},
        {"name: cosine", "name: exponential, decay_rate: 0.5"},
        {"name: cosine", "name: exponential, decay_epochs: 2"},
        {"name: cosine", "name: exponential, staircase: false"},
        {"name: cosine", "name: step"},
        {"name: sgd, lr: 0.1, momentum: 0.9, nesterov: true", "name: rmsprop"},
        {"name: sgd, lr: 0.1, momentum: 0.9, nesterov: true", "name: rmsprop, decay: 0.8"},
        {"name: sgd, lr: 0.1, momentum: 0.9, nesterov: true", "name: rmsprop, eps: 0.1"},
        {"name: sgd, lr: 0.1, momentum: 0.9, nesterov: true", "name: adamw"},
        {"name: sgd, lr: 0.1, momentum: 0.9, nesterov: true", "name: adamw, beta1: 0.8"},
        {"name: sgd, lr: 0.1, momentum: 0.9, nesterov: true", "name: adamw, beta2: 0.8"},
        {"[random_crop, horizontal_flip]", "[random_crop]"},
        {"base: mobilenet_v2", "base: mobilenet_v1"},
        {"input: 32", "input: 33"},
        {"width: 0.25", "width: 0.5"},
        {"width: 0.25", "width: 0.25, depth: 2"},
        {"width: 0.25", "width: 0.25, stem_stride: 1"},
        {"w: 2", "w: 3"},
        {"w: 2", "w: 2, input: 48"},
    };
    char ids[1 + sizeof(changes) / sizeof(changes[0])][SHA256_HEX_BYTES];

    (void)state;
    snprintf(ids[0], sizeof(ids[0]), "%s", id_of(STUDY));
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        char *text = replaced(changes[i][0], changes[i][1]);

        snprintf(ids[i + 1], sizeof(ids[0]), "%s", id_of(text));
        for (size_t j = 0; j <= i; j++)
            if (strcmp(ids[i + 1], ids[j]) == 0)
                fail_msg("with %s for %s it is job %zu too", changes[i][1], changes[i][0], j);
        free(text);
    }
}

/* Where images lie is no part of a job, and what they are is. */
static void test_job__paths_do_not_change_it_and_images_do(void **state)
{
    static const char *const paths[] = {"root: x", "packed: x", "class_map: x"};
    char id[SHA256_HEX_BYTES];
    struct err err = {0};
    struct job job;

    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        char change[64], *text;

        snprintf(change, sizeof(change), "name: shapes, %s", paths[i]);
        text = replaced("name: shapes", change);
        assert_string_equal(id_of(text), id_of(STUDY));
        free(text);
    }
    job_of(STUDY, &job);
    memset(job.data.images, 'a', sizeof(job.data.images) - 1);
    assert_int_equal(job_identify(&job, id, &err), 0);
    assert_string_not_equal(id, id_of(STUDY));
}

/* Results that people have must be found again: this is an id of before images counted. */
static void test_job__ids_of_sets_that_are_drawn_are_what_they_were(void **state)
{
    static const char id_before[] =
        "ff8bcb58a85158cd4443fb13834b133dee35a79ccc92e1433d4d20cfc9b99b70";
    char id[SHA256_HEX_BYTES];
    struct err err = {0};
    struct job job;

    (void)state;
    job_of(STUDY, &job);
    job.spec.classes = 12; /* of the set itself */
    assert_int_equal(job_identify(&job, id, &err), 0);
    assert_string_equal(id, id_before);
}

static void test_job__a_text_from_before_images_counted_is_read_with_its_paths(void **state)
{
    struct str text = STR_INIT, old = STR_INIT;
    struct err err = {0};
    struct job job, back;
    const char *root;

    (void)state;
    job_of(STUDY, &job);
    job_canonical(&job, &text);
    root = strstr(text.text, "\"root\":\"\"");
    assert_non_null(root);
    str_add_bytes(&old, text.text, (size_t)(root - text.text));
    str_add(&old, "\"root\":\"/photos\"");
    str_add(&old, root + strlen("\"root\":\"\""));
    assert_int_equal(job_parse(&back, old.text, &err), 0);
    assert_string_equal(back.data.root, "/photos");
    assert_string_equal(back.data.images, "");
    str_release(&text);
    str_release(&old);
}

static void test_job__defaults_of_optimizer_and_schedule_written_out_are_one_job(void **state)
{
    static const char *const pairs[][2] = {
        {"lr: 0.1, momentum: 0.9, nesterov: true, weight_decay: 5.0e-4}", "}"},
        {"name: sgd, lr: 0.1, momentum: 0.9, nesterov: true, weight_decay: 5.0e-4", ""},
        {"batch: 16", "batch: 16\n  micro_batch: 16"},
        {"batch: 16", "batch: 16\n  ema_decay: 0\n  clip_norm: 0\n  bn_momentum: 0.1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        char *text = replaced(pairs[i][0], pairs[i][1]);

        assert_string_equal(id_of(text), id_of(STUDY));
        free(text);
    }
}

static void test_job__its_canonical_text_is_enough_to_rebuild_it(void **state)
{
    struct str text = STR_INIT, again = STR_INIT;
    struct err err = {0};
    struct job job, back;

    (void)state;
    job_of(STUDY, &job);
    snprintf(job.data.match, sizeof(job.data.match), "a \"b\" \\ c: {d} # \xc3\xa9");
    memset(job.data.images, 'a', sizeof(job.data.images) - 1);
    job.recipe.optimizer_settings.lr = 0.1 + 0.2;
    job_canonical(&job, &text);
    if (job_parse(&back, text.text, &err) < 0)
        fail_msg("%s in %s", err.message, text.text);
    assert_memory_equal(
        &back.spec.stages, &job.spec.stages, sizeof(struct stage) * (size_t)job.spec.n_stages);
    assert_int_equal(back.spec.n_stages, job.spec.n_stages);
    assert_string_equal(back.data.match, job.data.match);
    assert_string_equal(back.data.images, job.data.images);
    assert_true(back.recipe.optimizer_settings.lr == job.recipe.optimizer_settings.lr);
    assert_int_equal(back.seed, 4);
    job_canonical(&back, &again);
    assert_string_equal(again.text, text.text);
    str_release(&text);
    str_release(&again);
}

static void test_job__its_canonical_text_does_not_drift(void **state)
{
    static const char begin[] =
        "{\"data\":{\"class_map\":\"\",\"crop_ratio\":1,\"match\":\"\",\"mean\":[";
    static const char middle[] = "\"recipe\":{\"augment\":[\"random_crop\",\"horizontal_flip\"],"
                                 "\"batch\":16,\"epochs\":3,\"label_smoothing\":0.1,"
                                 "\"optimizer\":{\"lr\":0.1,\"momentum\":0.9,\"name\":\"sgd\","
                                 "\"nesterov\":true,\"weight_decay\":0.0005},"
                                 "\"schedule\":{\"name\":\"cosine\",\"warmup_epochs\":1},"
                                 "\"zero_init_residual\":true},\"seed\":"
                                 "4,\"spec\":{\"bn_eps\":1e-05,";
    struct str text = STR_INIT;
    struct job job;

    (void)state;
    job_of(STUDY, &job);
    job_canonical(&job, &text);
    assert_true(str_starts_with(text.text, begin));
    assert_non_null(strstr(text.text, middle));
    str_release(&text);
}

static void test_job__a_text_with_settings_of_its_optimizer_rebuilds_it(void **state)
{
    char *text = replaced(
        "name: sgd, lr: 0.1, momentum: 0.9, nesterov: true, weight_decay: 5.0e-4", "name: adamw");
    struct str canonical = STR_INIT, again = STR_INIT;
    struct err err = {0};
    struct job job, back;

    (void)state;
    job_of(text, &job);
    job_canonical(&job, &canonical);
    assert_non_null(strstr(canonical.text, "\"optimizer\":{\"beta1\":0.9,\"beta2\":0.999,\"eps\":"
                                           "1e-08,\"lr\":0.001,\"name\":\"adamw\","
                                           "\"weight_decay\":0.01}"));
    if (job_parse(&back, canonical.text, &err) < 0)
        fail_msg("%s", err.message);
    job_canonical(&back, &again);
    assert_string_equal(again.text, canonical.text);
    str_release(&canonical);
    str_release(&again);
    free(text);
}

static void test_job__a_text_that_is_none_is_refused(void **state)
{
    static const char *const texts[] = {"", "{}", "[]", "nonsense", "{\"data\":{}}"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct err err = {0};
        struct job job;

        assert_int_equal(job_parse(&job, texts[i], &err), -1);
        assert_int_equal(err.code, ERR_INPUT);
    }
}

static void test_job__one_of_another_version_of_the_numerics_is_refused(void **state)
{
    struct str text = STR_INIT;
    struct err err = {0};
    struct job job, back;

    (void)state;
    job_of(STUDY, &job);
    job.numerics++;
    job_canonical(&job, &text);
    assert_int_equal(job_parse(&back, text.text, &err), -1);
    assert_non_null(strstr(err.message, "version"));
    str_release(&text);
}

static int numerics_of(const char *study)
{
    struct job job;

    job_of(study, &job);
    return job.numerics;
}

static int numerics_with(const char *recipe, const char *base)
{
    char study[1024];

    snprintf(study, sizeof(study),
        "name: t\ndata: {name: shapes}\nseeds: [0]\nrecipe: {%s}\n"
        "models:\n  - {base: %s, input: 32, scalings: [{method: baseline}]}\n",
        recipe, base);
    return numerics_of(study);
}

/* What other settings gave stays what it was, and is not run anew. */
static void test_job__its_version_of_the_numerics_is_the_last_that_changed_it(void **state)
{
    static const struct {
        const char *recipe, *base;
        int version;
    } cases[] = {
        {"epochs: 2", "resnet18", 5},
        {"mixup: 0.2, cutmix: 1", "resnet18", 5},
        {"mixup: 0.2, batch: 64, micro_batch: 64", "resnet18", 5},
        {"mixup: 0.2, batch: 64, micro_batch: 32", "resnet18", 6},
        {"cutmix: 0.001", "resnet18", 6},
        {"batch: 64, micro_batch: 32", "resnet18", 5},
        {"schedule: {name: step}", "resnet18", 5},
        {"schedule: {name: step, decay_epochs: 1.1}", "resnet18", 6},
        {"schedule: {name: exponential}", "resnet18", 5},
        {"schedule: {name: exponential, decay_epochs: 2.2}", "resnet18", 6},
        {"schedule: {name: exponential, decay_epochs: 2.2, staircase: false}", "resnet18", 5},
        {"augment: [random_crop, horizontal_flip]", "resnet18", 5},
        {"augment: [random_resized_crop]", "resnet18", 6},
        {"drop_path: 0.1", "resnet18", 6},
        {"drop_path: 0.1", "efficientnet_b0", 5},
        {"drop_path: 0.1", "mobilenet_v1", 5},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (numerics_with(cases[i].recipe, cases[i].base) != cases[i].version)
            fail_msg(
                "%s of %s is not of version %d", cases[i].recipe, cases[i].base, cases[i].version);
}

static void test_job__home_folders_are_expanded_for_the_engine_only(void **state)
{
    struct workload workload;
    struct err err = {0};
    struct job job;

    (void)state;
    setenv("HOME", "/home/somebody", 1);
    job_of(STUDY, &job);
    snprintf(job.data.root, sizeof(job.data.root), "~/pictures");
    assert_int_equal(job_workload(&job, &workload, &err), 0);
    assert_string_equal(workload.data.root, "/home/somebody/pictures");
    assert_string_equal(job.data.root, "~/pictures");
}
