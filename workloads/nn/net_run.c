#include <string.h>

#include "loss.h"
#include "net.h"
#include "net_private.h"

void net_forward(struct net *net, int n, bool training, uint64_t step)
{
    for (int i = 0; i < net->graph->n_nodes; i++) {
        const struct net_layer *layer = &net->layers[i];
        struct layer_run run = layer->run;

        run.batch = n;
        run.training = training;
        run.step = step;
        if (training && layer->out_sums) {
            run.out_sums = layer->out_sums;
            memset(run.out_sums, 0, 2 * (size_t)run.out_shape.c * sizeof(*run.out_sums));
        }
        if (training)
            run.in_sums = layer->in_sums;
        layer->layer->forward(&run);
    }
    net->step = step;
}

double net_loss(struct net *net, const int *labels, int n, double label_smoothing)
{
    return cross_entropy(net->logits, labels, n, net->classes, label_smoothing, net->logits_grad);
}

void net_backward(struct net *net, int n)
{
    memset(net->grads, 0, net->grad_bytes);
    for (int i = net->graph->n_nodes - 1; i >= 0; i--) {
        const struct net_layer *layer = &net->layers[i];
        struct layer_run run = layer->run;

        run.batch = n;
        run.training = true;
        run.step = net->step;
        run.scratch = layer->scratch_backward;
        run.out_grad = layer->out_grad;
        memcpy(run.in_grad, layer->in_grad, sizeof(run.in_grad));
        layer->layer->backward(&run);
    }
}
