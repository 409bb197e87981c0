#include "tests/lib/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/study/plan.h"
#include "harness/study/study.h"

#define HEAD "name: s\ndata: {name: shapes}\nseeds: [0]\n"
#define MODELS                                                                                     \
    "models:\n  - base: mobilenet_v2\n    input: 32\n    scalings:\n      - {method: baseline}\n"

struct refused {
    const char *text;
    const char *place; /* after the name of the file */
    const char *words;
};

/* Loading alone, then the networks. */
static const char *refusal(const char *text)
{
    static struct err err;
    struct study study = STUDY_INIT;
    struct plan plan = PLAN_INIT;

    err_clear(&err);
    if (study_parse(&study, "s.yaml", text, strlen(text), &err) == 0)
        (void)!plan_build(&plan, &study, 0, PLAN_FILE, &err);
    if (err.code != ERR_NONE)
        assert_int_equal(err.code, ERR_INPUT);
    plan_release(&plan);
    study_release(&study);
    return err.message;
}

static void check_refusals(const struct refused *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char begin[64];
        const char *said = refusal(cases[i].text);

        snprintf(begin, sizeof(begin), "s.yaml:%s: ", cases[i].place);
        if (!str_starts_with(said, begin) || !strstr(said, cases[i].words))
            fail_msg("of\n%s\nsaid \"%s\", not \"%s ... %s\"", cases[i].text, said, begin,
                cases[i].words);
    }
}

#define check_all(cases) check_refusals(cases, sizeof(cases) / sizeof((cases)[0]))

static void test_study__unknown_keys_are_refused_with_the_nearest_and_the_valid_ones(void **state)
{
    static const struct refused cases[] = {
        {HEAD "recpie: {epochs: 3}\n" MODELS, "4:1", "did you mean 'recipe'? Its keys are"},
        {HEAD "recipe:\n  epochs: 3\n  bacth: 12\n" MODELS, "6:3",
            "the recipe has no key 'bacth'; did you mean 'batch'?"},
        {HEAD "recipe: {optimizer: {lrr: 1}}\n" MODELS, "4:22",
            "the optimizer has no key 'lrr'; did you mean 'lr'?"},
        {HEAD "recipe: {schedule: {warmup: 1}}\n" MODELS, "4:21",
            "the schedule has no key 'warmup'"},
        {"name: s\ndata: {name: shapes, rot: x}\n", "2:22",
            "data has no key 'rot'; did you mean 'root'?"},
        {HEAD "models:\n  - {base: resnet50, scaling: []}\n", "5:22", "did you mean 'scalings'?"},
        {HEAD
            "models:\n  - {base: resnet50, variant: {widht: 1}, scalings: [{method: baseline}]}\n",
            "5:32", "did you mean 'width'?"},
        {HEAD "models:\n  - {base: resnet50, scalings: [{method: width, width: 2}]}\n", "5:49",
            "its keys are method, d, w"},
    };

    (void)state;
    check_all(cases);
}

