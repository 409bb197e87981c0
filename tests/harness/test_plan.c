#include "tests/lib/test.h"

#include <string.h>

#include "harness/study/plan.h"

/* The paper's Table 3: 14 rows over three baselines, small here. */
#define TABLE3                                                                                     \
    "models:\n"                                                                                    \
    "  - base: mobilenet_v1\n    input: 32\n    variant: {width: 0.25, stem_stride: 1}\n    "      \
    "scalings:\n"                                                                                  \
    "      - {method: width, w: 2}\n      - {method: baseline}\n      - {method: resolution, r: "  \
    "2}\n"                                                                                         \
    "      - {method: compound, d: 1.4, w: 1.2, r: 1.3}\n"                                         \
    "  - base: mobilenet_v2\n    input: 32\n    variant: {width: 0.25, stem_stride: 1}\n    "      \
    "scalings:\n"                                                                                  \
    "      - {method: baseline}\n      - {method: depth, d: 4}\n      - {method: width, w: 2}\n"   \
    "      - {method: resolution, r: 2}\n      - {method: compound, d: 1.4, w: 1.2, r: 1.3}\n"     \
    "  - base: resnet50\n    input: 32\n    variant: {width: 0.25, stem_pool: false}\n    "        \
    "scalings:\n"                                                                                  \
    "      - {method: baseline}\n      - {method: depth, d: 4}\n      - {method: width, w: 2}\n"   \
    "      - {method: resolution, r: 2}\n      - {method: compound, d: 1.4, w: 1.2, r: 1.3}\n"

struct planned {
    struct study study;
    struct plan plan;
};

static void plan_text(struct planned *p, const char *text, int classes)
{
    struct err err = {0};

    if (study_parse(&p->study, "s.yaml", text, strlen(text), &err) < 0 ||
        plan_build(&p->plan, &p->study, classes, PLAN_FILE, &err) < 0)
        fail_msg("%s", err.message);
}

static void planned_release(struct planned *p)
{
    plan_release(&p->plan);
    study_release(&p->study);
}

static void test_plan__table3_is_fourteen_networks_a_seed(void **state)
{
    struct planned p;

    (void)state;
    plan_text(&p, "name: t\ndata: {name: shapes}\nseeds: [0, 1, 2]\n" TABLE3, 10);
    assert_int_equal(p.plan.n_nets, 14);
    assert_int_equal(p.plan.n_jobs, 42);
    planned_release(&p);
}

static void test_plan__seeds_are_outermost_and_baselines_first(void **state)
{
    struct planned p;

    (void)state;
    plan_text(&p, "name: t\ndata: {name: shapes}\nseeds: [7, 5]\n" TABLE3, 10);
    assert_string_equal(plan_net(&p.plan, 0)->scaling.method, "baseline");
    assert_string_equal(plan_net(&p.plan, 1)->scaling.method, "width");
    for (int i = 0; i < 14; i++) {
        assert_int_equal(plan_seed(&p.plan, i), 7);
        assert_int_equal(plan_seed(&p.plan, 14 + i), 5);
        assert_ptr_equal(plan_net(&p.plan, i), plan_net(&p.plan, 14 + i));
        assert_string_not_equal(p.plan.ids[i], p.plan.ids[14 + i]);
    }
    planned_release(&p);
}

static void test_plan__networks_have_the_datasets_classes_and_are_counted_exactly(void **state)
{
    struct planned ten, own;
    const char *text = "name: t\ndata: {name: shapes}\nseeds: [0]\nmodels:\n"
                       "  - {base: mobilenet_v2, scalings: [{method: baseline}]}\n";

    (void)state;
    plan_text(&own, text, 0);
    plan_text(&ten, text, 10);
    assert_int_equal(own.plan.nets[0].cost.parameters, 3504872);
    assert_int_equal(own.plan.nets[0].cost.macs, 300774272);
    assert_int_equal(ten.plan.nets[0].cost.parameters, 3504872 - 990 * 1281);
    assert_int_equal(ten.plan.nets[0].cost.macs, 300774272 - 990 * 1280);
    planned_release(&own);
    planned_release(&ten);
}

static void test_plan__a_scalings_input_overrides_the_product(void **state)
{
    struct planned p;

    (void)state;
    plan_text(&p,
        "name: t\ndata: {name: shapes}\nseeds: [0]\nmodels:\n"
        "  - {base: mobilenet_v1, scalings: [{method: resolution, r: 1.3}, {method: resolution, r: "
        "1.3, input: 288}]}\n",
        0);
    assert_int_equal(p.plan.nets[0].spec.input, 291);
    assert_int_equal(p.plan.nets[1].spec.input, 288);
    assert_true(p.plan.nets[1].scaling.resolution == 1.3);
    planned_release(&p);
}

static void test_plan__a_budget_is_over_the_studys_own_baseline(void **state)
{
    struct planned p;
    double ratio;

    (void)state;
    plan_text(&p,
        "name: t\ndata: {name: shapes}\nseeds: [0]\nmodels:\n"
        "  - base: mobilenet_v2\n    variant: {width: 0.5}\n    scalings: [{method: baseline}, "
        "{method: width, flops: 4x}]\n",
        0);
    ratio = (double)p.plan.nets[1].cost.macs / (double)p.plan.nets[0].cost.macs;
    assert_true(ratio > 3.6 && ratio < 4.4);
    planned_release(&p);
}

static void test_plan__a_rate_in_the_recipe_reaches_the_spec(void **state)
{
    struct planned p;

    (void)state;
    plan_text(&p,
        "name: t\ndata: {name: shapes}\nseeds: [0]\nrecipe: {dropout: 0.5, drop_path: "
        "0.25}\n" TABLE3,
        10);
    assert_true(p.plan.nets[3].spec.dropout == 0.5);
    assert_true(p.plan.nets[3].spec.drop_path == 0.25);
    planned_release(&p);
}
