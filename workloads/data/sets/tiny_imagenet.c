/* Tiny ImageNet (Stanford CS231n): 200 classes, 64 x 64 pixels. */
#include <string.h>

#include "folder.h"
#include "harness/base/str.h"
#include "image_list.h"
#include "image_walk.h"
#include "workloads/data/formats/text_lines.h"

#define ANNOTATIONS_MAX_BYTES ((size_t)16 << 20)

static const struct source_file files[] = {
    {
        .name = "tiny-imagenet-200.zip",
        .urls = {"http://cs231n.stanford.edu/tiny-imagenet-200.zip"},
        .bytes = 248100043,
        .sums = {{DIGEST_MD5, "90528d7ca1a48142e341f4ef8d21d0de", "Avalanche"}},
        .is_archive = true,
    },
    {0},
};

/* The test images have no labels; the validation images are what is tested on. */
static const struct source source = {
    .train = 100000,
    .test = 10000,
    .classes = 200,
    .licence = "ImageNet's: research only",
    .page = "http://cs231n.stanford.edu/",
    .folder = "tiny-imagenet-200",
    .proof = "val/val_annotations.txt",
    .files = files,
};

struct reading {
    struct image_list list;
    struct name_list classes;
};

/* "val_0.JPEG<TAB>n03444034<TAB>..." */
static int read_annotation(void *context, char *line, struct err *err)
{
    struct reading *reading = context;
    char *tab = strchr(line, '\t'), path[PATH_BYTES];
    int class;

    if (!tab)
        return err_set(err, ERR_INPUT, "not an image, a tab and a class");
    *tab++ = '\0';
    tab[strcspn(tab, "\t")] = '\0';
    class = name_list_find(&reading->classes, tab);
    if (class < 0)
        return err_set(err, ERR_INPUT, "its class is not in train");
    if (strchr(line, '/') || file_join(path, "val/images", line, err) < 0)
        return err_set(err, ERR_INPUT, "not the name of an image");
    return image_list_add(&reading->list, SPLIT_TEST, path, class, err);
}

static int read_class(struct reading *reading, int class, struct err *err)
{
    static const struct name_filter images = {.accept = image_by_ending};
    const char *name = reading->classes.names[class];
    struct name_list files_there = {0};
    char inside[PATH_BYTES], relative[PATH_BYTES], path[PATH_BYTES];
    int result = -1;

    if (file_join(inside, "train", name, err) < 0 ||
        file_join(relative, inside, "images", err) < 0 ||
        file_join(path, reading->list.set->config.root, relative, err) < 0 ||
        name_list_read(&files_there, path, &images, err) < 0)
        goto done;
    for (int i = 0; i < files_there.n; i++)
        if (file_join(path, relative, files_there.names[i], err) < 0 ||
            image_list_add(&reading->list, SPLIT_TRAIN, path, class, err) < 0)
            goto done;
    result = 0;
done:
    name_list_release(&files_there);
    return result;
}

static int open_tiny_imagenet(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    static const struct name_filter folders = {.folders = true};
    struct reading reading = {0};
    char train[PATH_BYTES], annotations[PATH_BYTES];
    int result = -1;

    if (file_join(train, config->root, "train", err) < 0 ||
        file_join(annotations, config->root, "val/val_annotations.txt", err) < 0 ||
        name_list_read(&reading.classes, train, &folders, err) < 0 ||
        image_list_begin(&reading.list, set, &reading.classes, IMAGE_LIST_SORTED, classes, err) < 0)
        goto done;
    for (int i = 0; i < reading.classes.n; i++)
        if (read_class(&reading, i, err) < 0)
            goto done;
    if (text_lines_read(annotations, ANNOTATIONS_MAX_BYTES, read_annotation, &reading, err) == 0)
        result = image_list_finish(&reading.list, err);
done:
    name_list_release(&reading.classes);
    image_list_release(&reading.list);
    return result;
}

/* Le & Yang 2015, of Stanford's course CS231n. */
const struct dataset_kind dataset_tiny_imagenet = {
    .name = "tiny_imagenet",
    .summary = "Tiny ImageNet as it comes: 200 classes, 64 x 64 pixels, tested on its validation "
               "images",
    .source = &source,
    .open = open_tiny_imagenet,
    .read = folder_read,
};