static void test_study__wrong_types_are_refused(void **state)
{
    static const struct refused cases[] = {
        {"just a text\n", "1:1",
            "the study must be a mapping of keys to values, not a single value"},
        {HEAD "recipe: 3\n" MODELS, "4:9", "the recipe must be a mapping"},
        {HEAD "recipe: {epochs: ten}\n" MODELS, "4:18",
            "epochs: 'ten' is not a whole number from 1 to 100000 (epochs)"},
        {HEAD "recipe: {epochs: 1.5}\n" MODELS, "4:18", "'1.5' is not a whole number"},
        {HEAD "recipe: {epochs: \"10\"}\n" MODELS, "4:18",
            "the text in quotes \"10\" is not a whole number"},
        {HEAD "recipe: {epochs: [10]}\n" MODELS, "4:18", "a list is not a whole number"},
        {HEAD "recipe: {epochs: }\n" MODELS, "4:18", "epochs has no value"},
        {HEAD "recipe: {optimizer: {lr: fast}}\n" MODELS, "4:26",
            "lr: 'fast' is not a number above 0"},
        {HEAD "recipe: {optimizer: {nesterov: yes}}\n" MODELS, "4:32",
            "'yes' is not true or false"},
        {HEAD "recipe: {augment: random_crop}\n" MODELS, "4:19",
            "is not a list of random_resized_crop"},
        {"name: s\ndata: shapes\n", "2:7", "data must be a mapping"},
        {"name: s\ndata: {name: shapes}\nseeds: 3\n", "3:8",
            "seeds: '3' is not a list of whole numbers"},
        {"name: s\ndata: {name: shapes}\nseeds: [0, x]\n", "3:12", "'x' is not"},
        {HEAD "models: {base: resnet50}\n", "4:9", "models: a mapping is not a list of mappings"},
        {HEAD "models: [resnet50]\n", "4:10", "a model must be a mapping"},
        {HEAD "models:\n  - {base: resnet50, scalings: [{method: width, flops: lots}]}\n", "5:56",
            "'lots' is not a number of multiply-adds such as 1.3B, or a multiple such as 4x"},
    };

    (void)state;
    check_all(cases);
}

static void test_study__values_out_of_range_are_refused(void **state)
{
    static const struct refused cases[] = {
        {HEAD "recipe: {epochs: 0}\n" MODELS, "4:18", "from 1 to"},
        {HEAD "recipe: {epochs: 99999999999999999999}\n" MODELS, "4:18", "from 1 to"},
        {HEAD "recipe: {optimizer: {lr: 0}}\n" MODELS, "4:26", "above 0"},
        {HEAD "recipe: {optimizer: {lr: 1e999}}\n" MODELS, "4:26", "above 0"},
        {HEAD "recipe: {optimizer: {lr: nan}}\n" MODELS, "4:26", "above 0"},
        {HEAD "recipe: {label_smoothing: 1}\n" MODELS, "4:27", "from 0 to 0.999"},
        {HEAD "recipe: {ema_decay: 1}\n" MODELS, "4:21", "from 0 to 0.999999"},
        {HEAD "recipe: {bn_momentum: 0}\n" MODELS, "4:23", "above 0"},
        {HEAD "recipe: {clip_norm: -1}\n" MODELS, "4:21", "from 0 to"},
        {HEAD "recipe: {micro_batch: -2}\n" MODELS, "4:23", "from 0 to"},
        {HEAD "recipe: {batch: 12, micro_batch: 5}\n" MODELS, "4:9", "micro_batch must divide it"},
        {HEAD "recipe: {schedule: {name: step, decay_epochs: 0}}\n" MODELS, "4:47", "above 0"},
        {"name: s\ndata: {name: shapes, crop_ratio: 1.5}\n", "2:34", "above 0, up to 1"},
        {"name: s\ndata: {name: shapes, std: [1, 0, 1]}\n", "2:31", "above 0"},
        {"name: s\ndata: {name: shapes, std: [1, 1]}\n", "2:27", "three for red, green and blue"},
        {"name: s\ndata: {name: shapes}\nseeds: [-1]\n", "3:9", "'-1' is not"},
        {"name: s\ndata: {name: shapes}\nseeds: []\n", "3:8", "seeds is empty"},
        {"name: s\ndata: {name: shapes}\nseeds: [1, 2, 1]\n", "3:15", "1 is there twice"},
        {HEAD "models: []\n", "4:9", "models is empty"},
        {HEAD "models:\n  - {base: resnet50, scalings: []}\n", "5:32", "scalings is empty"},
        {HEAD "models:\n  - {base: resnet50, scalings: [{method: width, w: -2}]}\n", "5:52",
            "above 0"},
        {HEAD "models:\n  - {base: resnet50, scalings: [{method: width, flops: -4x}]}\n", "5:56",
            "multiply-adds"},
    };

    (void)state;
    check_all(cases);
}

