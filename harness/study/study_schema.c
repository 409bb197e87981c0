/* The keys of a study file, one row each. */
#include <ctype.h>
#include <float.h>
#include <math.h>

#include "data_ranges.h"
#include "study.h"

/* ---- data ---- */

static void init_data(void *to)
{
    struct data_config *data = to;

    data_config_init(data);
    for (int i = 0; i < 3; i++)
        data->mean[i] = data->std[i] = NAN; /* the dataset's own, which plan.c looks up */
}

#define FIELD(name) .offset = offsetof(struct data_config, name)

static const struct config_field data_fields[] = {
    {.key = "name",
        .type = CONFIG_NAME,
        FIELD(name),
        .size = DATA_NAME_BYTES,
        .required = true,
        .choices = workload_dataset_names,
        .help = "the dataset; `scalestudy data list` lists them"},
    {.key = "root",
        .type = CONFIG_PATH,
        FIELD(root),
        .size = PATH_BYTES,
        .help = "folder of the images; ~/ is the home folder"},
    {.key = "packed",
        .type = CONFIG_PATH,
        FIELD(packed),
        .size = PATH_BYTES,
        .may_be_absent = true,
        .help = "file of `scalestudy data pack` to read instead; with root, it is refused if the "
                "images have changed since"},
    {.key = "train_images",
        .type = CONFIG_INT,
        FIELD(train_images),
        CONFIG_RANGE(RANGE_train_images),
        .unit = "images; 0: all",
        .help = "number of training images to use, taken evenly from the classes"},
    {.key = "test_images",
        .type = CONFIG_INT,
        FIELD(test_images),
        CONFIG_RANGE(RANGE_test_images),
        .unit = "images; 0: all",
        .help = "number of test images to use, taken evenly from the classes"},
    {.key = "classes",
        .type = CONFIG_INT,
        FIELD(classes),
        CONFIG_RANGE(RANGE_classes),
        .unit = "classes; 0: all",
        .may_be_absent = true,
        .help = "number of classes to use, drawn by split_seed and renumbered"},
    {.key = "minival",
        .type = CONFIG_REAL,
        FIELD(minival),
        CONFIG_RANGE(RANGE_minival),
        .unit = "below 1: of all; 0: none",
        .may_be_absent = true,
        .help = "part or number of the training images to hold out and to test on, instead of the "
                "test images"},
    {.key = "fraction",
        .type = CONFIG_REAL,
        FIELD(fraction),
        CONFIG_RANGE(RANGE_fraction),
        .may_be_absent = true,
        .absent = 1,
        .help = "part of the training images to use, the same share of every class"},
    {.key = "split_seed",
        .type = CONFIG_INT,
        FIELD(split_seed),
        CONFIG_RANGE(RANGE_split_seed),
        .may_be_absent = true,
        .help = "seed that draws classes, minival and fraction"},
    {.key = "mean",
        .type = CONFIG_TRIPLE,
        FIELD(mean),
        CONFIG_RANGE(RANGE_mean),
        .help = "mean to subtract from pixels of 0 to 1; default: the dataset's"},
    {.key = "std",
        .type = CONFIG_TRIPLE,
        FIELD(std),
        CONFIG_RANGE(RANGE_std),
        .help = "deviation to divide by; default: the dataset's"},
    {.key = "crop_ratio",
        .type = CONFIG_REAL,
        FIELD(crop_ratio),
        CONFIG_RANGE(RANGE_crop_ratio),
        .help = "testing: resize to input / ratio, crop the centre"},
    {.key = "resize",
        .type = CONFIG_CHOICE,
        FIELD(resize),
        .choices = workload_resize_names,
        .may_be_absent = true,
        .absent = RESIZE_BILINEAR,
        .help = "filter of a resize, always with antialiasing"},
    {.key = "scaled_decode",
        .type = CONFIG_BOOL,
        FIELD(scaled_decode),
        .may_be_absent = true,
        .help = "decode JPEGs at 1/2, 1/4 or 1/8 of their size where that is large enough: faster, "
                "but other pixels"},
    {.key = "loader_threads",
        .type = CONFIG_INT,
        FIELD(loader_threads),
        CONFIG_RANGE(RANGE_loader_threads),
        .unit = "threads",
        .not_canonical = true,
        .help = "threads that decode images ahead of a job's training"},
    {.key = "class_map",
        .type = CONFIG_PATH,
        FIELD(class_map),
        .size = PATH_BYTES,
        .help = "file of class numbers, with lines of folder, tab, number"},
    {.key = "match",
        .type = CONFIG_TEXT,
        FIELD(match),
        .size = sizeof(((struct data_config *)0)->match),
        .help = "only files whose name matches this pattern, such as *.JPEG"},
    {0},
};

#undef FIELD

const struct config_table data_table = {
    .name = "data",
    .size = sizeof(struct data_config),
    .fields = data_fields,
    .init = init_data,
};

/* ---- models ---- */

