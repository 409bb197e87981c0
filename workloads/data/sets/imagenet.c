/* ImageNet (Russakovsky et al. 2015): as folders, or from the publisher's archives. */
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "image_list.h"
#include "image_walk.h"
#include "imagenet_folder.h"
#include "workloads/data/dataset/imagenet_ids.h"
#include "workloads/data/formats/mat_file.h"
#include "workloads/data/formats/text_lines.h"

#define TRUTH           "data/ILSVRC2012_validation_ground_truth.txt"
#define TRUTH_MAX_BYTES ((size_t)16 << 20)

/*
 * The originals were not at hand. What is expected here agrees with torchvision's reader of them
 * (pytorch/vision, torchvision/datasets/imagenet.py, ARCHIVE_META and parse_*_archive): names and
 * MD5 of the three archives; one archive a class inside of train's, named by its id; the folder
 * ILSVRC2012_devkit_t12 in the devkit's; `synsets` of data/meta.mat, whose classes have numbers and
 * groups higher ones; and a number a line in the truth, in the order of val's sorted names.
 * Sizes are as those who have them say.
 */
static const struct source_file files[] = {
    {
        .name = "ILSVRC2012_img_train.tar",
        .bytes = 147897477120,
        .is_about = true,
        .sums = {{DIGEST_MD5, "1d675b47d978889d74fa0da5fadfb00e", "torchvision"}},
        .is_archive = true,
        .has_archives = true,
        .into = "train",
    },
    {
        .name = "ILSVRC2012_img_val.tar",
        .bytes = 6744924160,
        .is_about = true,
        .sums = {{DIGEST_MD5, "29b22e2961454d5413ddabcf34fc5622", "torchvision"}},
        .is_archive = true,
        .into = "val",
    },
    {
        .name = "ILSVRC2012_devkit_t12.tar.gz",
        .bytes = 2568145,
        .is_about = true,
        .sums = {{DIGEST_MD5, "fa75699e90414af021442c21a62c3abf", "torchvision"}},
        .is_archive = true,
        .into = "devkit",
    },
    {0},
};

static const struct source source = {
    .train = 1281167,
    .test = 50000,
    .classes = IMAGENET_CLASSES,
    .licence = "research only, by agreement",
    .page = "https://image-net.org/download-images",
    .files = files,
    .instead = "its publisher gives it to those who agree to terms of use on image-net.org",
};

/* ---- as its publisher gives it: folders in train, images in val, their labels in the devkit ---- */

struct reading {
    struct image_list list;
    struct name_list classes, images; /* folders of train, files of val */
    int *class_of;                    /* [highest + 1] the publisher's numbers, from 1; -1: none */
    int highest, line;
};

/* Where the devkit is; false: nowhere. */
static bool find_devkit(const char *root, char devkit[PATH_BYTES])
{
    static const char *const names[] = {"devkit", "ILSVRC2012_devkit_t12"};
    char truth[PATH_BYTES];
    struct err none = {0};

    for (int i = 0; i < 2; i++)
        if (file_join(devkit, root, names[i], &none) == 0 &&
            file_join(truth, devkit, TRUTH, &none) == 0 && file_exists(truth))
            return true;
    return false;
}

/* meta.mat: the number of each WordNet id; those above 1000 are groups of classes. */
static int read_numbers(struct reading *reading, const char *devkit, struct err *err)
{
    struct mat_column columns[] = {{.field = "ILSVRC2012_ID"}, {.field = "WNID", .is_text = true}};
    char path[PATH_BYTES];
    int n = 0, result = -1;

    if (file_join(path, devkit, "data/meta.mat", err) < 0 ||
        mat_read_table(path, "synsets", columns, 2, &n, err) < 0)
        goto done;
    reading->highest = n;
    reading->class_of = malloc(((size_t)n + 1) * sizeof(*reading->class_of));
    if (!reading->class_of) {
        err_set(err, ERR_MEMORY, "no memory for the numbers of classes");
        goto done;
    }
    for (int i = 0; i <= n; i++)
        reading->class_of[i] = -1;
    for (int i = 0; i < n; i++)
        if (columns[0].integers[i] >= 1 && columns[0].integers[i] <= n)
            reading->class_of[columns[0].integers[i]] =
                name_list_find(&reading->classes, columns[1].texts[i]);
    result = 0;
done:
    mat_columns_release(columns, 2);
    return result;
}

