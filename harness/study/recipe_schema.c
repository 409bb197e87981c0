/* The keys of a study's recipe, one row each. */
#include "study.h"
#include "workloads/recipe_ranges.h"

#define FIELD(name) .offset = offsetof(struct recipe, name)
/* What not every optimizer or schedule has. */
#define SETTING(name) FIELD(name), .may_be_absent = true, .absent = RECIPE_DEFAULT
#define SWITCH(name)                                                                               \
    .type = CONFIG_SWITCH, FIELD(name), .may_be_absent = true, .absent = RECIPE_SWITCH_DEFAULT
/* Keys that came after the first jobs, which all meant 0. */
#define LATER(name) FIELD(name), .may_be_absent = true

#define IN_RANGE(name) CONFIG_RANGE(RANGE_##name)

/* Of a parameter that is not given there is 0 inside, so that only hue's can be 0: its default. */
#define NEEDS_ABOVE_0(field)                                                                       \
    (offsetof(struct augment_settings, field) != offsetof(struct augment_settings, jitter_hue))

static void init_recipe(void *to)
{
    recipe_init(to);
}

/* The two sub-tables share the recipe's struct, so each sets what is its own. */
static void init_optimizer(void *to)
{
    struct recipe defaults, *recipe = to;

    recipe_init(&defaults);
    recipe->optimizer = defaults.optimizer;
    recipe->lr = defaults.lr;
    recipe->momentum = defaults.momentum;
    recipe->nesterov = defaults.nesterov;
    recipe->weight_decay = defaults.weight_decay;
    recipe->decay = defaults.decay;
    recipe->beta1 = defaults.beta1;
    recipe->beta2 = defaults.beta2;
    recipe->eps = defaults.eps;
}

static const struct config_field optimizer_fields[] = {
    {.key = "name",
        .type = CONFIG_CHOICE,
        FIELD(optimizer),
        .choices = recipe_optimizer_names,
        .help = "the rule that updates weights"},
    {.key = "lr",
        .type = CONFIG_REAL,
        SETTING(lr),
        IN_RANGE(lr),
        .help = "learning rate at its peak, after the warm-up; default: sgd 0.1, rmsprop 0.016, "
                "adamw 0.001"},
    {.key = "momentum",
        .type = CONFIG_REAL,
        SETTING(momentum),
        IN_RANGE(momentum),
        .help = "sgd, rmsprop: part of the last update that is kept; default 0.9"},
    {.key = "nesterov",
        SWITCH(nesterov),
        .help = "sgd: Nesterov's momentum; default true, false with a momentum of 0"},
    {.key = "weight_decay",
        .type = CONFIG_REAL,
        SETTING(weight_decay),
        IN_RANGE(weight_decay),
        .help = "on weights, not on batch norm and biases; default: sgd 5e-4, rmsprop 1e-5, adamw "
                "0.01 (decoupled)"},
    {.key = "decay",
        .type = CONFIG_REAL,
        SETTING(decay),
        IN_RANGE(decay),
        .help = "rmsprop: part of the mean of squared gradients that is kept; default 0.9"},
    {.key = "beta1",
        .type = CONFIG_REAL,
        SETTING(beta1),
        IN_RANGE(beta1),
        .help = "adamw: part of the mean of gradients that is kept; default 0.9"},
    {.key = "beta2",
        .type = CONFIG_REAL,
        SETTING(beta2),
        IN_RANGE(beta2),
        .help = "adamw: the same of squared gradients; default 0.999"},
    {.key = "eps",
        .type = CONFIG_REAL,
        SETTING(eps),
        IN_RANGE(eps),
        .help = "rmsprop: added inside the root, default 0.001; adamw: outside, default 1e-8"},
    {0},
};

static const struct config_table optimizer_table = {
    .name = "the optimizer",
    .size = sizeof(struct recipe),
    .fields = optimizer_fields,
    .init = init_optimizer,
};

