/* What the queue says, in words. */
#include "tests/lib/test.h"

#include <string.h>

#include "harness/launch.h"

static void test_launch__every_reason_to_wait_is_told_in_words(void **state)
{
    static const char *const codes[] = {"Resources", "Priority", "JobArrayTaskLimit",
        "DependencyNeverSatisfied", "JobHeldUser", "AssocGrpCpuLimit", "PartitionTimeLimit",
        "ReqNodeNotAvail, UnavailableNodes:n[1-3]", "QOSMaxMemoryPerUser", "AssocGrpGRESMinutes",
        "MaxJobsPerAccount", "launch failed requeued held"};

    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        const char *words = queue_reason(codes[i]);

        assert_string_not_equal(words, codes[i]);
        assert_non_null(strchr(words, ' '));
    }
    /* One that is known is not taken for the general case. */
    assert_non_null(strstr(queue_reason("QOSGrpCpuLimit"), "all the CPUs"));
    assert_string_equal(queue_reason("NeverHeardOf"), "NeverHeardOf");
}

static void test_launch__tells_how_tasks_ended(void **state)
{
    (void)state;
    assert_non_null(strstr(queue_ending("OUT_OF_MEMORY"), "--memory"));
    assert_non_null(strstr(queue_ending("TIMEOUT"), "time limit"));
    assert_null(queue_ending("COMPLETED"));
    assert_null(queue_ending("RUNNING"));
    assert_true(queue_is_live("PENDING"));
    assert_false(queue_is_live("OUT_OF_MEMORY"));
}