#define FIELD(name) .offset = offsetof(struct study_scaling, name)
#define FACTOR      .type = CONFIG_REAL, .least = 0, .most = 1000, .above_least = true, .grid = true

void study_scaling_init(struct study_scaling *scaling)
{
    *scaling = (struct study_scaling){.depth = NAN,
        .width = NAN,
        .resolution = NAN,
        .factor = NAN,
        .phi = NAN,
        .alpha = NAN,
        .beta = NAN,
        .gamma = NAN,
        .flops = {NAN, NAN}};
}

static void init_scaling(void *to)
{
    study_scaling_init(to);
}

static const struct config_field scaling_fields[] = {
    {.key = "method",
        .type = CONFIG_NAME,
        FIELD(method),
        .grid = true,
        .size = SCALER_NAME_BYTES,
        .required = true,
        .choices = scaler_names,
        .help = "the scaling method; see `scalestudy scale --help`"},
    {.key = "d", FACTOR, FIELD(depth), .help = "factor on the number of blocks"},
    {.key = "w", FACTOR, FIELD(width), .help = "factor on the number of channels"},
    {.key = "r", FACTOR, FIELD(resolution), .help = "factor on the input size"},
    {.key = "factor", FACTOR, FIELD(factor), .help = "the factor of width, depth or resolution"},
    {.key = "phi",
        .type = CONFIG_REAL,
        FIELD(phi),
        .grid = true,
        .least = -100,
        .most = 100,
        .help = "compound: d = alpha^phi, w = beta^phi, r = gamma^phi"},
    {.key = "alpha", FACTOR, FIELD(alpha), .help = "compound; default: the paper's"},
    {.key = "beta", FACTOR, FIELD(beta), .help = "compound; default: the paper's"},
    {.key = "gamma", FACTOR, FIELD(gamma), .help = "compound; default: the paper's"},
    {.key = "flops",
        .type = CONFIG_BUDGET,
        FIELD(flops),
        .grid = true,
        .help = "a budget of multiply-adds instead of a factor, such as 1.3B or 4x"},
    {.key = "input",
        .type = CONFIG_INT,
        FIELD(input),
        .grid = true,
        .least = 1,
        .most = 100000,
        .unit = "pixels",
        .help = "input size of the scaled network; default: the baseline's times r, rounded"},
    {0},
};

#undef FIELD

static const struct config_table scaling_table = {
    .name = "a scaling",
    .size = sizeof(struct study_scaling),
    .fields = scaling_fields,
    .init = init_scaling,
    .has_place = true,
    .flow = true,
};

static void init_variant(void *to)
{
    *(struct study_variant *)to = (struct study_variant){.variant = {.width = 1, .depth = 1}};
}

#define FIELD(name) .offset = offsetof(struct study_variant, variant.name)

static const struct config_field variant_fields[] = {
    {.key = "width", FACTOR, FIELD(width), .help = "factor on the baseline's channels"},
    {.key = "depth", FACTOR, FIELD(depth), .help = "factor on the baseline's blocks"},
    {.key = "stem_stride",
        .type = CONFIG_INT,
        FIELD(stem_stride),
        .grid = true,
        .least = 1,
        .most = 8,
        .help = "stride of the first convolution; default: the model's"},
    {.key = "stem_pool",
        .type = CONFIG_NOT_BOOL,
        FIELD(no_stem_pool),
        .grid = true,
        .help = "false leaves out ResNet's max pooling"},
    {0},
};

#undef FIELD
#undef FACTOR

static const struct config_table variant_table = {
    .name = "the variant",
    .size = sizeof(struct study_variant),
    .fields = variant_fields,
    .init = init_variant,
    .has_place = true,
};

static void init_limits(void *to)
{
    *(struct study_limits *)to = (struct study_limits){NAN, NAN, NAN};
}

#define FIELD(name) .key = #name, .offset = offsetof(struct study_limits, name)
#define LIMIT       .type = CONFIG_COUNT, .least = 0, .most = 1e18

static const struct config_field limit_fields[] = {
    {FIELD(macs), LIMIT, .help = "multiply-adds of one image"},
    {FIELD(params), LIMIT, .help = "trainable parameters"},
    {FIELD(train_bytes), LIMIT, .unit = "bytes", .help = "memory of training at the batch size"},
    {0},
};

#undef LIMIT
#undef FIELD

static const struct config_table limits_table = {
    .name = "skip_over",
    .size = sizeof(struct study_limits),
    .fields = limit_fields,
    .init = init_limits,
};

static void init_model(void *to)
{
    struct study_model *model = to;

    *model = (struct study_model){0};
    init_variant(&model->variant);
    recipe_init(&model->recipe);
    init_limits(&model->skip_over);
}

#define FIELD(name) .offset = offsetof(struct study_model, name)

