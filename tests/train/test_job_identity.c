/* The identity of a job in checkpoints: every key of a recipe that decides results is part of it, and it never drifts,
 * so that trainings go on from checkpoints of earlier versions. */
#include "tests/lib/test.h"

#include <string.h>

#include "workloads/job_identity.h"
#include "workloads/recipe_keys.h"

#define MAX_VALUES 16

struct value {
    const char *key;
    double value;
};

static void init(struct workload *job, struct spec *spec)
{
    struct err err = {0};

    *job = (struct workload){.seed = 3};
    recipe_init(&job->recipe);
    data_config_init(&job->data);
    str_copy(job->data.name, sizeof(job->data.name), "shapes");
    assert_int_equal(spec_find("efficientnet_b0", spec, &err), 0);
    spec->classes = 10;
}

static void identify(const struct workload *job, const struct spec *spec, char *identity)
{
    struct err err = {0};

    if (job_identity(job, spec, identity, &err) < 0)
        fail_msg("%s", err.message);
}

static void test_identity__is_what_it_was(void **state)
{
    static const struct {
        const char *identity; /* as computed when these keys came */
        struct value values[MAX_VALUES];
    } cases[] = {
        {"3b1fe6fba395d2cabe5299d7e6d8c51cd37b971e71ca06130e4c7177fe1e5957", {{0}}},
        {"62b1ec664175583963063dbe7cdfcabfc12b78d34e94a72a53e123d1e55e3e42",
            {{"optimizer", 1}, {"schedule", 2}}},
        {"5362e897cd32ac903ceefd4b09f307030cd9aec98799a3ce63ca67394509d4bd",
            {{"optimizer", 2}, {"schedule", 3}, {"beta1", 0.8}, {"beta2", 0.99}, {"eps", 0.001}}},
        {"9c887982b3917c75253f8f2aa51f39867c13174bcd9e57a9481e73959c7b64e8",
            {{"optimizer", 1}, {"decay", 0.8}, {"eps", 0.01}, {"lr", 0.02}, {"momentum", 0.5},
                {"weight_decay", 0.001}, {"schedule", 2}, {"decay_rate", 0.5},
                {"decay_epochs", 2.2}, {"staircase", 0}, {"warmup_epochs", 2}}},
        {"7ee3a08c6b9ddf246bd77fbad06273212b6dbb3f281dff415767c52ce5f482b3",
            {{"epochs", 7}, {"batch", 64}, {"micro_batch", 32}, {"clip_norm", 1.5},
                {"ema_decay", 0.999}, {"label_smoothing", 0.1}, {"bn_momentum", 0.01},
                {"dropout", 0.3}, {"drop_path", 0.1}, {"zero_init_residual", 0}}},
        {"8071b22e765aa6015e15a643adae95c9989cfe5b299a72c0e44d4c62771329a9",
            {{"momentum", 0}, {"schedule", 1}}},
        {"fa3df14e8f51c33cc4ef1094a8ae554dcd9787c629e31fe590fb8937217279f7",
            {{"nesterov", 0}, {"lr", 0.05}}},
        {"6bf70cd6e78c0e56e374ca1ca363d9461e08df33150c115f27cda4f8c33579cb",
            {{"augment", 7}, {"auto_augment", 2}, {"color_jitter", 0.4}, {"random_erasing", 0.25},
                {"mixup", 0.2}, {"cutmix", 1}, {"cutout", 8}, {"crop_padding", 4}}},
        {"12f4ace8bb03549375fa0b56d2f4fe1e3572ced2e9aed06c170b009c6b285dfb",
            {{"rand_augment", 9}, {"rand_augment_layers", 3}, {"augment", 1},
                {"crop_scale_min", 0.2}, {"crop_scale_max", 0.9}, {"crop_ratio_min", 0.5},
                {"crop_ratio_max", 2}}},
        {"7ede59cd4fff1fe2c077d41c41263478e6803d05a6e92751ed425cc472b51b67",
            {{"augment", 4}, {"flip_probability", 0.3}, {"jitter_brightness", 0.1},
                {"jitter_contrast", 0.2}, {"jitter_saturation", 0.3}, {"jitter_hue", 0.05},
                {"random_erasing", 0.5}, {"erasing_scale_min", 0.1}, {"erasing_scale_max", 0.2},
                {"erasing_ratio_min", 0.5}, {"erasing_ratio_max", 2}}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char identity[SHA256_HEX_BYTES];
        struct workload job;
        struct spec spec;
        struct err err = {0};

        init(&job, &spec);
        for (const struct value *value = cases[i].values; value->key; value++)
            recipe_key_set(recipe_key_find(value->key), value->value, &job.recipe);
        if (recipe_resolve(&job.recipe, &err) < 0)
            fail_msg("case %zu: %s", i, err.message);
        identify(&job, &spec, identity);
        if (strcmp(identity, cases[i].identity) != 0)
            fail_msg("case %zu has the identity %s, and had %s", i, identity, cases[i].identity);
    }
}

/* What a job's spec holds is part of the identity there. */
static void test_identity__has_every_key_that_decides_results(void **state)
{
    char plain[SHA256_HEX_BYTES], other[SHA256_HEX_BYTES];
    struct workload job;
    struct spec spec;

    (void)state;
    init(&job, &spec);
    identify(&job, &spec, plain);
    for (const struct recipe_key *key = recipe_keys(); key->name; key++) {
        double value = recipe_key_get(key, &job.recipe);

        if (key->identity == RECIPE_NEVER)
            continue;
        recipe_key_set(key, value == 1 ? 0 : 1, &job.recipe);
        identify(&job, &spec, other);
        if (strcmp(plain, other) == 0)
            fail_msg("%s is no part of the identity", key->name);
        recipe_key_set(key, value, &job.recipe);
        identify(&job, &spec, other);
        assert_string_equal(plain, other);
    }
}
