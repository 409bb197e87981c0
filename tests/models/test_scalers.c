#include "tests/lib/test.h"

#include <math.h>
#include <string.h>

#include "scalers/rounding.h"
#include "scalers/scaler.h"
#include "workloads/models/model.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static int macs_of(const struct spec *spec, int64_t *macs, struct err *err)
{
    struct graph graph;
    int result = model_build(spec, &graph, err);

    *macs = graph.macs;
    graph_release(&graph);
    return result;
}

static void test_round_channels__gives_the_official_widths_of_efficientnet(void **state)
{
    static const int base[] = {32, 16, 24, 40, 80, 112, 192, 320, 1280};
    static const struct {
        double width;
        int expected[9];
    } rows[] = {
        {1.1, {32, 16, 24, 48, 88, 120, 208, 352, 1408}},
        {1.2, {40, 24, 32, 48, 96, 136, 232, 384, 1536}},
        {1.4, {48, 24, 32, 56, 112, 160, 272, 448, 1792}},
        {1.6, {48, 24, 40, 64, 128, 176, 304, 512, 2048}},
        {1.8, {56, 32, 40, 72, 144, 200, 344, 576, 2304}},
        {2.0, {64, 32, 48, 80, 160, 224, 384, 640, 2560}},
        {2.2, {72, 32, 56, 88, 176, 248, 424, 704, 2816}},
        {4.3, {136, 72, 104, 176, 344, 480, 824, 1376, 5504}},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++)
        for (int c = 0; c < 9; c++)
            assert_int_equal(round_channels(base[c], rows[i].width), rows[i].expected[c]);
}

static void test_round_channels__gives_the_official_widths_of_mobilenets_and_resnet(void **state)
{
    (void)state;
    assert_int_equal(round_channels(32, 0.35), 16);
    assert_int_equal(round_channels(16, 0.35), 8);
    assert_int_equal(round_channels(96, 1.21), 120);
    assert_int_equal(round_channels(1280, 1.21), 1552);
    assert_int_equal(round_channels(64, 1.2), 80);
    assert_int_equal(round_channels(256, 1.21), 312);
    assert_int_equal(round_channels(512, 1.2), 616);
    assert_int_equal(round_channels(3, 0.1), 8);
}

static void test_round_repeats__rounds_up_in_every_stage(void **state)
{
    static const int base[] = {1, 2, 2, 3, 3, 4, 1}, at_1_4[] = {2, 3, 3, 5, 5, 6, 2},
                     at_3_1[] = {4, 7, 7, 10, 10, 13, 4};

    (void)state;
    for (int i = 0; i < 7; i++) {
        assert_int_equal(round_repeats(base[i], 1.4), at_1_4[i]);
        assert_int_equal(round_repeats(base[i], 3.1), at_3_1[i]);
        assert_int_equal(round_repeats(base[i], 1), base[i]);
    }
}

static void test_round_input__is_the_nearest_integer(void **state)
{
    (void)state;
    assert_int_equal(round_input(224, 1.3), 291);
    assert_int_equal(round_input(224, 1.15), 258);
    assert_int_equal(round_input(32, 1.3), 42);
}

static void test_scaling_apply__turns_b0_into_each_of_b1_to_b7(void **state)
{
    static const struct {
        const char *name;
        double width, depth;
    } rows[] = {{"efficientnet_b1", 1.0, 1.1}, {"efficientnet_b2", 1.1, 1.2},
        {"efficientnet_b3", 1.2, 1.4}, {"efficientnet_b4", 1.4, 1.8}, {"efficientnet_b5", 1.6, 2.2},
        {"efficientnet_b6", 1.8, 2.6}, {"efficientnet_b7", 2.0, 3.1}};
    struct err err = {0};
    struct spec b0, scaled, listed;

    (void)state;
    assert_int_equal(spec_find("efficientnet_b0", &b0, &err), 0);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct scaling scaling = {"dwr", rows[i].depth, rows[i].width, 1};

        assert_int_equal(spec_find(rows[i].name, &listed, &err), 0);
        assert_int_equal(scaling_apply(&b0, &scaling, &scaled, &err), 0);
        for (int s = 0; s < b0.n_stages; s++) {
            assert_int_equal(scaled.stages[s].channels, listed.stages[s].channels);
            assert_int_equal(scaled.stages[s].repeats, listed.stages[s].repeats);
        }
    }
}

static void resolve(const char *model, const struct scaling_request *request,
    struct scaling *scaling, int64_t *macs)
{
    struct err err = {0};
    struct spec base, scaled;

    assert_int_equal(spec_find(model, &base, &err), 0);
    if (scaling_resolve(&base, request, macs_of, scaling, &err) < 0 ||
        scaling_apply(&base, scaling, &scaled, &err) < 0 || macs_of(&scaled, macs, &err) < 0)
        fail_msg("%s", err.message);
}