static void test_study__unknown_names_are_refused_with_the_choices(void **state)
{
    static const struct refused cases[] = {
        {"name: s\ndata: {name: shaeps}\n", "2:14", "did you mean 'shapes'? The choices are"},
        {HEAD "models:\n  - {base: resnet5, scalings: [{method: baseline}]}\n", "5:12",
            "did you mean 'resnet50'"},
        {HEAD "models:\n  - {base: resnet50, scalings: [{method: widht}]}\n", "5:42",
            "did you mean 'width'"},
        {HEAD "recipe: {optimizer: {name: adm}}\n" MODELS, "4:28",
            "did you mean 'adamw'? The choices are sgd, rmsprop, adamw"},
        {HEAD "recipe: {schedule: {name: cosin}}\n" MODELS, "4:27", "did you mean 'cosine'"},
        {HEAD "recipe: {augment: [random_crop, flip]}\n" MODELS, "4:33", "horizontal_flip"},
    };

    (void)state;
    check_all(cases);
}

static void test_study__augmentations_with_wrong_parameters_are_refused(void **state)
{
    static const struct refused cases[] = {
        {HEAD "recipe: {augment: [{name: random_erase}]}\n" MODELS, "4:27",
            "did you mean 'random_erasing'? The choices are"},
        {HEAD "recipe: {augment: [{name: random_crop, pad: 4}]}\n" MODELS, "4:40",
            "random_crop has no parameter 'pad'; it takes padding"},
        {HEAD "recipe: {augment: [{name: random_crop, padding: 0.5}]}\n" MODELS, "4:49",
            "crop_padding: '0.5' is not a whole number"},
        {HEAD "recipe: {augment: [{name: random_resized_crop, scale: 0.2}]}\n" MODELS, "4:55",
            "a list of two numbers"},
        {HEAD "recipe: {augment: [{name: random_resized_crop, scale: [0.9, 0.2]}]}\n" MODELS, "4:9",
            "crop_scale_min is 0.9 and crop_scale_max is 0.2"},
        {HEAD "recipe: {augment: [{name: horizontal_flip, p: 0}]}\n" MODELS, "4:47",
            "must be above 0"},
        {HEAD "recipe: {augment: [{name: random_erasing, scale: [0, 0.3]}]}\n" MODELS, "4:51",
            "scale of random_erasing is 0"},
        {HEAD "recipe: {augment: [random_crop], crop_padding: 0}\n" MODELS, "4:48",
            "crop_padding: '0' is not a whole number above 0"},
        {HEAD "recipe: {augment: [horizontal_flip], flip_probability: 0}\n" MODELS, "4:56",
            "above 0"},
        {HEAD "recipe: {augment: [random_resized_crop], crop_scale_min: 0}\n" MODELS, "4:58",
            "above 0"},
        {HEAD "recipe: {random_erasing: 0.5, erasing_ratio_max: 0.0}\n" MODELS, "4:50", "above 0"},
        {HEAD "recipe: {color_jitter: 0.4, jitter_contrast: 0}\n" MODELS, "4:46",
            "jitter_contrast: '0' is not a number above 0, up to 10, or default"},
        {HEAD "recipe: {augment: [{name: color_jitter, hue: 0.1}], color_jitter: 1}\n" MODELS,
            "4:27", "keep one"},
        {HEAD "recipe: {augment: [mixup]}\n" MODELS, "4:20", "mixup needs its alpha"},
        {HEAD "recipe: {augment: [color_jitter]}\n" MODELS, "4:20", "without a parameter"},
        {HEAD "recipe: {augment: [{padding: 4}]}\n" MODELS, "4:20", "a mapping with a name"},
        {HEAD "recipe: {augment: [{name: cutout, length: 8}], cutout: 4}\n" MODELS, "4:43",
            "the recipe has that key too"},
        {HEAD "recipe: {augment: [rand_augment, auto_augment]}\n" MODELS, "4:9", "choose one"},
        {HEAD "recipe: {crop_padding: 4}\n" MODELS, "4:9", "there is no random_crop for it"},
        {HEAD "recipe: {flip_probability: 0.3}\n" MODELS, "4:9", "no horizontal_flip for it"},
        {HEAD "recipe: {augment: [{name: color_jitter, hue: 0.7}]}\n" MODELS, "4:46",
            "jitter_hue: '0.7' is not a number from 0 to 0.5"},
    };

    (void)state;
    check_all(cases);
}

