#include "folder.h"

static const struct source source = {
    .train = 8144,
    .test = 8041,
    .classes = 196,
    .licence = "research only",
    .page = "http://ai.stanford.edu/~jkrause/cars/car_dataset.html",
    .instead = "its publisher has taken it off the web",
};

static int open_cars(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    char path[PATH_BYTES];

    if (file_join(path, config->root, "devkit", err) < 0)
        return -1;
    if (file_exists(path))
        return err_set(err, ERR_INPUT,
            "the labels of %s are structures in .mat files, which are not read; write them to a "
            "CSV "
            "of path, class and split, and use it as the dataset `manifest`",
            config->root);
    return folder_open(set, config, classes, err);
}

/* Krause, Stark, Deng & Fei-Fei 2013. */
const struct dataset_kind dataset_cars = {
    .name = "cars",
    .summary = "Stanford Cars as folders, ROOT/train/CLASS and ROOT/test/CLASS; its .mat files are "
               "not read",
    .source = &source,
    .open = open_cars,
    .read = folder_read,
};