static void init_schedule(void *to)
{
    struct recipe defaults, *recipe = to;

    recipe_init(&defaults);
    recipe->schedule = defaults.schedule;
    recipe->warmup_epochs = defaults.warmup_epochs;
    recipe->decay_rate = defaults.decay_rate;
    recipe->decay_epochs = defaults.decay_epochs;
    recipe->staircase = defaults.staircase;
}

static const struct config_field schedule_fields[] = {
    {.key = "name",
        .type = CONFIG_CHOICE,
        FIELD(schedule),
        .choices = recipe_schedule_names,
        .help = "how the learning rate falls"},
    {.key = "warmup_epochs",
        .type = CONFIG_REAL,
        FIELD(warmup_epochs),
        IN_RANGE(warmup_epochs),
        .unit = "epochs",
        .help = "it rises in a line from 0 for so long"},
    {.key = "decay_rate",
        .type = CONFIG_REAL,
        SETTING(decay_rate),
        IN_RANGE(decay_rate),
        .help = "the factor of exponential, default 0.97, and step, default 0.1"},
    {.key = "decay_epochs",
        .type = CONFIG_REAL,
        SETTING(decay_epochs),
        IN_RANGE(decay_epochs),
        .unit = "epochs",
        .help = "from one such factor to the next: exponential 2.4, step 30"},
    {.key = "staircase",
        SWITCH(staircase),
        .help = "exponential: falls at once where a factor is due, not in between; default true"},
    {0},
};

static const struct config_table schedule_table = {
    .name = "the schedule",
    .size = sizeof(struct recipe),
    .fields = schedule_fields,
    .init = init_schedule,
};

static int check_recipe(const void *loaded, struct err *err)
{
    return recipe_validate(loaded, err);
}

