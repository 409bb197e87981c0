/*
 * Exact costs at 1000 classes. Multiply-adds of scaled networks were computed independently of this
 * program (convolutions and linear layers with squeeze-excitation, official rounding); parameters
 * are torchvision's and timm's own.
 */
#include "tests/lib/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scalers/scaler.h"
#include "workloads/models/model.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void build_scaled(const char *model, double d, double w, int input, struct graph *graph)
{
    const struct scaling scaling = {"dwr", d, w, 1};
    struct err err = {0};
    struct spec base, spec;

    assert_int_equal(spec_find(model, &base, &err), 0);
    assert_int_equal(scaling_apply(&base, &scaling, &spec, &err), 0);
    if (input)
        spec.input = input;
    if (model_build(&spec, graph, &err) < 0)
        fail_msg("%s", err.message);
}

static void test_cost__parameters_and_macs_of_every_baseline_are_exact(void **state)
{
    static const struct {
        const char *model;
        int64_t parameters, macs;
    } rows[] = {
        {"mobilenet_v1", 4231976, 568740352},
        {"mobilenet_v2", 3504872, 300774272},
        {"resnet18", 11689512, 1814073344},
        {"resnet34", 21797672, 3663761408},
        {"resnet50", 25557032, 4089184256},
        {"resnet101", 44549160, 7801405440},
        {"resnet152", 60192808, 11513626624},
        {"efficientnet_b0", 5288548, 385814752},
        {"efficientnet_b1", 7794184, 686802832},
        {"efficientnet_b2", 9109994, 993561872},
        {"efficientnet_b3", 12233232, 1827141392},
        {"efficientnet_b4", 19341616, 4393771024},
        {"efficientnet_b5", 30389784, 10266384752},
        {"efficientnet_b6", 43040704, 19067593536},
        {"efficientnet_b7", 66347960, 37745884192},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct graph graph;

        build_scaled(rows[i].model, 1, 1, 0, &graph);
        if (graph.parameters != rows[i].parameters || graph.macs != rows[i].macs)
            fail_msg("%s has %lld parameters and %lld macs, not %lld and %lld", rows[i].model,
                (long long)graph.parameters, (long long)graph.macs, (long long)rows[i].parameters,
                (long long)rows[i].macs);
        graph_release(&graph);
    }
}

static void test_cost__every_model_of_the_list_has_an_expected_cost_here(void **state)
{
    int n = 0;

    (void)state;
    while (spec_names()[n])
        n++;
    assert_int_equal(n, 15);
}

