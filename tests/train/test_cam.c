/* Class activation maps: against the layer-by-layer net, and against what they mean. */
#include "tests/lib/test.h"
#include "tests/net/net_inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scalers/scaler.h"
#include "workloads/heat_map.h"
#include "workloads/models/model.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/io/weights.h"
#include "workloads/tile.h"
#include "workloads/workload.h"

#define CLASSES 7
#define INPUT   64

static char path[] = "/tmp/scalestudy-test-cam.XXXXXX";
static char *files[] = {"tests/data/files/colour.png", "tests/data/files/grey.jpg",
    "tests/data/files/alpha.png", "tests/data/files/palette.png", "tests/data/files/cmyk.jpg"};

#define N_FILES ((int)(sizeof(files) / sizeof(files[0])))

static int group_setup(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    return fd >= 0 ? close(fd) : -1;
}

static int group_teardown(void **state)
{
    (void)state;
    return unlink(path);
}

/* A new network, layer by layer, whose weights are in `path`; and the job of looking with it. */
struct fixture {
    struct workload job;
    struct graph graph;
    struct net *net;
    int images;
};

static void open_fixture(struct fixture *f, const char *model)
{
    const struct scaling scaling = {"width", 1, 0.25, 1};
    const struct net_options options = {
        .batch = 1, .seed = 3, .keep_outputs = true, .no_fusion = true};
    struct spec base;
    struct err err = {0};

    *f = (struct fixture){.job = {.threads = 2, .init_weights = path}};
    parallel_set_threads(f->job.threads);
    recipe_init(&f->job.recipe);
    data_config_init(&f->job.data);
    if (spec_find(model, &base, &err) < 0 || scaling_apply(&base, &scaling, &f->job.spec, &err) < 0)
        fail_msg("%s", err.message);
    f->job.spec.input = INPUT;
    f->job.spec.classes = CLASSES;
    if (model_build(&f->job.spec, &f->graph, &err) < 0 ||
        net_create(&f->net, &f->graph, &options, &err) < 0)
        fail_msg("%s", err.message);
    for (int p = 0; p < net_parameter_count(f->net); p++)
        if (net_parameter(f->net, p)->info->kind == PARAMETER_BIAS)
            for (size_t i = 0; i < net_parameter(f->net, p)->count; i++)
                net_parameter(f->net, p)->value[i] = 0.1F * (float)(i % 5) - 0.2F;
    if (weights_save(f->net, 0, NULL, path, &err) < 0)
        fail_msg("%s", err.message);
}

static void close_fixture(struct fixture *f)
{
    net_free(f->net);
    graph_release(&f->graph);
}

static void assert_near(double a, double b, double scale)
{
    if (!(fabs(a - b) <= 1e-4 * (1 + scale)))
        fail_msg("%.9g and %.9g are further apart than rounding of values of %g", a, b, scale);
}

/* The node that is pooled, and the map that its output and the classifier's weights give. */
static void check_map(const struct fixture *f, int class, const float *map, int pixels)
{
    int pool = f->graph.n_nodes - 1, n = net_parameter_count(f->net);
    const float *weight = net_parameter(f->net, n - 2)->value, *features;

    while (f->graph.nodes[pool].layer != &layer_global_pool)
        pool--;
    features = net_node_output(f->net, f->graph.nodes[pool].inputs[0]);
    assert_int_equal(
        pixels, f->graph.nodes[pool].in_shape[0].h * f->graph.nodes[pool].in_shape[0].w);
    for (int i = 0; i < pixels; i++) {
        double sum = 0, size = 0;

        for (int k = 0; k < f->graph.nodes[pool].shape.c; k++) {
            double term = (double)features[i * f->graph.nodes[pool].shape.c + k] *
                          (double)weight[k * CLASSES + class];

            sum += term;
            size += fabs(term);
        }
        assert_near((double)map[i], sum, size);
    }
}

