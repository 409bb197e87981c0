/* Food-101 (Bossard et al. 2014): 101 dishes. */
#include <string.h>

#include "class_lists.h"
#include "folder.h"

static const struct source_file files[] = {
    {
        .name = "food-101.tar.gz",
        .urls = {"http://data.vision.ee.ethz.ch/cvl/food-101.tar.gz"},
        .bytes = 4996278331,
        .sums = {{DIGEST_SHA256, "d97d15e438b7f4498f96086a4f7e2fa42a32f2712e87d3295441b2b6314053a4",
                     "TensorFlow Datasets"},
            {DIGEST_MD5, "85eeb15f3717b99a5da872d97d918f87", "torchvision"}},
        .is_archive = true,
    },
    {0},
};

static const struct source source = {
    .train = 75750,
    .test = 25250,
    .classes = 101,
    .licence = "research only",
    .page = "https://data.vision.ee.ethz.ch/cvl/datasets_extra/food-101/",
    .folder = "food-101",
    .proof = "meta/classes.txt",
    .files = files,
};

/* "apple_pie/1005649" */
static int parse(char *line, char path[PATH_BYTES], const char **class_name, struct err *err)
{
    char *slash = strchr(line, '/');

    if (!slash || strchr(slash + 1, '/') || line[0] == '.' ||
        snprintf(path, PATH_BYTES, "images/%s.jpg", line) >= PATH_BYTES)
        return err_set(err, ERR_INPUT, "not a class, a slash and an image");
    *slash = '\0';
    *class_name = line;
    return 0;
}

static int open_food101(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    static const struct class_lists lists = {.classes = "meta/classes.txt",
        .images = {{"meta/train.txt"}, {"meta/test.txt"}},
        .parse = parse};

    (void)config;
    return class_lists_open(set, &lists, classes, err);
}

/* Bossard, Guillaumin & Van Gool 2014. */
const struct dataset_kind dataset_food101 = {
    .name = "food101",
    .summary = "Food-101: 101 dishes, 750 images of each to train on and 250 to test",
    .source = &source,
    .open = open_food101,
    .read = folder_read,
};
