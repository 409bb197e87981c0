/*
 * A map of few values laid over an image, as colours from dark to bright: bilinear between the
 * values, which stand in the middle of their squares, as Zhou et al. (2016) enlarge theirs. Private to
 * workloads/.
 */
#ifndef SCALESTUDY_WORKLOADS_HEAT_MAP_H
#define SCALESTUDY_WORKLOADS_HEAT_MAP_H

#include "workloads/data/decode/image.h"

/* map: [height][width]. Its least value is the darkest colour and its greatest the brightest; a map
 * that is the same everywhere is dark. The image, any size, is turned grey below it. */
void heat_map_over(const float *map, int height, int width, struct image *image);

#endif
