/* Opening a dataset of any kind, and reading its images. */
#include "dataset.h"

#include <stdlib.h>
#include <string.h>

#include "choice.h"
#include "fingerprint.h"
#include "harness/base/str.h"
#include "pack.h"

#define DATASET(name) extern const struct dataset_kind dataset_##name;
#include "workloads/data/sets/datasets.def"
#undef DATASET

static const struct dataset_kind *const kinds[] = {
#define DATASET(name) &dataset_##name,
#include "workloads/data/sets/datasets.def"
#undef DATASET
    NULL,
};

const struct dataset_kind *const *dataset_kinds(void)
{
    return kinds;
}

const struct dataset_kind *dataset_kind_find(const char *name, struct err *err)
{
    static const char *const names[] = {
#define DATASET(name) #name,
#include "workloads/data/sets/datasets.def"
#undef DATASET
        NULL,
    };
    int found = str_find("dataset", name, names, err);

    return found < 0 ? NULL : kinds[found];
}

static int not_there(
    const char *name, const char *root, const struct source *source, struct err *err)
{
    if (source->instead)
        return err_set(err, ERR_INPUT,
            "%s is not there (%s), and %s: say where it is by `root` in a study, --root on the "
            "command line%s",
            name, root, source->instead,
            source->files ? "; `scalestudy data fetch NAME --from DIR` makes it of its archives"
                          : "");
    return err_set(err, ERR_INPUT,
        "%s is not there yet (%s): `scalestudy data fetch %s` gets it, or say where it is by "
        "`root` in a study, --root on the command line",
        name, root, name);
}

/* A folder of something else? */
static int check_proof(
    const char *name, const char *root, const struct source *source, struct err *err)
{
    char path[PATH_BYTES], other[PATH_BYTES];

    if (!source->proof)
        return 0;
    if (file_join(path, root, source->proof, err) < 0 ||
        file_join(other, root, source->other_proof ? source->other_proof : source->proof, err) < 0)
        return -1;
    return file_exists(path) || file_exists(other)
               ? 0
               : err_set(err, ERR_INPUT,
                     "%s has no file %s, so it is not %s as its publisher gives it; "
                     "the name for any folder of images is `folder`",
                     root, source->proof, name);
}

/* Where the set lies: where the user says, or where data_fetch puts it; unpacked by hand, a folder
 * deeper. */
static int find_root(struct dataset *set, struct err *err)
{
    const struct source *source = set->kind->source;
    char deeper[PATH_BYTES], *root = set->config.root;

    if (set->kind->needs_root && !root[0])
        return err_set(err, ERR_INPUT,
            "the dataset %s needs the folder of its images: `root` in a study, --root on the "
            "command line",
            set->kind->name);
    if (!source)
        return 0;
    if (!root[0]) {
        if (data_default_root(set->kind->name, root, err) < 0)
            return -1;
        if (!file_is_folder(root))
            return not_there(set->kind->name, root, source, err);
    }
    for (int i = 0; i < 2; i++) {
        const char *folder = i == 0 ? source->folder : source->other_folder;

        if (!folder)
            continue;
        if (file_join(deeper, root, folder, err) < 0)
            return -1;
        if (file_is_folder(deeper)) {
            str_copy(root, PATH_BYTES, deeper);
            break;
        }
    }
    return check_proof(set->kind->name, root, source, err);
}

/* Are the files in the set's folder those that were packed? */
static int check_pack(const struct dataset *set, struct err *err)
{
    struct data_config config = set->config;
    struct pack_print print;
    struct dataset *files;
    int result;

    config.packed[0] = config.images[0] = '\0';
    config.train_images = config.test_images = config.classes = 0;
    config.minival = 0;
    config.fraction = 1;
    if (dataset_open(&files, &config, 0, err) < 0)
        return err_context(
            err, "the packed set %s cannot be compared with its images", set->config.packed);
    result = pack_fingerprint(files, &print, err);
    dataset_free(files);
    if (result == 0 && !pack_is_of(set, &print))
        result = err_set(err, ERR_INPUT,
            "the packed set %s is stale: files in %s were added, removed or changed since; pack it "
            "again, or leave the folder out to use it as it is",
            set->config.packed, config.root);
    return result;
}

