/* What a job keeps of decoded images: what its loaders hold is what the harness counts with. */
#include "tests/lib/test.h"

#include <limits.h>

#include "harness/system/cpu.h"
#include "workloads/evaluate.h"
#include "workloads/workload.h"

#define GIB ((int64_t)1 << 30)

static void test_decoded__a_small_set_is_kept_whole(void **state)
{
    const struct workload_images images = {.side = 32, .train = 10, .test = 4};

    (void)state;
    assert_int_equal(workload_decoded_bytes(&images, 0), 14 * 32 * 32 * 3);
    assert_int_equal(workload_decoded_bytes(&images, 8 * GIB), 14 * 32 * 32 * 3);
}

static void test_decoded__of_a_large_set_three_quarters_are_to_train_with(void **state)
{
    struct workload_images images = {.side = 224, .train = INT_MAX};

    (void)state;
    assert_int_equal(workload_decoded_bytes(&images, 0), GIB / 4 * 3);
    images.test = INT_MAX;
    assert_int_equal(workload_decoded_bytes(&images, 0), GIB);
    images.train = 0;
    assert_int_equal(workload_decoded_bytes(&images, 0), GIB / 4);
}

static void test_decoded__a_small_machine_keeps_an_eighth_of_its_memory(void **state)
{
    const struct workload_images images = {.side = 224, .train = INT_MAX, .test = INT_MAX};

    (void)state;
    assert_int_equal(workload_decoded_bytes(&images, 4 * GIB), GIB / 2);
    assert_int_equal(workload_decoded_bytes(&images, 64 * GIB), GIB);
}

static void test_decoded__loaders_keep_what_is_counted(void **state)
{
    const struct workload_images images = {.side = 224, .train = INT_MAX, .test = INT_MAX};

    (void)state;
    assert_int_equal(workload_decoded_bytes(&images, cpu_memory_bytes()),
        job_cache_bytes(SPLIT_TRAIN) + job_cache_bytes(SPLIT_TEST));
}
