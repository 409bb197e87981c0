#include "crop_box.h"

#include <math.h>

/* A half to even, as Python rounds. */
static int round_side(double side)
{
    return (int)nearbyint(side);
}

bool crop_box_size(int width, int height, double share, double aspect, struct box *box)
{
    double area = (double)width * height * share;

    box->width = round_side(sqrt(area * aspect));
    box->height = round_side(sqrt(area / aspect));
    return box->width > 0 && box->height > 0 && box->width <= width && box->height <= height;
}

void crop_box_centre(
    int width, int height, double least_aspect, double most_aspect, struct box *box)
{
    double aspect = (double)width / height;

    box->width = aspect > most_aspect ? round_side(height * most_aspect) : width;
    box->height = aspect < least_aspect ? round_side(width / least_aspect) : height;
    box->width = box->width < 1 ? 1 : box->width;
    box->height = box->height < 1 ? 1 : box->height;
    box->x = (width - box->width) / 2;
    box->y = (height - box->height) / 2;
}

void crop_box_draw(const struct augment_settings *settings, int width, int height, struct rng *rng,
    struct box *box)
{
    struct augment_settings all = augment_settings_resolve(settings);

    for (int attempt = 0; attempt < 10; attempt++) {
        double share = rng_between(rng, all.crop_scale_min, all.crop_scale_max);
        double aspect = exp(rng_between(rng, log(all.crop_ratio_min), log(all.crop_ratio_max)));

        if (crop_box_size(width, height, share, aspect, box)) {
            box->x = (int)rng_below(rng, (uint64_t)(width - box->width + 1));
            box->y = (int)rng_below(rng, (uint64_t)(height - box->height + 1));
            return;
        }
    }
    crop_box_centre(width, height, all.crop_ratio_min, all.crop_ratio_max, box);
}
