#include "tests/lib/test.h"

#include "plots/plot.h"
#include "scene.h"

/* A finished job. */
static void add(struct scene *scene, const char *study, struct job_record job, double top1)
{
    job.params = 1;
    scene_do(scene, study, "h", job, top1, 0);
}

/* Two seeds each of a baseline and of what it was scaled to. */
static void add_model(struct scene *scene, const char *study, const char *model)
{
    for (int seed = 0; seed < 2; seed++) {
        struct job_record job = {.model = model,
            .method = "baseline",
            .depth = 1,
            .width = 1,
            .resolution = 1,
            .input = 32,
            .macs = 3000000,
            .seed = seed};

        add(scene, study, job, 80 + seed);
        job.method = "width";
        job.width = 2;
        job.macs = 11000000;
        add(scene, study, job, 84 + seed);
        job.method = "resolution";
        job.width = 1;
        job.resolution = 2;
        job.input = 64;
        job.macs = 12000000;
        add(scene, study, job, 82 + seed);
    }
}

static int draw(struct scene *scene, struct plot_options options, const char *name)
{
    const struct plot *plot = plot_find("flops-accuracy", &scene->files.err);
    char path[PATH_BYTES];

    assert_non_null(plot);
    options.output = fixture_path(&scene->files, name, path);
    return plot->draw(scene->store, &options, &scene->files.err);
}

static bool file_holds(struct scene *scene, const char *name, const char *words)
{
    struct str content = fixture_read(&scene->files, name);
    bool found = strstr(content.text, words) != NULL;

    str_release(&content);
    return found;
}

