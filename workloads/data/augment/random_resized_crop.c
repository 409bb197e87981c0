/* A random part of the image, resized to the input (Szegedy et al. 2015), as torchvision's RandomResizedCrop. */
#include "random_resized_crop.h"

#include <math.h>

#include "augmentation.h"

/* Torchvision's. */
static const struct augment_setting settings[] = {
    {AUGMENT_FIELD_REAL(crop_scale_min), RANGE_ABOVE(0, 1), .standard = 0.08, .parameter = "scale",
        .detail = true, .help = "least part of the area"},
    {AUGMENT_FIELD_REAL(crop_scale_max), RANGE_ABOVE(0, 1), .standard = 1, .parameter = "scale",
        .detail = true, .help = "largest part of the area"},
    {AUGMENT_FIELD_REAL(crop_ratio_min), RANGE_ABOVE(0, 100), .standard = 3.0 / 4,
        .otherwise = "3/4", .parameter = "ratio", .detail = true, .help = "least width to height"},
    {AUGMENT_FIELD_REAL(crop_ratio_max), RANGE_ABOVE(0, 100), .standard = 4.0 / 3,
        .otherwise = "4/3", .parameter = "ratio", .detail = true,
        .help = "largest width to height"},
    {0},
};

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

void crop_box_draw(
    const struct augment_settings *given, int width, int height, struct rng *rng, struct box *box)
{
    struct augment_settings all = augment_settings_resolve(settings, given);

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

static int crops(const struct augment_target *target, const struct augment_settings *given,
    const struct image *from, struct rng *rng, struct image *to, struct err *err)
{
    struct resize resize = {
        .width = target->input,
        .height = target->input,
        .part_width = target->input,
        .part_height = target->input,
    };

    crop_box_draw(given, from->width, from->height, rng, &resize.crop);
    return image_resize_part(from, target->resize, &resize, to, err);
}

const struct augmentation augmentation_random_resized_crop = {
    .name = "random_resized_crop",
    .summary = "area 8 to 100 %, aspect 3/4 to 4/3, resized to the input (Szegedy et al. 2015)",
    .settings = settings,
    .crops = crops,
    .of_decoded = true,
};
