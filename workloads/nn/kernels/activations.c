/* The table of activations. */
#include "activations.h"

#include <stddef.h>

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
