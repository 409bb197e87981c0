#include "folder.h"
#include "imagenet_ids.h"

/* Republished a few times with the same images; the checksums are those of each. */
static const struct source_file files[] = {
    {
        .name = "imagenette2.tgz",
        .urls = {"https://s3.amazonaws.com/fast-ai-imageclas/imagenette2.tgz"},
        .bytes = 1557161267,
        .is_about = true,
        .sums = {{DIGEST_MD5, "fe2fc210e6bb7c5664d602c3cd71e612", "torchvision"},
            {DIGEST_MD5, "2c774ecb40005b35d7937d50f5d42336", "its publisher, fast.ai"},
            {DIGEST_SHA256, "de32de18a7d8df0114d5e2c3c14cafb9558e8f00441a73aa7953681ad02be49c",
                "TensorFlow Datasets"}},
        .is_archive = true,
    },
    {0},
};

static const struct source source = {
    .train = 9469,
    .test = 3925,
    .classes = 10,
    .licence = "Apache 2.0; images: ImageNet's, research only",
    .page = "https://github.com/fastai/imagenette",
    .folder = "imagenette2",
    .files = files,
};

/* Every folder of Imagenette is one of ImageNet's. */
static int open_imagenette(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    if (folder_open(set, config, classes, err) < 0)
        return -1;
    for (int i = 0; i < set->classes; i++)
        if (set->class_names[i] && imagenet_class(set->class_names[i]) < 0)
            return err_set(err, ERR_INPUT,
                "%s has a class %s, which is not an id of ImageNet's, so it is not Imagenette; the "
                "name for any folder "
                "of images is `folder`",
                config->root, set->class_names[i]);
    return 0;
}

const struct dataset_kind dataset_imagenette = {
    .name = "imagenette",
    .summary = "Imagenette as it comes (github.com/fastai/imagenette): ROOT/train/ID and "
               "ROOT/val/ID, 10 classes of ImageNet",
    .source = &source,
    .open = open_imagenette,
    .read = folder_read,
};
