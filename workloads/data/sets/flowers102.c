/* Oxford Flowers (Nilsback & Zisserman 2008): 102 kinds, labelled in MAT files. */
#include <stdlib.h>

#include "folder.h"
#include "harness/base/str.h"
#include "image_list.h"
#include "workloads/data/formats/mat_file.h"

#define CLASSES 102
#define PAGE    "https://www.robots.ox.ac.uk/~vgg/data/flowers/102/"

static const struct source_file files[] = {
    {
        .name = "102flowers.tgz",
        .urls = {PAGE "102flowers.tgz"},
        .bytes = 344862509,
        .sums = {{DIGEST_SHA256, "2d01ecc807db462958cfe3d92f57a8c252b4abd240eb955770201e45f783b246",
                     "TensorFlow Datasets"},
            {DIGEST_MD5, "52808999861908f626f3c1f4e79d11fa", "torchvision"}},
        .is_archive = true,
        .into = "jpg",
    },
    {
        .name = "imagelabels.mat",
        .urls = {PAGE "imagelabels.mat"},
        .bytes = 502,
        .sums = {{DIGEST_SHA256, "4903e94206bac23bf772aadf06451916df56b58fc483a62db32a97b82656651d",
            "TensorFlow Datasets"}},
    },
    {
        .name = "setid.mat",
        .urls = {PAGE "setid.mat"},
        .bytes = 14989,
        .sums = {{DIGEST_SHA256, "46b8678f91fd95d3c8f4feab80d271a6c834a1dd896fe29fd3e6ad9ce5c8dccd",
            "TensorFlow Datasets"}},
    },
    {0},
};

static const struct source source = {
    .train = 2040,
    .test = 6149,
    .classes = CLASSES,
    .licence = "not stated",
    .page = PAGE,
    .folder = "flowers-102",
    .proof = "imagelabels.mat",
    .files = files,
};

static int add_split(struct image_list *list, enum split split, const char *array,
    const int *labels, int n_labels, struct err *err)
{
    char path[PATH_BYTES];
    int *images = NULL, n, result;

    if (file_join(path, list->set->config.root, "setid.mat", err) < 0)
        return -1;
    result = mat_read_integers(path, array, &images, &n, err);
    for (int i = 0; i < n && result == 0; i++) {
        if (images[i] < 1 || images[i] > n_labels) {
            result = err_set(err, ERR_INPUT, "%s names an image %d, but there are labels of %d",
                path, images[i], n_labels);
            break;
        }
        snprintf(path, sizeof(path), "jpg/image_%05d.jpg", images[i]);
        result = image_list_add(list, split, path, labels[images[i] - 1] - 1, err);
    }
    free(images);
    return result;
}

/* As the field trains on it in transfer: the published trnid and valid, 20 images a class. */
static int open_flowers102(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    struct image_list list = {0};
    struct name_list names = {0};
    int *labels = NULL, n = 0, result;
    char path[PATH_BYTES], name[16];

    result = file_join(path, config->root, "imagelabels.mat", err);
    if (result == 0)
        result = mat_read_integers(path, "labels", &labels, &n, err);
    for (int i = 1; i <= CLASSES && result == 0; i++) {
        snprintf(name, sizeof(name), "%d", i);
        result = name_list_add(&names, name, err);
    }
    if (result == 0)
        result = image_list_begin(&list, set, &names, IMAGE_LIST_GIVEN, classes, err);
    if (result == 0)
        result = add_split(&list, SPLIT_TRAIN, "trnid", labels, n, err);
    if (result == 0)
        result = add_split(&list, SPLIT_TRAIN, "valid", labels, n, err);
    if (result == 0)
        result = add_split(&list, SPLIT_TEST, "tstid", labels, n, err);
    if (result == 0)
        result = image_list_finish(&list, err);
    free(labels);
    name_list_release(&names);
    image_list_release(&list);
    return result;
}

/* Nilsback & Zisserman 2008. */
const struct dataset_kind dataset_flowers102 = {
    .name = "flowers102",
    .summary =
        "Oxford's 102 kinds of flowers, by number; trained on trnid and valid, tested on tstid",
    .source = &source,
    .open = open_flowers102,
    .read = folder_read,
};