static void test_study__settings_that_the_optimizer_or_schedule_has_not_are_refused(void **state)
{
    static const struct refused cases[] = {
        {HEAD "recipe: {optimizer: {name: adamw, momentum: 0.9}}\n" MODELS, "4:9",
            "momentum is given, and the optimizer adamw has no such setting"},
        {HEAD "recipe: {optimizer: {name: rmsprop, nesterov: true}}\n" MODELS, "4:9",
            "nesterov is given, and the optimizer rmsprop"},
        {HEAD "recipe: {optimizer: {beta1: 0.9}}\n" MODELS, "4:9", "the optimizer sgd"},
        {HEAD "recipe: {optimizer: {decay: 0.9}}\n" MODELS, "4:9", "the optimizer sgd"},
        {HEAD "recipe: {schedule: {decay_rate: 0.9}}\n" MODELS, "4:9",
            "decay_rate is given, and the schedule cosine"},
        {HEAD "recipe: {schedule: {name: step, staircase: true}}\n" MODELS, "4:9",
            "staircase is given, and the schedule step"},
    };

    (void)state;
    check_all(cases);
}

static void test_study__missing_keys_and_unfit_names_are_refused(void **state)
{
    static const struct refused cases[] = {
        {"data: {name: shapes}\nseeds: [0]\n" MODELS, "1:1", "the study lacks the key 'name'"},
        {HEAD, "1:1", "the study lacks the key 'models'"},
        {"name: s\ndata: {root: x}\nseeds: [0]\n" MODELS, "2:7", "data lacks the key 'name'"},
        {HEAD "models:\n  - {input: 32, scalings: [{method: baseline}]}\n", "5:5",
            "a model lacks the key 'base'"},
        {HEAD "models:\n  - {base: resnet50, scalings: [{w: 2}]}\n", "5:33",
            "a scaling lacks the key 'method'"},
        {"name: a b/c\ndata: {name: shapes}\nseeds: [0]\n" MODELS, "1:1",
            "'a b/c' holds more than letters"},
        {"name: \"a\\eb\"\n", "1:7", "control characters"},
        {"name: \"a\\ufffeb\"\n", "1:7", "control characters"},
    };

    (void)state;
    check_all(cases);
}

static void test_study__impossible_networks_are_refused_at_their_scaling(void **state)
{
    static const struct refused cases[] = {
        {HEAD "models:\n  - base: resnet50\n    scalings:\n      - {method: width}\n", "7:9",
            "needs its factor w"},
        {HEAD "models:\n  - base: resnet50\n    scalings:\n      - {method: width, w: 2, d: 2}\n",
            "7:9", "does not take d"},
        {HEAD
            "models:\n  - base: resnet50\n    scalings:\n      - {method: resolution, r: 0.001}\n",
            "7:9", "below 1 pixel"},
        {HEAD "models:\n  - base: resnet50\n    variant: {width: 1000}\n    scalings:\n      - "
              "{method: depth, d: 1000}\n",
            "8:9", ""},
        {HEAD "models:\n  - base: mobilenet_v2\n    variant: {stem_pool: false}\n    scalings:\n   "
              "   - {method: baseline}\n",
            "6:14", "no pooling"},
        {HEAD "models:\n  - base: resnet50\n    scalings:\n      - {method: baseline}\n      - "
              "{method: width, w: 1}\n",
            "8:9", "the same network as the one at line 7"},
    };

    (void)state;
    check_all(cases);
}

static void load(struct study *study, const char *text)
{
    struct err err = {0};

    if (study_parse(study, "s.yaml", text, strlen(text), &err) < 0)
        fail_msg("%s", err.message);
}