static void test_compound__phi_1_gives_the_papers_alpha_beta_gamma(void **state)
{
    struct scaling_request request;
    struct scaling scaling;
    int64_t macs;

    (void)state;
    scaling_request_init(&request, "compound");
    request.phi = 1;
    resolve("efficientnet_b0", &request, &scaling, &macs);
    assert_true(scaling.depth == 1.2 && scaling.width == 1.1 && scaling.resolution == 1.15);
}

static void test_budget__is_met_within_a_step_of_rounding_by_every_method(void **state)
{
    static const char *const methods[] = {"width", "resolution", "compound"};

    (void)state;
    for (size_t i = 0; i < LENGTH(methods); i++) {
        struct scaling_request request;
        struct scaling scaling;
        int64_t macs;

        scaling_request_init(&request, methods[i]);
        request.flops = 1.3e9;
        resolve("mobilenet_v2", &request, &scaling, &macs);
        if (fabs((double)macs / 1.3e9 - 1) > 0.06)
            fail_msg("%s scaling came to %lld", methods[i], (long long)macs);
    }
}

static void test_budget__of_four_times_by_depth_is_d_4(void **state)
{
    struct scaling_request request;
    struct scaling scaling;
    int64_t macs;

    (void)state;
    scaling_request_init(&request, "depth");
    request.flops = 1219587776;
    resolve("mobilenet_v2", &request, &scaling, &macs);
    assert_int_equal(macs, 1219587776);
    assert_true(scaling.width == 1 && scaling.resolution == 1);
}

static void test_budget__below_the_baseline_shrinks_it(void **state)
{
    struct scaling_request request;
    struct scaling scaling;
    int64_t macs;

    (void)state;
    scaling_request_init(&request, "width");
    request.flops_ratio = 0.25;
    resolve("resnet50", &request, &scaling, &macs);
    assert_true(scaling.width < 0.6);
    assert_true(fabs((double)macs / 4089184256.0 / 0.25 - 1) < 0.1);
}

static void refuse(struct scaling_request *request, const char *word)
{
    struct err err = {0};
    struct scaling scaling;
    struct spec base;

    assert_int_equal(spec_find("mobilenet_v2", &base, &err), 0);
    assert_int_equal(scaling_resolve(&base, request, macs_of, &scaling, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    if (!strstr(err.message, word))
        fail_msg("\"%s\" does not say \"%s\"", err.message, word);
}

static void test_request__fields_that_a_method_does_not_take_are_refused(void **state)
{
    struct scaling_request request;

    (void)state;
    scaling_request_init(&request, "width");
    request.depth = 2;
    refuse(&request, "does not take d");
    scaling_request_init(&request, "baseline");
    request.width = 2;
    refuse(&request, "does not take w");
    scaling_request_init(&request, "compound");
    refuse(&request, "needs phi");
    scaling_request_init(&request, "wider");
    refuse(&request, "did you mean width? The methods are: ");
    scaling_request_init(&request, "dwr");
    request.flops = 1e9;
    refuse(&request, "takes no FLOPs budget");
    scaling_request_init(&request, "width");
    request.flops = 1e30;
    refuse(&request, "comes near");
}

static void test_width__below_1_leaves_mobilenet_v2s_head_alone(void **state)
{
    const struct scaling narrower = {"width", 1, 0.5, 1}, wider = {"width", 1, 1.4, 1};
    struct err err = {0};
    struct spec base, scaled;

    (void)state;
    assert_int_equal(spec_find("mobilenet_v2", &base, &err), 0);
    assert_int_equal(scaling_apply(&base, &narrower, &scaled, &err), 0);
    assert_int_equal(scaled.stages[8].channels, 1280);
    assert_int_equal(scaled.stages[0].channels, 16);
    assert_int_equal(scaling_apply(&base, &wider, &scaled, &err), 0);
    assert_int_equal(scaled.stages[8].channels, 1792);
}

static void test_variant__changes_the_stem_and_leaves_out_its_pool(void **state)
{
    const struct variant variant = {
        .width = 0.25, .depth = 1, .stem_stride = 1, .no_stem_pool = true};
    struct err err = {0};
    struct spec base, small;

    (void)state;
    assert_int_equal(spec_find("resnet50", &base, &err), 0);
    assert_int_equal(variant_apply(&base, &variant, &small, &err), 0);
    assert_int_equal(small.n_stages, 5);
    assert_int_equal(small.stages[0].stride, 1);
    assert_int_equal(small.stages[1].channels, 16);
    assert_int_equal(spec_find("mobilenet_v2", &base, &err), 0);
    assert_int_equal(variant_apply(&base, &variant, &small, &err), -1);
    assert_non_null(strstr(err.message, "no pooling"));
}

static void test_spec_find__an_unknown_model_lists_the_models(void **state)
{
    struct err err = {0};
    struct spec spec;

    (void)state;
    assert_int_equal(spec_find("mobilnet_v2", &spec, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "did you mean mobilenet_v2?"));
    assert_non_null(strstr(err.message, "efficientnet_b7"));
}
