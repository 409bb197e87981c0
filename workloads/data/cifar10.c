#include "folder.h"

#define CLASSES 10

static int open_cifar10(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    if (folder_open(set, config, classes, err) < 0)
        return -1;
    if (set->classes != CLASSES)
        return err_set(err, ERR_INPUT,
            "%s has %d classes, so it is not CIFAR-10; the name for any folder of images is "
            "`folder`",
            config->root, set->classes);
    return 0;
}

/* Krizhevsky, "Learning multiple layers of features from tiny images" (2009), as folders of images.
 */
const struct dataset_kind dataset_cifar10 = {
    .name = "cifar10",
    .summary =
        "CIFAR-10 as folders: ROOT/train/CLASS and ROOT/test/CLASS, 32 x 32 pixels, 10 classes",
    .needs_root = true,
    /* Of the training images. */
    .mean = {0.4914, 0.4822, 0.4465},
    .std = {0.2470, 0.2435, 0.2616},
    .open = open_cifar10,
    .read = folder_read,
};
