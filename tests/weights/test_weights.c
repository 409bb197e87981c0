/* Weight files as other programs write them, into nets and back. */
#include "tests/lib/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/str.h"
#include "scalers/scaler.h"
#include "workloads/given_weights.h"
#include "workloads/models/model.h"
#include "workloads/nn/io/checkpoint.h"
#include "workloads/nn/io/weights.h"

#define CLASSES 7

static char path[] = "/tmp/scalestudy-test-weights.XXXXXX";

static int group_setup(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    return fd >= 0 ? close(fd) : -1;
}

static int group_teardown(void **state)
{
    (void)state;
    return unlink(path);
}

/* A small net with weights of its own. */
struct fixture {
    struct spec spec;
    struct graph graph;
    struct net *net;
};

static void open_as(struct fixture *f, const char *model, uint64_t seed, bool training)
{
    const struct scaling scaling = {"width", 1, 0.25, 1};
    const struct net_options options = {.batch = 1, .training = training, .seed = seed};
    struct spec base;
    struct err err = {0};

    assert_int_equal(spec_find(model, &base, &err), 0);
    assert_int_equal(scaling_apply(&base, &scaling, &f->spec, &err), 0);
    f->spec.input = 32;
    f->spec.classes = CLASSES;
    if (model_build(&f->spec, &f->graph, &err) < 0 ||
        net_create(&f->net, &f->graph, &options, &err) < 0)
        fail_msg("%s", err.message);
    /* Values that bfloat16 and half floats have too, and that tell tensors apart. */
    for (int p = 0; p < net_parameter_count(f->net); p++)
        for (size_t i = 0; i < net_parameter(f->net, p)->count; i++)
            net_parameter(f->net, p)->value[i] = (float)((i * 7 + (size_t)p * 3 + seed) % 61) / 16;
}

static void open_fixture(struct fixture *f, const char *model, uint64_t seed)
{
    open_as(f, model, seed, false);
}

static void open_training_fixture(struct fixture *f, const char *model, uint64_t seed)
{
    open_as(f, model, seed, true);
}

static void close_fixture(struct fixture *f)
{
    net_free(f->net);
    graph_release(&f->graph);
}

static void check_equal(const struct fixture *a, const struct fixture *b)
{
    for (int p = 0; p < net_parameter_count(a->net); p++) {
        const struct parameter *x = net_parameter(a->net, p), *y = net_parameter(b->net, p);

        assert_int_equal(x->count, y->count);
        if (memcmp(x->value, y->value, x->count * sizeof(float)) != 0)
            fail_msg("%s differs", x->name);
    }
}

/* The tensors of a net, which a test may rename, drop and change before they are written. */
struct draft {
    struct safetensors_list list;
    int64_t batches;
};

static void draft_open(struct draft *draft, struct fixture *f)
{
    struct err err = {0};

    *draft = (struct draft){.batches = 3};
    assert_int_equal(weights_list(f->net, &draft->batches, &draft->list, &err), 0);
}

static void draft_write(struct draft *draft)
{
    struct err err = {0};

    if (safetensors_write(path, &draft->list, NULL, &err) < 0)
        fail_msg("%s", err.message);
    safetensors_list_release(&draft->list);
}

static struct safetensors_entry *draft_find(struct draft *draft, const char *name)
{
    for (int i = 0; i < draft->list.n; i++)
        if (strcmp(draft->list.entries[i].name, name) == 0)
            return &draft->list.entries[i];
    fail_msg("there is no tensor %s", name);
    return NULL;
}

static void draft_drop(struct draft *draft, const char *ending)
{
    int n = 0;

    for (int i = 0; i < draft->list.n; i++)
        if (!str_ends_with(draft->list.entries[i].name, ending))
            draft->list.entries[n++] = draft->list.entries[i];
    assert_true(n < draft->list.n);
    draft->list.n = n;
}

static void draft_prefix(struct draft *draft, const char *prefix)
{
    for (int i = 0; i < draft->list.n; i++) {
        char name[160];

        assert_true(str_copy(name, sizeof(name), draft->list.entries[i].name));
        snprintf(draft->list.entries[i].name, sizeof(draft->list.entries[i].name), "%s%.140s",
            prefix, name);
    }
}

