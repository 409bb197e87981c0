/* The built-in set: 12 classes of drawn shapes, for tests and first studies. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/data/dataset/dataset.h"
#include "shapes_draw.h"

#define TRAIN_IMAGES 8000
#define TEST_IMAGES  2000
#define MAX_IMAGES   10000000
#define CLASSES      (OUTLINE_COUNT * TEXTURE_COUNT)

static const char *const outline_names[OUTLINE_COUNT] = {"circle", "triangle", "square", "star"};
static const char *const texture_names[TEXTURE_COUNT] = {"stripes", "dots", "checks"};

static int fill_split(struct dataset *set, enum split split, int count, struct err *err)
{
    if (count > MAX_IMAGES)
        return err_set(
            err, ERR_INPUT, "shapes has at most %d images a split, not %d", MAX_IMAGES, count);
    set->labels[split] = malloc((size_t)count * sizeof(*set->labels[split]));
    if (!set->labels[split])
        return err_set(err, ERR_MEMORY, "no memory for the labels of %d images", count);
    set->count[split] = count;
    for (int i = 0; i < count; i++)
        set->labels[split][i] = i % CLASSES;
    return 0;
}

static int open_shapes(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    (void)classes;
    if (config->root[0] || config->class_map[0] || config->match[0])
        return err_set(err, ERR_INPUT,
            "shapes is drawn by the program and has no files: it takes no root, class map "
            "or pattern of names");
    set->class_names = calloc(CLASSES, sizeof(*set->class_names));
    if (!set->class_names)
        return err_set(err, ERR_MEMORY, "no memory for the names of %d classes", CLASSES);
    set->classes = CLASSES;
    for (int i = 0; i < CLASSES; i++) {
        char name[32];

        snprintf(name, sizeof(name), "%s-%s", outline_names[i / TEXTURE_COUNT],
            texture_names[i % TEXTURE_COUNT]);
        set->class_names[i] = strdup(name);
        if (!set->class_names[i])
            return err_set(err, ERR_MEMORY, "no memory for the names of %d classes", CLASSES);
    }
    if (fill_split(
            set, SPLIT_TRAIN, config->train_images ? config->train_images : TRAIN_IMAGES, err) < 0)
        return -1;
    return fill_split(
        set, SPLIT_TEST, config->test_images ? config->test_images : TEST_IMAGES, err);
}

static int read_shapes(
    const struct dataset *set, enum split split, int index, struct image *image, struct err *err)
{
    struct rng rng = rng_open(0, RNG_SHAPES, (uint64_t)split, (uint64_t)index);
    int label = set->labels[split][index];

    if (image_reserve(image, SHAPES_SIDE, SHAPES_SIDE, err) < 0)
        return -1;
    return shapes_draw((enum shape_outline)(label / TEXTURE_COUNT),
        (enum shape_texture)(label % TEXTURE_COUNT), &rng, image->pixels, err);
}

const struct dataset_kind dataset_shapes = {
    .name = "shapes",
    .summary = "built in: 4 outlines x 3 textures, drawn at 96 x 96 pixels before clutter and "
               "noise, 12 classes",
    .mean = {0.5, 0.5, 0.5},
    .std = {0.25, 0.25, 0.25},
    .open = open_shapes,
    .read = read_shapes,
};
