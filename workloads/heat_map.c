/* Colouring a map and blending it over an image. */
#include "heat_map.h"

#include <math.h>

/* Growing evenly in lightness, so that it reads the same in grey and to all eyes: seven colours of
 * matplotlib's "inferno" (van der Walt and Smith 2015, CC0). */
static const unsigned char ramp[][3] = {{0, 0, 4}, {51, 10, 95}, {120, 28, 109}, {187, 55, 84},
    {237, 105, 37}, {252, 180, 25}, {252, 255, 164}};

#define STEPS ((int)(sizeof(ramp) / sizeof(ramp[0])) - 1)

/* How much of a colour covers the image: the rest shows what the network looked at. */
#define COVER 0.6F

struct place {
    int before, after;
    float share; /* of `after` */
};

/* Between which of `count` values the middle of pixel `at` of `pixels` lies. */
static struct place find(int at, int pixels, int count)
{
    float position = ((float)at + 0.5F) * (float)count / (float)pixels - 0.5F;
    int before = (int)floorf(position);

    if (before < 0)
        return (struct place){0, 0, 0};
    if (before >= count - 1)
        return (struct place){count - 1, count - 1, 0};
    return (struct place){before, before + 1, position - (float)before};
}

static float between(float a, float b, float share)
{
    return a + share * (b - a);
}

static void cover(float value, uint8_t *pixel)
{
    float grey = 0.299F * (float)pixel[0] + 0.587F * (float)pixel[1] + 0.114F * (float)pixel[2];
    float place = value * (float)STEPS;
    int step = place >= (float)STEPS ? STEPS - 1 : (int)place;

    for (int c = 0; c < 3; c++) {
        float colour = between((float)ramp[step][c], (float)ramp[step + 1][c], place - (float)step);

        pixel[c] = (uint8_t)lroundf(between(grey, colour, COVER));
    }
}

void heat_map_over(const float *map, int height, int width, struct image *image)
{
    float least = map[0], most = map[0];

    for (int i = 1; i < height * width; i++) {
        least = fminf(least, map[i]);
        most = fmaxf(most, map[i]);
    }
    for (int y = 0; y < image->height; y++) {
        struct place row = find(y, image->height, height);
        const float *above = map + row.before * width, *below = map + row.after * width;

        for (int x = 0; x < image->width; x++) {
            struct place column = find(x, image->width, width);
            float value = between(between(above[column.before], above[column.after], column.share),
                between(below[column.before], below[column.after], column.share), row.share);

            cover(most > least ? (value - least) / (most - least) : 0,
                image->pixels + 3 * ((size_t)y * (size_t)image->width + (size_t)x));
        }
    }
}
