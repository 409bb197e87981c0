#include "tests/lib/test.h"

#include <time.h>

#include "harness/base/clock.h"
#include "plots/draw/gnuplot.h"
#include "fixture.h"

#define PAGE (&(struct gnuplot_page){.width = 300, .height = 200, .scale = 1, .title = "test"})

/* A small figure with a text in it. */
static int draw_text(struct fixture *f, const char *name, const char *text, double timeout)
{
    struct gnuplot plot = GNUPLOT_INIT;
    char path[PATH_BYTES];
    int result = gnuplot_open(&plot, fixture_path(f, name, path), &f->err);

    plot.timeout_seconds = timeout;
    if (result == 0) {
        gnuplot_terminal(&plot, PAGE);
        str_add(&plot.data, "1 2\n3 4\n");
        str_add(&plot.script, "set label ");
        gnuplot_quote(&plot.script, text);
        str_add(&plot.script, " at graph 0.1,0.5\nplot data using 1:2 with lines\n");
        result = gnuplot_draw(&plot, &f->err);
    }
    gnuplot_release(&plot);
    return result;
}

static int open_output(struct fixture *f, const char *output)
{
    struct gnuplot_files files;

    err_clear(&f->err);
    return gnuplot_files(&files, output, &f->err);
}

static void test_gnuplot_files__data_and_script_lie_beside_the_figure(void **state)
{
    struct fixture f;
    struct gnuplot_files files;
    char output[PATH_BYTES], script[PATH_BYTES], data[PATH_BYTES];

    (void)state;
    fixture_init(&f);
    assert_int_equal(gnuplot_files(&files, fixture_path(&f, "a.b.svg", output), &f.err), 0);
    assert_string_equal(files.script, fixture_path(&f, "a.b.svg.gp", script));
    assert_string_equal(files.data, fixture_path(&f, "a.b.svg.dat", data));
    fixture_release(&f);
}

static void test_gnuplot_files__other_endings_are_refused_with_the_right_ones(void **state)
{
    static const char *const wrong[] = {"F.jpg", "F", "F.svg.gz", ".svg", "Fsvg", "", "/"};
    struct fixture f;

    (void)state;
    fixture_init(&f);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(open_output(&f, wrong[i]), -1);
        assert_int_equal(f.err.code, ERR_INPUT);
        assert_says(&f.err, ".svg, .png or .pdf");
    }
    fixture_release(&f);
}

static void test_gnuplot_files__missing_folder_is_named(void **state)
{
    struct fixture f;
    char output[PATH_BYTES];

    (void)state;
    fixture_init(&f);
    assert_int_equal(open_output(&f, fixture_path(&f, "no/F.svg", output)), -1);
    assert_int_equal(f.err.code, ERR_INPUT);
    assert_says(&f.err, "/no; create it");
    fixture_release(&f);
}

static void test_gnuplot_files__names_with_control_characters_are_refused(void **state)
{
    struct fixture f;

    (void)state;
    fixture_init(&f);
    assert_int_equal(open_output(&f, "a\nplot x.svg"), -1);
    assert_int_equal(f.err.code, ERR_INPUT);
    assert_int_equal(open_output(&f, "a\xff.svg"), -1);
    assert_int_equal(open_output(&f, "a\xc2\x85.svg"), -1);
    fixture_release(&f);
}

static void test_gnuplot_quote__leaves_out_what_is_no_text(void **state)
{
    static const struct {
        const char *text, *quoted;
    } cases[] = {
        {"table3", "'table3'"}, {"", "''"}, {"a'b", "'a'.\"'\".'b'"},
        {"a\nb\tc\x7f\x1b[1m", "'abc[1m'"},
        {"gr\xc3\xb6\xc3\x9f"
         "er \xe5\xad\xa6 \xf0\x9f\x93\x88",
            "'gr\xc3\xb6\xc3\x9f"
            "er \xe5\xad\xa6 \xf0\x9f\x93\x88'"},
        {"\xff\xc3(\xe5\xad", "'\?\?(\?\?'"},
        {"\xc0\xaf\xed\xa0\x80\xf5\x80\x80\x80",
            "'\?\?\?\?\?\?\?\?\?'"},              /* overlong, surrogate, too large */
        {"\xef\xbf\xbe|\xc2\x85|", "'\?\?\?||'"}, /* no character; a control */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct str quoted = STR_INIT;

        gnuplot_quote(&quoted, cases[i].text);
        assert_string_equal(quoted.text, cases[i].quoted);
        str_release(&quoted);
    }
}

