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
