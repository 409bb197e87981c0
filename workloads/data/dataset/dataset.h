/*
 * A dataset: labelled images in two splits.
 *
 *     struct dataset *set;
 *     if (dataset_open(&set, &config, classes, err) < 0) return -1;
 *     int n = dataset_count(set, SPLIT_TRAIN);
 *     struct image image = {0};
 *     if (dataset_read(set, SPLIT_TRAIN, 0, &image, &label, err) < 0) ...
 *     image_release(&image);
 *     dataset_free(set);
 *
 * After opening, dataset_read may be called from any number of threads at once. A file that cannot
 * be decoded is an ERR_INPUT that names it. A kind of dataset is one file and one line in
 * datasets.def.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_DATASET_DATASET_H
#define SCALESTUDY_WORKLOADS_DATA_DATASET_DATASET_H

#include "workloads/data/config/data_config.h"
#include "harness/base/err.h"
#include "workloads/data/decode/image.h"
#include "left_out.h"
#include "source.h"

enum split {
    SPLIT_TRAIN,
    SPLIT_TEST, /* folders and manifests may have other names for it: splits.h */
    SPLIT_COUNT,
};

struct dataset;

/* One kind; functions are called through dataset_*. */
struct dataset_kind {
    const char *name;    /* REQUIRED, as in datasets.def and in studies */
    const char *summary; /* REQUIRED, one line */
    bool
        needs_root; /* no place of its own to look in if none is given, as sets with a source have */
    const struct source *source; /* OPTIONAL: where it is to be had */
    double mean[3], std[3];      /* defaults of the evaluation transform; std 0: ImageNet's */
    /* REQUIRED. `classes` is the number of the network's outputs, 0 if there is none yet. */
    int (*open)(
        struct dataset *set, const struct data_config *config, int classes, struct err *err);
    /* REQUIRED. */
    int (*read)(const struct dataset *set, enum split split, int index, struct image *image,
        struct err *err);
    void (*close)(struct dataset *set); /* OPTIONAL: frees set->state */
};

/* For the kinds themselves: they fill it in open. Labels are owned by the dataset and freed with
 * free(). */
struct dataset {
    const struct dataset_kind *kind;
    struct data_config config;
    int classes;
    char **class_names;        /* [classes], owned; NULL: a class without a folder */
    int count[SPLIT_COUNT];    /* of all images, whatever the config's choices */
    int *labels[SPLIT_COUNT];  /* [count], owned */
    char **paths[SPLIT_COUNT]; /* [count], owned, relative to the root; NULL for built-in sets */
    void *state;               /* of the kind */
    bool splits_drawn;         /* nothing says which images are for testing (splits.h) */
    char split_names[SPLIT_COUNT][16]; /* as the folder or manifest has them; empty: it has none */
    struct left_out left_out;          /* what the kind found and did not take */
    /* Of all that, what was chosen; filled by choice.c, no matter of the kinds. places [n_places]:
     * NULL for all. held_out: the test split is a part of what the kind calls the training images. */
    int *places[SPLIT_COUNT], n_places[SPLIT_COUNT];
    bool held_out;
    struct pack
        *pack; /* a packed set's file (pack.h), which is read in place of the kind's; or NULL */
};

/* Unknown name: ERR_INPUT with the valid ones. Missing folder, empty class, too many classes for
 * the network, and other images than config->images says: too. */
int dataset_open(struct dataset **set, const struct data_config *config, int classes,
    struct err *err) MUST_CHECK;
/* The same, and what its images are (fingerprint.h), before any were chosen. */
int dataset_open_known(struct dataset **set, const struct data_config *config, int classes,
    struct fingerprint *print, struct err *err) MUST_CHECK;
void dataset_free(struct dataset *set);

int dataset_classes(const struct dataset *set);
const char *dataset_class_name(const struct dataset *set, int label);
int dataset_count(const struct dataset *set, enum split split);
int dataset_label(const struct dataset *set, enum split split, int index);
const char *dataset_path(
    const struct dataset *set, enum split split, int index); /* NULL for built-in sets */
int dataset_read(const struct dataset *set, enum split split, int index, struct image *image,
    struct err *err) MUST_CHECK;

/* Puts the image's path, or its number in a set without paths, before what an error says; -1. */
int dataset_name_error(const struct dataset *set, enum split split, int index, struct err *err);

/* Are its images decoded already, in a packed set's file? */
bool dataset_is_packed(const struct dataset *set);

/* The kind of that name; NULL with an ERR_INPUT that lists the valid ones. */
const struct dataset_kind *dataset_kind_find(const char *name, struct err *err);

/* The kinds in datasets.def, ended by NULL. */
const struct dataset_kind *const *dataset_kinds(void);

#endif
