/* Every figure: its data against recorded ones (UPDATE_GOLDEN=1 records them anew), and what others
 * wrote against what a script could make of it. */
#include "tests/lib/test.h"

#include <unistd.h>

#include "harness/views/plot_network.h"
#include "plots/plot.h"
#include "scene.h"
#include "results/published/paper.h"

/* Two seeds of a baseline and what it was scaled to. */
static void add_model(struct scene *scene, const char *study, const char *host, const char *model)
{
    static const struct {
        const char *method;
        double d, w, r, gain;
        int input;
        int64_t params, macs;
    } networks[] = {
        {"baseline", 1, 1, 1, 0, 32, 250000, 3000000},
        {"width", 1, 2, 1, 4, 32, 900000, 11000000},
        {"depth", 4, 1, 1, 5, 32, 800000, 11500000},
        {"resolution", 1, 1, 2, 3, 64, 250000, 12000000},
        {"compound", 1.4, 1.2, 1.3, 8, 42, 600000, 12500000},
        {"dwr", 4, 2, 1, 9, 32, 3200000, 44000000},
    };

    for (int seed = 0; seed < 2; seed++)
        for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++)
            scene_do(scene, study, host,
                (struct job_record){.model = model,
                    .method = networks[i].method,
                    .depth = networks[i].d,
                    .width = networks[i].w,
                    .resolution = networks[i].r,
                    .input = networks[i].input,
                    .params = networks[i].params,
                    .macs = networks[i].macs,
                    .seed = seed},
                70 + networks[i].gain + seed, 2);
}

static int draw(struct scene *scene, struct store *store, const struct plot *plot, const char *name)
{
    char path[PATH_BYTES];
    struct plot_options options = {
        .network = plot_network, .output = fixture_path(&scene->files, name, path)};

    return plot->draw(store, &options, &scene->files.err);
}

static void compare_with_golden(struct scene *scene, const char *name)
{
    struct str drawn = fixture_read(&scene->files, "F.svg.dat"), golden = STR_INIT;
    char path[PATH_BYTES];
    struct err err = {0};

    snprintf(path, sizeof(path), "tests/plots/golden/%s.dat", name);
    if (getenv("UPDATE_GOLDEN"))
        assert_int_equal(file_write(path, drawn.text, drawn.length, &err), 0);
    if (file_read(path, 1 << 20, &golden, &err) < 0)
        fail_msg("%s; UPDATE_GOLDEN=1 records it", err.message);
    if (strcmp(drawn.text, golden.text) != 0)
        fail_msg("the data of %s are not those of %s", name, path);
    str_release(&drawn);
    str_release(&golden);
}

static void test_figures__the_data_of_each_are_those_recorded(void **state)
{
    struct scene scene;

    (void)state;
    NEEDS_GNUPLOT();
    scene_init(&scene, "s");
    add_model(&scene, "s", "host", "efficientnet_b0");
    add_model(&scene, "s", "host", "mobilenet_v2");
    for (const struct plot *const *plot = plot_all(); *plot; plot++) {
        if (strcmp((*plot)->name, "queue") == 0)
            continue; /* it shows when the test ran */
        if (draw(&scene, scene.store, *plot, "F.svg") < 0)
            fail_msg("%s: %s", (*plot)->name, scene.files.err.message);
        compare_with_golden(&scene, (*plot)->name);
    }
    scene_release(&scene);
}

static void test_figures__those_of_the_paper_need_no_database(void **state)
{
    struct scene scene;
    int n = 0;

    (void)state;
    NEEDS_GNUPLOT();
    scene_init(&scene, "s");
    for (const struct plot *const *plot = plot_all(); *plot; plot++) {
        if (!(*plot)->takes_no_results)
            continue;
        if (draw(&scene, NULL, *plot, "F.svg") < 0)
            fail_msg("%s: %s", (*plot)->name, scene.files.err.message);
        n++;
    }
    assert_int_equal(n, 7);
    scene_release(&scene);
}

/* They show that network and no other: a half without anything in it would say nothing. */
static bool is_of_efficientnet(const struct plot *plot)
{
    return strcmp(plot->name, "fig3") == 0 || strcmp(plot->name, "fig4") == 0 ||
           strcmp(plot->name, "fig8") == 0;
}

