/* Checks before a training's first step: whether it can learn, and consequences of its settings that
 * are easy to overlook. */
#include <math.h>

#include "workloads/models/model.h"
#include "workloads/nn/graph/layer.h"
#include "workload.h"

/* ---- batch norm ---- */

static int step_images(const struct recipe *recipe, int images)
{
    return images > 0 && images < recipe->batch ? images : recipe->batch;
}

/* The fewest images that the net sees at once: the last piece of a step may be smaller. */
static int least_piece(const struct recipe *recipe, int images)
{
    int step = step_images(recipe, images), piece = recipe_piece(recipe);

    if (piece >= step)
        return step;
    return step % piece > 0 ? step % piece : piece;
}

/* Why the net sees one image at once. */
static void add_reason(struct str *text, const struct recipe *recipe, int images)
{
    if (recipe_piece(recipe) == 1)
        str_addf(text, "%s is 1", recipe->batch == 1 ? "batch" : "micro_batch");
    else if (images == 1)
        str_add(text, "there is one image to train on");
    else
        str_addf(text, "the last piece of a step is one image: there are %d, and micro_batch is %d",
            images, recipe->micro_batch);
}

static int refuse_norm(
    const struct node *node, const struct recipe *recipe, int images, struct err *err)
{
    struct str reason = STR_INIT;

    add_reason(&reason, recipe, images);
    err_set(err, ERR_INPUT,
        "batch norm %s has one value a channel, so that its output is constant and the network "
        "cannot "
        "learn: its map is of one pixel, and %s; at least 2 images at a time, or a larger input, "
        "give it more",
        node->name, str_check(&reason, err) == 0 ? reason.text : "one image is there at a time");
    str_release(&reason);
    return -1;
}

int workload_train_check(
    const struct spec *spec, const struct recipe *recipe, int images, struct err *err)
{
    struct graph graph = {0};
    int result = 0;

    if (least_piece(recipe, images) > 1)
        return 0;
    result = model_build(spec, &graph, err);
    for (int i = 0; result == 0 && i < graph.n_nodes; i++) {
        const struct node *node = &graph.nodes[i];

        if (node->layer == &layer_batch_norm && node->shape.h * node->shape.w == 1)
            result = refuse_norm(node, recipe, images, err);
    }
    graph_release(&graph);
    return result;
}

/* ---- remarks ---- */

static void add_left_out(struct str *to, const struct recipe *recipe, int images, bool shuffled)
{
    int left = images % recipe->batch;

    if (images > 0 && images < recipe->batch)
        str_addf(to, "a step has all %d training images, fewer than the batch of %d\n", images,
            recipe->batch);
    else if (left > 0)
        str_addf(to,
            "every epoch leaves out %d of the %d training images, which do not fill a batch of "
            "%d%s\n",
            left, images, recipe->batch,
            shuffled ? "; different ones each epoch" : ": the last ones");
}

/* As train.c counts them; 0: not known. */
static int steps_of_epoch(const struct recipe *recipe, int images)
{
    return images >= recipe->batch ? images / recipe->batch : images > 0;
}

static void add_warm_up(struct str *to, const struct recipe *recipe, int images)
{
    int steps = steps_of_epoch(recipe, images);
    double rising =
        steps > 0 ? (double)llround(recipe->warmup_epochs * steps) / steps : recipe->warmup_epochs;

    if (rising >= recipe->epochs)
        str_addf(to,
            "all of the training is warm-up (epochs %d, warmup_epochs %g): the learning rate rises "
            "from 0 to %g in the last step, and the %s schedule never begins\n",
            recipe->epochs, recipe->warmup_epochs, recipe->optimizer_settings.lr,
            recipe_schedule_name(recipe->schedule));
    else if (rising == 0 && recipe->warmup_epochs > 0)
        str_addf(to,
            "there is no warm-up: warmup_epochs is %g, less than half a step (an epoch has %d)\n",
            recipe->warmup_epochs, steps);
}

/* The first stair of a schedule that has some. */
static void add_late_stairs(struct str *to, const struct recipe *recipe)
{
    const struct schedule_settings *settings = &recipe->schedule_settings;
    bool stairs = recipe->schedule == SCHEDULE_STEP || settings->staircase > 0;

    if (stairs && settings->decay_epochs >= recipe->epochs)
        str_addf(to,
            "the learning rate never falls: the %s schedule lowers it first after %g epochs, and "
            "there are %d\n",
            recipe_schedule_name(recipe->schedule), settings->decay_epochs, recipe->epochs);
}

static bool has_layer(const struct graph *graph, const struct layer *layer)
{
    for (int i = 0; i < graph->n_nodes; i++)
        if (graph->nodes[i].layer == layer)
            return true;
    return false;
}

static void add_idle_drop(struct str *to, const struct spec *spec)
{
    struct graph graph = {0};
    struct err ignored = {0};

    if (spec->drop_path > 0 && model_build(spec, &graph, &ignored) == 0 &&
        !has_layer(&graph, &layer_drop_path))
        str_addf(to, "drop_path is %g, but %s has no residual branch to drop\n", spec->drop_path,
            spec->name);
    graph_release(&graph);
}

void workload_train_remarks(
    const struct spec *spec, const struct recipe *recipe, int images, bool shuffled, struct str *to)
{
    add_left_out(to, recipe, images, shuffled);
    add_warm_up(to, recipe, images);
    add_late_stairs(to, recipe);
    add_idle_drop(to, spec);
}
