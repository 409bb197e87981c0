/*
 * Constants of the steps. A batch norm behind y = W x + b is y' = f y + s with f = weight /
 * sqrt(var + eps) and s = bias - f mean, so W' = f W and b' = f b + s; in double, rounded once.
 */
#include <math.h>
#include <string.h>

#include "inference_private.h"
#include "workloads/nn/graph/sizes.h"
#include "workloads/nn/conv/winograd.h"

enum { NORM_WEIGHT, NORM_BIAS, NORM_MEAN, NORM_VAR };

struct folded *step_part(struct step *step, int index)
{
    struct folded *parts[] = {
        &step->expand, &step->depthwise, &step->squeeze, &step->excite, &step->project};

    return index < (int)(sizeof(parts) / sizeof(parts[0])) ? parts[index] : NULL;
}

static bool is_depthwise(const struct graph *graph, const struct folded *part)
{
    return graph->nodes[part->node].layer == &layer_depthwise;
}

/* A convolution that always goes by Winograd has no other weights. */
static bool is_packed_for_products(const struct step *step)
{
    return step->kind != &step_conv || inference_uses_product(step);
}

static size_t weight_floats(
    const struct step *step, const struct graph *graph, const struct folded *part)
{
    if (!is_packed_for_products(step))
        return 0;
    if (is_depthwise(graph, part))
        return whole_lines((size_t)part->k * (size_t)part->n);
    return whole_lines(INFER_PACKED(part->n, part->k));
}

size_t inference_constants(const struct step *step, const struct graph *graph)
{
    struct parameter_info info[LAYER_MAX_PARAMETERS];
    const struct node *node = &graph->nodes[step->node];
    struct step copy = *step;
    size_t floats = 0;

    for (int i = 0; step_part(&copy, i); i++)
        if (folded_exists(step_part(&copy, i)))
            floats += weight_floats(step, graph, step_part(&copy, i)) +
                      INFER_PADDED(step_part(&copy, i)->n);
    if (step->kind == &step_conv)
        floats += inference_winograd_constants(step);
    if (step->kind == &step_layer && node->layer->parameters)
        for (int i = node->layer->parameters(node->config, node->in_shape, info) - 1; i >= 0; i--)
            floats += whole_lines(parameter_count(&info[i]));
    return floats;
}

size_t inference_staging(const struct step *step)
{
    struct step copy = *step;
    size_t most = 0;

    for (int i = 0; step_part(&copy, i); i++)
        if (folded_exists(step_part(&copy, i))) {
            size_t floats = (size_t)step_part(&copy, i)->k * (size_t)step_part(&copy, i)->n;

            most = floats > most ? floats : most;
        }
    most = whole_lines(most);
    return step->kind == &step_conv && step->conv.packed ? most + winograd_pack_scratch() : most;
}

/* Weight and bias times what the batch norm says, into staging and part->bias. */
static void fold_part(struct folded *part, const struct graph *graph, const int *first_parameter,
    const struct net *net, float *staging)
{
    int first = first_parameter[part->node] + part->first_parameter;
    const float *weight = net_parameter(net, first)->value, *norm[4] = {0};
    const float *bias = part->has_bias ? net_parameter(net, first + 1)->value : NULL;
    size_t n = (size_t)part->n;
    double eps = 0;

    if (part->norm != GRAPH_NONE) {
        for (int i = 0; i < 4; i++)
            norm[i] = net_parameter(net, first_parameter[part->norm] + i)->value;
        eps =
            ((const struct batch_norm_config *)(const void *)graph->nodes[part->norm].config)->eps;
    }
    for (size_t j = 0; j < n; j++) {
        double factor = 1, shift = bias ? bias[j] : 0;

        if (part->norm != GRAPH_NONE) {
            factor = norm[NORM_WEIGHT][j] / sqrt((double)norm[NORM_VAR][j] + eps);
            shift = factor * (shift - norm[NORM_MEAN][j]) + norm[NORM_BIAS][j];
        }
        for (size_t l = 0; l < (size_t)part->k; l++)
            staging[l * n + j] = (float)(factor * weight[l * n + j]);
        part->bias[j] = (float)shift;
    }
}

float *inference_fold(struct step *step, const struct graph *graph, const int *first_parameter,
    const struct net *net, float *to, float *staging)
{
    const struct node *node = &graph->nodes[step->node];

    for (int i = 0; step_part(step, i); i++) {
        struct folded *part = step_part(step, i);

        if (!folded_exists(part))
            continue;
        part->weight = to;
        part->bias = to + weight_floats(step, graph, part);
        to = part->bias + INFER_PADDED(part->n);
        fold_part(part, graph, first_parameter, net, staging);
        if (is_depthwise(graph, part))
            memcpy(
                part->weight, staging, (size_t)part->k * (size_t)part->n * sizeof(*part->weight));
        else if (is_packed_for_products(step))
            kernels()->infer_pack(part->n, part->k, staging, part->weight);
    }
    if (step->kind == &step_conv)
        to = inference_winograd_fold(step, staging, to,
            staging + whole_lines((size_t)step->project.k * (size_t)step->project.n));
    if (step->kind == &step_layer && node->layer->parameters) {
        struct parameter_info info[LAYER_MAX_PARAMETERS];
        int n = node->layer->parameters(node->config, node->in_shape, info);

        for (int i = 0; i < n; i++) {
            size_t count = parameter_count(&info[i]);

            step->parameter[i] = to;
            memcpy(to, net_parameter(net, first_parameter[step->node] + i)->value,
                count * sizeof(*to));
            to += whole_lines(count);
        }
    }
    return to;
}
