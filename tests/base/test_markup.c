#include "tests/lib/test.h"

#include <string.h>

#include "harness/base/markup.h"

static void expect_markup(const char *text, const char *wanted)
{
    struct str to = STR_INIT;

    markup_text(&to, text);
    assert_string_equal(to.text, wanted);
    str_release(&to);
}

static void test_markup_text__what_has_a_meaning_loses_it(void **state)
{
    (void)state;
    expect_markup("<script>a & \"b\" 'c'</script>",
        "&lt;script&gt;a &amp; &quot;b&quot; &#39;c&#39;&lt;/script&gt;");
}

static void test_markup_text__other_characters_stay(void **state)
{
    (void)state;
    expect_markup("95 % ± 3\tgrün\n日本", "95 % ± 3\tgrün\n日本");
    expect_markup("", "");
}

static void test_markup_text__what_is_no_text_does_not_pass(void **state)
{
    (void)state;
    expect_markup("a\x01\x1b[31mb\x7f", "a[31mb");
    expect_markup("\xff\xfe<\xc3", "??&lt;?");           /* no UTF-8 */
    expect_markup("\xc0\xbcscript", "??script");         /* '<' written too long */
    expect_markup("\xed\xa0\x80\xef\xbf\xbf", "??????"); /* a surrogate, a character that is none */
}
