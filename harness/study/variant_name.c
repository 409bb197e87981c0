/* Finding the width and depth by which a variant differs from its model, to name it by them. */
#include "variant_name.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/str.h"
#include "scalers/scaler.h"

#define MOST_HUNDREDTHS 400 /* of a factor on depth */

static bool has_sizes(const struct spec *base, const struct variant *variant,
    const struct canonical_shape *shape, bool depth_too)
{
    struct err ignored = {0};
    struct spec made;

    if (variant_apply(base, variant, &made, &ignored) < 0 || made.n_stages != shape->n_stages)
        return false;
    for (int s = 0; s < made.n_stages; s++)
        if (made.stages[s].channels != shape->channels[s] ||
            (depth_too && made.stages[s].repeats != shape->repeats[s]))
            return false;
    return true;
}

/* The factor by its widest stage, whose channels rounding changes least, with as few digits as do. */
static bool find_width(
    const struct spec *base, struct variant *variant, const struct canonical_shape *shape)
{
    int widest = -1, skipped = base->n_stages - shape->n_stages; /* the pool that is left out */

    for (int s = 0; s < base->n_stages; s++)
        if (base->stages[s].block != BLOCK_POOL && !base->stages[s].never_narrower &&
            (widest < 0 || base->stages[s].channels > base->stages[widest].channels))
            widest = s;
    if (widest < skipped || skipped < 0 || skipped > 1)
        return false;
    for (double unit = 10; unit <= 1000; unit *= 10) {
        double ratio =
            (double)shape->channels[widest - skipped] / (double)base->stages[widest].channels;

        variant->width = round(ratio * unit) / unit;
        if (variant->width > 0 && has_sizes(base, variant, shape, false))
            return true;
    }
    return false;
}

/* Halves and quarters first: several factors may give the same repeats. */
static bool find_depth(
    const struct spec *base, struct variant *variant, const struct canonical_shape *shape)
{
    static const int steps[] = {100, 50, 25, 10, 5, 1};

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        for (int k = steps[i]; k <= MOST_HUNDREDTHS; k += steps[i]) {
            variant->depth = k / 100.0;
            if (has_sizes(base, variant, shape, true))
                return true;
        }
    return false;
}

bool variant_name(
    const char *model, const struct canonical_shape *shape, char to[GROUP_LABEL_BYTES])
{
    struct variant variant = {.width = 1, .depth = 1};
    struct str words = STR_INIT;
    struct err ignored = {0};
    struct spec base;
    bool known = false;

    if (spec_find(model, &base, &ignored) == 0) {
        variant.no_stem_pool = shape->n_stages == base.n_stages - 1;
        known = find_width(&base, &variant, shape) && find_depth(&base, &variant, shape);
    }
    str_add(&words, "variant");
    if (known && (variant.width != 1 || variant.depth == 1))
        str_addf(&words, " w=%g", variant.width);
    if (known && variant.depth != 1)
        str_addf(&words, " d=%g", variant.depth);
    if (known && shape->stem_stride != base.stages[0].stride)
        str_addf(&words, " stem_stride=%d", shape->stem_stride);
    if (known && variant.no_stem_pool)
        str_add(&words, " stem_pool=false");
    known = known && str_check(&words, &ignored) == 0;
    if (known)
        str_copy(to, GROUP_LABEL_BYTES, words.text);
    str_release(&words);
    return known;
}
