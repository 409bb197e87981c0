/* What the system gives a net while it trains is what was planned, within three per cent. */
#include "tests/lib/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workloads/models/model.h"
#include "workloads/nn/net/net.h"
#include "workloads/nn/kernels/parallel.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CAN_MEASURE false /* the sanitizer's own memory counts as well */
#else
#define CAN_MEASURE true
#endif

static double resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long total, resident;

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &total, &resident), 2);
    fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static void train_one_step(struct net *net, const struct shape *in, int batch)
{
    size_t floats = (size_t)batch * (size_t)in->h * (size_t)in->w * (size_t)in->c;
    int labels[8] = {0};

    for (size_t i = 0; i < floats; i++)
        net_input(net)[i] = (float)(i % 251) / 251;
    net_forward(net, batch, true, 0);
    net_loss(net, labels, batch, 0);
    net_backward(net, batch);
}

static void check_model(const char *model, int input, int batch)
{
    const struct net_options options = {.batch = batch, .training = true};
    struct spec spec;
    struct graph graph;
    struct net *net;
    struct err err = {0};
    size_t planned;
    double before, used;

    if (!CAN_MEASURE)
        skip();
    assert_int_equal(spec_find(model, &spec, &err), 0);
    spec.input = input;
    assert_int_equal(model_build(&spec, &graph, &err), 0);
    assert_int_equal(net_plan_bytes(&graph, &options, &planned, &err), 0);
    parallel_set_threads(1);
    before = resident_bytes();
    assert_int_equal(net_create(&net, &graph, &options, &err), 0);
    train_one_step(net, &(struct shape){.h = input, .w = input, .c = 3}, batch);
    used = resident_bytes() - before;
    net_free(net);
    graph_release(&graph);
    if (used < 0.97 * (double)planned || used > 1.03 * (double)planned)
        fail_msg("%s: %.1f MB planned, %.1f MB used", model, (double)planned / 1e6, used / 1e6);
}

static void test_memory__of_a_step_is_what_was_planned(void **state)
{
    (void)state;
    check_model("mobilenet_v1", 160, 4);
    check_model("mobilenet_v2", 160, 4);
    check_model("efficientnet_b0", 160, 4);
    check_model("resnet50", 96, 4);
}
