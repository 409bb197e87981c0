#include "builder.h"

#include "workloads/nn/graph/layer_configs.h"

struct shape builder_shape(const struct builder *b)
{
    return b->x == GRAPH_INPUT ? b->graph->input : b->graph->nodes[b->x].shape;
}

static int append(
    struct builder *b, const struct layer *layer, const void *config, const char *name, int skip)
{
    int node = graph_add(b->graph, layer, config, name, b->x, skip, b->err);

    if (node < 0)
        return -1;
    b->x = node;
    return 0;
}

static int append_part(
    struct builder *b, const struct layer *layer, const void *config, enum part part)
{
    char name[NAMING_BYTES];

    naming_of(b->spec->naming, part, &b->place, name);
    return append(b, layer, config, name, GRAPH_NONE);
}

int build_conv(struct builder *b, enum part part, int channels, int kernel, int stride)
{
    const struct conv_config config = {
        .channels = channels, .kernel = kernel, .stride = stride, .padding = b->spec->padding};

    return append_part(b, &layer_conv, &config, part);
}

int build_depthwise(struct builder *b, enum part part, int kernel, int stride)
{
    const struct depthwise_config config = {
        .kernel = kernel, .stride = stride, .padding = b->spec->padding};

    return append_part(b, &layer_depthwise, &config, part);
}

int build_activation(struct builder *b, enum activation act)
{
    const struct activation_config config = {.act = act};

    return act == ACT_NONE ? 0 : append(b, &layer_activation, &config, "", GRAPH_NONE);
}

int build_norm(struct builder *b, enum part part, enum activation act)
{
    const struct batch_norm_config config = {
        .eps = b->spec->bn_eps, .momentum = b->spec->bn_momentum};

    if (append_part(b, &layer_batch_norm, &config, part) < 0)
        return -1;
    return build_activation(b, act);
}

int build_closing_norm(struct builder *b, enum part part, bool joins_skip)
{
    const struct batch_norm_config config = {.eps = b->spec->bn_eps,
        .momentum = b->spec->bn_momentum,
        .zero_init = joins_skip && b->spec->zero_init_residual};

    return append_part(b, &layer_batch_norm, &config, part);
}

int build_squeeze_excitation(struct builder *b, int squeezed, enum activation act)
{
    const struct squeeze_excitation_config config = {
        .squeezed = squeezed, .act = act, .timm_names = naming_is_timm(b->spec->naming)};

    return append_part(b, &layer_squeeze_excitation, &config, PART_SQUEEZE);
}

int build_max_pool(struct builder *b, int kernel, int stride)
{
    const struct max_pool_config config = {
        .kernel = kernel, .stride = stride, .padding = b->spec->padding};

    return append(b, &layer_max_pool, &config, "", GRAPH_NONE);
}

/* Stochastic depth (Huang et al. 2016): the rate grows in a line over the blocks, with a skip or not,
 * from 0 at the first to the spec's at the last, as in timm's ResNets. In EfficientNets block i of n has
 * i / n of the spec's rate, as in their authors' code, torchvision and timm: the last has less. */
static double drop_rate(const struct builder *b)
{
    int last = b->spec->naming == NAMING_EFFICIENTNET ? b->n_blocks : b->n_blocks - 1;

    return last > 0 ? b->spec->drop_path * b->place.block_total / last : 0;
}

int build_residual_add(struct builder *b, int skip)
{
    const struct drop_path_config drop = {.rate = drop_rate(b)};
    const struct add_config config = {0};

    if (drop.rate > 0 && append(b, &layer_drop_path, &drop, "", GRAPH_NONE) < 0)
        return -1;
    return append(b, &layer_add, &config, "", skip);
}

int build_classifier(struct builder *b)
{
    static const enum initialisation init[] = {
        [NAMING_MOBILENET_V1] = INIT_UNIFORM_FAN_OUT,
        [NAMING_MOBILENET_V2] = INIT_NORMAL_001,
        [NAMING_RESNET] = INIT_UNIFORM_FAN_IN,
        [NAMING_EFFICIENTNET] = INIT_UNIFORM_FAN_OUT,
    };
    const struct global_pool_config pool = {0};
    const struct dropout_config dropout = {.rate = b->spec->dropout};
    const struct linear_config linear = {
        .outputs = b->spec->classes, .init = init[b->spec->naming]};

    if (append(b, &layer_global_pool, &pool, "", GRAPH_NONE) < 0)
        return -1;
    if (dropout.rate > 0 && append(b, &layer_dropout, &dropout, "", GRAPH_NONE) < 0)
        return -1;
    return append_part(b, &layer_linear, &linear, PART_CLASSIFIER);
}
