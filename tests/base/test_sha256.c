#include "tests/lib/test.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/sha256.h"

static void check(const void *bytes, size_t count, const char *wanted)
{
    char hex[SHA256_HEX_BYTES];
    struct err err = {0};

    assert_int_equal(sha256_hex(bytes, count, hex, &err), 0);
    assert_string_equal(hex, wanted);
}

/* NIST, FIPS 180-4 examples: one block, two blocks, nothing, a million letters. */
static void test_sha256__gives_what_nist_published(void **state)
{
    static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    char *million = malloc(1000000);

    (void)state;
    assert_non_null(million);
    memset(million, 'a', 1000000);
    check("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check(two_blocks, strlen(two_blocks),
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    check("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check(million, 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

static void test_sha256__reads_past_a_nul(void **state)
{
    char with[SHA256_HEX_BYTES], without[SHA256_HEX_BYTES];
    struct err err = {0};

    (void)state;
    assert_int_equal(sha256_hex("a\0b", 3, with, &err), 0);
    assert_int_equal(sha256_hex("a\0c", 3, without, &err), 0);
    assert_string_not_equal(with, without);
}
