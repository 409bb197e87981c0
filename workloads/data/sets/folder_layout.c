/* Finding the splits and classes of a folder of images. */
#include "folder_layout.h"

#include <ctype.h>
#include <string.h>

#include "harness/system/file.h"
#include "image_walk.h"
#include "workloads/data/dataset/splits.h"

static int list_folders(const char *path, struct name_list *folders, struct err *err)
{
    static const struct name_filter filter = {.folders = true};

    return name_list_read(folders, path, &filter, err);
}

/* ---- files of sets that have a reader of their own ---- */

const char *folder_layout_hint(const char *folder)
{
#define READS(what, name)                                                                          \
    "; it holds " what ", which the dataset " name " reads: --data " name ", or {name: " name      \
    "} in a study"
    static const struct {
        const char *file, *beside, *hint;
    } known[] = {
        {"data_batch_1", "batches.meta", READS("CIFAR-10 in its Python version", "cifar10")},
        {"data_batch_1.bin", "batches.meta.txt",
            READS("CIFAR-10 in its binary version", "cifar10")},
        {"train", "meta", READS("CIFAR-100 in its Python version", "cifar100")},
        {"train.bin", "fine_label_names.txt", READS("CIFAR-100 in its binary version", "cifar100")},
        {"train-images-idx3-ubyte", "t10k-images-idx3-ubyte",
            READS("files of MNIST's form", "mnist (or fashion_mnist)")},
        {"train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz",
            READS("files of MNIST's form", "mnist (or fashion_mnist)")},
    };
#undef READS
    char path[PATH_BYTES], beside[PATH_BYTES];
    struct err none = {0};

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (file_join(path, folder, known[i].file, &none) == 0 && file_exists(path) &&
            !file_is_folder(path) && file_join(beside, folder, known[i].beside, &none) == 0 &&
            file_exists(beside))
            return known[i].hint;
    return "";
}

/* ---- what lies beside the class folders ---- */

struct found_images {
    int64_t n;
    char example[128];
};

static int count_image(void *context, const char *path, struct err *err)
{
    struct found_images *found = context;

    (void)err;
    if (found->n++ == 0)
        str_copy(found->example, sizeof(found->example), path);
    return 0;
}

/* Images in a folder below the root: left out for that reason. */
static int leave_out_images(struct dataset *set, const char *below, bool shallow,
    enum left_out_reason reason, struct err *err)
{
    struct found_images found = {0};
    struct left_out others = {0};
    const struct image_walk walk = {.root = set->config.root,
        .pattern = set->config.match,
        .shallow = shallow,
        .context = &found,
        .image = count_image,
        .left_out = &others};

    if (image_walk(&walk, below, err) < 0)
        return -1;
    left_out_add(&set->left_out, reason, found.example, found.n);
    return 0;
}

static bool is_used(const struct dataset *set, const char *name)
{
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (strcmp(set->split_names[s], name) == 0)
            return true;
    return false;
}

