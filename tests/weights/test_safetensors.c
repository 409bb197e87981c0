/* Files written byte by byte: what they mean, and what is wrong with damaged ones. */
#include "tests/lib/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/system/file.h"
#include "workloads/nn/io/safetensors.h"

static char path[] = "/tmp/scalestudy-test-safetensors.XXXXXX";

static int group_setup(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    return fd >= 0 ? close(fd) : -1;
}

static int group_teardown(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_bytes(const void *bytes, size_t count)
{
    struct err err = {0};

    assert_int_equal(file_write(path, bytes, count, &err), 0);
}

static void write_file(const char *header, const void *data, size_t data_bytes)
{
    struct str content = STR_INIT;
    uint64_t length = strlen(header);

    str_add_bytes(&content, &length, sizeof(length));
    str_add(&content, header);
    str_add_bytes(&content, data, data_bytes);
    write_bytes(content.text, content.length);
    str_release(&content);
}

/* One tensor x of that type with these bytes, read as floats. */
static void check_values(
    const char *dtype, const void *data, size_t element, const float *wanted, int n)
{
    struct safetensors *file;
    struct err err = {0};
    char header[160];
    float values[16];

    snprintf(header, sizeof(header),
        "{\"x\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%zu]}}", dtype, n,
        (size_t)n * element);
    write_file(header, data, (size_t)n * element);
    if (safetensors_open(&file, path, &err) < 0 ||
        safetensors_read(file, safetensors_find(file, "x"), values, &err) < 0)
        fail_msg("%s", err.message);
    for (int i = 0; i < n; i++)
        if (memcmp(&values[i], &wanted[i], sizeof(float)) != 0)
            fail_msg(
                "%s: element %d is %.9g, not %.9g", dtype, i, (double)values[i], (double)wanted[i]);
    safetensors_close(file);
}

static void check_refused(const char *wanted)
{
    struct safetensors *file = NULL;
    struct err err = {0};

    if (safetensors_open(&file, path, &err) == 0)
        fail_msg("it opens, instead of: %s", wanted);
    assert_null(file);
    assert_int_equal(err.code, ERR_INPUT);
    if (!strstr(err.message, wanted) || !strstr(err.message, path))
        fail_msg("the error is \"%s\", not one with \"%s\"", err.message, wanted);
}

static void test_safetensors__half_floats_are_exact(void **state)
{
    static const uint16_t halves[] = {
        0x3c00, 0xc000, 0x7bff, 0x0001, 0x83ff, 0x0400, 0x8000, 0x7c00, 0xfc00, 0x3555};
    static const float wanted[] = {1.0f, -2.0f, 65504.0f, 0x1p-24f, -0x3ffp-24f, 0x1p-14f, -0.0f,
        INFINITY, -INFINITY, 0x1.554p-2f};

    (void)state;
    check_values("F16", halves, 2, wanted, 10);
}

static void test_safetensors__bfloat16_is_the_upper_half_of_a_float(void **state)
{
    static const uint16_t halves[] = {0x3f80, 0xc000, 0x0001, 0x7f80, 0x8000, 0x4049};
    static const float wanted[] = {1.0f, -2.0f, 0x1p-133f, INFINITY, -0.0f, 0x1.92p+1f};

    (void)state;
    check_values("BF16", halves, 2, wanted, 6);
}

static void test_safetensors__floats_and_doubles(void **state)
{
    static const float floats[] = {1.5f, -3.25e-20f};
    static const double doubles[] = {1.5, 0.1, -1e300};
    static const float wanted[] = {1.5f, 0.1f, -INFINITY};

    (void)state;
    check_values("F32", floats, 4, floats, 2);
    check_values("F64", doubles, 8, wanted, 3);
}

static void test_safetensors__integers_are_no_weights(void **state)
{
    struct safetensors *file;
    struct err err = {0};
    const int32_t data[2] = {1, 2};
    float values[2];

    (void)state;
    write_file("{\"x\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[0,8]}}", data, 8);
    assert_int_equal(safetensors_open(&file, path, &err), 0);
    assert_int_equal(safetensors_read(file, safetensors_find(file, "x"), values, &err), -1);
    assert_non_null(strstr(err.message, "x has type I32; F32, F16, BF16 or F64 is needed"));
    safetensors_close(file);
}

static void test_safetensors__tensors_are_found_in_any_order(void **state)
{
    static const float data[3] = {1, 2, 3};
    struct safetensors *file;
    struct err err = {0};
    float value;

    (void)state;
    write_file("{\"b\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]},"
               "\"__metadata__\":{\"format\":\"pt\"},"
               "\"c\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
               "\"a\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[4,8]}}  ",
        data, sizeof(data));
    assert_int_equal(safetensors_open(&file, path, &err), 0);
    assert_int_equal(safetensors_count(file), 3);
    for (int i = 0; i < 3; i++) {
        const char name[2] = {"cab"[i], '\0'};

        assert_int_equal(safetensors_read(file, safetensors_find(file, name), &value, &err), 0);
        assert_true(value == data[i]);
    }
    assert_null(safetensors_find(file, "d"));
    assert_null(safetensors_find(file, ""));
    assert_string_equal(safetensors_metadata(file, "format"), "pt");
    safetensors_close(file);
}

#define ONE_TENSOR(offsets, shape)                                                                 \
    "{\"x\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" offsets "}}"

static void test_safetensors__damage_is_said(void **state)
{
    static const char zeros[16];
    static const struct {
        const char *header, *wanted;
        size_t data_bytes;
    } files[] = {
        {ONE_TENSOR("[0,8]", "[2]"), "lies outside the file", 4},
        {ONE_TENSOR("[0,8]", "[2]"), "bytes behind its last tensor", 12},
        {ONE_TENSOR("[4,12]", "[2]"), "leaves a hole before it", 12},
        {ONE_TENSOR("[0,8]", "[3]"), "another size than its shape", 8},
        {ONE_TENSOR("[0,8]", "[-2]"), "impossible shape", 8},
        {ONE_TENSOR("[0,8]", "[4294967296,4294967296]"), "impossible shape", 8},
        {ONE_TENSOR("[0,8]", "[1,1,1,1,1,1,1,1,2]"), "more than 8 dimensions", 8},
        {ONE_TENSOR("[0]", "[2]"), "no data_offsets", 8},
        {"{\"x\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}}", "unknown type F31", 8},
        {"{\"x\":[1]}", "no dtype", 0},
        {"[1]", "not a JSON object", 0},
        {"{\"x\":", "line 1", 0},
        {"{\"__metadata__\":{\"a\":1}}", "not all texts", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        write_file(files[i].header, zeros, files[i].data_bytes);
        check_refused(files[i].wanted);
    }
    write_bytes("\x01\0\0", 3);
    check_refused("ends too early");
    write_bytes("\xff\0\0\0\0\0\0\0{}", 10);
    check_refused("ends within its header");
    write_bytes("\xff\xff\xff\xff\xff\0\0\0{}", 10);
    check_refused("longer than 16 MiB");
}

static void test_safetensors__other_formats_are_told_what_to_do(void **state)
{
    (void)state;
    write_bytes("PK\003\004\0\0\0\0\0\0data.pkl", 18);
    check_refused("is a zip file, as those of PyTorch (.pth) and Keras are; weights are read from "
                  "safetensors "
                  "files");
    write_bytes("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9", 9);
    check_refused("an old PyTorch file (.pth)");
    write_bytes("\x89HDF\r\n\x1a\n....", 12);
    check_refused("a Keras or HDF5 file");
}

static void test_safetensors__folders_and_missing_files(void **state)
{
    struct safetensors *file;
    struct err err = {0};

    (void)state;
    assert_int_equal(safetensors_open(&file, "/tmp", &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "is a folder"));
    err_clear(&err);
    assert_int_equal(safetensors_open(&file, "/tmp/no/such.safetensors", &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "/tmp/no/such.safetensors"));
}
