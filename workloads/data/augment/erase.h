/* Blank rectangles of normalised images, for random_erasing and cutout:
 *
 *     erase(image, side, x, y, width, height);
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_AUGMENT_ERASE_H
#define SCALESTUDY_WORKLOADS_DATA_AUGMENT_ERASE_H

#include <stdbool.h>

/* The rectangle of an image [side][side][3] becomes 0, the mean of the set. It lies inside. */
void erase(float *image, int side, int x, int y, int width, int height);

/* The rectangle of that share of the area and height to width; false: it does not fit. */
bool erase_size(int side, double share, double aspect, int *width, int *height);

#endif
