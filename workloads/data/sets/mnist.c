/* MNIST (LeCun et al. 1998): handwritten digits, 28 x 28 grey pixels. */
#include "idx.h"

static const struct source_file files[] = {
#define FILE_OF(name_, bytes_, sha256)                                                             \
    {                                                                                              \
        .name = name_,                                                                             \
        .urls = {"https://storage.googleapis.com/cvdf-datasets/mnist/" name_,                      \
            "https://ossci-datasets.s3.amazonaws.com/mnist/" name_},                               \
        .bytes = bytes_, .sums = {                                                                 \
            {DIGEST_SHA256, sha256, "TensorFlow Datasets"}                                         \
        }                                                                                          \
    }
    FILE_OF("train-images-idx3-ubyte.gz", 9912422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
    FILE_OF("train-labels-idx1-ubyte.gz", 28881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
    FILE_OF("t10k-images-idx3-ubyte.gz", 1648877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
    FILE_OF("t10k-labels-idx1-ubyte.gz", 4542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    {0},
};

static const struct source source = {
    .train = 60000,
    .test = 10000,
    .classes = 10,
    .licence = "not stated",
    .page = "http://yann.lecun.com/exdb/mnist/",
    .folder = "MNIST/raw",
    .files = files,
};

static int open_mnist(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    static const char *const names[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", NULL};

    (void)config, (void)classes;
    return idx_open(set, names, 10, err);
}

/* LeCun, Bottou, Bengio & Haffner 1998. */
const struct dataset_kind dataset_mnist = {
    .name = "mnist",
    .summary = "handwritten digits, 28 x 28 grey pixels, as IDX files (.gz or not)",
    .source = &source,
    /* Of the training images. */
    .mean = {0.1307, 0.1307, 0.1307},
    .std = {0.3081, 0.3081, 0.3081},
    .open = open_mnist,
    .read = records_image,
    .close = records_close,
};
