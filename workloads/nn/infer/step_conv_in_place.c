/* 1x1 convolutions and linear layers: the pixels of the input are rows of a product where they lie. */
#include "inference_private.h"

static bool in_place_fits(const struct step *step, int batch)
{
    const struct conv_plan *conv = &step->conv;

    (void)batch;
    return conv->window.kernel == 1 && conv->window.stride == 1 && conv->lda == step->project.k;
}

static size_t in_place_plan(struct step *step, int batch)
{
    (void)step, (void)batch;
    return 0;
}

static void in_place_run(const struct inference *inference, const struct step *step, int n)
{
    struct infer_product product = inference_product_of(step, n);

    product.a = step->in;
    product.lda = step->project.k;
    inference_product(inference, &product);
}

const struct step_conv_algorithm step_conv_in_place = {
    .name = "product", .fits = in_place_fits, .plan = in_place_plan, .run = in_place_run};
