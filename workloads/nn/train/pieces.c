/* Cuts a net's parameters into pieces of at most PIECE_FLOATS. */
#include "pieces.h"

#include "harness/base/arena.h"
#include "workloads/nn/net/net_plan.h"

#define PIECE_FLOATS 16384

static void count_one(
    const struct parameter_info *info, bool running_too, struct piece_totals *totals)
{
    size_t count = parameter_count(info);

    if (!running_too && !parameter_is_trained(info))
        return;
    totals->pieces += (count + PIECE_FLOATS - 1) / PIECE_FLOATS;
    totals->copy_bytes += arena_round(count * sizeof(float));
}

void pieces_count(const struct graph *graph, bool running_too, struct piece_totals *totals)
{
    *totals = (struct piece_totals){0};
    for (int i = 0; i < graph->n_nodes; i++) {
        const struct node *node = &graph->nodes[i];
        struct parameter_info info[LAYER_MAX_PARAMETERS];
        int n = node->layer->parameters
                    ? node->layer->parameters(node->config, node->in_shape, info)
                    : 0;

        for (int p = 0; p < n; p++)
            count_one(&info[p], running_too, totals);
    }
}

void pieces_count_net(const struct net *net, bool running_too, struct piece_totals *totals)
{
    *totals = (struct piece_totals){0};
    for (int i = 0; i < net_parameter_count(net); i++)
        count_one(net_parameter(net, i)->info, running_too, totals);
}

int pieces_fill(struct net *net, bool running_too, char *copies, struct piece *pieces)
{
    int n = 0;

    for (int i = 0; i < net_parameter_count(net); i++) {
        const struct parameter *parameter = net_parameter(net, i);

        if (!running_too && !parameter_is_trained(parameter->info))
            continue;
        for (size_t at = 0; at < parameter->count; at += PIECE_FLOATS) {
            size_t left = parameter->count - at;

            pieces[n++] = (struct piece){
                .value = parameter->value + at,
                .grad = parameter->grad ? parameter->grad + at : NULL,
                .copy = copies ? (float *)copies + at : NULL,
                .count = left < PIECE_FLOATS ? left : PIECE_FLOATS,
            };
        }
        if (copies)
            copies += arena_round(parameter->count * sizeof(float));
    }
    return n;
}
