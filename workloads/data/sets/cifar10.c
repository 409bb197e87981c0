/* CIFAR-10 (Krizhevsky 2009): 10 classes, 32 x 32 pixels. */
#include "cifar.h"
#include "folder.h"

#define CLASSES 10

static const struct source_file files[] = {
    {
        .name = "cifar-10-binary.tar.gz",
        .urls = {"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"},
        .bytes = 170052171,
        .sums = {{DIGEST_SHA256, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                     "TensorFlow Datasets"},
            {DIGEST_MD5, "c32a1d4ab5d03f1284b67883e8d87530", "its publisher"}},
        .is_archive = true,
    },
    {0},
};

static const struct source source = {
    .train = 50000,
    .test = 10000,
    .classes = CLASSES,
    .licence = "not stated",
    .page = "https://www.cs.toronto.edu/~kriz/cifar.html",
    .folder = "cifar-10-batches-bin",
    .other_folder = "cifar-10-batches-py",
    .files = files,
};

static const struct cifar_layout layout = {
    .files = {{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                  "data_batch_5.bin"},
        {"test_batch.bin"}},
    .names = "batches.meta.txt",
    .classes = CLASSES,
    .labels = 1,
};

static const struct cifar_python_layout python = {
    .files = {{"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"},
        {"test_batch"}},
    .labels = "labels",
    .meta = "batches.meta",
    .names = "label_names",
    .classes = CLASSES,
};

/* The binary version, or the Python version, or the same images as folders. */
static int open_cifar10(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    if (cifar_is_here(set, &layout))
        return cifar_open(set, &layout, err);
    if (cifar_python_is_here(set, &python))
        return cifar_python_open(set, &python, err);
    if (folder_open(set, config, classes, err) < 0)
        return -1;
    if (set->classes != CLASSES)
        return err_set(err, ERR_INPUT,
            "%s has %d classes, so it is not CIFAR-10; the name for any folder of images is "
            "`folder`",
            config->root, set->classes);
    return 0;
}

static int read_cifar10(
    const struct dataset *set, enum split split, int index, struct image *image, struct err *err)
{
    return set->state ? records_image(set, split, index, image, err)
                      : folder_read(set, split, index, image, err);
}

/* Krizhevsky, "Learning multiple layers of features from tiny images" (2009). */
const struct dataset_kind dataset_cifar10 = {
    .name = "cifar10",
    .summary = "CIFAR-10, 32 x 32 pixels: the binary or the Python version, or folders "
               "ROOT/train/CLASS and ROOT/test/CLASS",
    .source = &source,
    /* Of the training images. */
    .mean = {0.4914, 0.4822, 0.4465},
    .std = {0.2470, 0.2435, 0.2616},
    .open = open_cifar10,
    .read = read_cifar10,
    .close = records_close,
};
