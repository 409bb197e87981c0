/* Opening a folder whose classes must be ids of ImageNet. */
#include "imagenet_folder.h"

#include "workloads/data/dataset/imagenet_ids.h"

int imagenet_folder_open(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    if (folder_open(set, config, classes, err) < 0)
        return -1;
    for (int i = 0; i < set->classes; i++)
        if (set->class_names[i] && imagenet_class(set->class_names[i]) < 0)
            return err_set(err, ERR_INPUT,
                "%s has a class %s, which is not an id of ImageNet's, so it is not %s; the name "
                "for "
                "any folder of images is `folder`",
                config->root, set->class_names[i], set->kind->name);
    return 0;
}