static int look_beside(struct dataset *set, const struct folder_layout *layout,
    const struct name_list *folders, struct err *err)
{
    enum split split;

    if (leave_out_images(set, "", true, LEFT_OUT_STRAY, err) < 0)
        return -1;
    if (!layout->has_splits)
        return 0;
    for (int i = 0; i < folders->n; i++) {
        const char *name = folders->names[i];
        bool used = is_used(set, name);

        if (leave_out_images(set, name, used,
                used || split_rank(name, &split) < 0 ? LEFT_OUT_STRAY : LEFT_OUT_SPLIT, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- splits and classes ---- */

/* Lower is better: the rank of its name, and of equal ones that in lower case. */
static int grade(const char *name, enum split *split)
{
    int rank = split_rank(name, split);

    for (const char *c = name; *c && rank >= 0; c++)
        if (isupper((unsigned char)*c))
            return 2 * rank + 1;
    return rank < 0 ? -1 : 2 * rank;
}

/* The folders of splits that are there and have folders of classes in them: lists[s]. */
static int find_splits(struct dataset *set, const struct name_list *folders,
    struct name_list lists[SPLIT_COUNT], struct err *err)
{
    int best[SPLIT_COUNT] = {-1, -1};

    for (int i = 0; i < folders->n; i++) {
        struct name_list classes = {0};
        char path[PATH_BYTES];
        enum split split;
        int own = grade(folders->names[i], &split);

        if (own < 0 || (best[split] >= 0 && best[split] <= own))
            continue;
        if (file_join(path, set->config.root, folders->names[i], err) < 0)
            return -1;
        if (list_folders(path, &classes, err) < 0) {
            name_list_release(&classes);
            return -1;
        }
        if (classes.n == 0)
            continue;
        name_list_release(&lists[split]);
        lists[split] = classes;
        best[split] = own;
        str_copy(set->split_names[split], sizeof(set->split_names[split]), folders->names[i]);
    }
    return 0;
}

/* Splits that are there must have the same classes. */
static int check_same(
    const struct dataset *set, const struct name_list lists[SPLIT_COUNT], struct err *err)
{
    const char *root = set->config.root;

    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int i = 0; i < lists[s].n; i++)
            if (name_list_find(&lists[!s], lists[s].names[i]) < 0)
                return err_set(err, ERR_INPUT,
                    "the class %s is in %s/%s but not in %s/%s; both need the same class folders",
                    lists[s].names[i], root, set->split_names[s], root, set->split_names[!s]);
    return 0;
}

/* A single class folder whose images all lie deeper: the root that was meant is probably that folder. */
static int check_depth(const struct dataset *set, const struct name_list *classes, struct err *err)
{
    struct name_list images = {0}, folders = {0};
    static const struct name_filter filter = {.accept = image_by_ending};
    char path[PATH_BYTES];
    int result = -1;

    if (classes->n != 1 || set->config.class_map[0])
        return 0;
    if (file_join(path, set->config.root, classes->names[0], err) < 0 ||
        list_folders(path, &folders, err) < 0 || name_list_read(&images, path, &filter, err) < 0)
        goto done;
    result = 0;
    if (images.n == 0 && folders.n > 0)
        result = err_set(err, ERR_INPUT,
            "%s has one folder in it, %s, and that has no images but %d folder%s, such as %s; if "
            "those are the splits or classes, the root is %s",
            set->config.root, classes->names[0], folders.n, folders.n == 1 ? "" : "s",
            folders.names[0], path);
done:
    name_list_release(&images);
    name_list_release(&folders);
    return result;
}

static int take_classes(struct folder_layout *layout, struct dataset *set,
    struct name_list *folders, struct name_list lists[SPLIT_COUNT], struct err *err)
{
    const char *root = set->config.root;
    bool has_train = lists[SPLIT_TRAIN].n > 0, has_test = lists[SPLIT_TEST].n > 0;
    struct name_list *from = has_train  ? &lists[SPLIT_TRAIN]
                             : has_test ? &lists[SPLIT_TEST]
                                        : folders;

    if (has_train && has_test && check_same(set, lists, err) < 0)
        return -1;
    layout->has_splits = has_train || has_test;
    if (from->n == 0)
        return err_set(err, ERR_INPUT,
            "%s has no folders of classes in it%s; images belong in %s/CLASS or %s/train/CLASS",
            root, folder_layout_hint(root), root, root);
    if (!layout->has_splits && check_depth(set, folders, err) < 0)
        return -1;
    if (look_beside(set, layout, folders, err) < 0)
        return -1;
    layout->classes = *from;
    *from = (struct name_list){0};
    return 0;
}

int folder_layout_find(struct folder_layout *layout, struct dataset *set, struct err *err)
{
    const char *root = set->config.root;
    struct name_list folders = {0}, lists[SPLIT_COUNT] = {0};
    int result = -1;

    if (!file_is_folder(root))
        return err_set(err, ERR_INPUT,
            "the folder of images %s %s; give the folder that holds the classes or train and test",
            root, file_exists(root) ? "is not a folder" : "does not exist");
    if (list_folders(root, &folders, err) == 0 && find_splits(set, &folders, lists, err) == 0)
        result = take_classes(layout, set, &folders, lists, err);
    name_list_release(&folders);
    for (int s = 0; s < SPLIT_COUNT; s++)
        name_list_release(&lists[s]);
    return result;
}

void folder_layout_release(struct folder_layout *layout)
{
    name_list_release(&layout->classes);
}
