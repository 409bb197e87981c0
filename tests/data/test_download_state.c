/* What a server's answer says, and the note that is kept of it: both untrusted. */
#include "fixture.h"

#include "workloads/data/fetch/download_state.h"

static void take(struct download_state *state, const char *line)
{
    download_state_header(state, line, strlen(line));
}

static void test_state__takes_strong_validators_alone(void **state)
{
    struct download_state of = {.total = -1};

    (void)state;
    assert_null(download_state_validator(&of));
    take(&of, "Last-Modified:  Wed, 21 Oct 2015 07:28:00 GMT \r\n");
    assert_string_equal(download_state_validator(&of), "Wed, 21 Oct 2015 07:28:00 GMT");
    take(&of, "eTaG: \"abc\"\r\n");
    assert_string_equal(download_state_validator(&of), "\"abc\"");
    take(&of, "ETag: W/\"abc\"\r\n");
    assert_string_equal(of.etag, "");
    take(&of, "ETag\r\n");
    take(&of, "X-ETag: \"d\"\r\n");
    take(&of, "ETag: \"a\nb\"\r\n");
    assert_string_equal(of.etag, "");
}

static void test_state__knows_another_version(void **state)
{
    struct download_state then = {.etag = "\"1\"", .total = 10}, now = then;

    (void)state;
    assert_false(download_state_differs(&then, &now));
    now.total = 11;
    assert_true(download_state_differs(&then, &now));
    now.total = -1;
    str_copy(now.etag, sizeof(now.etag), "\"2\"");
    assert_true(download_state_differs(&then, &now));
}

static void assert_range(const char *value, int64_t start, int64_t total)
{
    int64_t is_start, is_total;

    download_content_range(value, &is_start, &is_total);
    if (is_start != start || is_total != total)
        fail_msg("%s: %lld of %lld", value, (long long)is_start, (long long)is_total);
}

static void test_state__reads_ranges(void **state)
{
    (void)state;
    assert_range("bytes 100-199/1000", 100, 1000);
    assert_range("Bytes 0-0/*", 0, -1);
    assert_range("bytes */1000", -1, 1000);
    assert_range("bytes -5/10", -1, 10);
    assert_range("bytes 99999999999999999999-1/2", -1, 2);
    assert_range("items 0-1/2", -1, -1);
    assert_range("bytes 0-1", -1, -1);
    assert_range("", -1, -1);
}

static void test_state__is_kept_and_no_half_of_it_is_believed(void **state)
{
    struct download_state of = {.url = "http://a/b", .etag = "\"1\"", .total = 12}, read;
    char folder[PATH_BYTES], path[PATH_BYTES];
    struct str text = STR_INIT;
    struct err err = {0};

    (void)state;
    fixture_make(folder);
    assert_int_equal(file_join(path, folder, "note", &err), 0);
    assert_false(download_state_load(&read, path));
    assert_int_equal(download_state_save(&of, path, &err), 0);
    assert_true(download_state_load(&read, path));
    assert_string_equal(read.url, of.url);
    assert_string_equal(read.etag, of.etag);
    assert_string_equal(read.modified, "");
    assert_int_equal(read.total, 12);
    assert_int_equal(file_read(path, 1000, &text, &err), 0);
    for (size_t cut = 0; cut < text.length; cut++) {
        fixture_write(folder, "note", text.text, cut);
        assert_false(download_state_load(&read, path));
    }
    str_release(&text);
    fixture_remove(folder);
}