static void test_cost__macs_of_scaled_networks_are_exact(void **state)
{
    static const struct {
        const char *model;
        double d, w;
        int input;
        int64_t macs;
    } rows[] = {
        {"mobilenet_v1", 1, 2, 224, 2216465408},
        {"mobilenet_v1", 1, 1, 448, 2271889408},
        {"mobilenet_v1", 1.4, 1.2, 288, 2242960136},
        {"mobilenet_v1", 1.4, 1.2, 291, 2469723976},
        {"mobilenet_v1", 1.4, 1.2, 292, 2469723976},
        {"mobilenet_v1", 1.4, 1.2, 299, 2519788720},
        {"mobilenet_v1", 1.4, 1.2, 300, 2519788720},
        {"mobilenet_v2", 4, 1, 224, 1219587776},
        {"mobilenet_v2", 1, 2, 224, 1137428224},
        {"mobilenet_v2", 1, 1, 448, 1199257088},
        {"mobilenet_v2", 1.4, 1.2, 288, 1284428256},
        {"mobilenet_v2", 1.4, 1.2, 291, 1442045088},
        {"mobilenet_v2", 1.4, 1.2, 299, 1469613600},
        {"mobilenet_v2", 1.44, 1.21, 288, 1320000016},
        {"mobilenet_v2", 1.44, 1.21, 296, 1491631984},
        {"mobilenet_v2", 1.44, 1.21, 300, 1509399712},
        {"resnet50", 4, 1, 224, 14570749952},
        {"resnet50", 1, 2, 224, 16116613120},
        {"resnet50", 1, 1, 448, 16350593024},
        {"resnet50", 1.4, 1.2, 288, 14453843776},
        {"resnet50", 1.4, 1.2, 291, 15945977664},
        {"resnet50", 1.4, 1.2, 299, 16335486144},
        {"resnet50", 1.4, 1.2, 304, 16433044224},
        {"resnet50", 1.44, 1.21, 288, 14717128768},
        {"resnet50", 1.44, 1.21, 296, 16334706880},
        {"resnet50", 1.44, 1.21, 299, 16629606400},
        {"resnet50", 1.44, 1.21, 304, 16727164480},
        {"efficientnet_b0", 4, 1, 224, 1575132640},
        {"efficientnet_b0", 1, 2, 224, 1449958848},
        {"efficientnet_b0", 1, 1, 448, 1537537408},
        {"efficientnet_b0", 1.4, 1.2, 288, 1589198096},
        {"efficientnet_b0", 1.4, 1.2, 291, 1800091280},
        {"efficientnet_b0", 1.4, 1.2, 299, 1827141392},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct graph graph;

        build_scaled(rows[i].model, rows[i].d, rows[i].w, rows[i].input, &graph);
        if (graph.macs != rows[i].macs)
            fail_msg("%s d=%g w=%g at %d has %lld macs, not %lld", rows[i].model, rows[i].d,
                rows[i].w, rows[i].input, (long long)graph.macs, (long long)rows[i].macs);
        graph_release(&graph);
    }
}

static void test_cost__mobilenets_of_other_widths_and_inputs_have_their_published_macs(void **state)
{
    /* Millions with one decimal, where TF-slim's tables and computation agree; 0.75 as computed,
     * since those tables are off there. */
    static const struct {
        const char *model;
        double width;
        int input;
        double mmacs;
    } rows[] = {
        {"mobilenet_v1", 1, 192, 418.1},
        {"mobilenet_v1", 1, 160, 290.7},
        {"mobilenet_v1", 1, 128, 186.4},
        {"mobilenet_v1", .75, 224, 325.4},
        {"mobilenet_v1", .75, 192, 239.3},
        {"mobilenet_v1", .75, 160, 166.4},
        {"mobilenet_v1", .75, 128, 106.8},
        {"mobilenet_v1", .5, 224, 149.5},
        {"mobilenet_v1", .5, 192, 110.0},
        {"mobilenet_v1", .5, 160, 76.5},
        {"mobilenet_v1", .5, 128, 49.2},
        {"mobilenet_v1", .25, 224, 41.0},
        {"mobilenet_v1", .25, 192, 30.2},
        {"mobilenet_v1", .25, 160, 21.1},
        {"mobilenet_v1", .25, 128, 13.6},
        {"mobilenet_v2", 1.4, 224, 582.2},
        {"mobilenet_v2", 1.3, 224, 509.4},
        {"mobilenet_v2", 1, 192, 221.3},
        {"mobilenet_v2", 1, 160, 154.1},
        {"mobilenet_v2", 1, 128, 99.1},
        {"mobilenet_v2", 1, 96, 56.3},
        {"mobilenet_v2", .75, 224, 209.1},
        {"mobilenet_v2", .75, 192, 153.9},
        {"mobilenet_v2", .75, 160, 107.3},
        {"mobilenet_v2", .75, 128, 69.1},
        {"mobilenet_v2", .75, 96, 39.4},
        {"mobilenet_v2", .5, 224, 97.1},
        {"mobilenet_v2", .5, 192, 71.7},
        {"mobilenet_v2", .5, 160, 50.2},
        {"mobilenet_v2", .5, 128, 32.6},
        {"mobilenet_v2", .5, 96, 18.9},
        {"mobilenet_v2", .35, 224, 59.3},
        {"mobilenet_v2", .35, 192, 43.9},
        {"mobilenet_v2", .35, 160, 30.9},
        {"mobilenet_v2", .35, 128, 20.2},
        {"mobilenet_v2", .35, 96, 11.9},
        {"mobilenet_v2", .25, 224, 37.2},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct graph graph;

        build_scaled(rows[i].model, 1, rows[i].width, rows[i].input, &graph);
        if (fabs((double)graph.macs / 1e6 - rows[i].mmacs) > 0.0501)
            fail_msg("%s w=%g at %d has %.2f million macs, not %.1f", rows[i].model, rows[i].width,
                rows[i].input, (double)graph.macs / 1e6, rows[i].mmacs);
        graph_release(&graph);
    }
}

