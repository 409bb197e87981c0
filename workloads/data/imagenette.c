#include "folder.h"
#include "imagenet_ids.h"

/* Every folder of Imagenette is one of ImageNet's. */
static int open_imagenette(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    if (folder_open(set, config, classes, err) < 0)
        return -1;
    for (int i = 0; i < set->classes; i++)
        if (set->class_names[i] && imagenet_class(set->class_names[i]) < 0)
            return err_set(err, ERR_INPUT,
                "%s has a class %s, which is not an id of ImageNet's, so it is not Imagenette; the "
                "name for any folder "
                "of images is `folder`",
                config->root, set->class_names[i]);
    return 0;
}

const struct dataset_kind dataset_imagenette = {
    .name = "imagenette",
    .summary = "Imagenette as it comes (github.com/fastai/imagenette): ROOT/train/ID and "
               "ROOT/val/ID, 10 classes of ImageNet",
    .needs_root = true,
    .open = open_imagenette,
    .read = folder_read,
};
