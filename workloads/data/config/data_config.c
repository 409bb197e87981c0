#include "data_config.h"

struct augment_settings augment_settings_resolve(const struct augment_settings *settings)
{
    struct augment_settings resolved = *settings;

#define AUGMENT_NUMBER(field, default_, most, transform, parameter, help)                          \
    if (resolved.field == 0)                                                                       \
        resolved.field = default_;
#include "augment_numbers.def"
#undef AUGMENT_NUMBER
    return resolved;
}

void data_config_init(struct data_config *config)
{
    /* ImageNet's, as torchvision and timm use them. */
    static const double mean[3] = {0.485, 0.456, 0.406}, std[3] = {0.229, 0.224, 0.225};

    *config = (struct data_config){.fraction = 1, .crop_ratio = 1, .loader_threads = 1};
    for (int i = 0; i < 3; i++) {
        config->mean[i] = mean[i];
        config->std[i] = std[i];
    }
}