static void test_study__every_key_reaches_its_field(void **state)
{
    struct study study;
    const struct study_model *model;
    const struct study_scaling *scalings;

    (void)state;
    load(&study,
        "name: table3-x\n"
        "data: {name: folder, root: ~/d, train_images: 10, test_images: 5, mean: 0.5, std: [0.1, "
        "0.2, 0.3],\n"
        "       crop_ratio: 0.875, loader_threads: 2, class_map: m.tsv, match: '*.JPEG'}\n"
        "recipe:\n"
        "  epochs: 3\n  batch: 17\n"
        "  optimizer: {name: sgd, lr: 0.05, momentum: 0.8, nesterov: false, weight_decay: 1.0e-4}\n"
        "  schedule: {name: constant, warmup_epochs: 0.5}\n"
        "  label_smoothing: 0.1\n  dropout: 0.3\n  drop_path: 0.2\n"
        "  augment: [horizontal_flip, random_crop]\n"
        "seeds: [3, 9007199254740993]\n"
        "models:\n"
        "  - base: resnet50\n    input: 64\n"
        "    variant: {width: 0.5, depth: 0.75, stem_stride: 1, stem_pool: false}\n"
        "    scalings:\n"
        "      - {method: baseline}\n"
        "      - {method: compound, phi: 2, alpha: 1.3, beta: 1.05, gamma: 1.1, input: 90}\n"
        "      - {method: width, flops: 4x}\n"
        "      - {method: depth, flops: 1.3B}\n"
        "      - {method: resolution, factor: 1.5}\n");
    assert_string_equal(study.name, "table3-x");
    assert_string_equal(study.data.name, "folder");
    assert_string_equal(study.data.root, "~/d");
    assert_int_equal(study.data.train_images, 10);
    assert_int_equal(study.data.test_images, 5);
    assert_true(study.data.mean[2] == 0.5);
    assert_true(study.data.std[1] == 0.2);
    assert_true(study.data.crop_ratio == 0.875);
    assert_int_equal(study.data.loader_threads, 2);
    assert_true(study.data.class_map[0] == '/'); /* beside the file, whatever is current later */
    assert_true(str_ends_with(study.data.class_map, "/m.tsv"));
    assert_string_equal(study.data.match, "*.JPEG");
    assert_int_equal(study.recipe.epochs, 3);
    assert_int_equal(study.recipe.batch, 17);
    assert_int_equal(study.recipe.optimizer, OPTIMIZER_SGD);
    assert_true(study.recipe.optimizer_settings.lr == 0.05);
    assert_true(study.recipe.optimizer_settings.momentum == 0.8);
    assert_false(study.recipe.optimizer_settings.nesterov);
    assert_true(study.recipe.optimizer_settings.weight_decay == 1e-4);
    assert_int_equal(study.recipe.schedule, SCHEDULE_CONSTANT);
    assert_true(study.recipe.warmup_epochs == 0.5);
    assert_true(study.recipe.label_smoothing == 0.1);
    assert_true(study.recipe.dropout == 0.3);
    assert_true(study.recipe.drop_path == 0.2);
    assert_int_equal(study.recipe.augment,
        AUGMENT_BIT(AUGMENT_INDEX_HORIZONTAL_FLIP) | AUGMENT_BIT(AUGMENT_INDEX_RANDOM_CROP));
    assert_int_equal(study.seeds.count, 2);
    assert_true(((int64_t *)study.seeds.items)[1] == 9007199254740993);
    model = study.models.items;
    assert_string_equal(model->base, "resnet50");
    assert_int_equal(model->input, 64);
    assert_true(model->variant.variant.width == 0.5);
    assert_true(model->variant.variant.depth == 0.75);
    assert_int_equal(model->variant.variant.stem_stride, 1);
    assert_true(model->variant.variant.no_stem_pool);
    assert_int_equal(model->scalings.count, 5);
    scalings = model->scalings.items;
    assert_true(isnan(scalings[0].width));
    assert_true(scalings[1].phi == 2 && scalings[1].alpha == 1.3 && scalings[1].beta == 1.05 &&
                scalings[1].gamma == 1.1);
    assert_int_equal(scalings[1].input, 90);
    assert_true(scalings[2].flops.ratio == 4 && isnan(scalings[2].flops.absolute));
    assert_true(scalings[3].flops.absolute == 1.3e9 && isnan(scalings[3].flops.ratio));
    assert_true(scalings[4].factor == 1.5);
    assert_int_equal(scalings[4].place.line, 23);
    study_release(&study);
}

