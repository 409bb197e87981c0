#include "tests/lib/test.h"

#include <stdlib.h>
#include <unistd.h>

#include "harness/system/digest.h"

/* FIPS 180-2, Appendix B.1, and RFC 1321, Appendix A.5; in two pieces. */
static void test_digest__equals_the_published_examples(void **state)
{
    static const struct {
        enum digest_kind kind;
        const char *hex;
    } examples[] = {
        {DIGEST_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {DIGEST_MD5, "900150983cd24fb0d6963f7d28e17f72"},
    };
    char hex[DIGEST_HEX_BYTES];
    struct err err = {0};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct digest digest = DIGEST_INIT;

        assert_int_equal(digest_open(&digest, examples[i].kind, &err), 0);
        digest_add(&digest, "a", 1);
        digest_add(&digest, "bc", 2);
        assert_int_equal(digest_close(&digest, hex, &err), 0);
        assert_string_equal(hex, examples[i].hex);
    }
}

static void test_digest__of_a_file_and_of_none(void **state)
{
    char path[] = "/tmp/scalestudy-digest-XXXXXX", hex[DIGEST_HEX_BYTES];
    int fd = mkstemp(path);
    struct err err = {0};

    (void)state;
    assert_int_equal(write(fd, "abc", 3), 3);
    close(fd);
    assert_int_equal(digest_file(path, DIGEST_MD5, hex, &err), 0);
    assert_string_equal(hex, "900150983cd24fb0d6963f7d28e17f72");
    unlink(path);
    assert_int_equal(digest_file(path, DIGEST_MD5, hex, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
}

static void test_digest__kind_is_told_by_the_number_of_digits(void **state)
{
    enum digest_kind kind;

    (void)state;
    assert_true(digest_kind_of("900150983cd24fb0d6963f7d28e17f72", &kind));
    assert_int_equal(kind, DIGEST_MD5);
    assert_true(
        digest_kind_of("BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", &kind));
    assert_int_equal(kind, DIGEST_SHA256);
    assert_false(digest_kind_of("900150983cd24fb0d6963f7d28e17f7", &kind));
    assert_false(digest_kind_of("900150983cd24fb0d6963f7d28e17f7g", &kind));
    assert_false(digest_kind_of("", &kind));
}
