/* Opening sets that come with lists of classes and of images. */
#include "class_lists.h"

#include <string.h>

#include "image_list.h"
#include "workloads/data/formats/text_lines.h"

#define LIST_MAX_BYTES ((size_t)64 << 20)
#define MAX_CLASSES    100000

struct reading {
    const struct class_lists *lists;
    struct image_list list;
    struct name_list classes;
    enum split split;
    int last; /* class of the line before: lists go class by class */
};

static int read_class(void *context, char *line, struct err *err)
{
    struct reading *reading = context;

    if (reading->classes.n == MAX_CLASSES)
        return err_set(err, ERR_INPUT, "more than %d classes", MAX_CLASSES);
    for (size_t n = strlen(line); n > 0 && line[n - 1] == ' '; n--)
        line[n - 1] = '\0';
    return name_list_add(&reading->classes, line, err);
}

static int read_image(void *context, char *line, struct err *err)
{
    struct reading *reading = context;
    const struct name_list *classes = &reading->classes;
    char path[PATH_BYTES];
    const char *name;

    for (size_t n = strlen(line); n > 0 && line[n - 1] == ' '; n--)
        line[n - 1] = '\0';
    if (reading->lists->parse(line, path, &name, err) < 0)
        return -1;
    for (int i = 0; i < classes->n; i++) {
        int class = (reading->last + i) % classes->n;

        if (strcmp(classes->names[class], name) != 0)
            continue;
        reading->last = class;
        return image_list_add(&reading->list, reading->split, path, class, err);
    }
    return err_set(err, ERR_INPUT, "its class is not in %s", reading->lists->classes);
}

int class_lists_open(
    struct dataset *set, const struct class_lists *lists, int outputs, struct err *err)
{
    struct reading reading = {.lists = lists};
    char path[PATH_BYTES];
    int result = -1;

    if (file_join(path, set->config.root, lists->classes, err) < 0 ||
        text_lines_read(path, LIST_MAX_BYTES, read_class, &reading, err) < 0 ||
        image_list_begin(&reading.list, set, &reading.classes, IMAGE_LIST_GIVEN, outputs, err) < 0)
        goto done;
    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int i = 0; lists->images[s][i]; i++) {
            reading.split = (enum split)s;
            if (file_join(path, set->config.root, lists->images[s][i], err) < 0 ||
                text_lines_read(path, LIST_MAX_BYTES, read_image, &reading, err) < 0)
                goto done;
        }
    result = image_list_finish(&reading.list, err);
done:
    name_list_release(&reading.classes);
    image_list_release(&reading.list);
    return result;
}