/* A line for each image of val, in the order of their names. */
static int read_truth(void *context, char *line, struct err *err)
{
    struct reading *reading = context;
    char path[PATH_BYTES];
    long long number;
    int class;

    if (!str_to_int64(line, &number) || number < 1 || number > reading->highest)
        return err_set(err, ERR_INPUT, "not a class from 1 to %d", reading->highest);
    class = reading->class_of[number];
    if (class < 0)
        return err_set(err, ERR_INPUT, "train has no folder for class %lld of the devkit", number);
    if (reading->line >= reading->images.n)
        return err_set(err, ERR_INPUT, "val has only %d images, and the devkit labels more",
            reading->images.n);
    if (file_join(path, "val", reading->images.names[reading->line++], err) < 0)
        return -1;
    return image_list_add(&reading->list, SPLIT_TEST, path, class, err);
}

struct train_class {
    struct reading *reading;
    int class;
};

static int add_image(void *context, const char *path, struct err *err)
{
    const struct train_class *of = context;

    return image_list_add(&of->reading->list, SPLIT_TRAIN, path, of->class, err);
}

static int add_train(struct reading *reading, int class, struct err *err)
{
    struct train_class of = {reading, class};
    const struct image_walk walk = {.root = reading->list.set->config.root,
        .context = &of,
        .image = add_image,
        .left_out = &reading->list.set->left_out};
    char inside[PATH_BYTES];

    if (file_join(inside, "train", reading->classes.names[class], err) < 0)
        return -1;
    return image_walk(&walk, inside, err);
}

static int open_published(struct dataset *set, const char *devkit, int classes, struct err *err)
{
    static const struct name_filter folders = {.folders = true},
                                    images = {.accept = image_by_ending};
    struct reading reading = {0};
    char train[PATH_BYTES], val[PATH_BYTES], truth[PATH_BYTES];
    int result = -1;

    if (file_join(train, set->config.root, "train", err) < 0 ||
        file_join(val, set->config.root, "val", err) < 0 ||
        file_join(truth, devkit, TRUTH, err) < 0 ||
        name_list_read(&reading.classes, train, &folders, err) < 0 ||
        name_list_read(&reading.images, val, &images, err) < 0 ||
        image_list_begin(&reading.list, set, &reading.classes, IMAGE_LIST_SORTED, classes, err) <
            0 ||
        read_numbers(&reading, devkit, err) < 0)
        goto done;
    for (int i = 0; i < reading.classes.n; i++)
        if (add_train(&reading, i, err) < 0)
            goto done;
    if (text_lines_read(truth, TRUTH_MAX_BYTES, read_truth, &reading, err) < 0)
        goto done;
    if (reading.line < reading.images.n)
        err_set(err, ERR_INPUT, "%s has %d images, but the devkit labels %d: %s is another set's",
            val, reading.images.n, reading.line, truth);
    else
        result = image_list_finish(&reading.list, err);
done:
    free(reading.class_of);
    name_list_release(&reading.classes);
    name_list_release(&reading.images);
    image_list_release(&reading.list);
    return result;
}

/* ---- either form ---- */

static bool has_folders(const char *root, const char *name)
{
    static const struct name_filter folders = {.folders = true};
    struct name_list list = {0};
    char path[PATH_BYTES];
    struct err none = {0};
    bool has = file_join(path, root, name, &none) == 0 && file_is_folder(path) &&
               name_list_read(&list, path, &folders, &none) == 0 && list.n > 0;

    name_list_release(&list);
    return has;
}

/* A part of the classes has another name, and other numbers. */
static int open_imagenet(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    char devkit[PATH_BYTES], tar[PATH_BYTES];

    if (find_devkit(config->root, devkit) && !has_folders(config->root, "val")) {
        if (open_published(set, devkit, classes, err) < 0)
            return -1;
    } else if (file_join(tar, config->root, files[0].name, err) == 0 && file_exists(tar) &&
               !has_folders(config->root, "train")) {
        return err_set(err, ERR_INPUT,
            "%s holds archives; `scalestudy data fetch imagenet --from %s --root DIR` unpacks them",
            config->root, config->root);
    } else if (imagenet_folder_open(set, config, classes, err) < 0) {
        return -1;
    }
    for (int i = 0; i < IMAGENET_CLASSES; i++) {
        char id[IMAGENET_ID_BYTES];

        if (i < set->classes && set->class_names[i] && imagenet_class(set->class_names[i]) == i)
            continue;
        imagenet_id(i, id);
        return err_set(err, ERR_INPUT,
            "%s does not have a folder for each of ImageNet's %d classes, such as %s; the name for "
            "any folder of images is `folder`",
            config->root, IMAGENET_CLASSES, id);
    }
    return 0;
}

/* Russakovsky et al. 2015: ILSVRC 2012. */
const struct dataset_kind dataset_imagenet = {
    .name = "imagenet",
    .summary =
        "ImageNet (ILSVRC 2012), 1000 classes: folders ROOT/train/ID and ROOT/val/ID, or what "
        "`data fetch --from` makes of the publisher's archives",
    .source = &source,
    .open = open_imagenet,
    .read = folder_read,
};
