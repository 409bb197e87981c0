/* Cross-entropy against values worked out by hand, and from its definition in double precision. */
#include "tests/lib/test.h"

#include <math.h>

#include "workloads/nn/layers/loss.h"

#define assert_near(a, b, tolerance)                                                               \
    do {                                                                                           \
        double near_a = (a), near_b = (b);                                                         \
        if (!(fabs(near_a - near_b) <= (tolerance)))                                               \
            fail_msg("%s is %.9g, not %.9g", #a, near_a, near_b);                                  \
    } while (0)

static void test_cross_entropy__equal_logits_give_the_logarithm_of_the_classes(void **state)
{
    const float logits[8] = {2, 2, 2, 2, -1, -1, -1, -1};
    const int labels[2] = {0, 3};

    (void)state;
    assert_near(cross_entropy(logits, labels, 2, 4, 0, NULL), log(4), 1e-7);
    assert_near(cross_entropy(logits, labels, 2, 4, 0.3, NULL), log(4), 1e-7);
}

static void test_cross_entropy__two_classes_by_hand(void **state)
{
    const float logits[2] = {0, 0.69314718f}; /* softmax 1/3, 2/3 */
    const int label = 0;
    float grad[2];

    (void)state;
    assert_near(cross_entropy(logits, &label, 1, 2, 0, grad), log(3), 1e-6);
    assert_near(grad[0], -2.0 / 3, 1e-6);
    assert_near(grad[1], 2.0 / 3, 1e-6);
    assert_near(
        cross_entropy(logits, &label, 1, 2, 0.2, grad), 0.9 * log(3) + 0.1 * log(1.5), 1e-6);
    assert_near(grad[0], 1.0 / 3 - 0.9, 1e-6);
    assert_near(grad[1], 2.0 / 3 - 0.1, 1e-6);
}

/* -sum q log softmax(x), q = 0.1 / 3 + 0.9 [k = label] (Szegedy et al. 2016, Equation 3, which is
 * PyTorch's too), and (softmax(x) - q) / 2. */
static void test_cross_entropy__smooths_labels_as_defined(void **state)
{
    const float logits[6] = {1.5f, -0.5f, 0.25f, -2, 0.125f, 3};
    const int labels[2] = {2, 1};
    float grad[6];

    (void)state;
    assert_near(cross_entropy(logits, labels, 2, 3, 0.1, grad), 2.24826262, 2e-6);
    assert_near(grad[0], 0.33499032, 1e-6);
    assert_near(grad[2], -0.36591525, 1e-6);
    assert_near(grad[4], -0.44013423, 1e-6);
}

static void test_cross_entropy__huge_logits_do_not_overflow(void **state)
{
    const float logits[3] = {3e38f, -3e38f, 0};
    const int labels[1] = {0};
    float grad[3];

    (void)state;
    assert_near(cross_entropy(logits, labels, 1, 3, 0, grad), 0, 0);
    assert_near(grad[1], 0, 0);
}

static void test_cross_entropy__a_nan_shows(void **state)
{
    const float logits[2] = {NAN, 0};
    const int label = 1;

    (void)state;
    assert_false(isfinite(cross_entropy(logits, &label, 1, 2, 0, NULL)));
}

static void test_label_rank__counts_the_classes_before_the_label(void **state)
{
    const float logits[5] = {0.5f, 2, 2, -1, 7};

    (void)state;
    assert_int_equal(label_rank(logits, 5, 4), 0);
    assert_int_equal(label_rank(logits, 5, 1), 1);
    assert_int_equal(label_rank(logits, 5, 2), 2);
    assert_int_equal(label_rank(logits, 5, 3), 4);
}

static void test_label_rank__a_nan_is_never_right(void **state)
{
    const float logits[2] = {NAN, 0};

    (void)state;
    assert_int_equal(label_rank(logits, 2, 0), 2);
    assert_int_equal(label_rank(logits, 2, 1), 1);
}
