/* CIFAR-100 (Krizhevsky 2009): 100 classes, 32 x 32 pixels. */
#include "cifar.h"

#define CLASSES 100

static const struct source_file files[] = {
    {
        .name = "cifar-100-binary.tar.gz",
        .urls = {"https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"},
        .bytes = 168513733,
        .sums = {{DIGEST_SHA256, "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
                     "TensorFlow Datasets"},
            {DIGEST_MD5, "03b5dce01913d631647c71ecec9e9cb8", "its publisher"}},
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
    .folder = "cifar-100-binary",
    .other_folder = "cifar-100-python",
    .proof = "fine_label_names.txt",
    .other_proof = "meta",
    .files = files,
};

/* The first label is one of 20 groups of classes, the second the class. */
static const struct cifar_layout layout = {
    .files = {{"train.bin"}, {"test.bin"}},
    .names = "fine_label_names.txt",
    .classes = CLASSES,
    .labels = 2,
};

static const struct cifar_python_layout python = {
    .files = {{"train"}, {"test"}},
    .labels = "fine_labels",
    .meta = "meta",
    .names = "fine_label_names",
    .classes = CLASSES,
};

static int open_cifar100(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    (void)config, (void)classes;
    if (!cifar_is_here(set, &layout) && cifar_python_is_here(set, &python))
        return cifar_python_open(set, &python, err);
    return cifar_open(set, &layout, err);
}

/* Krizhevsky, "Learning multiple layers of features from tiny images" (2009). */
const struct dataset_kind dataset_cifar100 = {
    .name = "cifar100",
    .summary =
        "CIFAR-100, 32 x 32 pixels, the binary or the Python version with its 100 fine classes",
    .source = &source,
    /* Of the training images. */
    .mean = {0.5071, 0.4865, 0.4409},
    .std = {0.2673, 0.2564, 0.2762},
    .open = open_cifar100,
    .read = records_image,
    .close = records_close,
};