static const struct config_field model_fields[] = {
    {.key = "base",
        .type = CONFIG_NAME,
        FIELD(base),
        .grid = true,
        .size = SPEC_NAME_BYTES,
        .required = true,
        .choices = spec_names,
        .help = "the baseline; `scalestudy models` lists them"},
    {.key = "input",
        .type = CONFIG_INT,
        FIELD(input),
        .grid = true,
        .least = 1,
        .most = 100000,
        .unit = "pixels",
        .help = "input size of the baseline; default: the model's"},
    {.key = "variant",
        .type = CONFIG_STRUCT,
        FIELD(variant),
        .table = &variant_table,
        .help = "a smaller or larger baseline"},
    {.key = "recipe",
        .type = CONFIG_STRUCT,
        FIELD(recipe),
        .given_offset = offsetof(struct study_model, has_recipe),
        .table = &recipe_table,
        .help = "settings that differ from the study's recipe for this model"},
    {.key = "skip_over",
        .type = CONFIG_STRUCT,
        FIELD(skip_over),
        .given_offset = offsetof(struct study_model, has_limits),
        .table = &limits_table,
        .help = "limits for this model; those not given are the study's"},
    {.key = "scalings",
        .type = CONFIG_LIST,
        FIELD(scalings),
        .table = &scaling_table,
        .required = true,
        .help = "scalings to apply; one job per scaling and seed"},
    {0},
};

#undef FIELD

static const struct config_table model_table = {
    .name = "a model",
    .size = sizeof(struct study_model),
    .fields = model_fields,
    .init = init_model,
    .has_place = true,
};

/* ---- pruning ---- */

static const char *const *prune_methods(void)
{
    static const char *const names[] = {"none", "asha", NULL};

    return names;
}

static void init_prune(void *to)
{
    *(struct study_prune *)to =
        (struct study_prune){.method = PRUNE_NONE, .min_epochs = 1, .factor = 3};
}

#define FIELD(name) .key = #name, .offset = offsetof(struct study_prune, name)

static const struct config_field prune_fields[] = {
    {FIELD(method), .type = CONFIG_CHOICE, .choices = prune_methods,
        .help = "asha: asynchronous successive halving, by top-1 on the test split"},
    {FIELD(min_epochs), .type = CONFIG_INT, .least = 1, .most = 100000, .unit = "epochs",
        .help = "jobs are compared after min_epochs x factor^k epochs, k = 0, 1, ..."},
    {FIELD(factor), .type = CONFIG_INT, .least = 2, .most = 1000,
        .help = "of `factor` jobs that reach such an epoch, the best goes on and the others are "
                "stopped"},
    {0},
};

#undef FIELD

static const struct config_table prune_table = {
    .name = "prune",
    .size = sizeof(struct study_prune),
    .fields = prune_fields,
    .init = init_prune,
    .flow = true,
};

/* ---- the study ---- */

static void init_study(void *to)
{
    struct study *study = to;

    *study = (struct study)STUDY_INIT;
    init_data(&study->data);
    recipe_init(&study->recipe);
    init_limits(&study->skip_over);
    init_prune(&study->prune);
}

static int check_study(const void *loaded, struct err *err)
{
    const struct study *study = loaded;

    for (const char *at = study->name; *at; at++)
        if (!isalnum((unsigned char)*at) && *at != '-' && *at != '_' && *at != '.')
            return err_set(err, ERR_INPUT,
                "name: '%s' holds more than letters, digits, '-', '_' and '.'; names of studies "
                "have only these",
                study->name);
    return 0;
}

#define FIELD(name) .offset = offsetof(struct study, name)

static const struct config_field study_fields[] = {
    {.key = "name",
        .type = CONFIG_TEXT,
        FIELD(name),
        .size = STUDY_NAME_BYTES,
        .required = true,
        .help = "name of the study, in the database and in tables"},
    {.key = "data",
        .type = CONFIG_STRUCT,
        FIELD(data),
        .table = &data_table,
        .required = true,
        .help = "the images"},
    {.key = "recipe",
        .type = CONFIG_STRUCT,
        FIELD(recipe),
        .table = &recipe_table,
        .help = "how every network is trained"},
    {.key = "skip_over",
        .type = CONFIG_STRUCT,
        FIELD(skip_over),
        .table = &limits_table,
        .help = "skip networks that cost more; `plan` lists them"},
    {.key = "prune",
        .type = CONFIG_STRUCT,
        FIELD(prune),
        .table = &prune_table,
        .help = "stop jobs that fall behind the others early; tables leave them out"},
    {.key = "seeds",
        .type = CONFIG_INT64_LIST,
        FIELD(seeds),
        .least = 0,
        .most = 9.2e18,
        .required = true,
        .help = "every network is trained once with each"},
    {.key = "models",
        .type = CONFIG_LIST,
        FIELD(models),
        .table = &model_table,
        .required = true,
        .help = "the baselines and their scalings"},
    {0},
};

#undef FIELD

const struct config_table study_table = {
    .name = "the study",
    .size = sizeof(struct study),
    .fields = study_fields,
    .init = init_study,
    .check = check_study,
};