static void test_study__what_is_left_out_has_the_recipes_defaults(void **state)
{
    struct recipe defaults;
    struct study study;

    (void)state;
    recipe_init(&defaults);
    load(&study, HEAD "recipe: {optimizer: {momentum: 0.5}, schedule: {name: constant}}\n" MODELS);
    assert_true(study.recipe.optimizer_settings.lr == defaults.optimizer_settings.lr);
    assert_true(study.recipe.optimizer_settings.nesterov == defaults.optimizer_settings.nesterov);
    assert_true(study.recipe.optimizer_settings.momentum == 0.5);
    assert_true(study.recipe.warmup_epochs == defaults.warmup_epochs);
    assert_int_equal(study.recipe.schedule, SCHEDULE_CONSTANT);
    assert_int_equal(study.recipe.epochs, defaults.epochs);
    study_release(&study);
}

static void test_study__the_papers_recipe_reaches_its_fields(void **state)
{
    struct study study;
    const struct recipe *recipe = &study.recipe;

    (void)state;
    load(&study,
        HEAD "recipe:\n  batch: 4096\n  micro_batch: 32\n"
             "  optimizer: {name: rmsprop, lr: 0.256, momentum: 0.8, decay: 0.7, eps: 0.01}\n"
             "  schedule: {name: exponential, decay_rate: 0.5, decay_epochs: 3, staircase: false}\n"
             "  clip_norm: 2\n  ema_decay: 0.9999\n  bn_momentum: 0.01\n" MODELS);
    assert_int_equal(recipe->micro_batch, 32);
    assert_int_equal(recipe->optimizer, OPTIMIZER_RMSPROP);
    assert_true(recipe->optimizer_settings.momentum == 0.8 &&
                recipe->optimizer_settings.decay == 0.7 && recipe->optimizer_settings.eps == 0.01);
    assert_int_equal(recipe->schedule, SCHEDULE_EXPONENTIAL);
    assert_true(recipe->schedule_settings.decay_rate == 0.5 &&
                recipe->schedule_settings.decay_epochs == 3 &&
                recipe->schedule_settings.staircase == 0);
    assert_true(recipe->clip_norm == 2 && recipe->ema_decay == 0.9999);
    assert_true(recipe->bn_momentum == 0.01);
    study_release(&study);
    load(&study, HEAD "recipe: {optimizer: {name: adamw, beta1: 0.5, beta2: 0.6}}\n" MODELS);
    assert_int_equal(study.recipe.optimizer, OPTIMIZER_ADAMW);
    assert_true(study.recipe.optimizer_settings.beta1 == 0.5 &&
                study.recipe.optimizer_settings.beta2 == 0.6);
    study_release(&study);
}

static void test_study__a_missing_file_is_the_users_mistake(void **state)
{
    struct study study = STUDY_INIT;
    struct err err = {0};

    (void)state;
    assert_int_equal(study_load(&study, "/nonexistent/s.yaml", &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "/nonexistent/s.yaml"));
    study_release(&study);
}

static void test_study__every_key_is_described(void **state)
{
    struct rowset rows;
    struct err err = {0};

    (void)state;
    rowset_init(&rows, config_columns);
    assert_int_equal(config_describe(&study_table, &rows, &err), 0);
    assert_true(rowset_count(&rows) > 40);
    rowset_release(&rows);
}