static void test_figures__texts_of_others_stay_text(void **state)
{
    static const char study[] = "it's `touch pwned`\n\"; system('touch pwned')";
    static const char model[] = "';system(\"touch pwned\");x<script>", host[] = "'.system('x').'";
    struct scene scene;

    (void)state;
    NEEDS_GNUPLOT();
    scene_init(&scene, study);
    add_model(&scene, study, host, model);
    for (const struct plot *const *plot = plot_all(); *plot; plot++) {
        struct str figure;

        if (is_of_efficientnet(*plot)) {
            assert_int_equal(draw(&scene, scene.store, *plot, "F.svg"), -1);
            assert_says(&scene.files.err, "EfficientNet-B0, and the study has no result of it");
            err_clear(&scene.files.err);
            continue;
        }
        if (draw(&scene, scene.store, *plot, "F.svg") < 0)
            fail_msg("%s: %s", (*plot)->name, scene.files.err.message);
        figure = fixture_read(&scene.files, "F.svg");
        assert_null(strstr(figure.text, "<script"));
        assert_false(fixture_has(&scene.files, "pwned"));
        str_release(&figure);
        if (draw(&scene, scene.store, *plot, "F.txt") < 0)
            fail_msg("%s as text: %s", (*plot)->name, scene.files.err.message);
        assert_false(fixture_has(&scene.files, "pwned"));
    }
    assert_int_equal(fixture_leftovers(&scene.files), 0);
    scene_release(&scene);
}

static void test_figures__variants_are_told_apart_and_the_paper_is_not_repeated(void **state)
{
    struct scene scene;
    struct str data;

    (void)state;
    NEEDS_GNUPLOT();
    scene_init(&scene, "s");
    for (int i = 0; i < 4; i++)
        scene_do(&scene, "s", "host",
            (struct job_record){.model = "mobilenet_v2",
                .method = i < 2 ? "baseline" : "width",
                .depth = 1,
                .width = i < 2 ? 1 : 2,
                .resolution = 1,
                .input = 32,
                .params = 1,
                .macs = (i % 2 ? 10000000 : 3000000) * (i < 2 ? 1 : 4)},
            70 + i, 2);
    assert_int_equal(draw(&scene, scene.store, plot_find("table3", &scene.files.err), "F.svg"), 0);
    data = fixture_read(&scene.files, "F.svg.dat");
    assert_non_null(
        strstr(data.text, "1 = MobileNetV2 w=2, 3M FLOPs, 5 = MobileNetV2 w=2, 10M FLOPs\n"));
    /* The paper's rows are beside the first of them. */
    assert_non_null(strstr(data.text, "position; 1 = MobileNetV2 w=2, 2 = MobileNetV2 d=4,"));
    assert_non_null(strstr(data.text, "4 = MobileNetV2 compound\n"));
    str_release(&data);
    assert_int_equal(draw(&scene, scene.store, plot_find("curves", &scene.files.err), "F.svg"), 0);
    data = fixture_read(&scene.files, "F.svg.gp");
    assert_non_null(strstr(data.text, "MobileNetV2, 32 px, 3M FLOPs"));
    assert_non_null(strstr(data.text, "MobileNetV2, 32 px, 10M FLOPs"));
    str_release(&data);
    scene_release(&scene);
}

static void test_figures__nothing_measured_is_a_sentence(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene, "s");
    for (const struct plot *const *plot = plot_all(); *plot; plot++) {
        err_clear(&scene.files.err);
        if ((*plot)->takes_no_results)
            continue;
        assert_int_equal(draw(&scene, scene.store, *plot, "F.svg"), -1);
        assert_int_equal(scene.files.err.code, ERR_INPUT);
        assert_says(&scene.files.err, "study");
    }
    scene_release(&scene);
}

static void test_paper_points__are_those_of_the_figures(void **state)
{
    static const int counts[][2] = {{1, 22}, {3, 19}, {4, 34}, {5, 21}, {8, 21}};
    int n;

    (void)state;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        const struct paper_point *points = paper_points(counts[i][0], &n);

        assert_int_equal(n, counts[i][1]);
        for (int k = 0; k < n; k++) {
            assert_int_equal(points[k].figure, counts[i][0]);
            assert_true(points[k].x > 0 && points[k].top1 > 70 && points[k].top1 < 90);
        }
    }
    assert_null(paper_points(6, &n));
    assert_int_equal(n, 0);
}