/* From the packed file, if one is given, or by the kind. If only some classes are chosen, they are
 * renumbered, and the whole set's numbers are not the network's. */
static int open_images(struct dataset *set, int outputs, struct err *err)
{
    int classes = set->config.classes > 0 ? 0 : outputs;

    if (set->config.packed[0]) {
        const struct data_config given = set->config;

        if (pack_open(set, &given, classes, err) < 0)
            return -1;
        return set->config.root[0] ? check_pack(set, err) : 0;
    }
    if (find_root(set, err) < 0)
        return -1;
    return set->kind->open(set, &set->config, classes, err);
}

static int refuse_others(
    const struct dataset *set, const struct fingerprint *print, struct err *err)
{
    const struct data_config *config = &set->config;

    if (strcmp(config->images, print->images) == 0)
        return 0;
    return err_set(err, ERR_INPUT,
        "the images in %s are not those that the job was planned with (fingerprint %.12s, here "
        "%.12s): files were added, removed or changed, or this machine has another copy; put them "
        "back, or run the study again, which plans it with these",
        config->packed[0] ? config->packed
        : config->root[0] ? config->root
                          : config->name,
        config->images, print->images[0] ? print->images : "none");
}

/* print: OPTIONAL. */
static int look_at_images(
    const struct dataset *set, const char *expected, struct fingerprint *print, struct err *err)
{
    struct fingerprint own;

    if (!print && !expected[0])
        return 0;
    if (!print)
        print = &own;
    if (fingerprint_make(set, print, err) < 0)
        return -1;
    return expected[0] ? refuse_others(set, print, err) : 0;
}

static int check_classes(const struct dataset *set, int outputs, struct err *err)
{
    if (outputs > 0 && set->classes > outputs)
        return err_set(err, ERR_INPUT, "%s has %d classes, but the network has only %d outputs",
            set->kind->name, set->classes, outputs);
    if (outputs > 0 && set->config.classes > 0 && set->classes != outputs)
        return err_set(err, ERR_INPUT,
            "%d classes of %s are chosen and renumbered, but the network has %d outputs",
            set->classes, set->kind->name, outputs);
    return 0;
}

int dataset_open(
    struct dataset **set, const struct data_config *config, int classes, struct err *err)
{
    return dataset_open_known(set, config, classes, NULL, err);
}

int dataset_open_known(struct dataset **set, const struct data_config *config, int classes,
    struct fingerprint *print, struct err *err)
{
    const struct dataset_kind *kind = dataset_kind_find(config->name, err);
    struct dataset *opened;

    *set = NULL;
    if (!kind)
        return -1;
    opened = calloc(1, sizeof(*opened));
    if (!opened)
        return err_set(err, ERR_MEMORY, "no memory to open the dataset %s", kind->name);
    opened->kind = kind;
    opened->config = *config;
    if (open_images(opened, classes, err) < 0 ||
        look_at_images(opened, config->images, print, err) < 0 || choose_images(opened, err) < 0 ||
        check_classes(opened, classes, err) < 0) {
        dataset_free(opened);
        return -1;
    }
    *set = opened;
    return 0;
}

void dataset_free(struct dataset *set)
{
    if (!set)
        return;
    if (set->pack)
        pack_close(set);
    else if (set->kind->close)
        set->kind->close(set);
    for (int s = 0; s < SPLIT_COUNT; s++) {
        for (int i = 0; set->paths[s] && i < set->count[s]; i++)
            free(set->paths[s][i]);
        free(set->paths[s]);
        free(set->labels[s]);
        free(set->places[s]);
    }
    for (int i = 0; set->class_names && i < set->classes; i++)
        free(set->class_names[i]);
    free(set->class_names);
    free(set);
}
