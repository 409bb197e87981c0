/* Timing one network on random images: steps as training or evaluation runs them, no loader. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "compiled.h"
#include "harness/base/clock.h"
#include "harness/base/rng.h"
#include "harness/base/str.h"
#include "workloads/models/model.h"
#include "workloads/nn/net/net.h"
#include "workloads/nn/train/optimizer.h"
#include "workloads/nn/kernels/parallel.h"
#include "workload.h"

#define WARM_UP_STEPS   2
#define WARM_UP_SECONDS 0.2
#define KEPT_STEPS      256  /* the last so many steps give medians */
#define KEPT_SAMPLES    32   /* and the last so many times of each layer */
#define PEAK_SECONDS    0.5  /* for each thing that is measured of the machine */
#define LEARNING_RATE   1e-3 /* random labels teach nothing, and weights must not run away */

enum pass {
    FORWARD,
    BACKWARD,
    N_PASSES,
};

/* One measurement, from its first allocation to its last. */
struct bench {
    const struct bench_options *options;
    struct spec spec;
    struct graph graph;
    struct net *net;                   /* NULL in inference */
    struct optimizer_state *optimizer; /* NULL in inference */
    struct inference *inference;       /* NULL in training */
    int *labels;
    int64_t step; /* that runs, from 0; warm-up has negative numbers */
    double step_seconds[KEPT_STEPS];
    float *samples;          /* [n_nodes][N_PASSES][KEPT_SAMPLES] seconds; NULL if not asked for */
    int (*counts)[N_PASSES]; /* times that each was run */
};

/* ---- setting up ---- */

static int take_memory(struct bench *b, struct err *err)
{
    size_t nodes = (size_t)b->graph.n_nodes;

    b->labels = calloc((size_t)b->options->batch, sizeof(*b->labels));
    if (b->options->layers) {
        b->samples = calloc(nodes * N_PASSES * KEPT_SAMPLES, sizeof(*b->samples));
        b->counts = calloc(nodes, sizeof(*b->counts));
    }
    if (!b->labels || (b->options->layers && (!b->samples || !b->counts)))
        return err_set(err, ERR_MEMORY, "no memory to note times of %d layers", b->graph.n_nodes);
    return 0;
}

static void fill_images(struct bench *b)
{
    struct rng rng = rng_open(0, RNG_INIT, 0, 0);
    size_t count = (size_t)b->options->batch * (size_t)b->graph.input.h * (size_t)b->graph.input.w *
                   (size_t)b->graph.input.c;
    float *input = b->net ? net_input(b->net) : inference_input(b->inference);

    for (size_t i = 0; i < count; i++)
        input[i] = (float)rng_normal(&rng);
    for (int i = 0; i < b->options->batch; i++)
        b->labels[i] = i % b->graph.nodes[b->graph.n_nodes - 1].shape.c;
}

static struct net_options training_options(const struct bench *b)
{
    return (struct net_options){
        .batch = b->options->batch, .training = true, .recompute = b->options->recompute};
}

/* Of training and of inference, as count tells them. */
static int plan_bytes(const struct bench *b, int64_t *bytes, struct err *err)
{
    const struct net_options options = training_options(b);
    size_t planned;

    if (!b->options->training)
        return compiled_plan_bytes(&b->graph, &b->spec, b->options->batch, bytes, err);
    if (net_plan_bytes(&b->graph, &options, &planned, err) < 0)
        return -1;
    *bytes = (int64_t)(planned + optimizer_plan_bytes(&optimizer_sgd, &b->graph));
    return 0;
}

static int set_up(struct bench *b, const struct spec *spec, struct err *err)
{
    const struct net_options options = training_options(b);
    const struct optimizer_settings sgd = {.momentum = 0.9, .weight_decay = 5e-4, .nesterov = 1};

    b->spec = *spec;
    b->spec.dropout = 0;
    b->spec.drop_path = 0;
    if (parallel_start(b->options->threads, err) < 0 || model_build(&b->spec, &b->graph, err) < 0 ||
        take_memory(b, err) < 0)
        return -1;
    if (!b->options->training) {
        if (compiled_open(&b->inference, &b->graph, &b->spec, b->options->batch, NULL, 0, err) < 0)
            return -1;
    } else if (net_check_memory(
                   &b->graph, &options, optimizer_plan_bytes(&optimizer_sgd, &b->graph), err) < 0 ||
               net_create(&b->net, &b->graph, &options, err) < 0 ||
               optimizer_create(&b->optimizer, &optimizer_sgd, &sgd, b->net, err) < 0) {
        return -1;
    }
    fill_images(b);
    return 0;
}

