/* Stanford Cars (Krause et al. 2013): 196 models of cars, labelled in MAT files. */
#include <stdio.h>

#include "folder.h"
#include "image_list.h"
#include "workloads/data/formats/mat_file.h"

static const struct source source = {
    .train = 8144,
    .test = 8041,
    .classes = 196,
    .licence = "research only",
    .page = "http://ai.stanford.edu/~jkrause/cars/car_dataset.html",
    .folder = "stanford_cars",
    .instead = "its publisher has taken it off the web",
};

/* The images of one file of annotations, which tells either the split or, by `test`, each image's. */
struct annotations {
    const char *file, *path_field,
        *images; /* images: the folder of the paths; NULL: they have it */
    enum split split;
    bool has_test;
};

/*
 * The originals were not at hand; they are as torchvision reads them (pytorch/vision,
 * torchvision/datasets/stanford_cars.py): below stanford_cars/, `annotations` of two files with `fname`
 * and `class`, which counts from 1, and `class_names` of devkit/cars_meta.mat.
 *
 * As published in 2013: a folder and a file for each split, the labels of the test images beside it.
 */
static const struct annotations devkit[] = {
    {"devkit/cars_train_annos.mat", "fname", "cars_train", SPLIT_TRAIN, false},
    {"cars_test_annos_withlabels.mat", "fname", "cars_test", SPLIT_TEST, false},
};
/* And the whole in one, with paths such as car_ims/000001.jpg below the root, and 1 in `test` for test
 * images (read so by cvjena/semantic-embeddings and other programs for metric learning). */
static const struct annotations whole = {
    "cars_annos.mat", "relative_im_path", NULL, SPLIT_TRAIN, true};

static bool has_file(const struct dataset *set, const char *name)
{
    char path[PATH_BYTES];
    struct err none = {0};

    return file_join(path, set->config.root, name, &none) == 0 && file_exists(path);
}

static int add_images(
    struct image_list *list, const struct annotations *annotations, struct err *err)
{
    struct mat_column columns[3] = {
        {.field = annotations->path_field, .is_text = true}, {.field = "class"}, {.field = "test"}};
    int n_columns = annotations->has_test ? 3 : 2, n = 0, result;
    char path[PATH_BYTES];

    result = file_join(path, list->set->config.root, annotations->file, err);
    if (result == 0)
        result = mat_read_table(path, "annotations", columns, n_columns, &n, err);
    for (int i = 0; i < n && result == 0; i++) {
        enum split split =
            annotations->has_test && columns[2].integers[i] ? SPLIT_TEST : annotations->split;

        result = annotations->images
                     ? file_join(path, annotations->images, columns[0].texts[i], err)
                     : file_join(path, columns[0].texts[i], "", err);
        if (result == 0)
            result = image_list_add(list, split, path, columns[1].integers[i] - 1, err);
    }
    mat_columns_release(columns, 3);
    return result;
}

static int read_names(
    const struct dataset *set, const char *file, struct name_list *names, struct err *err)
{
    struct mat_column column = {0};
    char path[PATH_BYTES];
    int result = file_join(path, set->config.root, file, err);

    if (result == 0)
        result = mat_read_texts(path, "class_names", &column, err);
    for (int i = 0; i < column.n && result == 0; i++)
        result = name_list_add(names, column.texts[i], err);
    mat_columns_release(&column, 1);
    return result;
}

static int open_annotated(struct dataset *set, const char *names_file,
    const struct annotations *annotations, int n, int classes, struct err *err)
{
    struct image_list list = {0};
    struct name_list names = {0};
    int result = read_names(set, names_file, &names, err);

    if (result == 0)
        result = image_list_begin(&list, set, &names, IMAGE_LIST_GIVEN, classes, err);
    for (int i = 0; i < n && result == 0; i++)
        result = add_images(&list, &annotations[i], err);
    if (result == 0)
        result = image_list_finish(&list, err);
    name_list_release(&names);
    image_list_release(&list);
    return result;
}

static int open_cars(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    if (has_file(set, "devkit/cars_train_annos.mat")) {
        if (!has_file(set, devkit[1].file))
            return err_set(err, ERR_INPUT,
                "%s has no %s, which labels the test images: it is published beside the devkit",
                config->root, devkit[1].file);
        return open_annotated(set, "devkit/cars_meta.mat", devkit, 2, classes, err);
    }
    if (has_file(set, whole.file))
        return open_annotated(set, whole.file, &whole, 1, classes, err);
    return folder_open(set, config, classes, err);
}

/* Krause, Stark, Deng & Fei-Fei 2013. */
const struct dataset_kind dataset_cars = {
    .name = "cars",
    .summary =
        "Stanford Cars: the files of its publisher with labels in devkit/ or cars_annos.mat, "
        "or folders ROOT/train/CLASS and ROOT/test/CLASS",
    .source = &source,
    .open = open_cars,
    .read = folder_read,
};
