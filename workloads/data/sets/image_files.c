/* Expanding the files and folders of a command line into a list of images. */
#include "image_files.h"

#include "harness/system/file.h"
#include "image_walk.h"

struct adding {
    struct name_list *files;
    const char *folder;
};

static int add_image(void *context, const char *path, struct err *err)
{
    const struct adding *adding = context;
    char whole[PATH_BYTES];

    if (file_join(whole, adding->folder, path, err) < 0)
        return -1;
    return name_list_add(adding->files, whole, err);
}

int image_files_add(
    struct name_list *files, const char *path, struct left_out *left_out, struct err *err)
{
    struct adding adding = {files, path};
    const struct image_walk walk = {
        .root = path, .context = &adding, .image = add_image, .left_out = left_out};
    int before = files->n;

    if (!file_is_folder(path))
        return name_list_add(files, path, err);
    if (image_walk(&walk, "", err) < 0)
        return -1;
    if (files->n == before)
        return err_set(err, ERR_INPUT, "the folder %s has no images (%s)", path, IMAGE_ENDINGS);
    return 0;
}