static void test_plot_find__an_unknown_name_lists_the_figures(void **state)
{
    struct err err = {0};

    (void)state;
    assert_null(plot_find("flops_acuracy", &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_says(&err, "flops-accuracy");
}

static void test_plots__every_one_is_found_by_its_name(void **state)
{
    struct err err = {0};

    (void)state;
    for (const struct plot *const *plot = plot_all(); *plot; plot++) {
        assert_ptr_equal(plot_find((*plot)->name, &err), *plot);
        assert_true((*plot)->summary[0] != '\0');
        assert_non_null((*plot)->draw);
        assert_null(strchr((*plot)->name, '_'));
    }
}

static void test_flops_accuracy__gnuplot_alone_redraws_it_from_its_folder(void **state)
{
    struct scene scene;
    struct str first, second;
    char path[PATH_BYTES], before[PATH_BYTES], command[] = "gnuplot";
    pid_t pid;

    (void)state;
    NEEDS_GNUPLOT();
    scene_init(&scene, "table3");
    add_model(&scene, "table3", "mobilenet_v2");
    assert_int_equal(draw(&scene, (struct plot_options){0}, "F.svg"), 0);
    first = fixture_read(&scene.files, "F.svg");
    assert_int_equal(unlink(fixture_path(&scene.files, "F.svg", path)), 0);
    assert_non_null(getcwd(before, sizeof(before)));
    assert_int_equal(chdir(scene.files.folder), 0);
    pid = fork();
    if (pid == 0) {
        execlp(command, command, "-d", "F.svg.gp", (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_int_equal(chdir(before), 0);
    second = fixture_read(&scene.files, "F.svg");
    assert_string_equal(first.text, second.text);
    str_release(&first);
    str_release(&second);
    scene_release(&scene);
}

static void test_flops_accuracy__data_hold_every_measured_and_published_point(void **state)
{
    struct scene scene;

    (void)state;
    NEEDS_GNUPLOT();
    scene_init(&scene, "table3");
    add_model(&scene, "table3", "mobilenet_v2");
    assert_int_equal(draw(&scene, (struct plot_options){0}, "F.svg"), 0);
    /* Two seeds 1 apart: mean +- 12.706 / sqrt(2) * sqrt(1/2). */
    assert_true(file_holds(&scene, "F.svg.dat", "\n11000000 84.5 78.146"));
    assert_true(file_holds(&scene, "F.svg.dat", "\n12000000 82.5 76.146"));
    assert_true(file_holds(&scene, "F.svg.dat", "\n1200000000 76.8 NaN NaN\n"));
    assert_true(file_holds(&scene, "F.svg.dat", "\n1300000000 77.4 NaN NaN\n"));
    scene_release(&scene);
}

static void test_flops_accuracy__the_paper_is_named_as_the_source_of_its_numbers(void **state)
{
    struct scene scene;

    (void)state;
    NEEDS_GNUPLOT();
    scene_init(&scene, "table3");
    add_model(&scene, "table3", "mobilenet_v2");
    add_model(&scene, "table3", "efficientnet_b0");
    assert_int_equal(draw(&scene, (struct plot_options){0}, "F.svg"), 0);
    assert_true(file_holds(&scene, "F.svg", ">Measured here: mean of 2 seeds"));
    assert_true(file_holds(
        &scene, "F.svg", ">In the paper, on ImageNet: Tan &amp; Le (2019), Tables 3 and 7<"));
    assert_true(file_holds(&scene, "F.svg", ">FLOPs (multiply-adds, as the paper counts)<"));
    scene_release(&scene);
}

static void test_flops_accuracy__a_hostile_study_name_is_only_text(void **state)
{
    static const char name[] = "it's `touch pwned`\n\"; system('touch pwned')";
    struct scene scene;

    (void)state;
    NEEDS_GNUPLOT();
    scene_init(&scene, name);
    add_model(&scene, name, "';x`touch pwned`");
    assert_int_equal(
        draw(&scene, (struct plot_options){.study = name, .width = 1600, .height = 700}, "F.svg"),
        0);
    assert_true(file_holds(
        &scene, "F.svg", ">Accuracy against FLOPs: it's `touch pwned`\"; system('touch pwned')<"));
    assert_true(file_holds(&scene, "F.svg", ">';x`touch pwned`, 32 px<"));
    assert_false(fixture_has(&scene.files, "pwned"));
    scene_release(&scene);
}

static void test_flops_accuracy__a_model_outside_the_paper_has_its_own_row_only(void **state)
{
    struct scene scene;

    (void)state;
    NEEDS_GNUPLOT();
    scene_init(&scene, "s");
    add_model(&scene, "s", "resnet18");
    assert_int_equal(draw(&scene, (struct plot_options){0}, "F.svg"), 0);
    assert_true(file_holds(&scene, "F.svg", ">ResNet-18, 32 px<"));
    assert_false(file_holds(&scene, "F.svg", "In the paper"));
    scene_release(&scene);
}

static void test_flops_accuracy__dark_pages_are_dark(void **state)
{
    struct scene scene;

    (void)state;
    NEEDS_GNUPLOT();
    scene_init(&scene, "s");
    add_model(&scene, "s", "resnet50");
    assert_int_equal(draw(&scene, (struct plot_options){.dark = true}, "F.svg"), 0);
    assert_true(file_holds(&scene, "F.svg", "fill=\"#14181d\""));
    scene_release(&scene);
}

static void test_flops_accuracy__width_and_height_are_those_asked_for(void **state)
{
    struct scene scene;

    (void)state;
    NEEDS_GNUPLOT();
    scene_init(&scene, "s");
    add_model(&scene, "s", "resnet50");
    assert_int_equal(draw(&scene, (struct plot_options){.width = 901, .height = 733}, "F.svg"), 0);
    assert_true(file_holds(&scene, "F.svg", "width=\"901\" height=\"733\""));
    assert_int_equal(draw(&scene, (struct plot_options){.width = 1000}, "F.svg"), 0);
    assert_true(file_holds(&scene, "F.svg", "width=\"1000\""));
    scene_release(&scene);
}

static void test_flops_accuracy__sizes_that_nobody_could_read_are_refused(void **state)
{
    static const int sizes[][2] = {
        {100, 0}, {0, 100}, {-1, 0}, {0, -5}, {1 << 20, 0}, {0, 1 << 20}};
    struct scene scene;

    (void)state;
    scene_init(&scene, "s");
    add_model(&scene, "s", "resnet50");
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        err_clear(&scene.files.err);
        assert_int_equal(
            draw(&scene, (struct plot_options){.width = sizes[i][0], .height = sizes[i][1]},
                "F.svg"),
            -1);
        assert_int_equal(scene.files.err.code, ERR_INPUT);
        assert_says(&scene.files.err, "pixels");
        assert_false(fixture_has(&scene.files, "F.svg"));
    }
    scene_release(&scene);
}

static void test_flops_accuracy__nothing_measured_says_what_to_run(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene, "s");
    assert_int_equal(draw(&scene, (struct plot_options){.study = "s"}, "F.svg"), -1);
    assert_int_equal(scene.files.err.code, ERR_INPUT);
    assert_says(&scene.files.err, "nothing is measured yet in the study s; `scalestudy run");
    assert_false(fixture_has(&scene.files, "F.svg.gp"));
    scene_release(&scene);
}

static void test_flops_accuracy__studies_of_one_file_have_panels_of_their_own(void **state)
{
    struct scene scene;

    (void)state;
    NEEDS_GNUPLOT();
    scene_init(&scene, "one");
    assert_int_equal(
        store_put_study(scene.store, "two", "t.yaml", "name: t\n", &scene.files.err), 0);
    add_model(&scene, "one", "resnet50");
    add_model(&scene, "two", "resnet50");
    assert_int_equal(draw(&scene, (struct plot_options){0}, "F.svg"), 0);
    assert_true(file_holds(&scene, "F.svg", ">ResNet-50, 32 px, one<"));
    assert_true(file_holds(&scene, "F.svg", ">ResNet-50, 32 px, two<"));
    scene_release(&scene);
}

/* As a grid makes them: at one input, all baselines first. */
static void test_flops_accuracy__variants_of_a_model_have_panels_of_their_own(void **state)
{
    struct scene scene;

    (void)state;
    NEEDS_GNUPLOT();
    scene_init(&scene, "s");
    for (int i = 0; i < 4; i++) {
        struct job_record job = {.model = "mobilenet_v2",
            .method = i < 2 ? "baseline" : "width",
            .depth = 1,
            .width = i < 2 ? 1 : 2,
            .resolution = 1,
            .input = 32,
            .macs = (i % 2 ? 10000000 : 3000000) * (i < 2 ? 1 : 4)};

        add(&scene, "s", job, 70 + i);
    }
    assert_int_equal(draw(&scene, (struct plot_options){0}, "F.svg"), 0);
    assert_true(file_holds(&scene, "F.svg.gp", "MobileNetV2, 32 px, 3M"));
    assert_true(file_holds(&scene, "F.svg.gp", "MobileNetV2, 32 px, 10M"));
    scene_release(&scene);
}

/* A baseline, and widths of `n` sizes on a law without noise: 10 + 2 (FLOPs / 1e9)^-0.5. */
static void add_law(struct scene *scene, int n)
{
    for (int i = 0; i <= n; i++) {
        int64_t macs = (int64_t)3000000 << i;
        struct job_record job = {.model = "mobilenet_v2",
            .method = i == 0 ? "baseline" : "width",
            .depth = 1,
            .width = sqrt((double)(1 << i)),
            .resolution = 1,
            .input = 32,
            .macs = macs};

        add(scene, "s", job, 90 - 2 / sqrt((double)macs / 1e9));
    }
}

static void test_flops_accuracy__a_fitted_law_is_dashed_where_it_is_extrapolated(void **state)
{
    struct scene scene;

    (void)state;
    NEEDS_GNUPLOT();
    scene_init(&scene, "s");
    add_law(&scene, 3);
    assert_int_equal(draw(&scene, (struct plot_options){0}, "F.svg"), 0);
    assert_true(file_holds(&scene, "F.svg.dat", "law of width"));
    assert_true(file_holds(&scene, "F.svg.dat", "law of width, extrapolated"));
    /* From the baseline to the largest network, and from there to four times its FLOPs. */
    assert_true(file_holds(&scene, "F.svg.dat", "\n3000000 53.48"));
    assert_true(file_holds(&scene, "F.svg.dat", "\n24000000 77.09"));
    assert_true(file_holds(&scene, "F.svg.dat", "\n96000000 83.54"));
    assert_true(file_holds(&scene, "F.svg.gp", "dashed where extrapolated"));
    scene_release(&scene);
}

static void test_flops_accuracy__three_sizes_have_no_law(void **state)
{
    struct scene scene;

    (void)state;
    NEEDS_GNUPLOT();
    scene_init(&scene, "s");
    add_law(&scene, 2);
    assert_int_equal(draw(&scene, (struct plot_options){0}, "F.svg"), 0);
    assert_false(file_holds(&scene, "F.svg.dat", "law of"));
    assert_false(file_holds(&scene, "F.svg.gp", "extrapolated"));
    scene_release(&scene);
}
