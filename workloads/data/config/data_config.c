/* The defaults of data. */
#include "data_config.h"

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
