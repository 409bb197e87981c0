/* What a study's short forms stand for: merge keys, files that are included, grids, limits, recipes
 * of models; and the study in full. */
#include "tests/lib/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/system/file.h"
#include "harness/study/plan.h"

#define HEAD "name: s\ndata: {name: shapes}\nseeds: [0, 1]\n"
#define ONE  "models: [{base: mobilenet_v2, input: 32, scalings: [{method: baseline}]}]\n"

struct planned {
    struct study study;
    struct plan plan;
    struct err err;
};

static void plan_text(struct planned *p, const char *path, const char *text, enum plan_order order)
{
    *p = (struct planned){.study = STUDY_INIT, .plan = PLAN_INIT};
    if (study_parse(&p->study, path, text, strlen(text), &p->err) == 0)
        (void)!plan_build(&p->plan, &p->study, 10, order, &p->err);
}

static void planned_release(struct planned *p)
{
    plan_release(&p->plan);
    study_release(&p->study);
}

static void plan_fine(struct planned *p, const char *text)
{
    plan_text(p, "s.yaml", text, PLAN_FILE);
    if (p->err.code != ERR_NONE)
        fail_msg("%s of\n%s", p->err.message, text);
}

static void assert_refused(const char *path, const char *text, const char *begin, const char *words)
{
    struct planned p;

    plan_text(&p, path, text, PLAN_FILE);
    assert_int_equal(p.err.code, ERR_INPUT);
    if (!str_starts_with(p.err.message, begin) || !strstr(p.err.message, words))
        fail_msg("said \"%s\", not \"%s ... %s\"", p.err.message, begin, words);
    planned_release(&p);
}

static void assert_same_jobs(const char *a, const char *b)
{
    struct planned x, y;

    plan_fine(&x, a);
    plan_fine(&y, b);
    assert_int_equal(x.plan.n_jobs, y.plan.n_jobs);
    for (int i = 0; i < x.plan.n_jobs; i++)
        assert_string_equal(x.plan.ids[i], y.plan.ids[i]);
    planned_release(&x);
    planned_release(&y);
}

/* ---- merge keys ---- */

static void test_study__a_merge_key_gives_what_a_mapping_lacks(void **state)
{
    (void)state;
    assert_same_jobs(HEAD "recipe: {epochs: 3, batch: 64, label_smoothing: 0.1}\n" ONE,
        "name: s\ndata: {name: shapes}\nseeds: [0, 1]\n" ONE
        "recipe: {<<: {epochs: 9, batch: 64, label_smoothing: 0.1}, epochs: 3}\n");
}

static void test_study__of_several_merged_mappings_the_first_wins(void **state)
{
    (void)state;
    assert_same_jobs(HEAD "recipe:\n  optimizer: {lr: 0.2, momentum: 0.5, weight_decay: 0}\n" ONE,
        HEAD ONE "recipe:\n  optimizer:\n    <<: [{lr: 0.2, momentum: 0.5}, {lr: 0.9, "
                 "weight_decay: 0}]\n");
}

static void test_study__an_anchor_on_a_recipe_serves_a_model(void **state)
{
    struct planned p;

    (void)state;
    plan_fine(&p, HEAD "recipe: &r {epochs: 3, batch: 64}\n"
                       "models:\n"
                       "  - {base: mobilenet_v2, scalings: [{method: baseline}]}\n"
                       "  - {base: mobilenet_v1, recipe: {<<: *r, epochs: 5}, scalings: [{method: "
                       "baseline}]}\n");
    assert_int_equal(p.plan.nets[0].recipe->epochs, 3);
    assert_int_equal(p.plan.nets[1].recipe->epochs, 5);
    assert_int_equal(p.plan.nets[1].recipe->batch, 64);
    planned_release(&p);
}

