/*
 * Study files that are damaged at random: each is a study that shows itself as one again with the same jobs, or a
 * sentence. Rounds are few here; `make fuzz FUZZ_SECONDS=600` goes on for so long.
 */
#include "tests/lib/test.h"

#include "harness/study/plan.h"
#include "tests/lib/damage.h"

#define ROUNDS    1500
#define MOST_NETS 6

static const char *const studies[] = {
    "name: g\n"
    "data: {name: shapes}\n"
    "recipe: {label_smoothing: 0.1}\n"
    "seeds: [0, 1]\n"
    "skip_over: {macs: 30M}\n"
    "models:\n"
    "  - base: [mobilenet_v1, mobilenet_v2]\n"
    "    input: 32\n"
    "    variant: {width: [0.25, 0.5], stem_stride: 1}\n"
    "    scalings: &s\n"
    "      - {method: baseline}\n"
    "      - {method: compound, w: [1, 1.001, 2, 4], r: 1, d: [1, 2]}\n"
    "  - base: resnet18\n"
    "    input: 32\n"
    "    recipe: {epochs: 7, optimizer: {name: adamw}}\n"
    "    scalings: [{method: baseline}, {method: width, flops: [0.1x, 4x, 20M]}]\n",
    "name: small\n"
    "data: {name: shapes, train_images: 100, classes: 5, mean: [0.5, 0.5, 0.5]}\n"
    "recipe:\n"
    "  <<: &r {epochs: 3, batch: 16}\n"
    "  optimizer: {name: rmsprop, lr: 0.016, momentum: 0.9}\n"
    "  schedule: {name: exponential, decay_rate: 0.97, warmup_epochs: 1}\n"
    "  augment: [random_crop, horizontal_flip]\n"
    "seeds: [3]\n"
    "prune: {method: asha, min_epochs: 1, factor: 3}\n"
    "models:\n"
    "  - base: efficientnet_b0\n"
    "    input: 32\n"
    "    variant: {width: 0.25}\n"
    "    recipe: *r\n"
    "    scalings: [{method: baseline}, {method: depth, d: 2}, {method: resolution, r: 1.3}]\n",
};

static bool is_small(const struct study *study)
{
    const struct study_model *models = study->models.items;
    int nets = 0;

    for (int i = 0; i < study->models.count; i++)
        nets += models[i].scalings.count;
    return nets <= MOST_NETS && study->seeds.count <= 4;
}

/* Shown, it must be a study with the same jobs that shows the same text. */
static void show_again(struct study *study, struct plan *plan)
{
    struct study again = STUDY_INIT;
    struct plan other = PLAN_INIT;
    struct str first = STR_INIT, second = STR_INIT;
    struct err err = {0};

    assert_int_equal(plan_show(plan, study, false, &first, &err), 0);
    if (study_parse(&again, "shown.yaml", first.text, first.length, &err) < 0 ||
        plan_build(&other, &again, 10, PLAN_FILE, &err) < 0)
        fail_msg("%s\n%s", err.message, first.text);
    assert_int_equal(other.n_jobs, plan->n_jobs);
    for (int i = 0; i < plan->n_jobs; i++)
        assert_string_equal(other.ids[i], plan->ids[i]);
    assert_int_equal(plan_show(&other, &again, false, &second, &err), 0);
    assert_string_equal(first.text, second.text);
    str_release(&first);
    str_release(&second);
    plan_release(&other);
    study_release(&again);
}

/* Whether it was taken as a study. */
static bool use(const struct str *text)
{
    struct study study = STUDY_INIT;
    struct plan plan = PLAN_INIT;
    struct err err = {0};
    bool taken = study_parse(&study, "/nowhere/x.yaml", text->text, text->length, &err) == 0;

    if (!taken && !damage_is_told(&err))
        fail_msg("no sentence for:\n%s", text->text);
    if (taken && is_small(&study) && plan_build(&plan, &study, 10, PLAN_FILE, &err) == 0)
        show_again(&study, &plan);
    plan_release(&plan);
    study_release(&study);
    return taken;
}

static void test_study__is_read_or_refused_however_it_is_damaged(void **state)
{
    struct damage_rounds rounds = damage_begin("studies", ROUNDS, 81);
    struct str text = STR_INIT;
    int taken = 0, refused = 0;
    struct rng rng;

    (void)state;
    while (damage_next(&rounds, &rng)) {
        str_clear(&text);
        str_add(&text, studies[rng_below(&rng, 2)]);
        damage(&text, &rng);
        if (use(&text))
            taken++;
        else
            refused++;
    }
    str_release(&text);
    assert_true((taken > 0 && refused > 0) || rounds.only);
}
