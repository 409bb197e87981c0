#include "image_files.h"

#include "folder.h"
#include "harness/base/file.h"

#define MAX_DEPTH 16 /* links may lead round in circles */

static int add_all(struct name_list *files, const char *folder, int depth, struct err *err);

/* Every name in a folder that the filter wants: an image is added, a folder looked into. */
static int add_names(struct name_list *files, const char *folder, const struct name_filter *filter,
    int depth, struct err *err)
{
    struct name_list names = {0};
    char path[PATH_BYTES];
    int result = name_list_read(&names, folder, filter, err);

    for (int i = 0; i < names.n && result == 0; i++) {
        result = file_join(path, folder, names.names[i], err);
        if (result == 0)
            result = filter->folders ? add_all(files, path, depth + 1, err)
                                     : name_list_add(files, path, err);
    }
    name_list_release(&names);
    return result;
}

static int add_all(struct name_list *files, const char *folder, int depth, struct err *err)
{
    static const struct name_filter images = {.accept = folder_is_image, .pattern = ""};
    static const struct name_filter folders = {.folders = true};

    if (depth > MAX_DEPTH)
        return err_set(err, ERR_INPUT,
            "%s lies more than %d folders deep; does a link lead back to a folder above it?",
            folder, MAX_DEPTH);
    if (add_names(files, folder, &images, depth, err) < 0)
        return -1;
    return add_names(files, folder, &folders, depth, err);
}

int image_files_add(struct name_list *files, const char *path, struct err *err)
{
    int before = files->n;

    if (!file_is_folder(path))
        return name_list_add(files, path, err);
    if (add_all(files, path, 0, err) < 0)
        return -1;
    if (files->n == before)
        return err_set(err, ERR_INPUT, "the folder %s has no images (.jpg, .jpeg or .png)", path);
    return 0;
}
