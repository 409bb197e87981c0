#include "imagenet_folder.h"
#include "imagenet_ids.h"

static const struct source source = {
    .train = 1281167,
    .test = 50000,
    .classes = IMAGENET_CLASSES,
    .licence = "research only, by agreement",
    .page = "https://image-net.org/download-images",
    .instead = "its publisher gives it to those who agree to terms of use on image-net.org",
};

/* A part of the classes has another name, and other numbers. */
static int open_imagenet(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    if (imagenet_folder_open(set, config, classes, err) < 0)
        return -1;
    for (int i = 0; i < set->classes; i++)
        if (!set->class_names[i] || set->classes != IMAGENET_CLASSES)
            return err_set(err, ERR_INPUT,
                "%s does not have a folder for each of ImageNet's %d classes; the name for any "
                "folder of images is `folder`",
                config->root, IMAGENET_CLASSES);
    return 0;
}

/* Russakovsky et al. 2015: ILSVRC 2012. */
const struct dataset_kind dataset_imagenet = {
    .name = "imagenet",
    .summary = "ImageNet (ILSVRC 2012) as folders: ROOT/train/ID and ROOT/val/ID, 1000 classes",
    .source = &source,
    .open = open_imagenet,
    .read = folder_read,
};
