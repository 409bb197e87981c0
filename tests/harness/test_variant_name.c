#include "tests/lib/test.h"

#include <string.h>

#include "harness/study/variant_name.h"
#include "scalers/scaler.h"

static void name_of(const char *model, struct variant variant, char to[GROUP_LABEL_BYTES])
{
    struct canonical_shape shape = {0};
    struct spec base, made;
    struct err err = {0};

    if (spec_find(model, &base, &err) < 0 || variant_apply(&base, &variant, &made, &err) < 0)
        fail_msg("%s", err.message);
    shape.n_stages = made.n_stages;
    shape.stem_stride = made.stages[0].stride;
    for (int s = 0; s < made.n_stages; s++) {
        shape.channels[s] = made.stages[s].channels;
        shape.repeats[s] = made.stages[s].repeats;
    }
    if (!variant_name(model, &shape, to))
        str_copy(to, GROUP_LABEL_BYTES, "unknown");
}

static void test_variant_name__is_what_the_study_says(void **state)
{
    char name[GROUP_LABEL_BYTES];

    (void)state;
    name_of("mobilenet_v2", (struct variant){.width = 0.25, .depth = 1}, name);
    assert_string_equal(name, "variant w=0.25");
    name_of("mobilenet_v2", (struct variant){.width = 0.35, .depth = 1, .stem_stride = 1}, name);
    assert_string_equal(name, "variant w=0.35 stem_stride=1");
    name_of("resnet18", (struct variant){.width = 0.25, .depth = 1, .no_stem_pool = true}, name);
    assert_string_equal(name, "variant w=0.25 stem_pool=false");
    name_of("resnet50", (struct variant){.width = 1, .depth = 0.5}, name);
    assert_string_equal(name, "variant d=0.5");
    name_of("efficientnet_b0", (struct variant){.width = 1, .depth = 1}, name);
    assert_string_equal(name, "variant w=1");
}

static void test_variant_name__sizes_of_no_variant_have_no_name(void **state)
{
    struct canonical_shape shape = {.n_stages = 3, .channels = {7, 9, 11}, .repeats = {1, 1, 1}};
    char name[GROUP_LABEL_BYTES];

    (void)state;
    assert_false(variant_name("mobilenet_v2", &shape, name));
    assert_false(variant_name("nothing", &shape, name));
    shape.n_stages = 0;
    assert_false(variant_name("resnet18", &shape, name));
}
