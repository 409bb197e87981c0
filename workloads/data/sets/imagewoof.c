/* Imagewoof: ten breeds of dogs of ImageNet. */
#include "imagenet_folder.h"

static const struct source_file files[] = {
    {
        .name = "imagewoof2.tgz",
        .urls = {"https://s3.amazonaws.com/fast-ai-imageclas/imagewoof2.tgz"},
        .bytes = 1343715595,
        .is_about = true,
        .sums = {{DIGEST_MD5, "2cc1c1e36e20cb6fd24ffb978edcb487", "its publisher, fast.ai"}},
        .is_archive = true,
    },
    {0},
};

static const struct source source = {
    .train = 9025,
    .test = 3929,
    .classes = 10,
    .licence = "ImageNet's: research only",
    .page = "https://github.com/fastai/imagenette",
    .folder = "imagewoof2",
    .files = files,
};

const struct dataset_kind dataset_imagewoof = {
    .name = "imagewoof",
    .summary = "Imagewoof as it comes (github.com/fastai/imagenette): ROOT/train/ID and "
               "ROOT/val/ID, 10 classes of ImageNet",
    .source = &source,
    .open = imagenet_folder_open,
    .read = folder_read,
};