static const struct config_field recipe_fields[] = {
    {.key = "epochs",
        .type = CONFIG_INT,
        FIELD(epochs),
        IN_RANGE(epochs),
        .unit = "epochs",
        .help = "passes over the training images"},
    {.key = "batch",
        .type = CONFIG_INT,
        FIELD(batch),
        IN_RANGE(batch),
        .unit = "images",
        .help = "images a step"},
    {.key = "micro_batch",
        .type = CONFIG_INT,
        LATER(micro_batch),
        IN_RANGE(micro_batch),
        .unit = "images; 0: the batch",
        .help = "images of a batch in memory at a time, gradients averaged; batch norm sees these"},
    {.key = "optimizer",
        .type = CONFIG_STRUCT,
        .table = &optimizer_table,
        .help = "how weights are updated"},
    {.key = "schedule",
        .type = CONFIG_STRUCT,
        .table = &schedule_table,
        .help = "the learning rate over time"},
    {.key = "clip_norm",
        .type = CONFIG_REAL,
        LATER(clip_norm),
        IN_RANGE(clip_norm),
        .unit = "0: not clipped",
        .help = "the norm that all gradients together have at most"},
    {.key = "ema_decay",
        .type = CONFIG_REAL,
        LATER(ema_decay),
        IN_RANGE(ema_decay),
        .unit = "0: none",
        .help =
            "test and save a moving average of the weights that keeps this part of itself a step"},
    {.key = "label_smoothing",
        .type = CONFIG_REAL,
        FIELD(label_smoothing),
        IN_RANGE(label_smoothing),
        .help = "part of the target spread over all classes"},
    /* A job's spec holds these three, resolved: the same rate is the same job, given or by default.
     */
    {.key = "bn_momentum",
        .type = CONFIG_REAL,
        FIELD(bn_momentum),
        IN_RANGE(bn_momentum),
        .not_canonical = true,
        .help = "weight of a batch in batch norm's running statistics (0.01 is TensorFlow's 0.99); "
                "default: the model's"},
    {.key = "dropout",
        .type = CONFIG_REAL,
        FIELD(dropout),
        IN_RANGE(dropout),
        .not_canonical = true,
        .help = "before the classifier; default: the model's"},
    {.key = "drop_path",
        .type = CONFIG_REAL,
        FIELD(drop_path),
        IN_RANGE(drop_path),
        .not_canonical = true,
        .help =
            "stochastic depth: rate of the last block, linear from 0 at the first; in "
            "EfficientNets, as in their authors' code, block i of n, from 0, drops at i/n of it; "
            "default: the model's"},
    {.key = "zero_init_residual",
        .type = CONFIG_BOOL,
        FIELD(zero_init_residual),
        .help = "zero-initialise the last batch norm of each residual branch; default true"},
    {.key = "augment",
        .type = CONFIG_BITS,
        FIELD(augment),
        .choices = recipe_augment_names,
        .help = "changes to training images: names, or mappings of a name and parameters, as "
                "{name: random_resized_crop, scale: [0.2, 1]}; those stand for the keys below"},
    {.key = "auto_augment",
        .type = CONFIG_CHOICE,
        LATER(settings.auto_augment),
        .choices = recipe_auto_augment_names,
        .help = "a learnt policy of changes to colours and shape (Cubuk et al. 2019)"},
    {.key = "rand_augment",
        .type = CONFIG_INT,
        LATER(settings.rand_augment),
        IN_RANGE(rand_augment),
        .unit = "0: none",
        .help = "such changes at random, at this level (Cubuk et al. 2020)"},
    {.key = "rand_augment_layers",
        .type = CONFIG_INT,
        LATER(settings.rand_augment_layers),
        IN_RANGE(rand_augment_layers),
        .absent = 2,
        .help = "operations per image; default 2"},
    {.key = "color_jitter",
        .type = CONFIG_REAL,
        LATER(settings.color_jitter),
        IN_RANGE(color_jitter),
        .unit = "0: none",
        .help = "brightness, contrast, saturation by factors of up to 1 +- this"},
    {.key = "cutout",
        .type = CONFIG_INT,
        LATER(settings.cutout),
        IN_RANGE(cutout),
        .detail = true,
        .unit = "pixels, 0: none",
        .help = "side of a square that is blank (DeVries & Taylor 2017); cutout's length"},
    {.key = "crop_padding",
        .type = CONFIG_INT,
        LATER(settings.crop_padding),
        IN_RANGE(crop_padding),
        .default_word = true,
        .detail = true,
        .unit = "pixels",
        .help = "on every side, before random_crop; its padding; default an eighth of the input"},
#define AUGMENT_NUMBER(field, default_, most_, transform, parameter, help_)                        \
    {.key = #field,                                                                                \
        .type = CONFIG_REAL,                                                                       \
        LATER(settings.field),                                                                     \
        .most = most_,                                                                             \
        .above_least = NEEDS_ABOVE_0(field),                                                       \
        .default_word = NEEDS_ABOVE_0(field),                                                      \
        .detail = true,                                                                            \
        .help = parameter " of " transform ": " help_},
#include "workloads/data/config/augment_numbers.def"
#undef AUGMENT_NUMBER
    {.key = "random_erasing",
        .type = CONFIG_REAL,
        LATER(settings.random_erasing),
        IN_RANGE(random_erasing),
        .unit = "0: none",
        .help = "probability that a rectangle of the image is blank (Zhong et al. 2020)"},
    {.key = "mixup",
        .type = CONFIG_REAL,
        LATER(settings.mixup),
        IN_RANGE(mixup),
        .unit = "0: none",
        .help = "alpha: images and labels added to others of the batch (Zhang et al. 2018)"},
    {.key = "cutmix",
        .type = CONFIG_REAL,
        LATER(settings.cutmix),
        IN_RANGE(cutmix),
        .unit = "0: none",
        .help = "alpha: rectangles and labels of others of the batch (Yun et al. 2019)"},
    {0},
};

#undef FIELD

const struct config_table recipe_table = {
    .name = "the recipe",
    .size = sizeof(struct recipe),
    .fields = recipe_fields,
    .init = init_recipe,
    .check = check_recipe,
};