/* The file gives a net with other weights those of `f`. */
static void check_loads(struct fixture *f, const char *model)
{
    struct fixture other = {0};
    struct err err = {0};

    open_fixture(&other, model, 17);
    if (given_weights_load(other.net, &other.spec, path, &err) < 0)
        fail_msg("%s", err.message);
    check_equal(f, &other);
    close_fixture(&other);
}

/* The file is refused, the message has all of these words, and the net is as it was. */
static void check_refused(const char *model, const char *const *wanted)
{
    struct fixture f = {0}, same = {0};
    struct err err = {0};

    open_fixture(&f, model, 17);
    open_fixture(&same, model, 17);
    assert_int_equal(given_weights_load(f.net, &f.spec, path, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    for (; *wanted; wanted++)
        if (!strstr(err.message, *wanted))
            fail_msg("the error is \"%s\", not one with \"%s\"", err.message, *wanted);
    check_equal(&f, &same);
    close_fixture(&f);
    close_fixture(&same);
}

static void test_weights__what_is_saved_loads_with_and_without_batch_counters(void **state)
{
    struct fixture f = {0};
    struct draft draft;
    struct err err = {0};

    (void)state;
    open_fixture(&f, "mobilenet_v2", 1);
    assert_int_equal(weights_save(f.net, 12, NULL, path, &err), 0);
    check_loads(&f, "mobilenet_v2");
    draft_open(&draft, &f);
    draft_drop(&draft, "num_batches_tracked");
    draft_write(&draft);
    check_loads(&f, "mobilenet_v2");
    close_fixture(&f);
}

/* Whatever file there is stays as it was. */
static void check_unsaved(
    const struct checkpoint_state *state, float *value, float broken, bool in_net)
{
    const struct checkpoint_place place = {0};
    float kept = *value;
    struct err err = {0};

    unlink(path);
    *value = broken;
    if (in_net) {
        assert_int_equal(weights_check(state->net, &err), -1);
        assert_int_equal(err.code, ERR_NUMERIC);
        err_clear(&err);
        assert_int_equal(weights_save(state->net, 1, NULL, path, &err), -1);
        assert_int_equal(err.code, ERR_NUMERIC);
        err_clear(&err);
    }
    assert_int_equal(checkpoint_save(path, "job", state, &place, &err), -1);
    assert_int_equal(err.code, ERR_NUMERIC);
    assert_non_null(strstr(err.message, "not finite"));
    assert_int_equal(access(path, F_OK), -1);
    *value = kept;
}

static void test_weights__values_that_are_not_finite_are_never_saved(void **state)
{
    const struct optimizer_settings options = {.momentum = 0.9, .decay = 0.9, .eps = 1e-3};
    const struct checkpoint_place place = {0};
    struct checkpoint_state all = {0};
    struct fixture f = {0};
    struct err err = {0};

    (void)state;
    open_training_fixture(&f, "resnet18", 1);
    all.net = f.net;
    assert_int_equal(
        optimizer_create(&all.optimizer, &optimizer_rmsprop, &options, f.net, &err), 0);
    assert_int_equal(average_create(&all.average, f.net, 0.9, &err), 0);
    for (int p = 0; p < net_parameter_count(f.net); p += 13) { /* of every kind */
        const struct parameter *parameter = net_parameter(f.net, p);
        size_t last = parameter->count - 1;

        check_unsaved(&all, parameter->value + last, NAN, true);
        check_unsaved(&all, parameter->value, -INFINITY, true);
        check_unsaved(&all, average_values(all.average, p) + last, INFINITY, false);
        for (int s = 0; s < optimizer_rmsprop.n_slots; s++)
            if (optimizer_slot(all.optimizer, p, s))
                check_unsaved(&all, optimizer_slot(all.optimizer, p, s) + last, NAN, false);
    }
    assert_int_equal(checkpoint_save(path, "job", &all, &place, &err), 0);
    average_free(all.average);
    optimizer_free(all.optimizer);
    close_fixture(&f);
}

static void test_weights__prefixes_of_wrappers_are_passed_over(void **state)
{
    static const char *const prefixes[] = {"module.", "model.", "_orig_mod."};
    struct fixture f = {0};
    struct draft draft;

    (void)state;
    open_fixture(&f, "resnet18", 1);
    for (int i = 0; i < 3; i++) {
        draft_open(&draft, &f);
        draft_prefix(&draft, prefixes[i]);
        draft_write(&draft);
        check_loads(&f, "resnet18");
    }
    close_fixture(&f);
}

/* Rename every tensor of a draft as the other graph calls it. */
static void draft_rename(struct draft *draft, const struct fixture *f, const struct graph *renamed)
{
    for (int n = 0; n < renamed->n_nodes; n++) {
        const char *ours = f->graph.nodes[n].name, *theirs = renamed->nodes[n].name;
        size_t length = strlen(ours);

        for (int i = 0; length > 0 && i < draft->list.n; i++) {
            char *name = draft->list.entries[i].name, rest[160];

            if (strncmp(name, ours, length) != 0 || name[length] != '.' || name[0] == '#')
                continue;
            assert_true(str_copy(rest, sizeof(rest), name + length));
            if (renamed->nodes[n].layer == &layer_squeeze_excitation && strstr(theirs, "se")) {
                char suffix[160];

                snprintf(suffix, sizeof(suffix), ".%s%.100s",
                    str_starts_with(rest, ".fc1") ? "conv_reduce" : "conv_expand", rest + 4);
                memcpy(rest, suffix, sizeof(rest));
            }
            /* '#' keeps a name from being renamed again. */
            snprintf(name, sizeof(draft->list.entries[i].name), "#%.70s%.70s", theirs, rest);
        }
    }
    for (int i = 0; i < draft->list.n; i++)
        memmove(draft->list.entries[i].name, draft->list.entries[i].name + 1,
            strlen(draft->list.entries[i].name));
}

static void test_weights__every_model_loads_under_its_other_names(void **state)
{
    (void)state;
    for (const char *const *model = spec_names(); *model; model++) {
        struct fixture f = {0};
        struct graph renamed;
        struct draft draft;
        struct err err = {0};
        int classes;

        open_fixture(&f, *model, 1);
        assert_int_equal(model_build_renamed(&f.spec, &renamed, &err), 0);
        draft_open(&draft, &f);
        draft_rename(&draft, &f, &renamed);
        draft_write(&draft);
        check_loads(&f, *model);
        assert_int_equal(given_weights_classes(&f.spec, path, &classes, &err), 0);
        assert_int_equal(classes, CLASSES);
        graph_release(&renamed);
        close_fixture(&f);
    }
}

/* Names copied from timm's own files: mobilenetv2_100 and efficientnet_b0. */
static void test_weights__other_names_are_those_of_timm(void **state)
{
    static const struct {
        const char *model, *ours, *theirs;
    } pairs[] = {
        {"mobilenet_v2", "features.0.0", "conv_stem"},
        {"mobilenet_v2", "features.0.1", "bn1"},
        {"mobilenet_v2", "features.1.conv.0.0", "blocks.0.0.conv_dw"},
        {"mobilenet_v2", "features.1.conv.0.1", "blocks.0.0.bn1"},
        {"mobilenet_v2", "features.1.conv.1", "blocks.0.0.conv_pw"},
        {"mobilenet_v2", "features.1.conv.2", "blocks.0.0.bn2"},
        {"mobilenet_v2", "features.3.conv.0.0", "blocks.1.1.conv_pw"},
        {"mobilenet_v2", "features.3.conv.0.1", "blocks.1.1.bn1"},
        {"mobilenet_v2", "features.3.conv.1.0", "blocks.1.1.conv_dw"},
        {"mobilenet_v2", "features.3.conv.1.1", "blocks.1.1.bn2"},
        {"mobilenet_v2", "features.17.conv.2", "blocks.6.0.conv_pwl"},
        {"mobilenet_v2", "features.17.conv.3", "blocks.6.0.bn3"},
        {"mobilenet_v2", "features.18.0", "conv_head"},
        {"mobilenet_v2", "features.18.1", "bn2"},
        {"mobilenet_v2", "classifier.1", "classifier"},
        {"efficientnet_b0", "features.1.0.block.1", "blocks.0.0.se"},
        {"efficientnet_b0", "features.1.0.block.2.0", "blocks.0.0.conv_pw"},
        {"efficientnet_b0", "features.1.0.block.2.1", "blocks.0.0.bn2"},
        {"efficientnet_b0", "features.6.3.block.2", "blocks.5.3.se"},
        {"efficientnet_b0", "features.6.3.block.3.0", "blocks.5.3.conv_pwl"},
        {"efficientnet_b0", "features.8.0", "conv_head"},
        {"resnet50", "layer2.0.downsample.0", "layer2.0.downsample.0"},
        {"resnet50", "fc", "fc"},
        {"mobilenet_v1", "blocks.3.5.conv_pw", "blocks.3.5.conv_pw"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        struct spec spec;
        struct graph own, renamed;
        struct err err = {0};
        bool found = false;

        assert_int_equal(spec_find(pairs[i].model, &spec, &err), 0);
        assert_int_equal(model_build(&spec, &own, &err), 0);
        assert_int_equal(model_build_renamed(&spec, &renamed, &err), 0);
        for (int n = 0; n < own.n_nodes && !found; n++)
            if (strcmp(own.nodes[n].name, pairs[i].ours) == 0) {
                assert_string_equal(renamed.nodes[n].name, pairs[i].theirs);
                found = true;
            }
        assert_true(found);
        graph_release(&own);
        graph_release(&renamed);
    }
}

/* The upper half of each float: exact for the fixture's values. */
static void fill_bf16(const struct safetensors_entry *entry, void *to)
{
    const float *from = entry->source;
    uint16_t *halves = to;

    for (int64_t i = 0; i < entry->dims[0]; i++) {
        uint32_t bits;

        memcpy(&bits, &from[i], sizeof(bits));
        assert_int_equal(bits & 0xffff, 0);
        halves[i] = (uint16_t)(bits >> 16);
    }
}

static void fill_f64(const struct safetensors_entry *entry, void *to)
{
    for (int64_t i = 0; i < entry->dims[0]; i++)
        ((double *)to)[i] = (double)((const float *)entry->source)[i];
}

static void test_weights__tensors_of_other_types_load(void **state)
{
    struct fixture f = {0};
    struct draft draft;
    int n = 0;

    (void)state;
    open_fixture(&f, "resnet18", 1);
    draft_open(&draft, &f);
    /* Those of one dimension have the same layout here and there. */
    for (int i = 0; i < draft.list.n; i++) {
        struct safetensors_entry *entry = &draft.list.entries[i];

        if (entry->n_dims != 1 || entry->dtype != SAFETENSORS_F32)
            continue;
        entry->dtype = n % 2 ? SAFETENSORS_BF16 : SAFETENSORS_F64;
        entry->fill = n++ % 2 ? fill_bf16 : fill_f64;
    }
    assert_true(n > 20);
    draft_write(&draft);
    check_loads(&f, "resnet18");
    close_fixture(&f);
}

static void test_weights__all_that_is_wrong_is_in_one_message(void **state)
{
    static const char *const wanted[] = {path, "1 missing (layer1.0.conv1.weight)",
        "7 too many (more.0, more.1, more.2, more.3 and 3 more)",
        "1 of another shape (fc.bias is [5] not [7])", NULL};
    struct fixture f = {0};
    struct draft draft;
    struct err err = {0};

    (void)state;
    open_fixture(&f, "resnet18", 1);
    draft_open(&draft, &f);
    draft_find(&draft, "fc.bias")->dims[0] = 5;
    draft_find(&draft, "fc.bias")->fill = NULL;
    draft_drop(&draft, "layer1.0.conv1.weight");
    for (int i = 0; i < 7; i++) {
        struct safetensors_entry more = {.dtype = SAFETENSORS_I64, .source = &draft.batches};

        snprintf(more.name, sizeof(more.name), "more.%d", i);
        assert_int_equal(safetensors_list_add(&draft.list, &more, &err), 0);
    }
    draft_write(&draft);
    check_refused("resnet18", wanted);
    close_fixture(&f);
}

static void test_weights__another_network_is_told_apart(void **state)
{
    static const char *const wanted[] = {
        "is it the model", "missing (features.0.0.weight", "too many (", "more)", NULL};
    struct fixture f = {0};
    struct err err = {0};
    int classes;

    (void)state;
    open_fixture(&f, "resnet18", 1);
    assert_int_equal(weights_save(f.net, 0, NULL, path, &err), 0);
    check_refused("efficientnet_b7", wanted);
    close_fixture(&f);
    open_fixture(&f, "efficientnet_b0", 1);
    assert_int_equal(given_weights_classes(&f.spec, path, &classes, &err), -1);
    assert_non_null(strstr(err.message, "classifier.1.weight"));
    close_fixture(&f);
}
