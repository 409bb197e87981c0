#include "job_identity.h"

#include "harness/base/str.h"

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

static void add_augment(struct str *text, const struct augment_settings *settings)
{
    add_setting(text, "auto_augment", settings->auto_augment, AUTO_AUGMENT_NONE);
    add_setting(text, "rand_augment", settings->rand_augment, 0);
    add_setting(text, "rand_augment_layers", settings->rand_augment_layers, 2);
    add_setting(text, "color_jitter", settings->color_jitter, 0);
    add_setting(text, "random_erasing", settings->random_erasing, 0);
    add_setting(text, "mixup", settings->mixup, 0);
    add_setting(text, "cutmix", settings->cutmix, 0);
    add_setting(text, "cutout", settings->cutout, 0);
    add_setting(text, "crop_padding", settings->crop_padding, 0);
#define AUGMENT_NUMBER(field, default_, most, transform, parameter, help)                          \
    add_setting(text, #field, settings->field, 0);
#include "workloads/data/config/augment_numbers.def"
#undef AUGMENT_NUMBER
}

/* The model's own was -1 when the first checkpoints were written. */
static double model_rate(double rate)
{
    return rate == RECIPE_MODEL_DEFAULT ? -1 : rate;
}

static void add_recipe(struct str *text, const struct recipe *recipe)
{
    str_addf(text, "%d %d %s %s %d %d %u", recipe->epochs, recipe->batch,
        recipe_optimizer_name(recipe->optimizer), recipe_schedule_name(recipe->schedule),
        recipe->nesterov, recipe->zero_init_residual, recipe->augment);
    str_addf(text, " %.17g %.17g %.17g %.17g %.17g %.17g %.17g\n", recipe->lr, recipe->momentum,
        recipe->weight_decay, recipe->warmup_epochs, recipe->label_smoothing,
        model_rate(recipe->dropout), model_rate(recipe->drop_path));
    add_setting(text, "decay", recipe->decay, RECIPE_DEFAULT);
    add_setting(text, "beta1", recipe->beta1, RECIPE_DEFAULT);
    add_setting(text, "beta2", recipe->beta2, RECIPE_DEFAULT);
    add_setting(text, "eps", recipe->eps, RECIPE_DEFAULT);
    add_setting(text, "decay_rate", recipe->decay_rate, RECIPE_DEFAULT);
    add_setting(text, "decay_epochs", recipe->decay_epochs, RECIPE_DEFAULT);
    add_setting(text, "staircase", recipe->staircase, RECIPE_SWITCH_DEFAULT);
    add_setting(text, "micro_batch", recipe->micro_batch, 0);
    add_setting(text, "clip_norm", recipe->clip_norm, 0);
    add_setting(text, "ema_decay", recipe->ema_decay, 0);
    add_augment(text, &recipe->settings);
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
