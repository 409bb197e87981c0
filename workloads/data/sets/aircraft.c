/* FGVC-Aircraft (Maji et al. 2013): 100 variants of aircraft. */
#include <string.h>

#include "class_lists.h"
#include "folder.h"

static const struct source_file files[] = {
    {
        .name = "fgvc-aircraft-2013b.tar.gz",
        .urls = {"https://www.robots.ox.ac.uk/~vgg/data/fgvc-aircraft/archives/"
                 "fgvc-aircraft-2013b.tar.gz"},
        .bytes = 2770575360,
        .is_about = true,
        .sums = {{DIGEST_SHA256, "d5f68b1b81d6d7831eb9d5c5517074176b5dfbce6bcb43dc14ed1c66a87b8d75",
            "TensorFlow Datasets"}},
        .is_archive = true,
    },
    {0},
};

static const struct source source = {
    .train = 6667,
    .test = 3333,
    .classes = 100,
    .licence = "research only",
    .page = "https://www.robots.ox.ac.uk/~vgg/data/fgvc-aircraft/",
    .folder = "fgvc-aircraft-2013b",
    .proof = "data/variants.txt",
    .files = files,
};

/* "1025794 707-320": image and variant */
static int parse(char *line, char path[PATH_BYTES], const char **class_name, struct err *err)
{
    char *blank = strchr(line, ' ');

    if (!blank || memchr(line, '/', (size_t)(blank - line)))
        return err_set(err, ERR_INPUT, "not an image and its variant");
    *blank = '\0';
    *class_name = blank + 1;
    if (snprintf(path, PATH_BYTES, "data/images/%s.jpg", line) >= PATH_BYTES)
        return err_set(err, ERR_INPUT, "a name of more than %d bytes", PATH_BYTES);
    return 0;
}

static int open_aircraft(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    static const struct class_lists lists = {.classes = "data/variants.txt",
        .images = {{"data/images_variant_trainval.txt"}, {"data/images_variant_test.txt"}},
        .parse = parse};

    (void)config;
    return class_lists_open(set, &lists, classes, err);
}

/* Maji, Kannala, Rahtu, Blaschko & Vedaldi 2013. */
const struct dataset_kind dataset_aircraft = {
    .name = "aircraft",
    .summary = "FGVC-Aircraft: 100 variants, trained on trainval, tested on test",
    .source = &source,
    .open = open_aircraft,
    .read = folder_read,
};
