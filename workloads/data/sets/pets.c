/* Oxford-IIIT Pet (Parkhi et al. 2012): 37 breeds of cats and dogs. */
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "harness/base/str.h"
#include "image_list.h"
#include "workloads/data/formats/text_lines.h"

#define CLASSES        37
#define LIST_MAX_BYTES ((size_t)4 << 20)

static const struct source_file files[] = {
    {
        .name = "images.tar.gz",
        .urls = {"https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz"},
        .bytes = 791918971,
        .sums = {{DIGEST_SHA256, "67195c5e1c01f1ab5f9b6a5d22b8c27a580d896ece458917e61d459337fa318d",
                     "TensorFlow Datasets"},
            {DIGEST_MD5, "5c4f3ee8e5d25df40f4fd59a7f44e54c", "torchvision"}},
        .is_archive = true,
        .into = "images",
    },
    {
        .name = "annotations.tar.gz",
        .urls = {"https://www.robots.ox.ac.uk/~vgg/data/pets/data/annotations.tar.gz"},
        .bytes = 19173078,
        .sums = {{DIGEST_SHA256, "52425fb6de5c424942b7626b428656fcbd798db970a937df61750c0f1d358e91",
                     "TensorFlow Datasets"},
            {DIGEST_MD5, "95a8c909bbe2e81eed6a22bccdf3f68f", "torchvision"}},
        .is_archive = true,
        .into = "annotations",
    },
    {0},
};

static const struct source source = {
    .train = 3680,
    .test = 3669,
    .classes = CLASSES,
    .licence = "CC BY-SA 4.0",
    .page = "https://www.robots.ox.ac.uk/~vgg/data/pets/",
    .folder = "oxford-iiit-pet",
    .proof = "annotations/trainval.txt",
    .files = files,
};

struct reading {
    struct image_list list;
    enum split split;
    char *names[CLASSES]; /* of the breeds, from the names of their images */
    bool is_naming;       /* the first time through the lists */
};

/* "Abyssinian_100 1 1 1": image, class from 1, cat or dog, breed among these. */
static int read_line(void *context, char *line, struct err *err)
{
    struct reading *reading = context;
    char *number = strchr(line, ' '), path[PATH_BYTES], *end;
    long long class;

    if (line[0] == '#')
        return 0;
    if (!number)
        return err_set(err, ERR_INPUT, "not an image and its numbers");
    *number++ = '\0';
    number[strcspn(number, " ")] = '\0';
    if (!str_to_int64(number, &class) || class < 1 || class > CLASSES || strchr(line, '/') ||
        !(end = strrchr(line, '_')))
        return err_set(err, ERR_INPUT, "not an image and a class from 1 to %d", CLASSES);
    if (!reading->is_naming) {
        if (snprintf(path, sizeof(path), "images/%s.jpg", line) >= (int)sizeof(path))
            return err_set(err, ERR_INPUT, "a name of more than %d bytes", PATH_BYTES);
        return image_list_add(&reading->list, reading->split, path, (int)class - 1, err);
    }
    *end = '\0';
    if (!reading->names[class - 1] && !(reading->names[class - 1] = strdup(line)))
        return err_set(err, ERR_MEMORY, "no memory for a name");
    return 0;
}

static int read_lists(struct reading *reading, const char *root, struct err *err)
{
    static const char *const lists[SPLIT_COUNT] = {
        "annotations/trainval.txt", "annotations/test.txt"};
    char path[PATH_BYTES];

    for (int s = 0; s < SPLIT_COUNT; s++) {
        reading->split = (enum split)s;
        if (file_join(path, root, lists[s], err) < 0 ||
            text_lines_read(path, LIST_MAX_BYTES, read_line, reading, err) < 0)
            return -1;
    }
    return 0;
}

static int open_pets(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    struct reading reading = {.is_naming = true};
    struct name_list names = {0};
    int result = read_lists(&reading, config->root, err);

    for (int i = 0; i < CLASSES && result == 0; i++)
        result = reading.names[i] ? name_list_add(&names, reading.names[i], err)
                                  : err_set(err, ERR_INPUT,
                                        "the lists of %s have no image of the class %d of %d",
                                        config->root, i + 1, CLASSES);
    reading.is_naming = false;
    if (result == 0)
        result = image_list_begin(&reading.list, set, &names, IMAGE_LIST_GIVEN, classes, err);
    if (result == 0)
        result = read_lists(&reading, config->root, err);
    if (result == 0)
        result = image_list_finish(&reading.list, err);
    for (int i = 0; i < CLASSES; i++)
        free(reading.names[i]);
    name_list_release(&names);
    image_list_release(&reading.list);
    return result;
}

/* Parkhi, Vedaldi, Zisserman & Jawahar 2012. */
const struct dataset_kind dataset_pets = {
    .name = "pets",
    .summary = "Oxford-IIIT Pet: 37 breeds of cats and dogs, trained on trainval, tested on test",
    .source = &source,
    .open = open_pets,
    .read = folder_read,
};
