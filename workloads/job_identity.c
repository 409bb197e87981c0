/* The text that tells one training job from another, and its hash. */
#include "job_identity.h"

#include <string.h>

#include "harness/base/str.h"
#include "recipe_keys.h"

/* Settings that came later, only if they are given, so that existing identities do not change. */
static void add_setting(struct str *text, const char *key, double value, double absent)
{
    if (value != absent)
        str_addf(text, "%s %.17g\n", key, value);
}

static void add_spec(struct str *text, const struct spec *spec)
{
    str_addf(text, "%s %d %d %d %d", spec->name, (int)spec->naming, spec->input, spec->classes,
        (int)spec->padding);
    str_addf(text, " %.17g %.17g %.17g %.17g\n", spec->dropout, spec->drop_path, spec->bn_eps,
        spec->bn_momentum);
    for (int i = 0; i < spec->n_stages; i++) {
        const struct stage *stage = &spec->stages[i];

        str_addf(text, "%d %d %d %d %d %d %.17g %d %d\n", (int)stage->block, stage->kernel,
            stage->stride, stage->expand, stage->channels, stage->repeats, stage->se_ratio,
            (int)stage->act, stage->never_narrower);
    }
}

static void add_data(struct str *text, const struct data_config *data)
{
    if (data->images[0])
        str_addf(text, "%s\nimages %s\n%s\n", data->name, data->images, data->match);
    else
        str_addf(text, "%s\n%s\n%s\n%s\n", data->name, data->root, data->class_map, data->match);
    str_addf(text, "%d %d", data->train_images, data->test_images);
    for (int i = 0; i < 3; i++)
        str_addf(text, " %.17g %.17g", data->mean[i], data->std[i]);
    str_addf(text, " %.17g\n", data->crop_ratio);
    if (data->packed[0] && !data->images[0])
        str_addf(text, "packed %s\n", data->packed);
    add_setting(text, "classes", data->classes, 0);
    add_setting(text, "minival", data->minival, 0);
    add_setting(text, "fraction", data->fraction, 1);
    add_setting(text, "split_seed", data->split_seed, 0);
    add_setting(text, "resize", data->resize, RESIZE_BILINEAR);
    add_setting(text, "scaled_decode", data->scaled_decode, false);
}

/* The first line, without names: all that a recipe had when the first checkpoints were written. */
static const char *const first_keys[] = {"epochs", "batch", "optimizer", "schedule", "nesterov",
    "zero_init_residual", "augment", "lr", "momentum", "weight_decay", "warmup_epochs",
    "label_smoothing", "dropout", "drop_path", NULL};

/* Then a line for each other key that is set: these in the order in which they came, and those that came
 * after them by their names, so that nothing has to be added here. */
static const char *const later_keys[] = {"decay", "beta1", "beta2", "eps", "decay_rate",
    "decay_epochs", "staircase", "micro_batch", "clip_norm", "ema_decay", "auto_augment",
    "rand_augment", "rand_augment_layers", "color_jitter", "random_erasing", "mixup", "cutmix",
    "cutout", "crop_padding", "crop_scale_min", "crop_scale_max", "crop_ratio_min",
    "crop_ratio_max", "flip_probability", "jitter_brightness", "jitter_contrast",
    "jitter_saturation", "jitter_hue", "erasing_scale_min", "erasing_scale_max",
    "erasing_ratio_min", "erasing_ratio_max", NULL};

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* What was not given was -1 of a rate of the model's and of a switch. */
static void add_first(struct str *text, const struct recipe_key *key, const struct recipe *recipe)
{
    double value = recipe_key_get(key, recipe);
    bool is_real = key->type == RECIPE_REAL;

    if (value == RECIPE_DEFAULT && (!is_real || key->identity == RECIPE_NEVER))
        value = -1;
    if (key->type == RECIPE_CHOICE)
        str_add(text, key->choices()[(int)value]);
    else
        str_addf(text, is_real ? "%.17g" : "%.0f", value);
}

static void add_if_set(struct str *text, const struct recipe_key *key, const struct recipe *recipe)
{
    add_setting(text, key->name, recipe_key_get(key, recipe), key->initial);
}

/* The first key behind `last` by name that the lists above do not have. */
static const struct recipe_key *next_key(const char *last)
{
    const struct recipe_key *next = NULL;

    for (const struct recipe_key *key = recipe_keys(); key->name; key++)
        if (key->identity != RECIPE_NEVER && strcmp(key->name, last) > 0 &&
            (!next || strcmp(key->name, next->name) < 0) && !is_one_of(key->name, first_keys) &&
            !is_one_of(key->name, later_keys))
            next = key;
    return next;
}

static void add_recipe(struct str *text, const struct recipe *recipe)
{
    for (int i = 0; first_keys[i]; i++) {
        str_add(text, i > 0 ? " " : "");
        add_first(text, recipe_key_find(first_keys[i]), recipe);
    }
    str_add(text, "\n");
    for (int i = 0; later_keys[i]; i++)
        add_if_set(text, recipe_key_find(later_keys[i]), recipe);
    for (const struct recipe_key *key = next_key(""); key; key = next_key(key->name))
        add_if_set(text, key, recipe);
}

int job_identity(const struct workload *job, const struct spec *spec,
    char identity[SHA256_HEX_BYTES], struct err *err)
{
    struct str text = STR_INIT;
    int result;

    str_addf(&text, "numerics %d\n", workload_numerics(spec, &job->recipe));
    add_spec(&text, spec);
    add_data(&text, &job->data);
    add_recipe(&text, &job->recipe);
    str_addf(&text, "%llu %d %s\n", (unsigned long long)job->seed, job->no_shuffle,
        job->init_weights ? job->init_weights : "");
    result = str_check(&text, err);
    if (result == 0)
        result = sha256_hex(text.text, text.length, identity, err);
    str_release(&text);
    return result;
}