static int on_image(void *context, struct activations *activations, struct err *err)
{
    struct fixture *f = context;
    const struct activation_image *image = activation_image(activations);
    struct image tile = {0};
    int pixels = image->height * image->width;
    float *map = test_calloc((size_t)pixels, sizeof(*map));

    if (image->prediction.problem)
        fail_msg("%s", image->prediction.problem->message);
    assert_string_equal(image->prediction.file, files[f->images]);
    assert_int_equal(image->prediction.index, f->images++);
    assert_int_equal(image->prediction.files, N_FILES);
    assert_int_equal(image_reserve(&tile, image->side, image->side, err), 0);
    assert_int_equal(activation_tile(activations, NULL, tile.pixels, image->side, err), 0);
    /* The tile is what the network is given, so the plain net is given that, as near as 8 bits are. */
    for (int i = 0; i < INPUT * INPUT * 3; i++) {
        int y = i / 3 / INPUT, x = i / 3 % INPUT, step = image->side / INPUT;
        double pixel = tile.pixels[3 * (y * step * image->side + x * step) + i % 3];

        net_input(f->net)[i] =
            (float)((pixel / 255 - f->job.data.mean[i % 3]) / f->job.data.std[i % 3]);
    }
    net_forward(f->net, 1, false, 0);
    for (int class = 0; class < CLASSES; class ++) {
        double sum = 0, size = 0;

        activation_map(activations, class, map);
        check_map(f, class, map, pixels);
        for (int i = 0; i < pixels; i++) {
            sum += (double)map[i];
            size += fabs((double)map[i]);
        }
        assert_near(sum / pixels + (double)activation_bias(activations, class),
            (double)image->prediction.logits[class], size / pixels);
        assert_near((double)net_logits(f->net)[class], (double)image->prediction.logits[class],
            size / pixels);
    }
    test_free(map);
    image_release(&tile);
    return 0;
}

static void check_model(const char *model)
{
    struct fixture f;
    struct text_list list = {files, N_FILES};
    const struct cam_events events = {.context = &f, .image = on_image};
    struct err err = {0};

    open_fixture(&f, model);
    if (workload_cam(&f.job, &list, &events, &err) < 0)
        fail_msg("%s: %s", model, err.message);
    assert_int_equal(f.images, N_FILES);
    close_fixture(&f);
}

static void test_cam__map_is_features_by_weights_and_its_mean_the_logit(void **state)
{
    (void)state;
    check_model("mobilenet_v1");
    check_model("mobilenet_v2");
    check_model("resnet18");
    check_model("resnet50");
    check_model("efficientnet_b0");
}

/* ---- colours ---- */

static int brightness(const struct image *image, int x, int y)
{
    const uint8_t *pixel = image->pixels + 3 * (y * image->width + x);

    return pixel[0] + pixel[1] + pixel[2];
}

static void test_heat_map__is_brightest_where_the_map_is_highest(void **state)
{
    const float map[] = {0, 1, 5, /**/ -3, 2, 1}; /* 2 x 3: highest at the upper right */
    struct image image = {0};
    struct err err = {0};

    (void)state;
    assert_int_equal(image_reserve(&image, 30, 20, &err), 0);
    memset(image.pixels, 100, 30 * 20 * 3);
    heat_map_over(map, 2, 3, &image);
    for (int y = 0; y < 20; y++)
        for (int x = 0; x < 30; x++) {
            assert_true(brightness(&image, x, y) <= brightness(&image, 29, 0));
            assert_true(brightness(&image, x, y) >= brightness(&image, 0, 19));
        }
    assert_true(brightness(&image, 29, 0) > brightness(&image, 25, 8));
    /* Beyond the middles of the outer squares it goes no further. */
    assert_int_equal(brightness(&image, 25, 0), brightness(&image, 29, 4));
    image_release(&image);
}

static void test_heat_map__same_everywhere_is_dark(void **state)
{
    const float map[] = {2};
    struct image image = {0};
    struct err err = {0};

    (void)state;
    assert_int_equal(image_reserve(&image, 2, 2, &err), 0);
    memset(image.pixels, 0, 12);
    heat_map_over(map, 1, 1, &image);
    for (int i = 0; i < 12; i++)
        assert_true(image.pixels[i] <= 4);
    image_release(&image);
}

static void test_tile__shows_small_images_larger_and_large_ones_smaller(void **state)
{
    struct image image = {0}, smaller = {0};
    uint8_t tile[224 * 224 * 3];
    struct err err = {0};

    (void)state;
    assert_int_equal(tile_side(32), 96);
    assert_int_equal(tile_side(160), 160);
    assert_int_equal(tile_side(600), 224);
    assert_int_equal(image_reserve(&image, 32, 32, &err), 0);
    for (int i = 0; i < 32 * 32 * 3; i++)
        image.pixels[i] = (uint8_t)(i / 3 % 32);
    assert_int_equal(tile_draw(&image, 96, &smaller, tile, 96, &err), 0);
    for (int x = 0; x < 96; x++)
        assert_int_equal(tile[3 * (50 * 96 + x)], x / 3);
    assert_int_equal(image_reserve(&image, 448, 448, &err), 0);
    memset(image.pixels, 77, 448 * 448 * 3);
    assert_int_equal(tile_draw(&image, 224, &smaller, tile, 224, &err), 0);
    for (int i = 0; i < 224 * 224 * 3; i++)
        assert_int_equal(tile[i], 77);
    image_release(&image);
    image_release(&smaller);
}