static void test_gnuplot_quote__hostile_texts_appear_as_they_are(void **state)
{
    /* Text, and how an SVG writes it; the `touch` and `system` would leave a file behind. */
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"'", ">'<"},
        {"''", ">''<"},
        {"'''x''", ">'''x''<"},
        {"`touch pwned`", ">`touch pwned`<"},
        {"'; system(\"touch pwned\") #", ">'; system(\"touch pwned\") #<"},
        {"\"; system('touch pwned')", ">\"; system('touch pwned')<"},
        {"\n!touch pwned\n", ">!touch pwned<"},
        {"x\\", ">x\\<"},
        {"{/Bold x}_a^b \\n %d @data $0", ">{/Bold x}_a^b \\n %d @data $0<"},
        {"<script>&amp;", ">&lt;script>&amp;amp;<"},
    };
    struct fixture f;

    (void)state;
    NEEDS_GNUPLOT();
    fixture_init(&f);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct str svg = STR_INIT;

        assert_int_equal(draw_text(&f, "F.svg", cases[i].text, 60), 0);
        svg = fixture_read(&f, "F.svg");
        if (!strstr(svg.text, cases[i].shown))
            fail_msg("the figure does not show %s", cases[i].shown);
        str_release(&svg);
        assert_false(fixture_has(&f, "pwned"));
    }
    fixture_release(&f);
}

static void test_gnuplot__file_names_never_become_commands(void **state)
{
    static const char *const names[] = {
        "|touch pwned;'x''.svg", "< touch pwned.png", "''`touch pwned`.pdf", "-e.svg", "$x @y.svg"};
    struct fixture f;

    (void)state;
    NEEDS_GNUPLOT();
    fixture_init(&f);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(draw_text(&f, names[i], "x", 60), 0);
        assert_true(fixture_has(&f, names[i]));
        assert_false(fixture_has(&f, "pwned"));
    }
    fixture_release(&f);
}

static void test_gnuplot_draw__each_ending_makes_a_file_of_its_kind(void **state)
{
    static const struct {
        const char *name, *start;
    } kinds[] = {{"F.svg", "<?xml"}, {"F.png", "\x89PNG"}, {"F.PDF", "%PDF"}};
    struct fixture f;

    (void)state;
    NEEDS_GNUPLOT();
    fixture_init(&f);
    for (int i = 0; i < 3; i++) {
        struct str figure = STR_INIT;

        assert_int_equal(draw_text(&f, kinds[i].name, "x", 60), 0);
        figure = fixture_read(&f, kinds[i].name);
        assert_memory_equal(figure.text, kinds[i].start, strlen(kinds[i].start));
        str_release(&figure);
    }
    assert_int_equal(fixture_leftovers(&f), 0);
    fixture_release(&f);
}

static void test_gnuplot_draw__hanging_gnuplot_is_killed(void **state)
{
    struct fixture f;
    double start;

    (void)state;
    fixture_init(&f);
    fixture_fake(&f, "echo '<svg' >\"$4\"; exec sleep 100");
    start = clock_seconds();
    assert_int_equal(draw_text(&f, "F.svg", "x", 0.5), -1);
    assert_true(clock_seconds() - start < 20);
    assert_int_equal(f.err.code, ERR_CHILD);
    assert_says(&f.err, "did not end within 0.5 seconds");
    assert_false(fixture_has(&f, "F.svg"));
    assert_int_equal(fixture_leftovers(&f), 0);
    fixture_release(&f);
}

