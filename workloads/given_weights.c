/* Loading weights under our names or another library's. */
#include "given_weights.h"

#include "workloads/models/model.h"
#include "workloads/nn/io/weights.h"

int given_weights_load(struct net *net, const struct spec *spec, const char *path, struct err *err)
{
    struct graph renamed = {0};
    int result = model_build_renamed(spec, &renamed, err);

    if (result == 0)
        result = weights_load(net, &renamed, path, err);
    graph_release(&renamed);
    return result;
}

int given_weights_classes(const struct spec *spec, const char *path, int *classes, struct err *err)
{
    struct graph own = {0}, renamed = {0};
    const struct graph *const graphs[] = {&own, &renamed};
    struct spec any = *spec;
    int result = -1;

    any.classes = 1;
    if (model_build(&any, &own, err) == 0 && model_build_renamed(&any, &renamed, err) == 0)
        result = weights_outputs(graphs, 2, path, classes, err);
    graph_release(&own);
    graph_release(&renamed);
    return result;
}