static void test_cost__parameters_of_narrower_mobilenet_v2_are_exact(void **state)
{
    /* d-li14/mobilenetv2.pytorch, in millions, cut off at three decimals. */
    static const struct {
        double width, mparameters;
    } rows[] = {{.75, 2.636}, {.5, 1.968}, {.35, 1.677}, {.25, 1.519}};

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct graph graph;

        build_scaled("mobilenet_v2", 1, rows[i].width, 224, &graph);
        assert_true(fabs((double)graph.parameters / 1e6 - rows[i].mparameters) < 0.001);
        graph_release(&graph);
    }
}

static void test_cost__activations_are_the_outputs_of_convolutions_and_linear_layers(void **state)
{
    /* pycls's counts, which leave out the classifier's 1000 outputs and count ResNet's pooling (64
     * x 56 x 56). */
    struct graph graph;

    (void)state;
    build_scaled("efficientnet_b0", 1, 1, 224, &graph);
    assert_int_equal(graph.activations, 6748036);
    graph_release(&graph);
    build_scaled("resnet50", 1, 1, 224, &graph);
    assert_int_equal(graph.activations, 11315688 - 64 * 56 * 56);
    graph_release(&graph);
}

static void test_cost__same_padding_counts_as_torch_padding_at_odd_sizes(void **state)
{
    struct err err = {0};
    struct graph torch, same;
    struct spec spec;

    (void)state;
    assert_int_equal(spec_find("mobilenet_v2", &spec, &err), 0);
    spec.input = 291;
    assert_int_equal(model_build(&spec, &torch, &err), 0);
    spec.padding = PADDING_SAME;
    assert_int_equal(model_build(&spec, &same, &err), 0);
    assert_int_equal(torch.macs, same.macs);
    graph_release(&torch);
    graph_release(&same);
}

static void refuse(
    const char *model, double d, double w, int input, enum err_code code, const char *word)
{
    const struct scaling scaling = {"dwr", d, w, 1};
    struct err err = {0};
    struct spec base, spec;
    struct graph graph = {0};

    assert_int_equal(spec_find(model, &base, &err), 0);
    base.input = input;
    if (scaling_apply(&base, &scaling, &spec, &err) == 0)
        assert_int_equal(model_build(&spec, &graph, &err), -1);
    graph_release(&graph);
    assert_int_equal(err.code, code);
    if (!strstr(err.message, word))
        fail_msg("\"%s\" does not say \"%s\"", err.message, word);
}

static void test_cost__impossible_networks_are_refused_with_a_sentence(void **state)
{
    (void)state;
    refuse("resnet50", 1, 1, 0, ERR_INPUT, "below 1 pixel");
    refuse("resnet50", 1, 40000, 1000000, ERR_NUMERIC, "64 bits");
    refuse("resnet50", 1, -1, 224, ERR_INPUT, "out of range");
    refuse("resnet50", NAN, 1, 224, ERR_INPUT, "out of range");
    refuse("mobilenet_v2", 1e5, 1, 224, ERR_INPUT, "smaller factor");
}