static void test_gnuplot_draw__flood_of_complaints_cannot_outlast_the_timeout(void **state)
{
    struct fixture f;

    (void)state;
    fixture_init(&f);
    fixture_fake(&f, "exec yes complaint >&2");
    assert_int_equal(draw_text(&f, "F.svg", "x", 0.5), -1);
    assert_says(&f.err, "did not end");
    fixture_release(&f);
}

static void test_gnuplot_draw__its_last_complaint_is_in_the_sentence(void **state)
{
    struct fixture f;

    (void)state;
    fixture_init(&f);
    fixture_fake(
        &f, "printf 'plot x\\n     ^\\n\"F.svg.gp\" line 3: no such thing\\n\\n' >&2; exit 7");
    assert_int_equal(draw_text(&f, "F.svg", "x", 60), -1);
    assert_int_equal(f.err.code, ERR_CHILD);
    assert_says(&f.err, "exit status 7: \"F.svg.gp\" line 3: no such thing");
    assert_says(&f.err, "F.svg is not drawn");
    fixture_release(&f);
}

static void test_gnuplot_draw__crash_is_told_with_its_signal(void **state)
{
    struct fixture f;

    (void)state;
    fixture_init(&f);
    fixture_fake(&f, "kill -SEGV $$");
    assert_int_equal(draw_text(&f, "F.svg", "x", 60), -1);
    assert_says(&f.err, "crashed with signal 11 (Segmentation fault)");
    fixture_release(&f);
}

static void test_gnuplot_draw__missing_gnuplot_names_the_package_and_keeps_the_script(void **state)
{
    struct fixture f;

    (void)state;
    fixture_init(&f);
    fixture_fake(&f, NULL);
    assert_int_equal(draw_text(&f, "F.svg", "x", 60), -1);
    assert_int_equal(f.err.code, ERR_CHILD);
    assert_says(&f.err, "apt-get install gnuplot-nox");
    assert_true(fixture_has(&f, "F.svg.gp"));
    assert_true(fixture_has(&f, "F.svg.dat"));
    fixture_release(&f);
}

static void test_gnuplot_draw__half_a_figure_never_replaces_a_whole_one(void **state)
{
    struct fixture f;
    struct str figure;
    char path[PATH_BYTES];

    (void)state;
    fixture_init(&f);
    assert_int_equal(file_write(fixture_path(&f, "F.svg", path), "old", 3, &f.err), 0);
    fixture_fake(&f, "echo '<svg><path d=\"M0' >\"$4\"");
    assert_int_equal(draw_text(&f, "F.svg", "x", 60), -1);
    assert_int_equal(f.err.code, ERR_IO);
    assert_says(&f.err, "the disk may be full");
    figure = fixture_read(&f, "F.svg");
    assert_string_equal(figure.text, "old");
    assert_int_equal(fixture_leftovers(&f), 0);
    str_release(&figure);
    fixture_release(&f);
}

static void test_gnuplot_draw__gnuplot_that_draws_nothing_is_an_error(void **state)
{
    struct fixture f;

    (void)state;
    fixture_init(&f);
    fixture_fake(&f, "exit 0");
    assert_int_equal(draw_text(&f, "F.svg", "x", 60), -1);
    assert_int_equal(f.err.code, ERR_CHILD);
    assert_says(&f.err, "left no figure");
    fixture_release(&f);
}

static void test_gnuplot_draw__a_script_without_an_interpreter_is_given_to_no_shell(void **state)
{
    struct fixture f;
    char path[PATH_BYTES];

    (void)state;
    fixture_init(&f);
    fixture_path(&f, "gnuplot", path);
    assert_int_equal(file_write(path, "touch pwned\n", 12, &f.err), 0);
    assert_int_equal(chmod(path, 0755), 0);
    setenv("PATH", f.folder, 1);
    assert_int_equal(draw_text(&f, "F.svg", "x", 60), -1);
    assert_int_equal(f.err.code, ERR_CHILD);
    assert_says(&f.err, "cannot start gnuplot");
    assert_false(fixture_has(&f, "pwned"));
    fixture_release(&f);
}
