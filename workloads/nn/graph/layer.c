/* Which algorithm computes a layer. */
#include "layer.h"

const struct layer_algorithm *layer_algorithm_of(
    const struct layer *layer, const void *config, const struct shape *in, const struct shape *out)
{
    return layer->choose ? layer->choose(config, in, out) : &layer->only;
}
