/* Runs a net: forward, loss and backward, with the layers that run again for it. */
#include <string.h>

#include "harness/base/clock.h"
#include "workloads/nn/layers/loss.h"
#include "net.h"
#include "net_private.h"

static void clear_sums(double *sums, int c)
{
    if (sums)
        memset(sums, 0, 2 * (size_t)c * sizeof(*sums));
}

void net_observe(struct net *net, net_observer *observer, void *context)
{
    net->observer = observer;
    net->observer_context = context;
}

const char *net_algorithm(const struct net *net, int node)
{
    const struct layer_algorithm *algorithm = net->layers[node].algorithm;

    return algorithm ? algorithm->name : NULL;
}

/* Seconds that a node begins at, if anybody wants to know. */
static double start_of_node(const struct net *net)
{
    return net->observer ? clock_seconds() : 0;
}

/* A batch norm that is a view only works out factors, a few for each channel, for its neighbours. */
static void end_of_node(const struct net *net, int node, bool backward, double start)
{
    if (net->observer && net->layers[node].timed)
        net->observer(net->observer_context, node, backward, clock_seconds() - start);
}

void net_forward(struct net *net, int n, bool training, uint64_t step)
{
    for (int i = 0; i < net->graph->n_nodes; i++) {
        const struct net_layer *layer = &net->layers[i];
        double start = start_of_node(net);
        struct layer_run run = layer->forward;

        if (!layer->algorithm)
            continue;
        run.batch = n;
        run.training = training;
        run.step = step;
        if (!training)
            run.out_sums = NULL, run.in_sums = NULL;
        clear_sums(run.out_sums, run.out_shape.c);
        layer->algorithm->forward(&run);
        end_of_node(net, i, false, start);
    }
    net->step = step;
}

double net_loss(struct net *net, const int *labels, int n, double label_smoothing)
{
    return cross_entropy(net->logits, labels, n, net->classes, label_smoothing, net->logits_grad);
}

double net_loss_mixed(struct net *net, const int *labels, const int *others, double share, int n,
    double label_smoothing)
{
    return cross_entropy_mixed(
        net->logits, labels, others, share, n, net->classes, label_smoothing, net->logits_grad);
}

/* The layers of nodes first to last whose outputs were forgotten. Not observed: a layer has one time
 * each way. */
static void run_again(const struct net *net, int first, int last, int n)
{
    for (int i = first; i <= last; i++) {
        const struct net_layer *layer = &net->layers[i];
        struct layer_run run = layer->again;

        if (!layer->runs_again)
            continue;
        run.batch = n;
        run.step = net->step;
        layer->algorithm->forward(&run);
    }
}

void net_backward(struct net *net, int n)
{
    memset(net->grads, 0, net->grad_bytes);
    for (int i = net->graph->n_nodes - 1; i >= 0; i--) {
        const struct net_layer *layer = &net->layers[i];
        struct layer_run run = layer->backward;
        double start;

        if (layer->segment >= 0)
            run_again(net, layer->segment, i, n);
        start = start_of_node(net);
        if (!layer->algorithm)
            continue;
        run.batch = n;
        run.training = true;
        run.step = net->step;
        for (int j = 0; j < run.n_inputs; j++)
            if (!run.add_grad[j]) /* the first to write this gradient */
                clear_sums(run.in_grad_sums[j], run.in_shape[j].c);
        layer->algorithm->backward(&run);
        end_of_node(net, i, true, start);
    }
}
