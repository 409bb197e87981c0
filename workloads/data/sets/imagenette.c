/* Imagenette: ten easy classes of ImageNet. */
#include "imagenet_folder.h"

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
    .licence = "ImageNet's: research only",
    .page = "https://github.com/fastai/imagenette",
    .folder = "imagenette2",
    .files = files,
};

const struct dataset_kind dataset_imagenette = {
    .name = "imagenette",
    .summary = "Imagenette as it comes (github.com/fastai/imagenette): ROOT/train/ID and "
               "ROOT/val/ID, 10 classes of ImageNet",
    .source = &source,
    .open = imagenet_folder_open,
    .read = folder_read,
};
