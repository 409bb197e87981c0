/* How scaled channels, repeats and inputs become whole numbers. */
#include "rounding.h"

#include <math.h>

#define DIVISOR 8

int round_channels(int channels, double width)
{
    double exact = channels * width, rounded;

    if (width == 1.0)
        return channels;
    rounded = DIVISOR * floor((exact + DIVISOR / 2.0) / DIVISOR);
    if (rounded < DIVISOR)
        rounded = DIVISOR;
    if (rounded < 0.9 * exact)
        rounded += DIVISOR;
    return (int)rounded;
}

int round_repeats(int repeats, double depth)
{
    return (int)ceil(repeats * depth);
}

int round_input(int input, double resolution)
{
    return (int)floor(input * resolution + 0.5);
}