static void tear_down(struct bench *b)
{
    optimizer_free(b->optimizer);
    net_free(b->net);
    inference_free(b->inference);
    graph_release(&b->graph);
    free(b->labels);
    free(b->samples);
    free(b->counts);
}

/* ---- running ---- */

static void note_layer(void *context, int node, bool backward, double seconds)
{
    struct bench *b = context;
    int pass = backward ? BACKWARD : FORWARD, *count = &b->counts[node][pass];

    if (b->step < 0)
        return;
    b->samples[(size_t)(node * N_PASSES + pass) * KEPT_SAMPLES + (size_t)(*count % KEPT_SAMPLES)] =
        (float)seconds;
    (*count)++;
}

static double run_step(struct bench *b)
{
    int n = b->options->batch;
    double start = clock_seconds();

    if (b->inference) {
        inference_run(b->inference, n);
    } else {
        net_forward(b->net, n, true, (uint64_t)(b->step + WARM_UP_STEPS));
        net_loss(b->net, b->labels, n, 0);
        net_backward(b->net, n);
        optimizer_step(b->optimizer, LEARNING_RATE);
    }
    return clock_seconds() - start;
}

static bool is_enough(const struct bench *b, double until)
{
    return b->options->steps > 0 ? b->step >= b->options->steps
                                 : b->step > 0 && clock_seconds() >= until;
}

static void run_steps(struct bench *b)
{
    double until = clock_seconds() + WARM_UP_SECONDS;

    if (b->options->layers && b->inference)
        inference_observe(b->inference, note_layer, b);
    else if (b->options->layers)
        net_observe(b->net, note_layer, b);
    for (int i = 0; i < WARM_UP_STEPS || clock_seconds() < until; i++) {
        b->step = -1;
        run_step(b);
    }
    b->step = 0;
    until = clock_seconds() + b->options->seconds;
    for (; !is_enough(b, until); b->step++)
        b->step_seconds[b->step % KEPT_STEPS] = run_step(b);
}

/* ---- results ---- */

static int compare_doubles(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;

    return first < second ? -1 : first > second;
}

