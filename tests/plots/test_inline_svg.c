#include "tests/lib/test.h"

#include <string.h>

#include "plots/draw/inline_svg.h"
#include "fixture.h"

#define HEAD "<?xml version=\"1.0\"?>\n<svg width=\"10\" viewBox=\"0 0 10 5\">\n<title>x</title>\n"

static int inline_it(const char *svg, struct str *to, struct err *err)
{
    *to = (struct str)STR_INIT;
    return inline_svg_add(to, svg, "f7", "a \"label\" <b>", err);
}

static void test_inline_svg__colours_follow_the_page(void **state)
{
    struct str to, style = STR_INIT;
    struct err err = {0};

    (void)state;
    assert_int_equal(inline_it(HEAD "<path stroke='rgb(  0, 114, 178)' fill=\"#1f2328\" d='M1,2'/>"
                                    "<text fill=\"rgb(0,99,155)\">rgb(1,2,3) #aabbcc</text></svg>",
                         &to, &err),
        0);
    assert_non_null(
        strstr(to.text, "stroke='var(--c-0072b2,#0072b2)' fill=\"var(--c-1f2328,#1f2328)"));
    assert_non_null(strstr(to.text, "\"var(--c-00639b,#00639b)\">rgb(1,2,3) #aabbcc</text>"));
    inline_svg_style(&style);
    assert_non_null(strstr(style.text, "--c-1f2328:#1f2328;"));
    assert_non_null(strstr(style.text, "--c-1f2328:#e6e9ec;"));
    assert_non_null(strstr(style.text, "--c-00639b:#4aa8e0;"));
    str_release(&style);
    str_release(&to);
}

static void test_inline_svg__names_of_elements_are_of_one_figure(void **state)
{
    struct str to;
    struct err err = {0};

    (void)state;
    assert_int_equal(
        inline_it(HEAD "<defs><circle id='gpDot' r='1'/></defs><g id=\"plot\">"
                       "<use xlink:href='#gpDot'/><rect fill='url(#gpPat)'/></g></svg>",
            &to, &err),
        0);
    assert_non_null(strstr(to.text, "id='f7-gpDot'"));
    assert_non_null(strstr(to.text, "id=\"f7-plot\""));
    assert_non_null(strstr(to.text, "href='#f7-gpDot'"));
    assert_non_null(strstr(to.text, "url(#f7-gpPat)"));
    str_release(&to);
}

static void test_inline_svg__it_has_a_label_and_a_size_that_fits(void **state)
{
    struct str to;
    struct err err = {0};

    (void)state;
    assert_int_equal(inline_it(HEAD "</svg>", &to, &err), 0);
    assert_true(str_starts_with(to.text, "<svg viewBox=\"0 0 10 5\" width=\"10\" role=\"img\" "
                                         "aria-label=\"a &quot;label&quot; &lt;b&gt;\""));
    assert_null(strstr(to.text, "<title>"));
    assert_null(strstr(to.text, "height="));
    str_release(&to);
}

static void test_inline_svg__nothing_but_drawing_comes_in(void **state)
{
    static const char *const others[] = {HEAD "<script>alert(1)</script></svg>",
        HEAD "<image href='http://x'/></svg>", HEAD "<foreignObject></foreignObject></svg>",
        HEAD "<a href='x'>y</a></svg>", "no svg", "<svg>", HEAD "<path d='M", HEAD "<title>"};

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct err err = {0};
        struct str to;

        assert_int_equal(inline_it(others[i], &to, &err), -1);
        assert_int_equal(err.code, ERR_BUG);
        str_release(&to);
    }
}
