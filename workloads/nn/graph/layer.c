/* The list of all layers, from layers.def. */
#include "layer.h"

#include <stddef.h>

static const struct layer *const layers[] = {
#define LAYER(name) &layer_##name,
#include "layers.def"
#undef LAYER
    NULL,
};

const struct layer *const *layer_all(void)
{
    return layers;
}

const struct layer_algorithm *layer_algorithm_of(
    const struct layer *layer, const void *config, const struct shape *in, const struct shape *out)
{
    return layer->choose ? layer->choose(config, in, out) : &layer->only;
}
