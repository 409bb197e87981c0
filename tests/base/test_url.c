/* What of a URL is shown, kept and told apart, and to whom it leads. */
#include "tests/lib/test.h"

#include <string.h>

#include "harness/base/url.h"

static void check_masked(const char *url, const char *wanted)
{
    char masked[256];

    url_mask(url, masked, sizeof(masked));
    assert_string_equal(masked, wanted);
}

static void test_url__secrets_are_masked(void **state)
{
    char small[12];

    (void)state;
    check_masked("https://host/a", "https://host/a");
    check_masked("https://me:pw@host/a", "https://me:***@host/a");
    check_masked("https://token@host/a", "https://***@host/a");
    check_masked(
        "https://host/a?X-Amz-Signature=s&token=t", "https://host/a?X-Amz-Signature=***&token=***");
    check_masked("https://host/a?a=1;b=2#secret", "https://host/a?a=***;b=***#***");
    check_masked("https://host/a?secret", "https://host/a?***");
    check_masked("https://host/a#secret", "https://host/a#***");
    check_masked("https://host/a?b=c=d&&e", "https://host/a?b=***&***&***");
    check_masked("https://me:p@w@host?x=s", "https://me:***@host?x=***");
    check_masked("https://host/@b?x=s@t", "https://host/@b?x=***");
    url_mask("https://host/a?x=secret", small, sizeof(small));
    assert_string_equal(small, "https://hos");
}

static void test_url__two_are_told_apart_without_their_secrets(void **state)
{
    static const char *const urls[] = {"https://h/a", "https://h/a?id=1", "https://h/a?id=2",
        "https://h/b?id=1", "https://h/a#1", "https://h/a#2"};
    char identities[6][128], other[128];
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(url_identity(urls[i], identities[i], sizeof(identities[i]), &err), 0);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(identities[i], identities[k]);
    }
    assert_int_equal(url_identity("https://me:a@h/?id=1", identities[0], 128, &err), 0);
    assert_int_equal(url_identity("https://me:b@h/?id=1", other, sizeof(other), &err), 0);
    assert_string_equal(identities[0], other);
    assert_null(strstr(identities[1], "id=1"));
}

static void test_url__nobody_reads_what_is_private(void **state)
{
    static const char *const kept[] = {"https://host", "HTTPS://host:1/a", "http://127.0.0.1:6820",
        "http://127.9.8.7", "http://localhost/", "http://LocalHost:1", "http://[::1]:6820/x",
        "http://me:pw@localhost:1"};
    static const char *const heard[] = {"http://host", "http://127.0.0.1.example.org",
        "http://localhost.example.org", "http://127.0.0.1@example.org/",
        "http://example.org#@127.0.0.1", "http://127.0.0.1\\@example.org", "http://127.1",
        "http://0.0.0.0", "http://[::2]", "http://", "ftp://127.0.0.1", "127.0.0.1",
        "http://128.0.0.1", "http://example.org?http://127.0.0.1"};

    (void)state;
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        if (!url_is_private(kept[i]))
            fail_msg("%s", kept[i]);
    for (size_t i = 0; i < sizeof(heard) / sizeof(heard[0]); i++)
        if (url_is_private(heard[i]))
            fail_msg("%s", heard[i]);
}
