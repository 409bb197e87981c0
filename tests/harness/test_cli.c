#include "tests/lib/test.h"

#include <string.h>

#include "harness/terminal/cli.h"
#include "harness/base/number.h"
#include "workloads/models/spec.h"

struct fields {
    bool flag, off;
    int count;
    int64_t seed;
    double width, flops;
    const char *text;
    enum output_format format;
    enum padding padding;
};

static const struct cli_option options[] = {
    {"flag", 'f', CLI_FLAG, offsetof(struct fields, flag), NULL, "a flag"},
    {"no-off", 0, CLI_NO_FLAG, offsetof(struct fields, off), NULL, "the opposite of a flag"},
    {"count", 'n', CLI_INT, offsetof(struct fields, count), "N", "a whole number"},
    {"seed", 0, CLI_INT64, offsetof(struct fields, seed), "N", "a long whole number"},
    {"width", 'w', CLI_REAL, offsetof(struct fields, width), "W", "a number"},
    {"flops", 0, CLI_COUNT, offsetof(struct fields, flops), "X", "a budget"},
    {"text", 't', CLI_TEXT, offsetof(struct fields, text), "T", "a text"},
    {"format", 0, CLI_FORMAT, offsetof(struct fields, format), "F", "a format"},
    {"padding", 0, CLI_PADDING, offsetof(struct fields, padding), "P", "a padding"},
    {NULL, 0, CLI_FLAG, 0, NULL, NULL},
};

static const struct cli_usage usage = {.command = "try",
    .arguments = "A [B]",
    .summary = "a test",
    .options = options,
    .example = "scalestudy try x",
    .min_arguments = 1,
    .max_arguments = 2};

#define MAX_WORDS 16

/* Parses `line`, words separated by blanks; cmocka's own output is not disturbed, since no test
 * asks for help. */
static int parse(const char *line, struct fields *fields, char ***arguments, struct err *err)
{
    static char words[512];
    static char *argv[MAX_WORDS + 1];
    int argc = 0;
    char *at = words;

    assert_true(str_copy(words, sizeof(words), line));
    while (*at && argc < MAX_WORDS) {
        argv[argc++] = at;
        at += strcspn(at, " ");
        if (*at)
            *at++ = '\0';
    }
    argv[argc] = NULL;
    *fields = (struct fields){.off = true};
    *err = (struct err){0};
    return cli_parse(&usage, argc, argv, fields, arguments, err);
}

#define assert_refused(line, words)                                                                \
    do {                                                                                           \
        struct fields fields_;                                                                     \
        struct err err_;                                                                           \
        char **arguments_;                                                                         \
        assert_int_equal(parse(line, &fields_, &arguments_, &err_), -1);                           \
        assert_int_equal(err_.code, ERR_INPUT);                                                    \
        if (!strstr(err_.message, words))                                                          \
            fail_msg("said \"%s\", not \"%s\"", err_.message, words);                              \
    } while (0)

static void test_cli__takes_values_in_every_gnu_form(void **state)
{
    struct fields fields;
    struct err err;
    char **arguments;

    (void)state;
    assert_int_equal(
        parse("try --width 1.5 x -n3 --seed=9007199254740993 -fw 2 y", &fields, &arguments, &err),
        0);
    assert_true(fields.width == 2.0);
    assert_int_equal(fields.count, 3);
    assert_true(fields.seed == 9007199254740993);
    assert_true(fields.flag);
    assert_string_equal(arguments[0], "x");
    assert_string_equal(arguments[1], "y");
    assert_null(arguments[2]);
}

static void test_cli__every_type_reaches_its_field(void **state)
{
    struct fields fields;
    struct err err;
    char **arguments;

    (void)state;
    assert_int_equal(parse("try x --no-off --flops 1.3B -t -5 --format json --padding same",
                         &fields, &arguments, &err),
        0);
    assert_false(fields.off);
    assert_true(fields.flops == 1.3e9);
    assert_string_equal(fields.text, "-5");
    assert_int_equal(fields.format, FORMAT_JSON);
    assert_int_equal(fields.padding, PADDING_SAME);
}

static void test_cli__two_dashes_end_the_options(void **state)
{
    struct fields fields;
    struct err err;
    char **arguments;

    (void)state;
    assert_int_equal(parse("try -- --flag -n", &fields, &arguments, &err), 0);
    assert_false(fields.flag);
    assert_string_equal(arguments[0], "--flag");
    assert_string_equal(arguments[1], "-n");
}

static void test_cli__refuses_with_what_would_be_right(void **state)
{
    (void)state;
    assert_refused("try x --widht 2", "did you mean --width?");
    assert_refused("try x --widht=2", "no option --widht; did you mean --width?");
    assert_refused("try x -z", "no option -z");
    assert_refused("try x -n 3x", "'3x' is not a whole number");
    assert_refused("try x -n 3000000000", "range");
    assert_refused("try x --seed 99999999999999999999", "not a whole number");
    assert_refused("try x --width 1,5", "not a number");
    assert_refused("try x --width inf", "not a number");
    assert_refused("try x --flops 1.3Q", "K, M, B or G");
    assert_refused("try x --format yaml", "table");
    assert_refused("try x --padding valid", "torch or same");
    assert_refused("try x --flag=1", "takes no value");
    assert_refused("try x --text", "needs a value");
    assert_refused("try", "needs an argument");
    assert_refused("try x y z", "'z' is one too many");
}

static void test_number__shortest_form_reads_back_as_the_same(void **state)
{
    static const double values[] = {
        0, 1, -1, 0.1, 0.30000000000000004, 1e-5, 5e-4, 1e300, 123456789012, 1.0 / 3};
    static const char *const texts[] = {"0", "1", "-1", "0.1", "0.30000000000000004", "1e-05",
        "0.0005", "1e+300", "123456789012", "0.3333333333333333"};

    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct str text = STR_INIT;

        number_add_shortest(&text, values[i]);
        assert_string_equal(text.text, texts[i]);
        str_release(&text);
    }
}
