/* Convolutions and linear layers on their own: which of step_conv_algorithms.def computes them. */
#include "inference_private.h"

#include "workloads/nn/graph/sizes.h"
#include "workloads/nn/graph/window.h"

/* Rows that are a multiple of 4 KB apart share one set of the first cache, which has fewer places than a
 * tile has rows. They are copied with a line between them: ResNet-50, whose 1x1 convolutions of 1024 and
 * 2048 channels are so, gains 4 % by it at batch 16. */
#define ALIASED_FLOATS 1024

static int64_t apart(int k)
{
    return k % ALIASED_FLOATS == 0 ? k + LINE_FLOATS : k;
}

static struct kernel_window window_of(const struct node *node)
{
    const struct conv_config *config = (const void *)node->config;
    struct window window = {1, 1, PADDING_TORCH};

    if (node->layer == &layer_conv)
        window = (struct window){config->kernel, config->stride, config->padding};
    return window_over(&window, node->in_shape, &node->shape);
}

bool inference_uses_product(const struct step *step)
{
    return step->conv.algorithm != &step_conv_winograd || step->conv.small;
}

static size_t conv_plan(struct step *step, const struct graph *graph, int batch)
{
    static const struct step_conv_algorithm *const algorithms[] = {
#define STEP_CONV_ALGORITHM(name) &step_conv_##name,
#include "step_conv_algorithms.def"
#undef STEP_CONV_ALGORITHM
    };
    int last = (int)(sizeof(algorithms) / sizeof(algorithms[0])) - 1, i = 0;
    struct conv_plan *conv = &step->conv;

    conv->window = window_of(&graph->nodes[step->project.node]);
    conv->pixels = (int64_t)conv->window.out_h * conv->window.out_w;
    conv->lda = conv->pixels > 1 ? apart(step->project.k) : step->project.k;
    conv->small = NULL;
    while (i < last && !algorithms[i]->fits(step, batch))
        i++;
    conv->algorithm = algorithms[i];
    return conv->algorithm->plan(step, batch);
}

static void conv_run(const struct inference *inference, const struct step *step, int n)
{
    step->conv.algorithm->run(inference, step, n);
}

const struct step_kind step_conv = {.name = "conv", .plan = conv_plan, .run = conv_run};
