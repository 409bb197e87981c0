/*
 * The picture of `scalestudy cam`: a row for an image, with what the network was given and its maps.
 *
 *     struct cam_picture picture = {.title = "resnet18", .about = {"...", "..."}, .n_maps = 3};
 *     cam_picture_add(&picture, activations, scores, &names, err)        for every image
 *     cam_picture_draw(&picture, "maps.png", err)
 *     cam_picture_release(&picture);
 */
#ifndef SCALESTUDY_HARNESS_VIEWS_CAM_PICTURE_H
#define SCALESTUDY_HARNESS_VIEWS_CAM_PICTURE_H

#include "harness/base/err.h"
#include "scored_images.h"
#include "workloads/workload.h"

#define CAM_CAPTION_BYTES 256

/* Images that one picture has room for. */
#define CAM_MOST_IMAGES 60

struct cam_caption {
    char text[CAM_CAPTION_BYTES];
};

struct cam_picture {
    const char *title, *about[2]; /* the caller's: a heading, and sentences below it */
    int n_maps;                   /* of each image */
    int side;                     /* of a tile, once there is a row */
    int n_rows;
    unsigned char *pixels;        /* of all rows, owned */
    struct cam_caption *captions; /* [n_rows][n_maps + 1], owned: the file, then each map's class */
};

/* A row: the classes of scores[0] to scores[n_maps - 1], by their names or else their numbers. */
int cam_picture_add(struct cam_picture *picture, struct activations *activations,
    const struct class_score *scores, const struct text_list *names, struct err *err) MUST_CHECK;

/* Errors as picture.h has them. */
int cam_picture_draw(
    const struct cam_picture *picture, const char *output, struct err *err) MUST_CHECK;
void cam_picture_release(struct cam_picture *picture);

#endif
