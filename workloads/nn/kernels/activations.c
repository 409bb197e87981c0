/* The table of activations. */
#include "activations.h"

#include <stddef.h>

#include "activation_functions.h"

const struct activation_kind *activation_kind(enum activation activation)
{
    static const struct activation_kind kinds[ACT_COUNT] = {
#define ACTIVATION(NAME, name, summary) {#name, summary, name##_value, name##_slope},
#include "activations.def"
#undef ACTIVATION
    };

    return &kinds[activation];
}

const char *const *activation_names(void)
{
    static const char *const names[] = {
#define ACTIVATION(NAME, name, summary) #name,
#include "activations.def"
#undef ACTIVATION
        NULL,
    };

    return names;
}
