#include "tests/lib/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scalers/solve.h"
#include "workloads/models/model.h"
#include "workloads/workload.h"

static int macs_of(void *context, const struct spec *spec, int64_t *macs, struct err *err)
{
    struct graph graph;
    int result = model_build(spec, &graph, err);

    (void)context;
    *macs = graph.macs;
    graph_release(&graph);
    return result;
}

static int parameters_of(void *context, const struct spec *spec, int64_t *count, struct err *err)
{
    struct cost cost;

    (void)context;
    if (workload_cost(spec, 1, &cost, err) < 0)
        return -1;
    *count = cost.parameters;
    return 0;
}

static struct solve_request request_of(const char *method, double budget)
{
    struct solve_request request = SOLVE_REQUEST_INIT;

    request.method = method;
    request.measure = macs_of;
    request.budget = budget;
    return request;
}

static struct solution *solve(const char *model, const struct solve_request *request, int *n)
{
    struct err err = {0};
    struct solution *list;
    struct spec base;

    assert_int_equal(spec_find(model, &base, &err), 0);
    if (scaling_solve(&base, request, &list, n, &err) < 0)
        fail_msg("%s", err.message);
    return list;
}

/* EfficientNet-B1 is B0 at d = 1.1 and w = 1 with 240 pixels: found again by its FLOPs. */
static void test_solve__finds_the_factor_that_is_left_out(void **state)
{
    struct solve_request request = request_of("dwr", 1);
    struct solution *list;
    int64_t b1;
    int n;
    struct err err = {0};
    struct spec spec;

    (void)state;
    assert_int_equal(spec_find("efficientnet_b1", &spec, &err), 0);
    assert_int_equal(macs_of(NULL, &spec, &b1, &err), 0);
    request.budget = (double)b1;
    request.depth = 1.1;
    request.width = 1;
    list = solve("efficientnet_b0", &request, &n);
    assert_int_equal(n, 1);
    assert_int_equal(list[0].cost, b1);
    assert_true(list[0].ratio == 1);
    assert_true(abs(list[0].spec.input - 240) <= 8);
    free(list);
}

static void test_solve__without_a_method_compares_all_with_one_size(void **state)
{
    struct solve_request request = request_of("", 1.3e9);
    bool seen[4] = {false};
    static const char *const methods[] = {"width", "depth", "resolution", "compound"};
    struct solution *list;
    int n;

    (void)state;
    list = solve("mobilenet_v2", &request, &n);
    assert_int_equal(n, 4);
    for (int i = 0; i < n; i++) {
        for (int m = 0; m < 4; m++)
            seen[m] = seen[m] || strcmp(list[i].scaling.method, methods[m]) == 0;
        assert_true(fabs(list[i].ratio - (double)list[i].cost / 1.3e9) < 1e-12);
        assert_true(i == 0 || fabs(log(list[i].ratio)) >= fabs(log(list[i - 1].ratio)));
    }
    assert_true(seen[0] && seen[1] && seen[2] && seen[3]);
    free(list);
}

/* Every width on a grid, tried one by one: none is nearer. */
static void test_solve__is_as_near_as_trying_every_width(void **state)
{
    static const double budgets[] = {1e8, 7e8};

    (void)state;
    for (size_t b = 0; b < sizeof(budgets) / sizeof(budgets[0]); b++) {
        struct solve_request request = request_of("width", budgets[b]);
        double nearest = INFINITY;
        struct solution *list;
        struct err err = {0};
        struct spec base, spec;
        int n;

        assert_int_equal(spec_find("mobilenet_v1", &base, &err), 0);
        for (double w = 0.2; w < 3; w += 0.01) {
            struct scaling scaling = {"width", 1, w, 1};
            int64_t macs;

            assert_int_equal(scaling_apply(&base, &scaling, &spec, &err), 0);
            assert_int_equal(macs_of(NULL, &spec, &macs, &err), 0);
            nearest = fmin(nearest, fabs(log((double)macs / budgets[b])));
        }
        list = solve("mobilenet_v1", &request, &n);
        assert_true(fabs(log(list[0].ratio)) <= nearest);
        free(list);
    }
}

static void test_solve__factors_give_the_network_that_was_found(void **state)
{
    struct solve_request request = request_of("dwr", 5e8);
    struct solution *list;
    struct err err = {0};
    struct spec base, again;
    int n;

    (void)state;
    request.resolution = 0.5;
    list = solve("resnet18", &request, &n);
    assert_int_equal(spec_find("resnet18", &base, &err), 0);
    assert_true(n > 10);
    for (int i = 0; i < n; i++) {
        int64_t macs;

        assert_int_equal(scaling_apply(&base, &list[i].scaling, &again, &err), 0);
        assert_int_equal(macs_of(NULL, &again, &macs, &err), 0);
        assert_int_equal(macs, list[i].cost);
        assert_int_equal(again.input, 112);
        for (int k = 0; k < i; k++)
            assert_false(list[k].cost == list[i].cost &&
                         memcmp(&list[k].spec, &list[i].spec, sizeof(struct spec)) == 0);
    }
    free(list);
}

static void refuse(struct solve_request *request, const char *word)
{
    struct err err = {0};
    struct solution *list;
    struct spec base;
    int n;

    assert_int_equal(spec_find("mobilenet_v2", &base, &err), 0);
    assert_int_equal(scaling_solve(&base, request, &list, &n, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    if (!strstr(err.message, word))
        fail_msg("\"%s\" does not say \"%s\"", err.message, word);
}

static void test_solve__what_has_no_answer_is_refused(void **state)
{
    struct solve_request request = request_of("", -1);

    (void)state;
    refuse(&request, "must be above 0");
    request = request_of("", 10);
    refuse(&request, "comes near");
    request = request_of("", 1e30);
    refuse(&request, "comes near");
    request = request_of("baseline", 3e8);
    refuse(&request, "nothing to solve for");
    request = request_of("wider", 3e8);
    refuse(&request, "did you mean width?");
    request = request_of("width", 3e8);
    request.depth = 2;
    refuse(&request, "no factor can be fixed");
    request.method = "";
    refuse(&request, "only the method dwr takes");
    request = request_of("resolution", 1e6);
    request.measure = parameters_of;
    request.ignores_input = true;
    refuse(&request, "does not change with resolution");
}

static void test_solve__parameters_leave_the_input_alone(void **state)
{
    struct solve_request request = request_of("", 7e6);
    struct solution *list;
    int n;

    (void)state;
    request.measure = parameters_of;
    request.ignores_input = true;
    list = solve("mobilenet_v2", &request, &n);
    assert_int_equal(n, 3);
    for (int i = 0; i < n; i++)
        assert_true(fabs(list[i].ratio - 1) < 0.2);
    free(list);
}
