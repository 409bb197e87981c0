/* Blank rectangles. */
#include "erase.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

bool erase_size(int side, double share, double aspect, int *width, int *height)
{
    double area = (double)side * side * share;

    *height = (int)lround(sqrt(area * aspect));
    *width = (int)lround(sqrt(area / aspect));
    return *height < side && *width < side;
}

void erase(float *image, int side, int x, int y, int width, int height)
{
    for (int row = y; row < y + height; row++)
        memset(image + ((size_t)row * (size_t)side + (size_t)x) * 3, 0,
            (size_t)width * 3 * sizeof(*image));
}
