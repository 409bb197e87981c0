/* Fashion-MNIST (Xiao et al. 2017): 10 kinds of clothing, 28 x 28 grey pixels. */
#include "idx.h"

static const struct source_file files[] = {
#define FILE_OF(name_, bytes_, sha256)                                                             \
    {                                                                                              \
        .name = name_,                                                                             \
        .urls = {"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/" name_},             \
        .bytes = bytes_, .sums = {                                                                 \
            {DIGEST_SHA256, sha256, "TensorFlow Datasets"}                                         \
        }                                                                                          \
    }
    FILE_OF("train-images-idx3-ubyte.gz", 26421880,
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
    FILE_OF("train-labels-idx1-ubyte.gz", 29515,
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
    FILE_OF("t10k-images-idx3-ubyte.gz", 4422102,
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
    FILE_OF("t10k-labels-idx1-ubyte.gz", 5148,
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    {0},
};

static const struct source source = {
    .train = 60000,
    .test = 10000,
    .classes = 10,
    .licence = "MIT",
    .page = "https://github.com/zalandoresearch/fashion-mnist",
    .folder = "FashionMNIST/raw",
    .files = files,
};

static int open_fashion_mnist(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    static const char *const names[] = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
        "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot", NULL};

    (void)config, (void)classes;
    return idx_open(set, names, 10, err);
}

/* Xiao, Rasul & Vollgraf 2017. */
const struct dataset_kind dataset_fashion_mnist = {
    .name = "fashion_mnist",
    .summary = "articles of clothing, 28 x 28 grey pixels, as IDX files (.gz or not)",
    .source = &source,
    /* Of the training images. */
    .mean = {0.2860, 0.2860, 0.2860},
    .std = {0.3530, 0.3530, 0.3530},
    .open = open_fashion_mnist,
    .read = records_image,
    .close = records_close,
};