static void test_study__a_merge_key_takes_mappings_only(void **state)
{
    (void)state;
    assert_refused("s.yaml", HEAD "recipe: {<<: 3}\n" ONE, "s.yaml:4:14: ", "not a mapping");
    assert_refused("s.yaml", HEAD "recipe: {<<: [{epochs: 1}, [2]]}\n" ONE,
        "s.yaml:4:28: ", "<<: a list is not a mapping");
}

/* ---- files that are included ---- */

static char folder[] = "/tmp/study-include-XXXXXX";

static void write_file(const char *name, const char *text)
{
    char path[PATH_BYTES];
    struct err err = {0};

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    assert_int_equal(file_write(path, text, strlen(text), &err), 0);
}

static const char *in_folder(const char *name)
{
    static char path[PATH_BYTES];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void make_folder(void)
{
    str_copy(folder, sizeof(folder), "/tmp/study-include-XXXXXX");
    assert_non_null(mkdtemp(folder));
}

static void remove_folder(const char *const *names)
{
    for (; *names; names++)
        unlink(in_folder(*names));
    rmdir(folder);
}

static void test_study__an_included_file_completes_what_the_study_says(void **state)
{
    static const char *const names[] = {"common.yaml", "recipe.yaml", NULL};
    struct planned p;
    const struct recipe *recipe;

    (void)state;
    make_folder();
    write_file("common.yaml", "data: {name: shapes, train_images: 100}\nseeds: [7]\n"
                              "recipe: {include: recipe.yaml, epochs: 4}\n");
    write_file("recipe.yaml", "epochs: 9\nbatch: 16\noptimizer: {name: sgd, momentum: 0.5}\n"
                              "schedule: {name: step, decay_epochs: 3}\n");
    plan_text(&p, in_folder("s.yaml"),
        "include: common.yaml\nname: s\nrecipe: {optimizer: {lr: 0.3}, schedule: {name: "
        "constant}}\n"
        "seeds: [1, 2]\n" ONE,
        PLAN_FILE);
    assert_string_equal(p.err.message, "");
    recipe = &p.study.recipe;
    assert_int_equal(recipe->epochs, 4);
    assert_int_equal(recipe->batch, 16);
    assert_true(recipe->optimizer_settings.lr == 0.3 && recipe->optimizer_settings.momentum == 0.5);
    assert_int_equal(p.study.seeds.count, 2); /* lists are replaced */
    assert_int_equal(p.study.data.train_images, 100);
    /* Settings of another schedule are not this one's. */
    assert_int_equal(recipe->schedule, SCHEDULE_CONSTANT);
    assert_true(recipe->schedule_settings.decay_epochs == RECIPE_DEFAULT);
    assert_non_null(strstr(p.study.text.text, "# batch: 16\n"));
    planned_release(&p);
    remove_folder(names);
}

static void test_study__mistakes_in_an_included_file_are_told_with_its_name(void **state)
{
    static const char *const names[] = {"common.yaml", "list.yaml", NULL};
    char begin[PATH_BYTES + 32];

    (void)state;
    make_folder();
    write_file("common.yaml", "epochs: 3\nbatch: zero\n");
    write_file("list.yaml", "- 1\n");
    snprintf(begin, sizeof(begin), "%s:2:8: ", in_folder("common.yaml"));
    assert_refused(in_folder("s.yaml"), HEAD "recipe: {include: common.yaml}\n" ONE, begin,
        "batch: 'zero' is not a whole number");
    write_file("common.yaml", "epcohs: 3\n");
    snprintf(begin, sizeof(begin), "%s:1:1: ", in_folder("common.yaml"));
    assert_refused(in_folder("s.yaml"), HEAD "recipe: {include: common.yaml}\n" ONE, begin,
        "did you mean 'epochs'?");
    snprintf(begin, sizeof(begin), "%s:1:1: ", in_folder("list.yaml"));
    assert_refused(in_folder("s.yaml"), HEAD "recipe: {include: [list.yaml]}\n" ONE, begin,
        "must hold a mapping of keys to values, not a list");
    snprintf(begin, sizeof(begin), "%s:4:19: include: ", in_folder("s.yaml"));
    assert_refused(
        in_folder("s.yaml"), HEAD "recipe: {include: gone.yaml}\n" ONE, begin, "gone.yaml");
    assert_refused(in_folder("s.yaml"), HEAD "recipe: {include: {a: 1}}\n" ONE, begin,
        "a mapping is not the name of a file");
    remove_folder(names);
}

static void test_study__files_that_include_each_other_are_refused(void **state)
{
    static const char *const names[] = {"a.yaml", "b.yaml", "s.yaml", "deep.yaml", NULL};

    (void)state;
    make_folder();
    write_file("s.yaml", "include: a.yaml\n");
    write_file("a.yaml", "include: [b.yaml]\n");
    write_file("b.yaml", "recipe: {include: ./a.yaml}\n");
    assert_refused(
        in_folder("s.yaml"), "include: a.yaml\n" HEAD ONE, folder, "./a.yaml would include itself");
    write_file("b.yaml", "include: s.yaml\n");
    assert_refused(
        in_folder("s.yaml"), "include: a.yaml\n" HEAD ONE, folder, "s.yaml would include itself");
    write_file("deep.yaml", "epochs: 1\n");
    {
        struct str many = STR_INIT;

        str_add(&many, HEAD ONE "recipe: {include: [");
        for (int i = 0; i < 40; i++)
            str_add(&many, "deep.yaml, ");
        str_add(&many, "deep.yaml]}\n");
        assert_refused(in_folder("s.yaml"), many.text, folder, "more than 32 files");
        str_release(&many);
    }
    remove_folder(names);
}

/* ---- grids ---- */

static void test_study__a_list_of_factors_is_a_scaling_for_each(void **state)
{
    (void)state;
    assert_same_jobs(HEAD "models:\n  - base: resnet18\n    input: 32\n    scalings:\n"
                          "      - {method: width, w: 0.5}\n      - {method: width, w: 2}\n"
                          "      - {method: compound, d: 1, w: 2, r: 1.5}\n"
                          "      - {method: compound, d: 1, w: 2, r: 2}\n"
                          "      - {method: compound, d: 2, w: 2, r: 1.5}\n"
                          "      - {method: compound, d: 2, w: 2, r: 2}\n",
        HEAD "models:\n  - base: resnet18\n    input: 32\n    scalings:\n"
             "      - {method: width, w: [0.5, 2]}\n"
             "      - {method: compound, d: [1, 2], w: 2, r: [1.5, 2]}\n");
}

static void test_study__lists_of_models_and_variants_multiply(void **state)
{
    struct planned p;
    const struct study_model *models;

    (void)state;
    plan_fine(&p,
        HEAD "models:\n  - base: [mobilenet_v1, mobilenet_v2]\n    variant: {width: [0.5, 0.25]}\n"
             "    input: [32, 64]\n    scalings: [{method: baseline}, {method: width, flops: [2x, "
             "4x]}]\n");
    models = p.study.models.items;
    assert_int_equal(p.study.models.count, 8);
    assert_int_equal(p.plan.n_nets, 24);
    assert_string_equal(models[3].base, "mobilenet_v1");
    assert_true(models[3].variant.variant.width == 0.25);
    assert_int_equal(models[3].input, 64);
    assert_string_equal(models[4].base, "mobilenet_v2");
    planned_release(&p);
}

static void test_study__a_grid_skips_networks_that_are_there_already(void **state)
{
    struct planned p;

    (void)state;
    plan_fine(&p, HEAD "models:\n  - base: resnet18\n    input: 32\n    scalings:\n"
                       "      - {method: width, w: [1, 1.001, 2]}\n      - {method: baseline}\n");
    assert_int_equal(p.plan.n_nets, 2);
    assert_int_equal(p.plan.n_skipped, 2);
    assert_string_equal(p.plan.nets[0].scaling.method, "baseline");
    assert_true(p.plan.skipped[0].is_twin);
    planned_release(&p);
}

static void test_study__impossible_grids_are_refused(void **state)
{
    (void)state;
    assert_refused("s.yaml",
        HEAD "models:\n  - {base: resnet18, scalings: [{method: width, w: []}]}\n",
        "s.yaml:5:52: ", "w is empty");
    assert_refused("s.yaml",
        HEAD "models:\n  - {base: resnet18, scalings: [{method: width, w: [[1, 2], 3]}]}\n",
        "s.yaml:5:53: ", "a list is not a number");
    assert_refused("s.yaml",
        HEAD "models:\n  - {base: resnet18, scalings: [{method: width, w: [1, -2]}]}\n",
        "s.yaml:5:56: ", "'-2' is not a number above 0");
    assert_refused("s.yaml", HEAD "recipe: {epochs: [1, 2]}\n" ONE,
        "s.yaml:4:18: ", "a list is not a whole number");
}

static void test_study__a_grid_is_bounded(void **state)
{
    struct str text = STR_INIT;
    static const char *const keys[] = {"d", "w", "r"};

    (void)state;
    str_add(&text, HEAD "models:\n  - base: resnet18\n    scalings:\n      - {method: compound");
    for (int k = 0; k < 3; k++) {
        str_addf(&text, ", %s: [1", keys[k]);
        for (int i = 1; i < 50; i++)
            str_addf(&text, ", %d", i + 1);
        str_add(&text, "]");
    }
    str_add(&text, "}\n");
    assert_refused("s.yaml", text.text, "s.yaml:7:", "more than 10000 combinations");
    str_release(&text);
}

/* ---- limits and recipes ---- */

static void test_study__networks_over_a_limit_are_skipped(void **state)
{
    struct planned p;

    (void)state;
    plan_fine(&p, HEAD "skip_over: {macs: 40M}\nmodels:\n"
                       "  - base: resnet18\n    input: 32\n"
                       "    scalings: [{method: baseline}, {method: width, w: [0.5, 2]}]\n"
                       "  - base: resnet18\n    input: 48\n    skip_over: {macs: 1G, params: 4M}\n"
                       "    scalings: [{method: baseline}, {method: width, w: 0.5}]\n");
    assert_int_equal(p.plan.n_nets, 3);
    assert_int_equal(p.plan.n_skipped, 2);
    assert_true(p.plan.skipped[0].net.scaling.width > 1.9);
    assert_non_null(strstr(p.plan.skipped[0].reason, "over 40000000"));
    assert_non_null(strstr(p.plan.skipped[1].reason, "params of 11"));
    planned_release(&p);
}

static void test_study__a_limit_that_leaves_nothing_is_refused(void **state)
{
    (void)state;
    assert_refused("s.yaml", HEAD "skip_over: {train_bytes: 1K}\n" ONE,
        "s.yaml: ", "skip_over leaves none of its 1 networks");
    assert_refused("s.yaml", HEAD "skip_over: {macs: many}\n" ONE,
        "s.yaml:4:19: ", "'many' is not a number such as 600M");
}

static void test_study__a_models_recipe_is_the_studys_but_for_what_it_says(void **state)
{
    struct planned p;
    struct job job;

    (void)state;
    plan_fine(&p,
        HEAD "recipe: {epochs: 3, batch: 64, optimizer: {name: sgd, lr: 0.2, momentum: 0.5}}\n"
             "models:\n"
             "  - {base: mobilenet_v1, input: 32, scalings: [{method: baseline}]}\n"
             "  - base: mobilenet_v2\n    input: 32\n    recipe: {epochs: 5, dropout: 0.4,"
             " optimizer: {name: adamw}}\n    scalings: [{method: baseline}]\n"
             "  - base: resnet18\n    input: 32\n    recipe: {optimizer: {lr: 0.1}}\n"
             "    scalings: [{method: baseline}]\n");
    plan_job(&p.plan, 1, &job);
    assert_int_equal(job.recipe.epochs, 5);
    assert_int_equal(job.recipe.batch, 64);
    assert_int_equal(job.recipe.optimizer, OPTIMIZER_ADAMW);
    assert_true(job.recipe.optimizer_settings.lr == 1e-3); /* adamw's own */
    assert_true(job.spec.dropout == 0.4);
    plan_job(&p.plan, 2, &job);
    assert_int_equal(job.recipe.epochs, 3);
    assert_true(
        job.recipe.optimizer_settings.lr == 0.1 && job.recipe.optimizer_settings.momentum == 0.5);
    planned_release(&p);
}

/* ---- order ---- */

static void test_plan__baselines_come_first_then_what_is_cheap(void **state)
{
    static const char text[] =
        HEAD "models:\n"
             "  - base: resnet18\n    input: 32\n    scalings: [{method: width, w: 2}, {method: "
             "baseline}]\n"
             "  - base: mobilenet_v2\n    input: 32\n    scalings: [{method: width, w: 2}, "
             "{method: baseline}]\n";
    struct planned p;

    (void)state;
    plan_text(&p, "s.yaml", text, PLAN_TELLING);
    assert_string_equal(p.plan.nets[0].spec.name, "resnet18");
    assert_string_equal(p.plan.nets[1].scaling.method, "baseline");
    assert_string_equal(p.plan.nets[2].spec.name, "mobilenet_v2");
    assert_int_equal(plan_seed(&p.plan, 3), 0);
    assert_int_equal(plan_seed(&p.plan, 4), 1);
    planned_release(&p);
    plan_text(&p, "s.yaml", text, PLAN_LONG);
    for (int i = 1; i < 4; i++)
        assert_true(plan_work(&p.plan.nets[i - 1]) >= plan_work(&p.plan.nets[i]));
    planned_release(&p);
    plan_text(&p, "s.yaml", text, PLAN_CHEAP);
    for (int i = 1; i < 4; i++)
        assert_true(plan_work(&p.plan.nets[i - 1]) <= plan_work(&p.plan.nets[i]));
    planned_release(&p);
}

/* ---- identity ---- */

static void test_plan__order_of_keys_comments_and_loader_threads_change_no_job(void **state)
{
    (void)state;
    assert_same_jobs(HEAD "recipe: {epochs: 3, batch: 64}\n" ONE,
        "# another day\n" ONE "seeds: [0, 1]   # two\nrecipe:\n  batch: 64\n  epochs: 3\n"
        "data: {loader_threads: 5, name: shapes}\nname: t\n");
}

static void test_plan__augmentations_with_parameters_are_the_jobs_of_their_keys(void **state)
{
    (void)state;
    assert_same_jobs(HEAD "recipe: {augment: [{name: random_resized_crop, scale: [0.2, 1]},\n"
                          "  {name: mixup, alpha: 0.2}, rand_augment, horizontal_flip]}\n" ONE,
        HEAD "recipe: {augment: [horizontal_flip, random_resized_crop], crop_scale_min: 0.2,\n"
             "  mixup: 0.2, rand_augment: 9}\n" ONE);
    assert_same_jobs(HEAD
        "recipe: {augment: [{name: color_jitter, brightness: 0.4, contrast: 0.4,\n"
        "  saturation: 0.4}, random_erasing, {name: auto_augment, policy: cifar10}]}\n" ONE,
        HEAD "recipe: {color_jitter: 0.4, random_erasing: 0.5, auto_augment: cifar10}\n" ONE);
}

static void test_plan__a_parameter_that_is_the_default_changes_no_job(void **state)
{
    (void)state;
    assert_same_jobs(HEAD "recipe: {augment: [{name: random_resized_crop, scale: [0.08, 1]},\n"
                          "  {name: horizontal_flip, p: 0.5}]}\n" ONE,
        HEAD "recipe: {augment: [random_resized_crop, horizontal_flip]}\n" ONE);
}

static void test_plan__default_is_what_is_not_given(void **state)
{
    (void)state;
    assert_same_jobs(HEAD "recipe: {augment: [random_crop, horizontal_flip], crop_padding: 3}\n"
                          "models: [{base: resnet18, input: 32, recipe: {crop_padding: default,\n"
                          "  flip_probability: default}, scalings: [{method: baseline}]}]\n",
        HEAD "recipe: {augment: [random_crop, horizontal_flip]}\n"
             "models: [{base: resnet18, input: 32, scalings: [{method: baseline}]}]\n");
    assert_same_jobs(HEAD
        "recipe: {augment: [{name: color_jitter, brightness: 0, hue: 0.1}]}\n" ONE,
        HEAD "recipe: {jitter_hue: 0.1}\n" ONE);
}

static void test_plan__the_augmentations_of_a_model_take_the_place_of_the_studys(void **state)
{
    (void)state;
    assert_same_jobs(HEAD "recipe: {augment: [{name: mixup, alpha: 0.2}, horizontal_flip]}\n"
                          "models: [{base: resnet18, input: 32, recipe: {augment: [random_crop]},\n"
                          "  scalings: [{method: baseline}]}]\n",
        HEAD "recipe: {augment: [random_crop]}\n"
             "models: [{base: resnet18, input: 32, scalings: [{method: baseline}]}]\n");
}

/* ---- the study in full ---- */

static void test_study__shown_it_is_a_fixed_point_of_the_same_jobs(void **state)
{
    static const char text[] = HEAD
        "recipe: {epochs: 3, augment: [{name: random_crop, padding: 3}, horizontal_flip],\n"
        "  clip_norm: 2.5}\n"
        "skip_over: {macs: 3B, train_bytes: 2.5G}\n"
        "models:\n"
        "  - base: [resnet18, resnet50]\n    input: 32\n"
        "    variant: {width: [0.25, 0.3], stem_stride: 1, stem_pool: false}\n"
        "    scalings: [{method: baseline}, {method: width, flops: [2x, 60M]},\n"
        "      {method: compound, phi: 1, alpha: 1.1, beta: 1.2, gamma: 1.3}]\n"
        "  - base: mobilenet_v2\n    input: 40\n"
        "    recipe: {optimizer: {name: rmsprop}, schedule: {name: exponential},\n"
        "      augment: [{name: random_erasing, scale: [0.1, 0.2]}, {name: cutout, length: 8}]}\n"
        "    skip_over: {params: 100M}\n"
        "    scalings: [{method: baseline}, {method: resolution, r: 1.3, input: 56}]\n";
    struct planned p;
    struct str first = STR_INIT, second = STR_INIT;

    (void)state;
    for (int json = 0; json < 2; json++) {
        plan_fine(&p, text);
        assert_int_equal(plan_show(&p.plan, &p.study, json, &first, &p.err), 0);
        planned_release(&p);
        assert_same_jobs(text, first.text);
        plan_fine(&p, first.text);
        assert_int_equal(plan_show(&p.plan, &p.study, json, &second, &p.err), 0);
        planned_release(&p);
        assert_string_equal(first.text, second.text);
        str_clear(&first);
        str_clear(&second);
    }
    str_release(&first);
    str_release(&second);
}

static void test_study__shown_texts_that_look_like_something_else_are_quoted(void **state)
{
    struct planned p;
    struct str shown = STR_INIT;

    (void)state;
    plan_fine(&p, "name: 'true'\ndata: {name: shapes, root: '/3: #\"\\', match: \"*.png\"}\n"
                  "seeds: [0]\n" ONE);
    assert_int_equal(plan_show(&p.plan, &p.study, false, &shown, &p.err), 0);
    assert_non_null(strstr(shown.text, "name: \"true\"\n"));
    assert_non_null(strstr(shown.text, "root: \"/3: #\\\"\\\\\"\n"));
    planned_release(&p);
    plan_fine(&p, shown.text);
    assert_string_equal(p.study.data.root, "/3: #\"\\");
    planned_release(&p);
    str_release(&shown);
}
