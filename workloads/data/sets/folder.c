/* Any folder of images: ROOT/CLASS or ROOT/SPLIT/CLASS. */
#include "folder.h"

#include <stdlib.h>
#include <string.h>

#include "class_numbers.h"
#include "folder_layout.h"
#include "harness/system/file.h"
#include "image_walk.h"
#include "workloads/data/dataset/selection.h"
#include "workloads/data/dataset/splits.h"

/* Where the images of a class go while the folder is read. */
struct reading {
    struct dataset *set;
    struct selection *splits; /* [SPLIT_COUNT] */
    const int *numbers;       /* of the classes, in order of their folders */
    const struct name_list *classes;
    int class;
    enum split split;
    bool has_split[SPLIT_COUNT]; /* the class has a subfolder of such a name */
};

static int add_image(void *context, const char *path, struct err *err)
{
    const struct reading *reading = context;

    return selection_add(
        &reading->splits[reading->split], path, reading->numbers[reading->class], err);
}

static void note_folder(void *context, const char *name)
{
    struct reading *reading = context;
    enum split split;

    if (split_rank(name, &split) >= 0)
        reading->has_split[split] = true;
}

static int64_t count_left_out(const struct left_out *left_out)
{
    int64_t n = 0;

    for (int r = 0; r < LEFT_OUT_REASONS; r++)
        n += left_out->n[r];
    return n;
}

static int no_images(const char *folder, int64_t others, struct err *err)
{
    const char *hint = folder_layout_hint(folder);

    if (!hint[0])
        hint = others ? "; it holds other files: is the root the folder that holds the "
                        "classes, or train and test?"
                      : "; it is empty: fill it or remove it";
    return err_set(
        err, ERR_INPUT, "the class folder %s has no images (%s)%s", folder, IMAGE_ENDINGS, hint);
}

/* All images of one class folder, "CLASS" or "SPLIT/CLASS" under the root. */
static int read_class(struct reading *reading, const char *prefix, struct err *err)
{
    struct dataset *set = reading->set;
    const char *root = set->config.root, *name = reading->classes->names[reading->class];
    const struct image_walk walk = {.root = root,
        .pattern = set->config.match,
        .context = reading,
        .image = add_image,
        .folder = note_folder,
        .left_out = &set->left_out};
    int before = reading->splits[reading->split].n;
    int64_t left_out = count_left_out(&set->left_out);
    char relative[PATH_BYTES], path[PATH_BYTES];

    if (prefix[0] ? file_join(relative, prefix, name, err) < 0
                  : !str_copy(relative, sizeof(relative), name))
        return -1;
    for (int s = 0; s < SPLIT_COUNT; s++)
        reading->has_split[s] = false;
    if (file_join(path, root, relative, err) < 0 || image_walk(&walk, relative, err) < 0)
        return -1;
    if (reading->has_split[SPLIT_TRAIN] && reading->has_split[SPLIT_TEST])
        return err_set(err, ERR_INPUT,
            "the folder %s has folders for training and for testing in it; the form is "
            "%s/SPLIT/CLASS/IMAGE, with train and test outside and the classes inside, or a "
            "manifest (--data manifest) that names each image with its class and split",
            path, root);
    if (reading->splits[reading->split].n == before && !set->config.match[0])
        return no_images(path, count_left_out(&set->left_out) - left_out, err);
    return 0;
}

static int name_classes(
    struct dataset *set, const struct name_list *folders, const int *numbers, struct err *err)
{
    set->class_names = calloc((size_t)set->classes, sizeof(*set->class_names));
    if (!set->class_names)
        return err_set(err, ERR_MEMORY, "no memory for the names of %d classes", set->classes);
    for (int i = 0; i < folders->n; i++) {
        char **name = &set->class_names[numbers[i]];

        free(*name);
        *name = strdup(folders->names[i]);
        if (!*name)
            return err_set(err, ERR_MEMORY, "no memory for the names of %d classes", set->classes);
    }
    return 0;
}

static int read_splits(struct reading *reading, bool has_splits, struct err *err)
{
    for (reading->class = 0; reading->class < reading->classes->n; reading->class ++) {
        reading->split = SPLIT_TRAIN;
        if (!has_splits && read_class(reading, "", err) < 0)
            return -1;
        for (int s = 0; s < SPLIT_COUNT && has_splits; s++) {
            reading->split = (enum split)s;
            if (reading->set->split_names[s][0] &&
                read_class(reading, reading->set->split_names[s], err) < 0)
                return -1;
        }
    }
    reading->set->splits_drawn = !has_splits;
    return has_splits ? 0 : splits_draw(reading->splits, err);
}

int folder_open(struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    struct selection splits[SPLIT_COUNT] = {0};
    struct folder_layout layout = {0};
    struct reading reading = {.set = set, .splits = splits, .classes = &layout.classes};
    int *numbers = NULL, result = -1;

    if (folder_layout_find(&layout, set, err) < 0 ||
        class_numbers(config, &layout.classes, classes, &numbers, &set->classes, err) < 0 ||
        name_classes(set, &layout.classes, numbers, err) < 0)
        goto done;
    reading.numbers = numbers;
    if (read_splits(&reading, layout.has_splits, err) < 0)
        goto done;
    result = splits_hand_over(set, splits, err);
done:
    for (int s = 0; s < SPLIT_COUNT; s++)
        selection_release(&splits[s]);
    folder_layout_release(&layout);
    free(numbers);
    return result;
}

int folder_read(
    const struct dataset *set, enum split split, int index, struct image *image, struct err *err)
{
    char path[PATH_BYTES];

    if (file_join(path, set->config.root, set->paths[split][index], err) < 0)
        return -1;
    return image_read(path, image, err);
}

const struct dataset_kind dataset_folder = {
    .name = "folder",
    .summary = "JPEG and PNG images in ROOT/CLASS or ROOT/SPLIT/CLASS",
    .needs_root = true,
    .open = folder_open,
    .read = folder_read,
};