/* Sorts `values`. NaN of none. */
static double median(double *values, int n)
{
    if (n == 0)
        return NAN;
    qsort(values, (size_t)n, sizeof(*values), compare_doubles);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static double layer_seconds(const struct bench *b, int node, enum pass pass)
{
    const float *samples = b->samples + (size_t)(node * N_PASSES + (int)pass) * KEPT_SAMPLES;
    double values[KEPT_SAMPLES];
    int n = b->counts[node][pass] < KEPT_SAMPLES ? b->counts[node][pass] : KEPT_SAMPLES;

    for (int i = 0; i < n; i++)
        values[i] = samples[i];
    return median(values, n);
}

static double bytes_of(const struct shape *shape, int batch)
{
    return (double)sizeof(float) * batch * shape->h * shape->w * shape->c;
}

/* What must be done, whoever does it: the work of a layer that stands alone. */
static void describe_work(const struct node *node, int batch, bool training, struct bench_layer *to)
{
    double weights = (double)sizeof(float) * (double)node->parameters;
    double out = bytes_of(&node->shape, batch), inputs = 0, wanted = 0;
    double macs = (double)node->macs * batch;
    bool first = node->inputs[0] == GRAPH_INPUT; /* nobody wants the gradient of the images */
    int factor = node->layer->backward_macs_factor - (first ? 1 : 0);

    for (int i = 0; i < node->layer->n_inputs; i++) {
        inputs += bytes_of(&node->in_shape[i], batch);
        if (node->inputs[i] != GRAPH_INPUT)
            wanted += bytes_of(&node->in_shape[i], batch);
    }
    to->forward.flops += 2 * macs;
    to->forward.bytes = inputs + out + weights;
    if (!training)
        return;
    to->backward.flops = 2 * macs * (factor > 0 ? factor : 0);
    to->backward.bytes = out + wanted + 2 * weights;
    if (node->layer->keeps_input)
        to->backward.bytes += inputs;
    if (node->layer->keeps_output)
        to->backward.bytes += out;
}

/* What a compiled network computes in the step of a later node is that node's work. */
static void add_to_step(const struct bench *b, int node, struct bench_layer *layers)
{
    int step = inference_node_of_step(b->inference, node);

    if (step == node)
        return;
    layers[step].forward.flops += layers[node].forward.flops;
    layers[node].forward = (struct bench_pass){0};
}

/* The costs that the list of layers has, with times beside them. */
static int list_layers(const struct bench *b, struct bench_result *result, struct err *err)
{
    struct layer_cost *costs;
    int n;

    if (workload_layer_costs(&b->spec, &costs, &n, err) < 0)
        return -1;
    result->layers = calloc((size_t)n, sizeof(*result->layers));
    if (!result->layers) {
        free(costs);
        return err_set(err, ERR_MEMORY, "no memory for a list of %d layers", n);
    }
    result->n_layers = n;
    result->other_seconds = result->seconds_median;
    for (int i = 0; i < n; i++) {
        struct bench_layer *layer = &result->layers[i];

        layer->cost = costs[i];
        layer->algorithm =
            b->inference ? inference_algorithm(b->inference, i) : net_algorithm(b->net, i);
        describe_work(&b->graph.nodes[i], b->options->batch, b->options->training, layer);
        if (b->inference)
            add_to_step(b, i, result->layers);
        layer->forward.seconds = layer_seconds(b, i, FORWARD);
        layer->backward.seconds = layer_seconds(b, i, BACKWARD);
        if (!isnan(layer->forward.seconds))
            result->other_seconds -= layer->forward.seconds;
        if (!isnan(layer->backward.seconds))
            result->other_seconds -= layer->backward.seconds;
    }
    if (result->other_seconds < 0) /* a sum of medians may pass the median of sums */
        result->other_seconds = 0;
    free(costs);
    return 0;
}

static void sum_up(struct bench *b, struct bench_result *result)
{
    int kept = b->step < KEPT_STEPS ? (int)b->step : KEPT_STEPS;
    double passes = b->options->training ? 3 : 1;
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    result->threads = parallel_threads();
    result->steps = (int)b->step;
    result->macs = b->graph.macs;
    result->seconds_median = median(b->step_seconds, kept);
    result->seconds_min = b->step_seconds[0];
    result->images_per_second = b->options->batch / result->seconds_median;
    result->flops = 2 * passes * (double)b->graph.macs * b->options->batch;
    result->peak_bytes = (int64_t)usage.ru_maxrss * 1024;
}

int workload_bench(const struct spec *spec, const struct bench_options *options,
    struct bench_result *result, struct err *err)
{
    struct bench b = {.options = options};
    int status = -1;

    *result = (struct bench_result){0};
    if (set_up(&b, spec, err) < 0 || plan_bytes(&b, &result->plan_bytes, err) < 0)
        goto done;
    run_steps(&b);
    sum_up(&b, result);
    if ((options->layers && list_layers(&b, result, err) < 0) ||
        machine_peak_products(PEAK_SECONDS, &result->peak, err) < 0 ||
        (options->layers && machine_peak_memory(PEAK_SECONDS, &result->peak, err) < 0))
        goto done;
    result->share_of_peak = result->flops / result->seconds_median / result->peak.flops;
    status = 0;
done:
    tear_down(&b);
    if (status < 0)
        bench_release(result);
    return status;
}

void bench_release(struct bench_result *result)
{
    free(result->layers);
    result->layers = NULL;
    result->n_layers = 0;
}

int workload_machine_peak(int threads, double seconds, struct machine_peak *peak, struct err *err)
{
    if (parallel_start(threads, err) < 0 || machine_peak_products(seconds, peak, err) < 0)
        return -1;
    return machine_peak_memory(seconds, peak, err);
}
